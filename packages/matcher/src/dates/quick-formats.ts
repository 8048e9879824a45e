/**
 * The two dates that most logs begin with, ISO 8601 and syslog, in their usual spelling, read where they stand in the
 * log's bytes. A shortcut: whatever is not spelled exactly so, or could be read in another way, is left to the date scanner, which
 * gives the same answer.
 */
import { basePatterns } from './default-templates.js';
import { lineBeginMark } from './template-regex.js';
import type { Template } from './templates.js';

/** The template matches, and its group offsets are filled in. */
export const wasRead = 1;
/** Ask the template's own search. */
export const unsure = 0;
/** The template matches no line that begins so: it need not even be compiled. */
export const never = -1;

/** A date at the start of a line, in its usual spelling. */
export interface QuickFormat {
  /**
   * Reads it in the line that stands in `line` from `from` to `to`, a byte a character (255 for those beyond ASCII). Behind `to` there
   * must be bytes that can be looked at: a newline, say.
   *
   * @param groups receives the template's group offsets, counted from `from`
   * @returns READ, UNSURE or NEVER
   */
  read(line: Uint8Array, from: number, to: number, groups: number[]): number;
  /** Index in the group offsets of the second, which has two digits, and of its fraction, -1 for a form without. */
  readonly second: number;
  readonly fraction: number;
}

/** No quick format looks at more of a line than this. */
export const quickLength = 48;

/** The shortcut of a template, if it has one. */
export function quickFormat(template: Template): QuickFormat | undefined {
  if (template.pattern === lineBeginMark + basePatterns[0]) {
    // What the years of %ExY end with was settled when the template was made.
    const lastDecade = Number(/20\[\d*(\d)\]/.exec(template.regex)?.[1] ?? -1);
    return { read: (line, from, to, groups) => isoDate(line, from, to, groups, lastDecade), second: 16, fraction: 18 };
  }
  if (template.pattern === lineBeginMark + basePatterns[1]) return { read: syslogDate, second: 14, fraction: -1 };
  return undefined;
}

/** Two ASCII digits; -1 when there are none. */
function two(line: Uint8Array, at: number): number {
  const tens = line[at]! - 48;
  const ones = line[at + 1]! - 48;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : -1;
}

