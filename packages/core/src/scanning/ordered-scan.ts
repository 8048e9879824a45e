import type { Bytes } from '@f2b/config';
import { type CompiledFilter, type MultilineState, newMultilineState, scanLinesInOrder } from '@f2b/matcher';
import type { Clock } from '../edges/edges.js';
import type { Block } from '../sources/files/block.js';
import type { Files } from '../sources/files/files.js';
import { type PieceResult, piecesOf, type ScanLane } from './scan-lane.js';

/**
 * The scan of one log for a filter with `maxlines` above 1: its expressions see several lines at once, so it has state, and
 * no worker may have that. All of it happens here, in order.
 */
export class OrderedScan implements ScanLane {
  readonly pooled = false;
  readonly #filter: CompiledFilter;
  readonly #files: Files;
  readonly #clock: Clock;
  readonly #maxLineBytes: Bytes;
  #state: MultilineState;
  #generation = -1;

  constructor(filter: CompiledFilter, files: Files, clock: Clock, maxLineBytes: Bytes) {
    this.#filter = filter;
    this.#files = files;
    this.#clock = clock;
    this.#maxLineBytes = maxLineBytes;
    this.#state = newMultilineState(filter, clock.now());
  }

  begin(): undefined {
    return undefined;
  }

  *pieces(block: Block): Generator<PieceResult> {
    // Lines of another file do not continue those of the last one.
    if (block.generation !== this.#generation) this.#state = newMultilineState(this.#filter, this.#clock.now());
    this.#generation = block.generation;
    for (const { bytes, start } of piecesOf(block, this.#files, this.#filter.encoding)) {
      const context = { now: this.#clock.now() };
      yield { result: scanLinesInOrder(this.#filter, this.#state, bytes, context, this.#maxLineBytes), start };
    }
  }

  close(): void {}
}
