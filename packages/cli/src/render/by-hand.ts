import type { Allowance } from '@f2b/core';
import type { ByHandReply } from '../daemon/control/verbs/by-hand.js';
import { printable } from '../printable.js';
import { columns, count, moment, span } from './figures.js';

/** Named one by one up to here. */
const mostNamed = 20;

/** What became of addresses: one line for each kind. */
export function renderByHand(reply: ByHandReply, words: { readonly done: string; readonly already: string }): string[] {
  const lines: string[] = [];
  const pairs = (list: ByHandReply['done']) => list.map(([jail, id]) => `${id} (${jail})`);
  if (reply.done.length > 0) lines.push(`${words.done}: ${named(pairs(reply.done))}`);
  if (reply.already.length > 0) lines.push(`${words.already}: ${named(pairs(reply.already))}`);
  if (reply.invalid.length > 0) lines.push(`no address: ${named(reply.invalid)}`);
  if (reply.notKept !== undefined) lines.push(`not kept beyond the end of the server: ${reply.notKept}`);
  return lines.map(printable);
}

export function named(names: readonly string[]): string {
  const more = names.length - mostNamed;
  return names.slice(0, mostNamed).join(', ') + (more > 0 ? ` and ${count(more, 'other')}` : '');
}

/** `f2b allow list`: who, where, since when, until when, and why. */
export function renderAllowances(list: readonly Allowance[], now: number): string[] {
  if (list.length === 0) return ['Nobody is allowed by hand.'];
  const rows = list.map(({ what, jail, since, until, why, origin }) => [
    what,
    jail ?? 'every jail',
    `since ${moment(since, now)}`,
    until === undefined ? 'until removed' : `${span((until - now) / 1000)} left`,
    origin === 'unban' ? 'after an unban' : (why ?? ''),
  ]);
  return columns(
    rows.map((row) => row.map(printable)),
    new Set(),
  );
}
