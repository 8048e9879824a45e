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
  matchesStarts,
  matchesStartsEnd,
  matchesStoppedAt,
  matchesText,
  matchesTextEnd,
  matchesWritten,
  matchesWrittenEnd,
  matchGroups,
  mostGroups,
  noMatch,
  ordinaryBytes,
  written,
} from '../src/memory-layout';
import { dateEnd, dateStart, readDate, setDate, uncountDate } from './dates';
import { asks, passes, write } from './matches';

/** Room for one match: its numbers, its line, and what is written of it, if that is of ordinary size. */
const mostNumberBytes: usize = matchGroups + groupBytes * mostGroups;
const mostTextBytes: usize = 2 * ordinaryBytes;
const mostWrittenBytes: usize = 16384;

function meets(bits: usize, count: u32, words: usize): bool {
  for (let i: u32 = 0; i < count; i++) {
    const pair = bits + <usize>(i << 3);
    if ((load<u32>(words + <usize>(load<u32>(pair) << 2)) & load<u32>(pair, 4)) !== 0) return true;
  }
  return false;
}

/** @param end there are 16 more bytes behind it */
export function isAscii(from: usize, end: usize): bool {
  let sum = i8x16.splat(0);
  let at = from;
  for (; at + 16 <= end; at += 16) sum = v128.or(sum, v128.load(at));
  let last: u32 = 0;
  for (; at < end; at++) last |= load<u8>(at);
  return i8x16.bitmask(sum) === 0 && (last & 0x80) === 0;
}

/** There is room for a match of ordinary size. */
export function hasRoom(): bool {
  return (
    <usize>load<u32>(matches, matchesNumbers) + mostNumberBytes <= <usize>load<u32>(matches, matchesNumbersEnd) &&
    <usize>load<u32>(matches, matchesText) + mostTextBytes <= <usize>load<u32>(matches, matchesTextEnd) &&
    <usize>load<u32>(matches, matchesWritten) + mostWrittenBytes <= <usize>load<u32>(matches, matchesWrittenEnd) &&
    load<u32>(matches, matchesStarts) < load<u32>(matches, matchesStartsEnd)
  );
}

export function stop(hit: usize, filter: u32, full: u32): usize {
  store<u32>(matches, filter, matchesStoppedAt);
  store<u32>(matches, full, matchesFull);
  return hit;
}

/** The host reads the line once more, its date too. */
function left(hit: usize, filter: u32, entry: usize): usize {
  uncountDate(load<u32>(entry, filterDates));
  return stop(hit, filter, 0);
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
        0,
      );
      if (outcome === noMatch) continue;
      if (outcome < 0) return left(hit, index, entry);
      const form: usize = load<u32>(<usize>load<u32>(entry, filterForms) + ((<usize>outcome) << 2));
      if (write(form, index, outcome, start, lineEnd, load<u32>(hit, hitLine), asks) !== written)
        return left(hit, index, entry);
    }
    first = 0;
  }
  return hit;
}

/**
 * Writes a match that the host found.
 * @param line number of the line in the block
 * @param idless it is not plain: nothing that can be shown as it is says whom it names
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
  idless: bool,
): u32 {
  const entry = <usize>load<u32>(matches, matchesFilters) + <usize>filter * filterBytes;
  setDate(cutStart, cutEnd, at);
  const form: usize = load<u32>(<usize>load<u32>(entry, filterForms) + ((<usize>regex) << 2));
  return write(form, filter, regex, start, end, line, idless ? passes : asks);
}
