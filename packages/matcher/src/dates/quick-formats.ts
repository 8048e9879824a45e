/**
 * The two dates that most logs begin with, ISO 8601 and syslog, in their usual spelling, read in place. A shortcut: whatever is
 * not spelled exactly so, or could be read in another way, is left to the date scanner (`false`), which gives the same answer.
 */
import { BASE_PATTERNS } from './default-templates.js';
import { LINE_BEGIN_MARK } from './template-regex.js';
import type { Template } from './templates.js';

/** Reads a date at the line's start; fills the template's group offsets. */
export type QuickFormat = (line: string, groups: number[]) => boolean;

/** The shortcut of a template, if it has one. */
export function quickFormat(template: Template): QuickFormat | undefined {
  if (template.pattern === LINE_BEGIN_MARK + BASE_PATTERNS[0]) {
    // What the years of %ExY end with was settled when the template was made.
    const lastDecade = Number(/20\[\d*(\d)\]/.exec(template.regex)?.[1] ?? -1);
    return (line, groups) => isoDate(line, groups, lastDecade);
  }
  if (template.pattern === LINE_BEGIN_MARK + BASE_PATTERNS[1]) return syslogDate;
  return undefined;
}

/** Two ASCII digits; -1 when there are none. */
function two(line: string, at: number): number {
  const tens = line.charCodeAt(at) - 48;
  const ones = line.charCodeAt(at + 1) - 48;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : -1;
}

/** `hh:mm:ss` with two digits each. */
function isTime(line: string, at: number): boolean {
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
    line.charCodeAt(at + 2) === 58 &&
    line.charCodeAt(at + 5) === 58
  );
}

/** The line ends at `at`, or an ASCII character that belongs to no word stands there and begins no zone. */
function isPlainEnd(line: string, at: number): boolean {
  if (at >= line.length) return true;
  const code = line.charCodeAt(at);
  if (code >= 128 || (code >= 48 && code <= 57) || code === 95) return false;
  return !((code | 32) >= 97 && (code | 32) <= 122);
}

/** A character that a zone can begin with, or another blank before one. */
function mayBeZone(code: number): boolean {
  return code === 43 || code === 45 || code === 90 || code === 85 || code === 71 || code <= 32 || code >= 128;
}

const ISO_LENGTH = 19;

/** `2024-05-01T10:00:00`, `[2024-05-01 10:00:00.123] …`; with `Z`, `+0200` or `+02:00` directly behind. */
function isoDate(line: string, groups: number[], lastDecade: number): boolean {
  const from = line.charCodeAt(0) === 91 ? 1 : 0;
  const decade = line.charCodeAt(from + 2) - 48;
  if (two(line, from) !== 20 || decade < 0 || decade > lastDecade || two(line, from + 2) < 0) return false;
  const month = two(line, from + 5);
  const day = two(line, from + 8);
  if (month < 1 || month > 12 || day < 1 || day > 31) return false;
  const separator = line.charCodeAt(from + 4);
  if ((separator !== 45 && separator !== 47 && separator !== 46) || line.charCodeAt(from + 7) !== separator)
    return false;
  const between = line.charCodeAt(from + 10);
  if ((between !== 84 && between !== 32) || !isTime(line, from + 11)) return false;

  let end = from + ISO_LENGTH;
  let fraction = -1;
  let fractionEnd = -1;
  const point = line.charCodeAt(end);
  if (point === 46 || point === 44) {
    fraction = end + 1;
    fractionEnd = fraction;
    while (fractionEnd - fraction < 6 && line.charCodeAt(fractionEnd) >= 48 && line.charCodeAt(fractionEnd) <= 57) {
      fractionEnd++;
    }
    if (fractionEnd === fraction) fraction = fractionEnd = -1;
    else end = fractionEnd;
  }
  let zone = -1;
  let zoneEnd = -1;
  const after = line.charCodeAt(end);
  if (after === 90) {
    zone = end;
    zoneEnd = end + 1;
  } else if (after === 43 || after === 45) {
    const colon = line.charCodeAt(end + 3) === 58 ? 1 : 0;
    const hour = two(line, end + 1);
    if (hour < 0 || hour > 19 || two(line, end + 3 + colon) < 0) return false;
    zone = end;
    zoneEnd = end + 5 + colon;
  } else if (after === 32 ? mayBeZone(line.charCodeAt(end + 1)) : mayBeZone(after)) return false;
  if (zone >= 0) end = zoneEnd;
  if (!isPlainEnd(line, end)) return false;
  groups.push(0, end, from, end, from, from + 4, from + 4, from + 5, from + 5, from + 7, from + 8, from + 10);
  groups.push(from + 11, from + 13, from + 14, from + 16, from + 17, from + 19, fraction, fractionEnd, zone, zoneEnd);
  return true;
}

/** Months by their three letters in lower case, five bits each. */
const MONTH_KEYS: ReadonlySet<number> = new Set(
  ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'].map((name) => keyAt(name, 0)),
);

function keyAt(line: string, at: number): number {
  const a = (line.charCodeAt(at) | 32) - 96;
  const b = (line.charCodeAt(at + 1) | 32) - 96;
  const c = (line.charCodeAt(at + 2) | 32) - 96;
  return a > 0 && a < 27 && b > 0 && b < 27 && c > 0 && c < 27 ? (a << 10) | (b << 5) | c : 0;
}

/** `May  1 10:00:00`, without fraction and year. */
function syslogDate(line: string, groups: number[]): boolean {
  if (line.charCodeAt(3) !== 32 || line.charCodeAt(6) !== 32 || !MONTH_KEYS.has(keyAt(line, 0))) return false;
  const tens = line.charCodeAt(4);
  const day = tens === 32 ? line.charCodeAt(5) - 48 : two(line, 4);
  if (!(day >= 1 && day <= (tens === 32 ? 9 : 31)) || !isTime(line, 7)) return false;
  const after = line.charCodeAt(15);
  // A fraction or a year may follow.
  if (after === 46 || (after === 32 && line.charCodeAt(16) === 50) || !isPlainEnd(line, 15)) return false;
  groups.push(0, 15, 0, 15, -1, -1, 0, 3, 4, 6, 7, 9, 10, 12, 13, 15, -1, -1, -1, -1);
  return true;
}
