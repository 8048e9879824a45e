import type { EpochMs } from '@f2b/config';

/**
 * What the block scan says of one line: a failregex matched it. Everything a judge needs is in it; nothing in it depends on
 * earlier lines, so the same bytes give the same failure whichever worker read them.
 */
export interface LineMatch {
  /** Which of the scanned filters matched: index into the list the scanner was made with. */
  readonly filter: number;
  /** Index of the failregex within its filter, from 0. */
  readonly regex: number;
  /** Line within the scanned block, from 0 (all lines of the block count, matching or not). */
  readonly line: number;
  /** Byte offset of the line's first byte within the scanned block. */
  readonly offset: number;
  /** The date that was cut out of the line; NaN when the line has none that converts. */
  readonly time: EpochMs;
  /** How the line carried its date: `own` matched and converted, `empty` the pattern matched the empty text (`{NONE}`), `none` no date or not convertible. */
  readonly date: 'own' | 'empty' | 'none';
  /** The line as fail2ban keeps it: text before the date, the date's text, text after it; concatenated they are the line. */
  readonly tuple: readonly [before: string, date: string, after: string];
  /** Groups that took part (prefregex overlaid by failregex, `alt_` and `tuple_` resolved); tuples are lists. */
  readonly groups: ReadonlyMap<string, string | readonly (string | null)[]>;
}
