import { ConfigError, type DurationSetting, growthOf, jailDefaults } from '@f2b/config';
import { Float, type ReplyValue } from '../../reply.js';
import type { AskedJail } from '../asked-jail.js';
import { noSuchName, valueError } from '../raise.js';
import { isFraction, seconds, type Words, wholeNumber, yes } from '../words.js';
import type { Properties, Property } from './property.js';

/** When a jail bans and for how long: `maxretry`, `findtime`, `bantime`, `maxmatches`, `bantime.*`. */
export const limits: Properties = new Map<string, Property>([
  ['maxretry', count('maxretry')],
  ['maxmatches', count('maxmatches')],
  [
    'findtime',
    {
      get: ({ settings }) => duration(settings.findtime, jailDefaults.findtime),
      async set(jail, words) {
        const findtime = written(jail, words);
        await jail.change({ findtime });
        return duration(findtime, 0);
      },
    },
  ],
  [
    'bantime',
    {
      get: ({ settings }) => settings.bantime?.seconds ?? jailDefaults.bantime,
      async set(jail, words) {
        const { text, seconds, origin } = written(jail, words);
        const bantime = { text, seconds: Math.trunc(seconds), origin };
        await jail.change({ bantime });
        return bantime.seconds;
      },
    },
  ],
]);

/** `bantime.increment`, `bantime.factor` and whatever else begins so: it is answered as it was written. */
export const growth: Property = {
  get: (jail, words) => answered(words.at(0), jail.settings.growthWritten?.get(words.at(0))),
  async set(jail, words) {
    const [name, text] = [words.at(0), words.at(1)];
    const growthWritten = new Map(jail.settings.growthWritten);
    if (text === '') growthWritten.delete(name);
    else growthWritten.set(name, name === 'bantime.increment' ? yes(text) : text);
    if (name === 'bantime.maxtime' || name === 'bantime.rndtime') answered(name, growthWritten.get(name));
    try {
      await jail.change({ growth: growthOf(growthWritten), growthWritten });
    } catch (error) {
      throw error instanceof ConfigError ? mistake(error, text) : error;
    }
    return answered(name, growthWritten.get(name));
  },
};

function count(name: 'maxretry' | 'maxmatches'): Property {
  return {
    get: ({ settings }) => settings[name]?.value ?? jailDefaults[name],
    async set(jail, words) {
      const value = wholeNumber(words.at(0));
      await jail.change({ [name]: { value, origin: undefined } });
      return value;
    },
  };
}

/** The jail is looked for before the time is read, as in fail2ban. */
function written(jail: AskedJail, words: Words): DurationSetting {
  const text = words.at(0);
  return jail.settings && { text, seconds: seconds(text), origin: undefined };
}

function duration(setting: DurationSetting | undefined, instead: number): ReplyValue {
  return setting === undefined ? instead : numberOf(setting.text, setting.seconds);
}

/** Times come back as numbers, everything else as it was written. */
function answered(name: string, value: string | boolean | undefined): ReplyValue {
  if (value === undefined) return null;
  const isTime = name === 'bantime.maxtime' || name === 'bantime.rndtime';
  return isTime ? numberOf(String(value), seconds(String(value))) : value;
}

function numberOf(text: string, value: number): ReplyValue {
  return isFraction(text) ? new Float(value) : value;
}

function mistake({ what }: ConfigError, text: string): Error {
  const name = /^\s*([A-Za-z_]\w*)\s*$/.exec(text)?.[1];
  return name === undefined ? valueError(what) : noSuchName(name);
}
