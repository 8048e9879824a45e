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

/** A range is a few milliseconds of work: long against the way to a worker, short against anybody's patience. */
const rangeBytes: Bytes = 4 * 1024 * 1024;

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
  options: { readonly rangeBytes?: Bytes } = {},
): AsyncGenerator<ScannedRange, void, undefined> {
  const step = options.rangeBytes ?? rangeBytes;
  const underWay: { readonly offset: Bytes; readonly scan: Promise<ScanResult> }[] = [];
  let next = file.start;
  let line = 0;
  while (next < file.end || underWay.length > 0) {
    while (next < file.end && underWay.length < pool.depth) {
      const end = Math.min(next + step, file.end);
      const scan = pool.scanRange(key, { ...file, start: next, end }, context);
      // Whoever stops reading results must not be told of the failures of those that were still under way.
      scan.catch(() => undefined);
      underWay.push({ offset: next, scan });
      next = end;
    }
    const first = underWay.shift()!;
    const result = await first.scan;
    yield { result, offset: first.offset, line };
    line += result.lines;
  }
}
