import { readSync } from 'node:fs';
import type { Bytes } from '@f2b/config';
import type { ScanContext } from '../failures.js';
import type { WireResult } from './result.js';
import type { BlockScanner } from './scanner.js';

/** The range of a file that a worker reads itself. */
export interface FileRange {
  /** An open descriptor; descriptors belong to the process, so every thread can read from it. */
  readonly fd: number;
  /** First byte; the lines that start in `[start, end)` belong to the range, a line that `start` is in the middle of does not. */
  readonly start: Bytes;
  readonly end: Bytes;
  /** Take the text behind the file's last newline for a line; otherwise it is left for later, as a line still being written. */
  readonly takeLast?: boolean;
}

/** What may be read into memory at once. */
export const maxRangeBytes: Bytes = 64 * 1024 * 1024;

const tailBytes: Bytes = 64 * 1024;

/** Reads until `length` bytes are there or the file ends; returns how many came. */
function readFully(fd: number, into: Buffer, at: number, length: number, position: Bytes): number {
  let got = 0;
  while (got < length) {
    const read = readSync(fd, into, at + got, length - got, position + got);
    if (read === 0) break;
    got += read;
  }
  return got;
}

/** Reads ranges of files and scans them: in the scanner's memory where it has some, else in a buffer that grows to the largest range. */
export class RangeReader {
  #own = Buffer.allocUnsafeSlow(0);
  #buffer: Buffer = this.#own;

  /** Room for so many bytes; what was read keeps its place. */
  #room(bytes: Bytes, scanner: BlockScanner): Buffer {
    const lent = scanner.room(bytes);
    if (lent !== undefined) this.#buffer = lent;
    else if (this.#own.length < bytes) {
      const wider = Buffer.allocUnsafeSlow(bytes);
      this.#own.copy(wider);
      this.#own = wider;
      this.#buffer = wider;
    } else this.#buffer = this.#own;
    return this.#buffer;
  }

  /**
   * Scans the lines that start within the range; offsets in the result count from `range.start`, and so does `bytes`, the end of the
   * last line taken.
   *
   * @throws RangeError for a range larger than `maxRangeBytes`; the errors of `readSync`.
   */
  scan(scanner: BlockScanner, range: FileRange, context: ScanContext): WireResult {
    const { fd, start, end } = range;
    if (end - start > maxRangeBytes)
      throw new RangeError(`a range of ${end - start} bytes is too large to scan at once`);
    const { unit } = scanner.encoding;
    // The unit before the range tells whether `start` is a line's start.
    const before = start >= unit ? unit : 0;
    let length = readFully(fd, this.#room(before + end - start, scanner), 0, before + end - start, start - before);
    const wanted = before + end - start;
    const first = before === 0 ? 0 : afterNewline(this.#buffer, 0, length, scanner);
    if (first < 0 || first >= wanted || length <= before)
      return skipped(scanner, context, Math.max(0, length - before));
    let last = afterLastNewline(this.#buffer, first, length, scanner);
    let cut = 0;
    if (last < length || length < wanted) {
      // The last line goes on behind the range: read to its end, but no further than a line may be long.
      let found = -1;
      while (length >= wanted && found < 0 && length - last <= scanner.maxLineBytes + unit) {
        const more = readFully(fd, this.#room(length + tailBytes, scanner), length, tailBytes, start - before + length);
        found = afterNewline(this.#buffer, Math.max(last, length - unit + 1), length + more, scanner);
        length += more;
        if (more < tailBytes) break;
      }
      if (found >= 0) last = found;
      else if (length - last > scanner.maxLineBytes) cut = length - last;
      else if (range.takeLast === true) last = length;
    }
    const result = scanner.scan(this.#buffer.subarray(first, last), context);
    return moved(result, first - before, cut);
  }
}

function isNewline(buffer: Buffer, at: number, scanner: BlockScanner): boolean {
  const { unit, newlineAt } = scanner.encoding;
  return unit === 1 || ((at & 1) === newlineAt && buffer[newlineAt === 1 ? at - 1 : at + 1] === 0);
}

/** Index behind the first newline at or after `from`; -1: none. */
function afterNewline(buffer: Buffer, from: number, to: number, scanner: BlockScanner): number {
  for (let at = buffer.indexOf(0x0a, from); at >= 0 && at < to; at = buffer.indexOf(0x0a, at + 1)) {
    if (isNewline(buffer, at, scanner)) return at - scanner.encoding.newlineAt + scanner.encoding.unit;
  }
  return -1;
}

/** Index behind the last newline in `[from, to)`; `from`: none. */
function afterLastNewline(buffer: Buffer, from: number, to: number, scanner: BlockScanner): number {
  for (let at = to - 1; at >= from; at--) {
    at = buffer.subarray(0, at + 1).lastIndexOf(0x0a);
    if (at < from) break;
    if (isNewline(buffer, at, scanner)) return at - scanner.encoding.newlineAt + scanner.encoding.unit;
  }
  return from;
}

/** The result for a range in which no line starts. */
function skipped(scanner: BlockScanner, context: ScanContext, bytes: Bytes): WireResult {
  return { ...scanner.scan(new Uint8Array(0), context), bytes };
}

/** Counts offsets from the range's start, and adds the overlong line that was cut off at its end. */
function moved(result: WireResult, by: Bytes, cut: Bytes): WireResult {
  const { packed } = result;
  for (const start of packed.starts) packed.numbers[start + 3]! += by;
  const shift = <T extends { readonly offset: Bytes }>(one: T): T => ({ ...one, offset: one.offset + by });
  const overlong = result.overlong.first.map(shift);
  if (cut > 0) overlong.push({ offset: result.bytes + by, bytes: cut });
  return {
    ...result,
    bytes: result.bytes + by + cut,
    lines: result.lines + (cut > 0 ? 1 : 0),
    overlong: { count: result.overlong.count + (cut > 0 ? 1 : 0), first: overlong },
    refused: { ...result.refused, first: result.refused.first.map(shift) },
    undecodable: { ...result.undecodable, first: result.undecodable.first.map(shift) },
    statistics: result.statistics?.map((one) => ({
      ...one,
      ignored: { ...one.ignored, first: one.ignored.first.map(shift) },
      missed: { ...one.missed, first: one.missed.first.map(shift) },
    })),
  };
}
