import type { EpochMs, Milliseconds } from '@f2b/config';
import type { DatedLine } from './time.js';

/** A line without a date takes that of the line before it, unless it is older than this. */
const recent: Milliseconds = 60_000;

/**
 * fail2ban-regex's rule for the time of a line: as it is written, however old; without a date of its own, that of the line
 * before it, if it is recent.
 * @returns the time, NaN for none; and the date's text, where it is an earlier line's
 */
export function timeAsWritten(
  { time, date, preceding }: DatedLine,
  now: EpochMs,
): { readonly time: EpochMs; readonly text: string | undefined } {
  if (date === 'own') return { time, text: undefined };
  if (preceding !== undefined && preceding.time > now - recent) return { time: preceding.time, text: preceding.text };
  return { time: date === 'empty' ? now : Number.NaN, text: undefined };
}
