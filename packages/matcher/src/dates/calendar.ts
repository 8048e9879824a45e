/** Days of the proleptic Gregorian calendar, counted from 1970-01-01, without any clock or zone. */

/** Days since 1970-01-01; negative before. */
export type DayNumber = number;

export function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

const monthLengths = [0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Days of a month (1 to 12). */
export function monthLength(year: number, month: number): number {
  return month === 2 && isLeapYear(year) ? 29 : (monthLengths[month] ?? 0);
}

/** The day of a date; `month` from 1, `day` from 1. Counts from March so that the leap day is the year's last. */
export function dayNumber(year: number, month: number, day: number): DayNumber {
  const y = month > 2 ? year : year - 1;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

export interface CalendarDate {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/** The date of a day. */
export function calendarDate(days: DayNumber): CalendarDate {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  const day = dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1;
  return { year: era * 400 + yearOfEra + (month <= 2 ? 1 : 0), month, day };
}

/** Weekday of a day, Monday is 0. */
export function weekday(days: DayNumber): number {
  return (((days + 3) % 7) + 7) % 7;
}

/**
 * The day that a week number and a weekday name.
 *
 * @param week 0 to 53, counted as strftime does
 * @param day Monday is 0
 * @param fromSunday true for `%U` (weeks begin on Sunday), false for `%W` (Monday)
 */
export function dayOfWeek(year: number, week: number, day: number, fromSunday: boolean): DayNumber {
  const newYear = dayNumber(year, 1, 1);
  const shift = fromSunday ? 1 : 0;
  const first = (weekday(newYear) + shift) % 7;
  const wanted = (day + shift) % 7;
  return week === 0 ? newYear + wanted - first : newYear + ((7 - first) % 7) + 7 * (week - 1) + wanted;
}
