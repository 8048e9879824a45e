/** Inline flags: `(?i)` for the whole expression, `(?i-s:…)` for a group. */
import type { Cursor } from './cursor.js';

export interface Flags {
  readonly ignoreCase: boolean;
  readonly multiline: boolean;
  readonly dotAll: boolean;
  readonly verbose: boolean;
  readonly ascii: boolean;
}

export const noFlags: Flags = { ignoreCase: false, multiline: false, dotAll: false, verbose: false, ascii: false };

const flagLetters = 'imsxauL';

/** What `(?` … `)` or `:` asked for. */
export interface FlagChange {
  /** True for `(?i)`: the whole expression; false for `(?i:`. */
  readonly global: boolean;
  readonly on: string;
  readonly off: string;
}

/** Reads flags; the cursor stands at the first letter or `-`, and afterwards behind `)` or `:`. */
export function readFlags(cursor: Cursor): FlagChange {
  const on = readLetters(cursor, '-, : or )', ')-:', (letter, soFar) => {
    if (letter === 'L') cursor.fail("bad inline flags: cannot use 'L' flag with a str pattern");
    if ('au'.includes(letter) && (soFar.includes('a') || soFar.includes('u')) && !soFar.includes(letter)) {
      cursor.fail("bad inline flags: flags 'a', 'u' and 'L' are incompatible");
    }
  });
  const end = cursor.take();
  if (end === ')') return { global: true, on, off: '' };
  if (end === ':') return { global: false, on, off: '' };
  if (!flagLetters.includes(cursor.peek()) || cursor.done) {
    cursor.fail(/\p{L}/u.test(cursor.peek()) ? 'unknown flag' : 'missing flag');
  }
  const off = readLetters(cursor, ':', ':', (letter) => {
    if ('auL'.includes(letter)) cursor.fail("bad inline flags: cannot turn off flags 'a', 'u' and 'L'");
  });
  cursor.take();
  if ([...off].some((letter) => on.includes(letter))) cursor.fail('bad inline flags: flag turned on and off');
  return { global: false, on, off };
}

function readLetters(cursor: Cursor, missing: string, ends: string, check: (letter: string, soFar: string) => void) {
  let letters = '';
  for (;;) {
    const char = cursor.peek();
    if (char !== '' && ends.includes(char)) return letters;
    if (char === '' || !flagLetters.includes(char)) {
      cursor.fail(/\p{L}/u.test(char) ? 'unknown flag' : `missing ${missing}`);
    }
    cursor.take();
    check(char, letters);
    letters += char;
  }
}

/** `flags` with the change applied. */
export function applyFlags(flags: Flags, change: FlagChange): Flags {
  const has = (letter: string, now: boolean) => (now || change.on.includes(letter)) && !change.off.includes(letter);
  return {
    ignoreCase: has('i', flags.ignoreCase),
    multiline: has('m', flags.multiline),
    dotAll: has('s', flags.dotAll),
    verbose: has('x', flags.verbose),
    ascii: change.on.includes('u') ? false : has('a', flags.ascii),
  };
}
