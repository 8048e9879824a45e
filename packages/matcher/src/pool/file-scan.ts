import type { Bytes } from '@f2b/config';
import type { ScanContext, ScanResult } from '../failures.js';
import type { FileRange } from '../scan/range.js';
import type { ScanPool } from './pool.js';

/** One range of a scanned file, with its place in the file. */
export interface ScannedRange {
  readonly result: ScanResult;
  /** To be added to the offsets in `result`. */
  readonly offset: Bytes;
  /** Lines of the file before this range: to be added to the line numbers in `result`. */
  readonly line: number;
}

/**
 * A range is some milliseconds of work: long against the way to a worker, and what comes out of it is small against anybody's memory. At
 * the end of the file ranges get smaller, so that no worker has long to wait for the other.
 */
const mostBytes: Bytes = 8 * 1024 * 1024;
const leastBytes: Bytes = 1024 * 1024;
/** What should come out of a range at most; where more does, the next ones are smaller. */
const mostResult: Bytes = 2 * 1024 * 1024;

/**
 * Scans an open file (or the part of it in `file`) on all workers, which read it themselves. Ranges come in the file's order; when
 * the consumer is slow, so is the reading: memory holds a few ranges and their results.
 *
 * @param key filters registered with `pool`.
 * @param options.transient a result is read before the next one is asked for: its memory is used again then
 */
export async function* scanFile(
  pool: ScanPool,
  key: string,
  file: FileRange,
  context: ScanContext,
  options: { readonly rangeBytes?: Bytes; readonly transient?: boolean } = {},
): AsyncGenerator<ScannedRange, void, undefined> {
  const lender = options.transient === true ? new Lender() : undefined;
  let most = leastBytes;
  const underWay: {
    readonly offset: Bytes;
    readonly bytes: Bytes;
    readonly lent: Lent;
    readonly scan: Promise<ScanResult>;
  }[] = [];
  let next = file.start;
  let line = 0;
  while (next < file.end || underWay.length > 0) {
    while (next < file.end && underWay.length < pool.depth) {
      const share = Math.ceil((file.end - next) / (2 * pool.depth));
      const step = options.rangeBytes ?? Math.max(leastBytes, Math.floor(Math.min(most, share)));
      const end = Math.min(next + step, file.end);
      const lent = lender?.lend();
      const range = { ...file, start: next, end, ...(lent === undefined ? {} : { lent }) };
      const scan = pool.scanRange(key, range, context);
      // Whoever stops reading results must not be told of the failures of those that were still under way.
      scan.catch(() => undefined);
      underWay.push({ offset: next, bytes: end - next, lent, scan });
      next = end;
    }
    const first = underWay.shift()!;
    const result = await first.scan;
    most = Math.min(mostBytes, first.bytes * (mostResult / Math.max(1, resultBytes(result))));
    yield { result, offset: first.offset, line };
    lender?.back(first.lent, result.rows?.bytes.buffer);
    line += result.lines;
  }
}

type Lent = SharedArrayBuffer | undefined;

/** Memory for results, used again and again: new memory costs more than what is written there. */
class Lender {
  readonly #spare: SharedArrayBuffer[] = [];
  #bytes: Bytes = 512 * 1024;

  lend(): SharedArrayBuffer {
    return this.#spare.pop() ?? new SharedArrayBuffer(this.#bytes);
  }

  /** @param used the memory that its result came in: if that is another one, it did not fit, and the next ones get more */
  back(lent: Lent, used: ArrayBufferLike | undefined): void {
    if (used instanceof ArrayBuffer) this.#bytes = Math.max(this.#bytes, Math.ceil(used.byteLength * 1.25));
    if (lent !== undefined && lent.byteLength >= this.#bytes) this.#spare.push(lent);
  }
}

/** Roughly what a result takes of memory. */
function resultBytes({ matches, rows }: ScanResult): Bytes {
  return rows === undefined ? matches.length * 512 : rows.bytes.length + rows.count * 200;
}
