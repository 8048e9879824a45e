import type { EpochMs } from '@f2b/config';
import type { CompiledFilter } from '../filter/compile.js';

/** A time of day, then a zone at its end; a bracket may be cut out with it. */
const endsWithZone = /:\d\d(?:[.,]\d+)?\s*(?:Z|UTC|GMT|[+-]\d\d(?::?\d\d)?)\W*$/;
const beginsWithZone = /^(?:Z|UTC|GMT|[A-Z]{3,4}(?= [A-Z][a-z]{2} )|[+-]\d\d:?\d\d) /;
const tai64n = /^@?[0-9a-f]{24}$/;

/**
 * Seconds since 1970 as fail2ban prints them: whole where the date came with a zone of its own, or the filter names one, a decimal
 * number otherwise.
 */
export function timeText(time: EpochMs, dateText: string, zoned: boolean): string {
  const seconds = Math.round(time * 1000) / 1_000_000;
  if (!Number.isInteger(seconds)) return String(seconds);
  const whole = zoned
    ? dateText !== '' && !/^\d{10,}(?:\.\d+)?$/.test(dateText)
    : endsWithZone.test(dateText) || beginsWithZone.test(dateText) || tai64n.test(dateText);
  return whole ? String(seconds) : `${seconds}.0`;
}

/** Text that Python's notation puts between quotes as it is. */
export const plainText = /^[\x20-\x26\x28-\x5b\x5d-\x7e]*$/;

/**
 * By failregex, the names of the groups that a row shows, in fail2ban's order: those of prefregex first, those that took no part as
 * well, since scripts count on them.
 */
export function rowNames({ prefregex, failregex }: CompiledFilter): readonly (readonly string[])[] {
  const first = (prefregex?.plan.named ?? []).map(({ name }) => name).filter((name) => name !== 'content');
  return failregex.map(({ plan }) => [
    ...new Set([
      ...first,
      ...plan.named.map(({ name }) => name),
      ...plan.alternatives.map(({ target }) => target),
      ...plan.tuples.map(({ target }) => target),
    ]),
  ]);
}
