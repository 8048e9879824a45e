import { pythonRepr } from '@f2b/config';
import { type GroupValue, tupleText } from '@f2b/matcher';

/** A group's value in Python's notation. */
export function valueRepr(value: GroupValue | undefined): string {
  if (value === undefined) return 'None';
  return typeof value === 'string' ? pythonRepr(value) : tupleText(value);
}

/** A time of day, then a zone at its end. */
const endsWithZone = /:\d\d(?:[.,]\d+)?\s*(?:Z|UTC|GMT|[+-]\d\d(?::?\d\d)?)$/;
const beginsWithZone = /^(?:Z|UTC|GMT|[A-Z]{3,4}(?= [A-Z][a-z]{2} )|[+-]\d\d:?\d\d) /;
const tai64n = /^@?[0-9a-f]{24}$/;

/**
 * Seconds since 1970 as fail2ban prints them: whole where the date came with a zone of its own, or the filter names one, a decimal
 * number otherwise.
 */
export function timeText(time: number, dateText: string, zoned: boolean): string {
  const seconds = Math.round(time * 1000) / 1_000_000;
  if (!Number.isInteger(seconds)) return String(seconds);
  const whole = zoned
    ? dateText !== '' && !/^\d{10,}(?:\.\d+)?$/.test(dateText)
    : endsWithZone.test(dateText) || beginsWithZone.test(dateText) || tai64n.test(dateText);
  return whole ? String(seconds) : `${seconds}.0`;
}

const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const two = (number: number) => String(number).padStart(2, '0');

/** `Wed May 01 10:00:00 2024`, in the process's zone. */
export function localDate(time: number): string {
  const date = new Date(time);
  const clock = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  return `${days[date.getDay()]} ${months[date.getMonth()]} ${two(date.getDate())} ${clock} ${date.getFullYear()}`;
}

/** A dictionary of texts in Python's notation; a missing value is `None`. */
export function dictRepr(entries: Iterable<readonly [string, GroupValue | undefined]>): string {
  return `{${Array.from(entries, ([key, value]) => `${pythonRepr(key)}: ${valueRepr(value)}`).join(', ')}}`;
}
