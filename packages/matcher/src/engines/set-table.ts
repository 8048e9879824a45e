/** Character sets in the form that the exact matcher asks per character. */
import type { CharSet } from '../dialect/charset.js';
import type { SetTable } from './program.js';

const lowCodes = 256;

export function setTable(set: CharSet): SetTable {
  const low = new Uint8Array(lowCodes);
  for (let i = 0; i < set.ranges.length && set.ranges[i]! < lowCodes; i += 2)
    low.fill(1, set.ranges[i]!, set.ranges[i + 1]! + 1);
  return { low, ranges: Int32Array.from(set.ranges) };
}

/** Membership of a code point of 256 or more. */
export function inRanges(ranges: Int32Array, codePoint: number): boolean {
  let lo = 0;
  let hi = ranges.length / 2 - 1;
  while (lo <= hi) {
    const mid = (lo + hi) >> 1;
    if (codePoint < ranges[2 * mid]!) hi = mid - 1;
    else if (codePoint > ranges[2 * mid + 1]!) lo = mid + 1;
    else return true;
  }
  return false;
}

/** Whether the character at `pos` (a whole one, also beyond the basic plane) is a member. */
export function memberAt(table: SetTable, subject: string, pos: number): boolean {
  const unit = subject.charCodeAt(pos);
  return unit < lowCodes ? table.low[unit] === 1 : inRanges(table.ranges, subject.codePointAt(pos)!);
}
