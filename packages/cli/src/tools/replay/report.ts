import { formatDuration, formatLocalTime, type ReplayedBan } from '@f2b/core';
import { printable } from '../../printable.js';
import { textTable } from '../bench/text-table.js';
import type { Read, Side } from './side.js';

/** `A` and `B`: what the two sides are called in a list. */
const letters = ['A', 'B'];

/** `2026-11-28 10:00:05  192.0.2.1  for 10m, until 2026-11-28 10:10:05  (5 failures)`, with the side in front where there are two. */
export function banLine(ban: ReplayedBan, side: number | undefined): string {
  const { id, at, until, failures, bancount } = ban;
  const end = Number.isFinite(until)
    ? `for ${formatDuration((until - at) / 1000)}, until ${formatLocalTime(until)}`
    : 'for ever';
  const which = bancount > 1 ? `, ban ${bancount}` : '';
  const line = `${formatLocalTime(at)}  ${id}  ${end}  (${count(failures, 'failure')}${which})`;
  return printable(side === undefined ? line : `${letters[side]}  ${line}`);
}

export function banAsJson({ id, at, until, failures, bancount }: ReplayedBan, side: number) {
  return { ban: id, side: letters[side], time: at, until: Number.isFinite(until) ? until : null, failures, bancount };
}

/** What came of each side, beside each other. */
export function figures(sides: readonly Side[], read: Read, mostListed: number): string[] {
  const lines = [summary(read)];
  const rows: (readonly string[])[] = [];
  const row = (name: string, of: (side: Side) => string | number) =>
    rows.push([name, ...sides.map((one) => String(of(one)))]);
  const settings = sides.map(settingsOf);
  for (const name of Object.keys(settings[0]!)) rows.push([name, ...settings.map((one) => one[name]!)]);
  row('failures found', ({ replay }) => replay.counts.found);
  row('of them kept out', ({ replay }) => replay.counts.keptOut);
  row('ignored', ({ replay }) => replay.counts.ignored);
  row('bans', ({ replay }) => replay.counts.banned);
  row('addresses banned', (side) => whoBanned(side).size);
  row('most at once', ({ replay }) => replay.counts.mostAtOnce);
  if (sides.length === 2) {
    const [a, b] = sides.map(whoBanned) as [Set<string>, Set<string>];
    rows.push(['banned here alone', String(without(a, b)), String(without(b, a))]);
  }
  const head = sides.map(({ options: { jail, set } }, index) => {
    const tried = set.map(({ key, value }) => ` ${key}=${value}`).join('');
    const name = printable(jail + tried);
    return sides.length === 1 ? name : `${letters[index]}: ${name}`;
  });
  lines.push(...textTable(['', ...head], rows));
  for (const side of sides) lines.push(...remarks(side, mostListed));
  return lines;
}

export function figuresAsJson(sides: readonly Side[], read: Read) {
  return {
    lines: read.lines,
    passedOver: read.passedOver,
    matches: read.matches,
    from: read.from ?? null,
    to: read.to ?? null,
    seconds: read.seconds,
    sides: sides.map((side, index) => ({
      side: letters[index],
      jail: side.options.jail,
      set: Object.fromEntries(side.options.set.map(({ key, value }) => [key, value])),
      settings: settingsOf(side),
      ...side.replay.counts,
      addresses: whoBanned(side).size,
      remarks: remarks(side, Number.POSITIVE_INFINITY),
    })),
  };
}

function summary({ lines, passedOver, from, to, seconds }: Read): string {
  const span = from === undefined ? '' : `, failures from ${formatLocalTime(from)} to ${formatLocalTime(to!)}`;
  const passed = passedOver === 0 ? '' : `, ${passedOver} passed over (too long, or given up by an expression)`;
  const pace = seconds > 0 ? ` (${Math.round(lines / seconds)} lines/s)` : '';
  return `${count(lines, 'line')}${span}${passed}${pace}`;
}

function settingsOf({ settings }: Side): Record<string, string> {
  return {
    maxretry: String(settings.maxretry?.value ?? 'default'),
    findtime: settings.findtime?.text ?? 'default',
    bantime: (settings.bantime?.text ?? 'default') + (settings.growth === undefined ? '' : ', growing'),
  };
}

/** What a reader of the figures should know of how they came about. */
function remarks({ options: { jail }, settings, replay, bans, problems }: Side, mostListed: number): string[] {
  const said = new Set(problems);
  const { unnamed, banned } = replay.counts;
  if (unnamed > 0)
    said.add(`${count(unnamed, 'failure')} named a host, which is not looked up: nobody was counted for them`);
  if ((settings.ignorecommand?.value.trim() ?? '') !== '')
    said.add('ignorecommand was not run: nobody was ignored by it');
  const names = replay.ignoredNames;
  if (names.length > 0)
    said.add(`ignoreip has host names (${names.join(', ')}): --resolve asks for their addresses of today`);
  if (bans.length >= mostListed && banned > bans.length) said.add(`only the first ${mostListed} bans are listed`);
  return [...said].map((what) => printable(`${jail}: ${what}`));
}

function whoBanned({ bans }: Side): Set<string> {
  return new Set(bans.map(({ id }) => id));
}

function without(some: ReadonlySet<string>, others: ReadonlySet<string>): number {
  let alone = 0;
  for (const id of some) if (!others.has(id)) alone++;
  return alone;
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
