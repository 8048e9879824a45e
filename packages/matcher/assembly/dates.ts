// The date of a line: read here if it is of an hour that the host has read before.

import {
  datesAfterSecond,
  datesAfterText,
  datesBeforeMinute,
  datesBeforeText,
  datesCount,
  datesCutStart,
  datesCutTail,
  datesDecimal,
  datesFraction,
  datesHour,
  datesKnown,
  datesNext,
  datesNextButOne,
} from '../src/memory-layout';

/** Of the line in work: where its date begins and ends, its time, and whether fail2ban shows that with `.0`. */
export let dateStart: usize = 0;
export let dateEnd: usize = 0;
export let time: f64 = 0;
export let decimal: bool = false;

/** The host has read the date. */
export function setDate(start: usize, end: usize, at: f64): void {
  dateStart = start;
  dateEnd = end;
  time = at;
}

export function same(a: usize, b: usize, length: usize): bool {
  for (let i: usize = 0; i < length; i++) if (load<u8>(a + i) !== load<u8>(b + i)) return false;
  return true;
}

function digit(at: usize): u32 {
  return <u32>load<u8>(at) - 0x30;
}

/** Two digits below 60 as a number; 60 or more if they are not. */
function sixty(at: usize): u32 {
  const tens = digit(at);
  const ones = digit(at + 1);
  return tens > 5 || ones > 9 ? 60 : tens * 10 + ones;
}

/** Reads the date of a line if it is of the hour that is known: `mm:ss` behind its text. */
export function readDate(dates: usize, start: usize, end: usize): bool {
  if (load<u32>(dates, datesKnown) === 0) return false;
  const before: usize = load<u32>(dates, datesBeforeMinute);
  const after: usize = load<u32>(dates, datesAfterSecond);
  const minute = start + before;
  if (minute + 5 > end || !same(start, dates + datesBeforeText, before)) return false;
  const minutes = sixty(minute);
  const seconds = sixty(minute + 3);
  if (minutes === 60 || seconds === 60 || load<u8>(minute, 2) !== 0x3a) return false;
  let rest = minute + 5;
  if (load<u32>(dates, datesFraction) !== 0) {
    const mark = load<u8>(rest);
    if (mark !== 0x2e && mark !== 0x2c) return false;
    rest++;
    const first = rest;
    while (rest - first < 6 && digit(rest) < 10) rest++;
    if (rest === first || digit(rest) < 10) return false;
  }
  const behind = rest + after;
  // Two more bytes than the date has: they tell whether it ends there.
  if (behind + 2 > end || !same(rest, dates + datesAfterText, after)) return false;
  if (<u32>load<u8>(behind) !== load<u32>(dates, datesNext)) return false;
  const next = <u32>load<u8>(behind, 1);
  if (next !== load<u32>(dates, datesNextButOne) && (next < 0x61 || next > 0x7a)) return false;
  dateStart = start + <usize>load<u32>(dates, datesCutStart);
  dateEnd = behind - <usize>load<u32>(dates, datesCutTail);
  time = load<f64>(dates, datesHour) + 1000 * <f64>(minutes * 60 + seconds);
  decimal = load<u32>(dates, datesDecimal) !== 0;
  store<u32>(dates, load<u32>(dates, datesCount) + 1, datesCount);
  return true;
}

/** The date that was read last is not to be counted: the host reads it again. */
export function uncountDate(dates: usize): void {
  store<u32>(dates, load<u32>(dates, datesCount) - 1, datesCount);
}
