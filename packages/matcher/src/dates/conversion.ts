/** From what a line says of its time to the instant that is meant. */
import type { EpochMs, Milliseconds } from '@f2b/config';
import { calendarDate, dayNumber, dayOfWeek, monthLength } from './calendar.js';
import { digitValue } from './characters.js';
import type { DateFields } from './date-fields.js';
import type { LocalTime } from './local-time.js';
import type { FixedZone } from './zones.js';

/** What a conversion needs besides the line. */
export interface DateContext {
  /** The present: decides which year, or which day, a date without one means. */
  readonly now: EpochMs;
  /** `logtimezone`; undefined: local time. A zone in the line always wins. */
  readonly zone: FixedZone | undefined;
  /** The clock that dates without any zone are read on. */
  readonly localTime: LocalTime;
}

const DAY: Milliseconds = 86_400_000;
/** First instant of the year 10000: beyond it no calendar date of four digits lies. */
const END_OF_DATES: EpochMs = 253_402_300_800_000;

/**
 * The instant that `fields` name.
 *
 * fail2ban's rules: without a year the present one, or the one before when that lies more than a day ahead; without month and
 * day today, or yesterday when that lies ahead. Unlike fail2ban all comparisons are between instants, so that they hold in
 * every zone, and a 29 February without a year is that of the latest leap year that fits.
 *
 * @returns undefined when there is no such time, such as 30 February
 */
export function fieldsToEpoch(fields: DateFields, context: DateContext): EpochMs | undefined {
  const offset = fields.zone ?? context.zone?.offset;
  const { now, localTime } = context;
  const toEpoch = (day: number, time: Milliseconds): EpochMs =>
    offset === undefined ? localTime.toEpoch(day * DAY + time) : day * DAY + time - offset;
  const today = (): number => Math.floor((offset === undefined ? localTime.toWall(now) : now + offset) / DAY);
  const time = ((fields.hour * 60 + fields.minute) * 60 + fields.second) * 1000;
  const { year } = fields;

  if (fields.month > 0 && fields.day > 0) {
    const { month, day } = fields;
    if (year > 0) return day <= monthLength(year, month) ? toEpoch(dayNumber(year, month, day), time) : undefined;
    return latestFitting(now, calendarDate(today()).year, (candidate) =>
      day <= monthLength(candidate, month) ? toEpoch(dayNumber(candidate, month, day), time) : undefined,
    );
  }
  const named = namedDay(fields);
  if (named !== undefined) {
    if (year > 0) return toEpoch(named(year), time);
    return latestFitting(now, calendarDate(today()).year, (candidate) => toEpoch(named(candidate), time));
  }
  // A month without a day, or a day without a month, is no date.
  if (fields.month > 0 || fields.day > 0) return undefined;
  let day = today();
  if (year > 0) {
    const date = calendarDate(day);
    if (date.day > monthLength(year, date.month)) return undefined;
    day = dayNumber(year, date.month, date.day);
  }
  const epoch = toEpoch(day, time);
  return epoch > now ? toEpoch(day - 1, time) : epoch;
}

/** The day of a year by `%j`, or by `%U`/`%W` and a weekday. */
function namedDay(fields: DateFields): ((year: number) => number) | undefined {
  const { yearDay, week, weekday, weekFromSunday } = fields;
  if (yearDay > 0) return (year) => dayNumber(year, 1, 1) + yearDay - 1;
  if (week >= 0 && weekday >= 0) return (year) => dayOfWeek(year, week, weekday, weekFromSunday);
  return undefined;
}

/** The latest year, at most eight back (the longest gap between leap years), that has the date and is not more than a day ahead. */
function latestFitting(
  now: EpochMs,
  thisYear: number,
  epochIn: (year: number) => EpochMs | undefined,
): EpochMs | undefined {
  for (let year = thisYear; year >= thisYear - 8; year--) {
    const epoch = epochIn(year);
    if (epoch !== undefined && epoch <= now + DAY) return epoch;
  }
  return undefined;
}

/**
 * Seconds since 1970, written in digits with an optional fraction.
 *
 * @param long 13 characters and more are milliseconds, 16 digits and more without a point are microseconds
 * @returns milliseconds, fraction kept; undefined when it is no number
 */
export function epochText(line: string, start: number, end: number, long: boolean): EpochMs | undefined {
  let digits = 0;
  let scale = 0;
  let point = false;
  let value = 0;
  let length = 0;
  for (let at = start; at < end; at++) {
    const codePoint = line.codePointAt(at) ?? 0;
    if (codePoint > 0xffff) at++;
    length++;
    if (codePoint === 46 && !point) {
      point = true;
      continue;
    }
    const digit = digitValue(codePoint);
    if (digit === undefined || digits > 20) return undefined;
    value = value * 10 + digit;
    digits++;
    if (point) scale++;
  }
  if (digits === 0) return undefined;
  const unit = !long || length < 13 ? -3 : length >= 16 && !point ? 3 : 0;
  const power = unit + scale;
  const epoch = power <= 0 ? value * 10 ** -power : value / 10 ** power;
  return epoch < END_OF_DATES ? epoch : undefined;
}

/** `@` and 24 hexadecimal digits: the seconds stand in the 15 after the first. fail2ban counts no leap seconds here. */
export function tai64nText(line: string, start: number): EpochMs | undefined {
  const seconds = Number.parseInt(line.slice(start + 2, start + 17), 16);
  const epoch = seconds * 1000;
  return epoch < END_OF_DATES ? epoch : undefined;
}
