/** From what a line says of its time to the instant that is meant. */
import type { EpochMs, Milliseconds } from '@f2b/config';
import { calendarDate, type DayNumber, dayNumber, dayOfWeek, monthLength } from './calendar.js';
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

const dayLength: Milliseconds = 86_400_000;
/** The longest gap between leap years: so far back a 29 February without a year can lie. */
const yearsBack = 8;
/** First instant of the year 10000: beyond it no calendar date of four digits lies. */
const endOfDates: EpochMs = 253_402_300_800_000;

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
  const { year, month, day } = fields;
  const time = ((fields.hour * 60 + fields.minute) * 60 + fields.second) * 1000;

  if (month > 0 && day > 0) {
    if (year > 0) {
      if (day > monthLength(year, month)) return undefined;
      return instant(dayNumber(year, month, day), time, offset, localTime);
    }
    const latest = calendarYear(today(now, offset, localTime));
    for (let candidate = latest; candidate >= latest - yearsBack; candidate--) {
      if (day > monthLength(candidate, month)) continue;
      const epoch = instant(dayNumber(candidate, month, day), time, offset, localTime);
      if (epoch <= now + dayLength) return epoch;
    }
    return undefined;
  }
  if (fields.yearDay > 0 || (fields.week >= 0 && fields.weekday >= 0)) {
    if (year > 0) return instant(namedDay(fields, year), time, offset, localTime);
    const latest = calendarYear(today(now, offset, localTime));
    const epoch = instant(namedDay(fields, latest), time, offset, localTime);
    return epoch <= now + dayLength ? epoch : instant(namedDay(fields, latest - 1), time, offset, localTime);
  }
  // A month without a day, or a day without a month, is no date.
  if (month > 0 || day > 0) return undefined;
  let day0 = today(now, offset, localTime);
  if (year > 0) {
    const date = calendarDate(day0);
    if (date.day > monthLength(year, date.month)) return undefined;
    day0 = dayNumber(year, date.month, date.day);
  }
  const epoch = instant(day0, time, offset, localTime);
  return epoch > now ? instant(day0 - 1, time, offset, localTime) : epoch;
}

function instant(day: DayNumber, time: Milliseconds, offset: Milliseconds | undefined, localTime: LocalTime): EpochMs {
  return offset === undefined ? localTime.toEpoch(day * dayLength + time) : day * dayLength + time - offset;
}

/** The day it is now, in the zone of the line or on the local clock. */
function today(now: EpochMs, offset: Milliseconds | undefined, localTime: LocalTime): DayNumber {
  return Math.floor((offset === undefined ? localTime.toWall(now) : now + offset) / dayLength);
}

function calendarYear(day: DayNumber): number {
  return calendarDate(day).year;
}

/** The day of a year by `%j`, or by `%U`/`%W` and a weekday. */
function namedDay({ yearDay, week, weekday, weekFromSunday }: DateFields, year: number): DayNumber {
  return yearDay > 0 ? dayNumber(year, 1, 1) + yearDay - 1 : dayOfWeek(year, week, weekday, weekFromSunday);
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
  return epoch < endOfDates ? epoch : undefined;
}

/** `@` and 24 hexadecimal digits: the seconds stand in the 15 after the first. fail2ban counts no leap seconds here. */
export function tai64nText(line: string, start: number): EpochMs | undefined {
  const seconds = Number.parseInt(line.slice(start + 2, start + 17), 16);
  const epoch = seconds * 1000;
  return epoch < endOfDates ? epoch : undefined;
}
