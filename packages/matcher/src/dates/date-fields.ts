/** Reads the named groups of a matched template into numbers. */
import type { Milliseconds } from '@f2b/config';
import { digitValue } from './characters.js';
import { zoneOffset } from './zones.js';

/** The named groups that mean something, by the letter of their directive. */
const fieldLetters = 'YymbBdHIMSpaAwjUWzZ';

/** Which group holds which field, in the order of the groups: of two that say the same, the later wins. */
export interface FieldPlan {
  readonly letters: readonly number[];
  readonly groups: readonly number[];
}

/** @param groupNames name of each group by index, as the regex has them */
export function planFields(groupNames: readonly (string | undefined)[]): FieldPlan {
  const letters: number[] = [];
  const groups: number[] = [];
  groupNames.forEach((name, group) => {
    if (name === undefined || name.length !== 1 || !fieldLetters.includes(name)) return;
    letters.push(name.charCodeAt(0));
    groups.push(group);
  });
  return { letters, groups };
}

/** What a line says of its time; -1 where it says nothing. One instance is reused for every line. */
export class DateFields {
  year = -1;
  month = -1;
  day = -1;
  hour = 0;
  minute = 0;
  second = 0;
  yearDay = -1;
  week = -1;
  weekFromSunday = false;
  /** Monday is 0. */
  weekday = -1;
  /** undefined: the line names no zone. */
  zone: Milliseconds | undefined = undefined;
  #afternoon = false;
  #twelveHour = false;
  #rawHour = -1;

  #clear(): void {
    this.year = -1;
    this.month = -1;
    this.day = -1;
    this.hour = 0;
    this.minute = 0;
    this.second = 0;
    this.yearDay = -1;
    this.week = -1;
    this.weekFromSunday = false;
    this.weekday = -1;
    this.zone = undefined;
    this.#afternoon = false;
    this.#twelveHour = false;
    this.#rawHour = -1;
  }

  /**
   * Reads the fields.
   *
   * @param offsets `[start0, end0, start1, …]`
   * @returns false when a field has a value that no calendar knows
   */
  read(line: string, offsets: ArrayLike<number>, plan: FieldPlan): boolean {
    this.#clear();
    const { letters, groups } = plan;
    for (let index = 0; index < groups.length; index++) {
      const slot = groups[index]! * 2;
      const start = offsets[slot]!;
      if (start < 0) continue;
      if (!this.#field(letters[index]!, line, start, offsets[slot + 1]!)) return false;
    }
    if (this.#twelveHour) {
      // 12 AM is midnight, 12 PM is noon; without am or pm the morning is meant.
      const hour = this.#rawHour === 12 ? 0 : this.#rawHour;
      this.hour = this.#afternoon ? hour + 12 : hour;
    }
    return (
      this.hour < 24 &&
      this.minute < 60 &&
      this.second < 60 &&
      this.month !== 0 &&
      this.month <= 12 &&
      this.day !== 0 &&
      this.year !== 0
    );
  }

  #field(letter: number, line: string, start: number, end: number): boolean {
    switch (letter) {
      case 89: // Y
        this.year = number(line, start, end);
        return this.year > 0;
      case 121: {
        // y: two digits are always of this century
        const year = number(line, start, end);
        this.year = year <= 2000 ? year + 2000 : year;
        return year >= 0;
      }
      case 109: // m
        this.month = number(line, start, end);
        return this.month > 0;
      case 98: // b
      case 66: // B
        this.month = nameIndex(months, line, start, end - start) + 1;
        return this.month > 0;
      case 100: // d
        this.day = number(line, start, end);
        return this.day > 0;
      case 72: // H
        this.hour = number(line, start, end);
        this.#twelveHour = false;
        return this.hour >= 0;
      case 73: // I
        this.#rawHour = number(line, start, end);
        this.#twelveHour = true;
        return this.#rawHour >= 0;
      case 77: // M
        this.minute = number(line, start, end);
        return this.minute >= 0;
      case 83: // S
        this.second = number(line, start, end);
        return this.second >= 0;
      case 112: // p
        this.#afternoon = (line.charCodeAt(start) | 32) === 112;
        return true;
      default:
        return this.#rareField(letter, line, start, end);
    }
  }

  #rareField(letter: number, line: string, start: number, end: number): boolean {
    switch (letter) {
      case 97: // a
      case 65: // A
        this.weekday = nameIndex(days, line, start, end - start);
        return this.weekday >= 0;
      case 119: {
        // w counts from Sunday
        const day = number(line, start, end);
        this.weekday = (day + 6) % 7;
        return day >= 0 && day <= 6;
      }
      case 106: // j
        this.yearDay = number(line, start, end);
        return this.yearDay > 0;
      case 85: // U
      case 87: // W
        this.week = number(line, start, end);
        this.weekFromSunday = letter === 85;
        return this.week >= 0;
      default:
        // z, Z
        this.zone = zoneAt(line, start, end);
        return this.zone !== undefined;
    }
  }
}

/** Decimal digits of any script; a leading blank (a day such as ` 3`) is skipped. -1 when it is no number. */
function number(line: string, start: number, end: number): number {
  // Nearly every field is two ASCII digits.
  if (end - start === 2) {
    const tens = line.charCodeAt(start) - 48;
    const ones = line.charCodeAt(start + 1) - 48;
    if (tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9) return tens * 10 + ones;
  }
  let at = start;
  let value = 0;
  while (at < end && line.charCodeAt(at) === 32) at++;
  if (at === end || end - at > 16) return -1;
  for (; at < end; at++) {
    const digit = line.charCodeAt(at) - 48;
    if (digit >= 0 && digit <= 9) {
      value = value * 10 + digit;
      continue;
    }
    const codePoint = line.codePointAt(at) ?? 0;
    const other = digitValue(codePoint);
    if (other === undefined) return -1;
    if (codePoint > 0xffff) at++;
    value = value * 10 + other;
  }
  return value;
}

const days = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];
const months = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
];

/** Position of the name (short of three letters or long, any case) in `names`; -1 when it is none. */
function nameIndex(names: readonly string[], line: string, start: number, length: number): number {
  for (let index = 0; index < names.length; index++) {
    const name = names[index] as string;
    if (length !== 3 && length !== name.length) continue;
    let offset = 0;
    while (offset < length && (line.charCodeAt(start + offset) | 32) === name.charCodeAt(offset)) offset++;
    if (offset === length) return index;
  }
  return -1;
}

/** Offset of a zone in the line; the numeric form, which logs mostly use, is read in place. */
function zoneAt(line: string, start: number, end: number): Milliseconds | undefined {
  const sign = line.charCodeAt(start);
  if (sign === 43 || sign === 45) {
    const length = end - start;
    const hour = twoDigits(line, start + 1);
    const minute = length === 3 ? 0 : twoDigits(line, end - 2);
    const colon = length === 5 || (length === 6 && line.charCodeAt(start + 3) === 58);
    if (hour >= 0 && hour < 20 && minute >= 0 && (length === 3 || colon)) {
      return (sign === 43 ? 60_000 : -60_000) * (hour * 60 + minute);
    }
  }
  if (end - start > 16) return undefined;
  return start === end ? 0 : zoneOffset(line.slice(start, end));
}

function twoDigits(line: string, at: number): number {
  const tens = line.charCodeAt(at) - 48;
  const ones = line.charCodeAt(at + 1) - 48;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : -1;
}
