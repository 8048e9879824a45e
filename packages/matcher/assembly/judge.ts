// What becomes of the lines that the scan found, as long as they are ordinary: the date is read, the filters judge, and a match is
// written down. Whatever is out of the ordinary is left to the host, line by line.
//
// The host fills in the tables (src/scan/in-place/): all addresses in them are of this memory.

import { dateEnd, dateStart, readDate, setDate } from './dates';
import {
  ANY,
  ANY_COUNT,
  BLOCK,
  DATES,
  FILTER_BYTES,
  FILTER_COUNT,
  FILTERS,
  FORMS,
  FULL,
  HIT,
  JUDGE,
  MATCHES,
  NUMBERS,
  NUMBERS_END,
  PREFIX,
  PREFIX_COUNT,
  ROW_TEXT,
  ROW_TEXT_END,
  STARTS,
  STARTS_END,
  STOPPED_AT,
  TEXT,
  TEXT_END,
  WRITTEN,
} from './layout';
import { write } from './matches';

/** Longer lines are out of the ordinary. */
const ORDINARY: usize = 2048;
const NO_MATCH: i32 = -1;
/** Room for one match: its numbers, its line, and a row of ordinary size. */
const MATCH_NUMBERS: usize = 4 * (11 + 4 * 256);
const MATCH_TEXT: usize = 4096;
const MATCH_ROW: usize = 16384;

function meets(bits: usize, count: u32, words: usize): bool {
  for (let i: u32 = 0; i < count; i++) {
    const pair = bits + <usize>(i << 3);
    if ((load<u32>(words + <usize>(load<u32>(pair) << 2)) & load<u32>(pair, 4)) !== 0) return true;
  }
  return false;
}

/** @param end there are 16 more bytes behind it */
function isAscii(from: usize, end: usize): bool {
  let sum = i8x16.splat(0);
  let at = from;
  for (; at + 16 <= end; at += 16) sum = v128.or(sum, v128.load(at));
  let last: u32 = 0;
  for (; at < end; at++) last |= load<u8>(at);
  return i8x16.bitmask(sum) === 0 && (last & 0x80) === 0;
}

/** There is room for a match of ordinary size. */
function hasRoom(): bool {
  return (
    <usize>load<u32>(MATCHES, NUMBERS) + MATCH_NUMBERS <= <usize>load<u32>(MATCHES, NUMBERS_END) &&
    <usize>load<u32>(MATCHES, TEXT) + MATCH_TEXT <= <usize>load<u32>(MATCHES, TEXT_END) &&
    <usize>load<u32>(MATCHES, ROW_TEXT) + MATCH_ROW <= <usize>load<u32>(MATCHES, ROW_TEXT_END) &&
    load<u32>(MATCHES, STARTS) < load<u32>(MATCHES, STARTS_END)
  );
}

function stop(row: usize, filter: u32, full: u32): usize {
  store<u32>(MATCHES, filter, STOPPED_AT);
  store<u32>(MATCHES, full, FULL);
  return row;
}

/**
 * Judges the lines of the rows [row, end), for the first one beginning with `filter`. Stops where the host has to go on: at a line and a filter
 * that are not ordinary, or when there is no more room.
 * @returns the row at which it stopped; `end` if it did not
 */
export function judgeRows(row: usize, end: usize, filter: u32): usize {
  const block: usize = load<u32>(MATCHES, BLOCK);
  const filters: usize = load<u32>(MATCHES, FILTERS);
  const count = load<u32>(MATCHES, FILTER_COUNT);
  let first = filter;
  for (; row < end; row += HIT) {
    if (load<u32>(row, 12) !== 0) return stop(row, 0, 0);
    const start = block + <usize>load<u32>(row);
    let lineEnd = block + <usize>load<u32>(row, 4);
    while (lineEnd > start && load<u8>(lineEnd - 1) === 0x0d) lineEnd--;
    let ordinary: bool = lineEnd - start <= ORDINARY;
    let looked = false;
    for (let index = first; index < count; index++) {
      const entry = filters + <usize>index * FILTER_BYTES;
      if (!meets(load<u32>(entry, ANY), load<u32>(entry, ANY_COUNT), row + 16)) continue;
      const prefix = load<u32>(entry, PREFIX_COUNT);
      if (prefix !== 0 && !meets(load<u32>(entry, PREFIX), prefix, row + 16)) continue;
      if (!looked) {
        ordinary = ordinary && isAscii(start, lineEnd);
        looked = true;
      }
      if (!ordinary) return stop(row, index, 0);
      if (!hasRoom()) return stop(row, index, 1);
      if (!readDate(load<u32>(entry, DATES), start, lineEnd)) return stop(row, index, 0);
      const outcome = call_indirect<i32>(load<u32>(entry, JUDGE), start, dateStart, dateEnd, lineEnd, row + 16);
      if (outcome === NO_MATCH) continue;
      if (outcome < 0) return stop(row, index, 0);
      const form: usize = load<u32>(<usize>load<u32>(entry, FORMS) + ((<usize>outcome) << 2));
      if (write(form, index, outcome, start, lineEnd, load<u32>(row, 8), false) !== WRITTEN) return stop(row, index, 0);
    }
    first = 0;
  }
  return row;
}

/**
 * Writes a match that the host found.
 * @param line number of the line in the block
 * @param rowless it has no row
 * @returns 0 written, 1 asks for an identifier, 2 it cannot be written here
 */
export function writeMatch(
  filter: u32,
  regex: u32,
  start: usize,
  end: usize,
  line: u32,
  cutStart: usize,
  cutEnd: usize,
  at: f64,
  rowless: bool,
): u32 {
  const entry = <usize>load<u32>(MATCHES, FILTERS) + <usize>filter * FILTER_BYTES;
  setDate(cutStart, cutEnd, at);
  const form: usize = load<u32>(<usize>load<u32>(entry, FORMS) + ((<usize>regex) << 2));
  return write(form, filter, regex, start, end, line, rowless);
}
