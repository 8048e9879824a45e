import type { Bytes } from '@f2b/config';
import {
  type CompiledFilter,
  type MultilineState,
  type Newline,
  newMultilineState,
  type ScanResult,
  scanLinesInOrder,
} from '@f2b/matcher';
import type { Clock } from '../clock.js';
import type { Piece, ScanLane } from './scan-lane.js';

/**
 * The scan of one log for a filter with `maxlines` above 1: its expressions see several lines at once, so it has state, and
 * no worker may have that. All of it happens here, in order.
 */
export class OrderedScan implements ScanLane {
  readonly pooled = false;
  readonly key = '';
  readonly newline: Newline;
  readonly #filter: CompiledFilter;
  readonly #clock: Clock;
  readonly #maxLineBytes: Bytes;
  #state: MultilineState;
  #generation = -1;

  constructor(filter: CompiledFilter, clock: Clock, maxLineBytes: Bytes) {
    this.newline = filter.encoding;
    this.#filter = filter;
    this.#clock = clock;
    this.#maxLineBytes = maxLineBytes;
    this.#state = newMultilineState(filter, clock.now());
  }

  begin(): undefined {
    return undefined;
  }

  scan({ bytes, generation }: Piece): ScanResult {
    const now = this.#clock.now();
    // Lines of another file do not continue those of the last one.
    if (generation !== this.#generation) this.#state = newMultilineState(this.#filter, now);
    this.#generation = generation;
    return scanLinesInOrder(this.#filter, this.#state, bytes, { now }, this.#maxLineBytes);
  }

  close(): void {}
}
