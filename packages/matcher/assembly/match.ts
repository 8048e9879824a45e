// What becomes of the lines that the scan found, as long as they are ordinary: the date is read, the filters match, and what they find is
// written down. Whatever is out of the ordinary is left to the host, line by line.
//
// The host fills in the tables (src/scan/in-place/): all addresses in them are of this memory.

import {
  filterAny,
  filterAnyCount,
  filterBytes,
  filterDates,
  filterForms,
  filterMatcher,
  filterPrefix,
  filterPrefixCount,
  groupBytes,
  hitBits,
  hitBytes,
  hitEnd,
  hitLine,
  hitStart,
  hitTooLong,
  matches,
  matchesBlock,
  matchesFilterCount,
  matchesFilters,
  matchesFull,
  matchesNumbers,
  matchesNumbersEnd,
  matchesRowText,
  matchesRowTextEnd,
  matchesStarts,
  matchesStartsEnd,
  matchesStoppedAt,
  matchesText,
  matchesTextEnd,
  matchGroups,
  mostGroups,
  noMatch,
  ordinaryBytes,
  written,
} from '../src/memory-layout';
import { dateEnd, dateStart, readDate, setDate } from './dates';
import { write } from './matches';

/** Room for one match: its numbers, its line, and a row of ordinary size. */
const mostNumberBytes: usize = matchGroups + groupBytes * mostGroups;
const mostTextBytes: usize = 2 * ordinaryBytes;
const mostRowBytes: usize = 16384;

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
    <usize>load<u32>(matches, matchesNumbers) + mostNumberBytes <= <usize>load<u32>(matches, matchesNumbersEnd) &&
    <usize>load<u32>(matches, matchesText) + mostTextBytes <= <usize>load<u32>(matches, matchesTextEnd) &&
    <usize>load<u32>(matches, matchesRowText) + mostRowBytes <= <usize>load<u32>(matches, matchesRowTextEnd) &&
    load<u32>(matches, matchesStarts) < load<u32>(matches, matchesStartsEnd)
  );
}

function stop(hit: usize, filter: u32, full: u32): usize {
  store<u32>(matches, filter, matchesStoppedAt);
  store<u32>(matches, full, matchesFull);
  return hit;
}

/**
 * Matches the lines of the hits [hit, end), the first one beginning with `filter`. Stops where the host has to go on: at a line and a
 * filter that are not ordinary, or when there is no more room.
 * @returns the hit at which it stopped; `end` if it did not
 */
export function matchHits(hit: usize, end: usize, filter: u32): usize {
  const block: usize = load<u32>(matches, matchesBlock);
  const filters: usize = load<u32>(matches, matchesFilters);
  const count = load<u32>(matches, matchesFilterCount);
  let first = filter;
  for (; hit < end; hit += hitBytes) {
    if (load<u32>(hit, hitTooLong) !== 0) return stop(hit, 0, 0);
    const start = block + <usize>load<u32>(hit, hitStart);
    let lineEnd = block + <usize>load<u32>(hit, hitEnd);
    while (lineEnd > start && load<u8>(lineEnd - 1) === 0x0d) lineEnd--;
    let ordinary: bool = lineEnd - start <= ordinaryBytes;
    let looked = false;
    for (let index = first; index < count; index++) {
      const entry = filters + <usize>index * filterBytes;
      if (!meets(load<u32>(entry, filterAny), load<u32>(entry, filterAnyCount), hit + hitBits)) continue;
      const prefix = load<u32>(entry, filterPrefixCount);
      if (prefix !== 0 && !meets(load<u32>(entry, filterPrefix), prefix, hit + hitBits)) continue;
      if (!looked) {
        ordinary = ordinary && isAscii(start, lineEnd);
        looked = true;
      }
      if (!ordinary) return stop(hit, index, 0);
      if (!hasRoom()) return stop(hit, index, 1);
      if (!readDate(load<u32>(entry, filterDates), start, lineEnd)) return stop(hit, index, 0);
      const outcome = call_indirect<i32>(
        load<u32>(entry, filterMatcher),
        start,
        dateStart,
        dateEnd,
        lineEnd,
        hit + hitBits,
      );
      if (outcome === noMatch) continue;
      if (outcome < 0) return stop(hit, index, 0);
      const form: usize = load<u32>(<usize>load<u32>(entry, filterForms) + ((<usize>outcome) << 2));
      if (write(form, index, outcome, start, lineEnd, load<u32>(hit, hitLine), false) !== written)
        return stop(hit, index, 0);
    }
    first = 0;
  }
  return hit;
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
  const entry = <usize>load<u32>(matches, matchesFilters) + <usize>filter * filterBytes;
  setDate(cutStart, cutEnd, at);
  const form: usize = load<u32>(<usize>load<u32>(entry, filterForms) + ((<usize>regex) << 2));
  return write(form, filter, regex, start, end, line, rowless);
}
