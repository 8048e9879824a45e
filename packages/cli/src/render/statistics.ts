import type { ReplyValue } from '../daemon/control/reply.js';
import { printable } from '../printable.js';

type Counts = readonly [current: number, total: number];
type Row = readonly [backend: string, failures: Counts, bans: Counts];

/** The table of `stats`: a line for each jail. */
export function renderStatistics(value: ReplyValue): string {
  const jails = Object.entries(value as { readonly [jail: string]: Row }).sort(([a], [b]) => (a < b ? -1 : 1));
  if (jails.length === 0) return 'No jails found.';
  const name = Math.max(8, ...jails.map(([jail]) => printable(jail).length));
  const backend = Math.max(8, ...jails.map(([, [one]]) => one.length));
  const figures = (pick: (row: Row) => number) => Math.max(3, ...jails.map(([, row]) => String(pick(row)).length));
  const widths = [
    figures((row) => row[1][0]),
    figures((row) => row[1][1]),
    figures((row) => row[2][0]),
    figures((row) => row[2][1]),
  ];
  const [cf = 3, tf = 3, cb = 3, tb = 3] = widths;
  const line = (left: string, right: string, four: readonly string[]) =>
    ` ${left.padEnd(name)} ║ ${right.padEnd(backend)} ║ ${four[0]!.padStart(cf)} │ ${four[1]!.padStart(tf)} ║ ${four[2]!.padStart(cb)} │ ${four[3]!.padStart(tb)}`;
  const double = (cross: string) =>
    `${'═'.repeat(name + 2)}${cross}${'═'.repeat(backend + 2)}${cross}${'═'.repeat(cf + tf + 5)}${cross}${'═'.repeat(cb + tb + 5)}`;
  const thin = `${'─'.repeat(cf + tf + 5)}╫${'─'.repeat(cb + tb + 5)}`;
  const empty = ` ${' '.repeat(name)} ║ ${' '.repeat(backend)} ║`;
  return [
    `${empty} ${'Filter'.padEnd(cf + tf + 3)} ║ ${'Actions'.padEnd(cb + tb + 3)}`.trimEnd(),
    ` ${'Jail'.padEnd(name)} ║ ${'Backend'.padEnd(backend)} ╟${thin}`,
    `${empty} ${'cur'.padStart(cf)} │ ${'tot'.padStart(tf)} ║ ${'cur'.padStart(cb)} │ ${'tot'.padStart(tb)}`,
    double('╬'),
    ...jails.map(([jail, [kind, failures, bans]]) => line(printable(jail), kind, [...failures, ...bans].map(String))),
    double('╩'),
  ].join('\n');
}
