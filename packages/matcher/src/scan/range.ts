import { readSync } from 'node:fs';
import type { Bytes } from '@f2b/config';
import { behindFirstNewline, behindLastNewline } from '../encoding/newline.js';
import type { ScanContext } from '../failures.js';
import type { ScanRun } from './run.js';
import type { BlockScanner } from './scanner.js';
import type { WireResult } from './wire.js';

/** The range of a file that a worker reads itself. */
export interface FileRange {
  /** An open descriptor; descriptors belong to the process, so every thread can read from it. */
  readonly fd: number;
  /** First byte; the lines that start in `[start, end)` belong to the range, a line that `start` is in the middle of does not. */
  readonly start: Bytes;
  readonly end: Bytes;
  /** Take the text behind the file's last newline for a line; otherwise it is left for later, as a line still being written. */
  readonly takeLast?: boolean;
  /** Memory for the result, if it fits into it: it is handed over for the price of a pointer then. */
  readonly lent?: SharedArrayBuffer;
}

/** The largest range that is scanned at once. */
export const maxRangeBytes: Bytes = 64 * 1024 * 1024;

/** What is read at once: a block stays in the processor's cache while it is scanned. */
const blockBytes: Bytes = 1024 * 1024;

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

/** Reads ranges of files and scans them: in the scanner's memory where it has some, else in a buffer that grows to the largest block. */
export class RangeReader {
  #own = Buffer.allocUnsafeSlow(0);
  #buffer: Buffer = this.#own;
  /** The place reached may lie within a line, whose rest belongs to nobody. */
  #midLine = false;
  /** The file ends here. */
  #atEnd = false;

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
   * Scans the lines that start within the range, block by block; offsets in the result count from `range.start`, and so does `bytes`,
   * the end of the last line taken.
   *
   * @throws RangeError for a range larger than `maxRangeBytes`; the errors of `readSync`.
   */
  scan(scanner: BlockScanner, range: FileRange, context: ScanContext): WireResult {
    const { start, end } = range;
    if (end - start > maxRangeBytes)
      throw new RangeError(`a range of ${end - start} bytes is too large to scan at once`);
    const { unit } = scanner.encoding;
    const run = scanner.begin(context);
    let at = start;
    // Whether a line starts at `start` shows in the unit before it.
    this.#midLine = start >= unit;
    for (let more = true; more && at < end; ) {
      const block = { ...range, start: at, end: Math.min(at + blockBytes, end) };
      const next = this.#scanBlock(scanner, run, block, start);
      more = next > at && !this.#atEnd;
      at = next;
    }
    return { ...run.taken(range.lent), bytes: at - start };
  }

  /**
   * Scans the lines that start in a part of the file.
   * @param origin what the offsets in the result count from
   * @returns the place reached
   */
  #scanBlock(scanner: BlockScanner, run: ScanRun, block: FileRange, origin: Bytes): Bytes {
    const { fd, start, end } = block;
    const newline = scanner.encoding;
    const { unit } = newline;
    const before = this.#midLine ? unit : 0;
    const wanted = before + end - start;
    let length = readFully(fd, this.#room(wanted, scanner), 0, wanted, start - before);
    const at = (index: number): Bytes => start - before + index;
    const first = before === 0 ? 0 : behindFirstNewline(this.#buffer, newline, 0, length);
    this.#atEnd = length < wanted;
    if ((before > 0 && first === 0) || first >= wanted || length <= before) {
      // No line starts here.
      this.#midLine = true;
      return Math.max(start, at(length));
    }
    let last = behindLastNewline(this.#buffer, newline, first, length) || first;
    let cut = 0;
    if (last < length || length < wanted) {
      // The last line goes on behind the block: read to its end, but no further than a line may be long.
      let found = 0;
      while (length >= wanted && found === 0 && length - last <= scanner.maxLineBytes + unit) {
        const more = readFully(fd, this.#room(length + tailBytes, scanner), length, tailBytes, at(length));
        found = behindFirstNewline(this.#buffer, newline, Math.max(last, length - unit + 1), length + more);
        length += more;
        if (more < tailBytes) break;
      }
      if (found > 0) last = found;
      else if (length - last > scanner.maxLineBytes) cut = length - last;
      else if (block.takeLast === true) last = length;
    }
    if (last > first) run.take(this.#buffer.subarray(first, last), at(first) - origin);
    if (cut > 0) run.skip(at(last) - origin, cut);
    this.#midLine = cut > 0;
    return at(last + cut);
  }
}
