import type { Bytes, EpochMs } from '@f2b/config';
import {
  type CompiledFilter,
  type MultilineState,
  newMultilineState,
  type ScanResult,
  scanLinesInOrder,
} from '@f2b/matcher';
import type { Block } from '../sources/file/block.js';
import type { Files } from '../sources/file/files.js';
import { behindFirstNewline, behindLastNewline } from '../sources/file/newline.js';

/** What is scanned at one go on the main thread. */
const pieceBytes: Bytes = 32 * 1024;

/** A result and where its offsets count from. */
export interface PieceResult {
  readonly result: ScanResult;
  readonly start: Bytes;
}

/**
 * The scan of one log for a filter with `maxlines` above 1: its expressions see several lines at once, so it has state, and
 * no worker may have that. Blocks come in order and are scanned piece by piece.
 */
export class OrderedScan {
  readonly #filter: CompiledFilter;
  readonly #files: Files;
  readonly #maxLineBytes: Bytes;
  #state: MultilineState;
  #generation = -1;

  constructor(filter: CompiledFilter, files: Files, maxLineBytes: Bytes, now: EpochMs) {
    this.#filter = filter;
    this.#files = files;
    this.#maxLineBytes = maxLineBytes;
    this.#state = newMultilineState(filter, now);
  }

  /** Results of a block, piece by piece; the caller may do other things in between. */
  *scan(block: Block, now: () => EpochMs): Generator<PieceResult> {
    // Lines of another file do not continue those of the last one.
    if (block.generation !== this.#generation) this.#state = newMultilineState(this.#filter, now());
    this.#generation = block.generation;
    const bytes = block.bytes ?? this.#read(block);
    for (let from = 0; from < bytes.length; ) {
      const to = this.#pieceEnd(bytes, from);
      const context = { now: now() };
      const result = scanLinesInOrder(this.#filter, this.#state, bytes.subarray(from, to), context, this.#maxLineBytes);
      yield { result, start: block.start + from };
      from = to;
    }
  }

  #pieceEnd(bytes: Buffer, from: Bytes): Bytes {
    if (bytes.length - from <= pieceBytes) return bytes.length;
    const behind = behindLastNewline(bytes.subarray(from, from + pieceBytes), this.#filter.encoding);
    if (behind > 0) return from + behind;
    const next = behindFirstNewline(bytes.subarray(from), this.#filter.encoding);
    return next > 0 ? from + next : bytes.length;
  }

  #read({ fd, start, end }: Block): Buffer {
    const bytes = Buffer.allocUnsafe(end - start);
    return bytes.subarray(0, this.#files.read(fd, bytes, start));
  }
}
