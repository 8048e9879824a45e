import type { Bytes, EpochMs } from '@f2b/config';
import { behindFirstNewline, byteNewline, type Newline, wholeUnits } from '@f2b/matcher';

/** Reads the date of one line (without its newline); undefined when it has none that converts. */
export type DateOf = (line: Buffer) => EpochMs | undefined;

/** Reads at a position; gives the count of bytes that were there. */
export type ReadAt = (into: Uint8Array, position: Bytes) => number;

/** Bytes looked at per probe: enough for many lines, so that a few without a date do not matter. */
const probeBytes: Bytes = 64 * 1024;
/** Closer than this, reading on is cheaper than another probe. */
const closeEnough: Bytes = 64 * 1024;

/**
 * Finds where to begin in a log so as to see everything since a moment, without reading it all: a binary search over
 * the dates of its lines, which are taken to grow. Where a stretch shows no date, the earlier half is taken, so the
 * answer may be early but skips nothing that is dated since.
 * @param newline how lines end; the dates are read from lines without it
 * @returns a line's beginning; 0 for a small log
 */
export function seekToTime(
  read: ReadAt,
  size: Bytes,
  since: EpochMs,
  dateOf: DateOf,
  newline: Newline = byteNewline,
): Bytes {
  let low: Bytes = 0;
  let high = size;
  while (high - low > closeEnough) {
    const middle = wholeUnits(low + Math.floor((high - low) / 2), newline);
    const probe = firstDate(read, middle, high, dateOf, newline);
    if (probe !== undefined && probe.date < since) low = probe.lineStart;
    else high = middle;
  }
  return low;
}

function firstDate(
  read: ReadAt,
  from: Bytes,
  to: Bytes,
  dateOf: DateOf,
  newline: Newline,
): { readonly lineStart: Bytes; readonly date: EpochMs } | undefined {
  const buffer = Buffer.allocUnsafe(Math.min(probeBytes, to - from));
  const text = buffer.subarray(0, read(buffer, from));
  // The probe falls into a line: that one is whole only from its next neighbour on.
  let start = behindFirstNewline(text, newline);
  if (start === 0) return undefined;
  for (let next = behindFirstNewline(text, newline, start); next > 0; next = behindFirstNewline(text, newline, start)) {
    const date = dateOf(text.subarray(start, next - newline.unit));
    if (date !== undefined && Number.isFinite(date)) return { lineStart: from + start, date };
    start = next;
  }
  return undefined;
}
