import { pythonRepr } from '@f2b/config';
import { type Ban, endOf } from '@f2b/core';
import type { ReplyValue } from '../../reply.js';
import type { AskedJail } from '../asked-jail.js';
import { typeError, valueError } from '../raise.js';
import type { Words } from '../words.js';
import type { Properties } from './property.js';

/** Bans of one jail: `set JAIL banip`, `unbanip`, `attempt`, `get JAIL banip`, `banned`. */
export const bans: Properties = new Map([
  [
    'banip',
    {
      get: (jail: AskedJail, words: Words): ReplyValue => {
        const bans = byEnd(jail);
        return words.length > 0 && words.at(0) === '--with-time' ? bans.map(withTime) : bans.map(({ who }) => who.id);
      },
      set: (jail: AskedJail, words: Words): ReplyValue => jail.byHand.banAll(jail.name, words.from(0))!.length,
    },
  ],
  [
    'banned',
    {
      get: (jail: AskedJail, words: Words): ReplyValue => {
        if (words.length === 0) return byEnd(jail).map(({ who }) => who.id);
        const { byHand } = jail;
        const found = words.from(0).map((id) => (byHand.banOf(jail.name, id) === undefined ? 0 : 1));
        return found.length === 1 ? found[0]! : found;
      },
    },
  ],
  ['unbanip', { set: unbanip }],
  [
    'attempt',
    {
      set: (jail: AskedJail, words: Words): ReplyValue => {
        const { byHand } = jail;
        if (words.length === 0) {
          throw typeError("Filter.addAttempt() missing 1 required positional argument: 'ip'");
        }
        return byHand.attempt(jail.name, words.at(0), words.from(1)) ? 1 : 0;
      },
    },
  ],
]);

function unbanip(jail: AskedJail, words: Words): ReplyValue {
  const strict = words.at(0) === '--report-absent';
  const { byHand } = jail;
  const lifted = byHand.unbanAll(jail.name, words.from(strict ? 1 : 0))!;
  const absent = lifted.filter(({ ids }) => ids.length === 0).map(({ asked }) => asked);
  if (strict && absent.length > 0) throw valueError(`not banned: ${pythonRepr(absent)}`);
  return lifted.reduce((sum, { ids }) => sum + ids.length, 0);
}

/** The bans that end first come first; those that end together stay in the order in which they came. */
function byEnd({ byHand, name }: AskedJail): readonly Readonly<Ban>[] {
  return [...byHand.bans(name)!].sort((left, right) => {
    const [a, b] = [endOf(left), endOf(right)];
    return a === b ? 0 : a - b;
  });
}

function withTime(ban: Readonly<Ban>): string {
  const seconds = Math.trunc(ban.bantime);
  const end = seconds < 0 ? '9999-12-31 23:59:59' : localTime(ban.time + seconds * 1000);
  return `${ban.who.id} \t${localTime(ban.time)} + ${seconds} = ${end}`;
}

/** `2026-11-28 13:08:40`, on this host's clock. */
function localTime(time: number): string {
  const date = new Date(Math.floor(time / 1000) * 1000);
  const two = (value: number) => String(value).padStart(2, '0');
  return (
    `${String(date.getFullYear()).padStart(4, '0')}-${two(date.getMonth() + 1)}-${two(date.getDate())}` +
    ` ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
  );
}
