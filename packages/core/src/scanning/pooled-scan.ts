import type { CompiledFilter, Newline, ScanPool, ScanResult } from '@f2b/matcher';
import type { Clock } from '../clock.js';
import type { Block } from '../sources/source.js';
import type { Piece, ScanLane } from './scan-lane.js';

/**
 * The scan of one log for all jails whose filters can share it. Large blocks go to the pool's workers; small appends are
 * scanned here, where they take less time than their way to a worker.
 */
export class PooledScan implements ScanLane {
  readonly pooled = true;
  readonly newline: Newline;
  readonly #pool: ScanPool;
  readonly #key: string;
  readonly #clock: Clock;

  /**
   * @param sample lines like those to come
   * @throws RangeError when the filters cannot share a scan
   */
  constructor(
    pool: ScanPool,
    key: string,
    filters: readonly CompiledFilter[],
    clock: Clock,
    sample: Uint8Array | undefined,
  ) {
    pool.register(key, filters, sample);
    this.#pool = pool;
    this.#key = key;
    this.newline = filters[0]!.encoding;
    this.#clock = clock;
  }

  begin({ bytes, fd, start, end }: Block): Promise<ScanResult> | undefined {
    if (bytes !== undefined) return undefined;
    return this.#pool.scanRange(this.#key, { fd, start, end }, { now: this.#clock.now() });
  }

  scan({ bytes }: Piece): ScanResult {
    return this.#pool.scanInline(this.#key, bytes, { now: this.#clock.now() });
  }

  close(): void {
    this.#pool.unregister(this.#key);
  }
}
