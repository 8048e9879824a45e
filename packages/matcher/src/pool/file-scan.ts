import { setImmediate } from 'node:timers/promises';
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
/** Of the ranges that this thread scans itself: meanwhile no worker is told what to do next. */
const mostJoining: Bytes = 2 * 1024 * 1024;
/** What should come out of a range at most; where more does, the next ones are smaller. */
const mostResult: Bytes = 3 * 1024 * 1024;
/** Results that may wait for those of earlier ranges: this thread goes on meanwhile. */
const mostHeld: Bytes = 16 * 1024 * 1024;

export interface FileScanOptions {
  readonly rangeBytes?: Bytes;
  /** A result is read before the next one is asked for: its memory is used again then. */
  readonly transient?: boolean;
  /** This thread has nothing else to do: it scans, too, while it would wait for the workers. */
  readonly joins?: boolean;
}

interface RangeUnderWay {
  readonly offset: Bytes;
  readonly lent: Lent;
  readonly scan: Promise<ScanResult>;
  /** What came out of it takes so many bytes; undefined while it is not done. */
  held: Bytes | undefined;
}

/**
 * Scans an open file (or the part of it in `file`) on all workers, which read it themselves. Ranges come in the file's order; when
 * the consumer is slow, so is the reading: memory holds a few ranges and their results.
 *
 * @param key filters registered with `pool`.
 */
export async function* scanFile(
  pool: ScanPool,
  key: string,
  file: FileRange,
  context: ScanContext,
  options: FileScanOptions = {},
): AsyncGenerator<ScannedRange, void, undefined> {
  const lender = options.transient === true ? new Lender() : undefined;
  let most = leastBytes;
  const underWay: RangeUnderWay[] = [];
  let next = file.start;
  let line = 0;
  const begin = (atMost: Bytes, lent: Lent, scan: (range: FileRange) => Promise<ScanResult>): void => {
    const share = Math.ceil((file.end - next) / (2 * pool.depth));
    const step = options.rangeBytes ?? Math.max(leastBytes, Math.floor(Math.min(most, share, atMost)));
    const end = Math.min(next + step, file.end);
    const range = { ...file, start: next, end, ...(lent === undefined ? {} : { lent }) };
    const begun: RangeUnderWay = { offset: next, lent, scan: scan(range), held: undefined };
    begun.scan.then(
      (result) => {
        begun.held = resultBytes(result);
        most = Math.min(mostBytes, (end - range.start) * (mostResult / Math.max(1, begun.held)));
      },
      // Whoever stops reading results must not be told of the failures of those that were still under way.
      () => {
        begun.held = 0;
      },
    );
    underWay.push(begun);
    next = end;
  };
  const mayBegin = () => {
    const held = underWay.reduce((sum, one) => sum + (one.held ?? 0), 0);
    return next < file.end && held < mostHeld;
  };
  const keepWorkersBusy = () => {
    const waiting = () => underWay.filter(({ held }) => held === undefined).length;
    while (waiting() < pool.depth && mayBegin()) {
      begin(mostBytes, lender?.lend(), (range) => pool.scanRange(key, range, context));
    }
  };
  while (next < file.end || underWay.length > 0) {
    keepWorkersBusy();
    if (options.joins === true) {
      await setImmediate();
      while (underWay[0]!.held === undefined && mayBegin()) {
        begin(mostJoining, undefined, async (range) => pool.scanRangeInline(key, range, context));
        // A worker that is done by now gets the next range.
        await setImmediate();
        keepWorkersBusy();
      }
    }
    const first = underWay.shift()!;
    const result = await first.scan;
    yield { result, offset: first.offset, line };
    lender?.back(first.lent, result.found?.written.buffer);
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
function resultBytes({ matches, found, statistics }: ScanResult): Bytes {
  const listed = (statistics ?? []).reduce((sum, one) => sum + one.missed.text.length + one.ignored.text.length, 0);
  return listed + (found === undefined ? matches.length * 512 : found.written.length + found.count * 300);
}
