import { invalid } from '../raise.js';
import type { Properties, Property } from './property.js';

/** `set JAIL idle on` holds up a jail's reading; with `off` it goes on where it stood. */
export const idle: Properties = new Map<string, Property>([
  [
    'idle',
    {
      async set(jail, words) {
        const word = words.at(0);
        if (word !== 'on' && word !== 'off') throw invalid("Invalid idle option, must be 'on' or 'off'");
        await jail.byHand.pause(jail.name, word === 'on');
        return word === 'on';
      },
    },
  ],
]);