/** `hh:mm:ss` with two digits each. */
function isTime(line: Uint8Array, at: number): boolean {
  const hour = two(line, at);
  const minute = two(line, at + 3);
  const second = two(line, at + 6);
  return (
    hour >= 0 &&
    hour < 24 &&
    minute >= 0 &&
    minute < 60 &&
    second >= 0 &&
    second < 60 &&
    line[at + 2] === 58 &&
    line[at + 5] === 58
  );
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function isLetter(code: number): boolean {
  return (code | 32) >= 97 && (code | 32) <= 122 && code < 128;
}

/** The line ends at `at`, or an ASCII character that belongs to no word stands there and begins no zone. */
function isPlainEnd(line: Uint8Array, at: number, to: number): boolean {
  if (at >= to) return true;
  const code = line[at]!;
  return !(code >= 128 || code === 95 || isDigit(code) || isLetter(code));
}

/** A character that a zone can begin with, or another blank before one. */
function mayBeZone(code: number): boolean {
  return code === 43 || code === 45 || code === 90 || code === 85 || code === 71 || code <= 32 || code >= 128;
}

const isoLength = 19;

/** `2024-05-01T10:00:00`, `[2024-05-01 10:00:00.123] …`; with `Z`, `+0200` or `+02:00` directly behind. */
function isoDate(line: Uint8Array, from: number, to: number, groups: number[], lastDecade: number): number {
  const first = line[from]!;
  // Up to two characters that belong to no word may come before the year, and nothing else.
  if (isLetter(first) || first === 95 || (isDigit(first) && first !== 50)) return never;
  const year = first === 91 ? from + 1 : from;
  if (to - year < isoLength) return unsure;
  const decade = line[year + 2]! - 48;
  if (two(line, year) !== 20 || decade < 0 || decade > lastDecade || two(line, year + 2) < 0) return unsure;
  const month = two(line, year + 5);
  const day = two(line, year + 8);
  if (month < 1 || month > 12 || day < 1 || day > 31) return unsure;
  const separator = line[year + 4];
  if ((separator !== 45 && separator !== 47 && separator !== 46) || line[year + 7] !== separator) return unsure;
  const between = line[year + 10];
  if ((between !== 84 && between !== 32) || !isTime(line, year + 11)) return unsure;

  let end = year + isoLength;
  let fraction = -1;
  let fractionEnd = -1;
  if (end < to && (line[end] === 46 || line[end] === 44)) {
    fraction = end + 1;
    fractionEnd = fraction;
    while (fractionEnd - fraction < 6 && fractionEnd < to && isDigit(line[fractionEnd]!)) fractionEnd++;
    if (fractionEnd === fraction) fraction = fractionEnd = -1;
    else end = fractionEnd;
  }
  let zone = -1;
  let zoneEnd = -1;
  const after = end < to ? line[end]! : 0x0a;
  if (after === 90) {
    zone = end;
    zoneEnd = end + 1;
  } else if (after === 43 || after === 45) {
    const colon = line[end + 3] === 58 ? 1 : 0;
    const hour = two(line, end + 1);
    if (hour < 0 || hour > 19 || two(line, end + 3 + colon) < 0) return unsure;
    zone = end;
    zoneEnd = end + 5 + colon;
    if (zoneEnd > to) return unsure;
  } else if (end < to && (after === 32 ? mayBeZone(line[end + 1]!) : mayBeZone(after))) return unsure;
  if (zone >= 0) end = zoneEnd;
  if (!isPlainEnd(line, end, to)) return unsure;
  put(groups, 0, 0, end - from);
  put(groups, 2, year - from, end - from);
  put(groups, 4, year - from, year + 4 - from);
  put(groups, 6, year + 4 - from, year + 5 - from);
  put(groups, 8, year + 5 - from, year + 7 - from);
  put(groups, 10, year + 8 - from, year + 10 - from);
  put(groups, 12, year + 11 - from, year + 13 - from);
  put(groups, 14, year + 14 - from, year + 16 - from);
  put(groups, 16, year + 17 - from, year + 19 - from);
  put(groups, 18, fraction < 0 ? -1 : fraction - from, fraction < 0 ? -1 : fractionEnd - from);
  put(groups, 20, zone < 0 ? -1 : zone - from, zone < 0 ? -1 : zoneEnd - from);
  return wasRead;
}

function put(groups: number[], at: number, start: number, end: number): void {
  groups[at] = start;
  groups[at + 1] = end;
}

/** Months by their three letters in lower case, five bits each. */
const monthKeys: ReadonlySet<number> = new Set(
  ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'].map((name) =>
    keyAt(Buffer.from(name), 0),
  ),
);

function keyAt(line: Uint8Array, at: number): number {
  const a = (line[at]! | 32) - 96;
  const b = (line[at + 1]! | 32) - 96;
  const c = (line[at + 2]! | 32) - 96;
  return a > 0 && a < 27 && b > 0 && b < 27 && c > 0 && c < 27 ? (a << 10) | (b << 5) | c : 0;
}

const syslogLength = 15;

/** `May  1 10:00:00`, without fraction and year. */
function syslogDate(line: Uint8Array, from: number, to: number, groups: number[]): number {
  if (to - from < syslogLength) return unsure;
  if (line[from + 3] !== 32 || line[from + 6] !== 32 || !monthKeys.has(keyAt(line, from))) return unsure;
  const tens = line[from + 4];
  const day = tens === 32 ? line[from + 5]! - 48 : two(line, from + 4);
  if (!(day >= 1 && day <= (tens === 32 ? 9 : 31)) || !isTime(line, from + 7)) return unsure;
  const end = from + syslogLength;
  if (end < to) {
    // A fraction or a year may follow.
    if (line[end] === 46 || (line[end] === 32 && line[end + 1] === 50)) return unsure;
    if (!isPlainEnd(line, end, to)) return unsure;
  }
  put(groups, 0, 0, syslogLength);
  put(groups, 2, 0, syslogLength);
  put(groups, 4, -1, -1);
  put(groups, 6, 0, 3);
  put(groups, 8, 4, 6);
  put(groups, 10, 7, 9);
  put(groups, 12, 10, 12);
  put(groups, 14, 13, 15);
  put(groups, 16, -1, -1);
  put(groups, 18, -1, -1);
  return wasRead;
}
