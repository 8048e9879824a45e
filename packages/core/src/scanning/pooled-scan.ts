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
  readonly key: string;
  readonly newline: Newline;
  readonly #pool: ScanPool;
  readonly #registrations: Registrations;
  readonly #clock: Clock;

  /**
   * @param sample gives lines like those to come
   * @throws RangeError when the filters cannot share a scan
   */
  constructor(pool: ScanPool, filters: readonly CompiledFilter[], clock: Clock, sample: () => Uint8Array | undefined) {
    this.#pool = pool;
    this.#registrations = registrationsOf(pool);
    this.key = this.#registrations.take(filters, sample);
    this.newline = filters[0]!.encoding;
    this.#clock = clock;
  }

  begin({ bytes, fd, start, end }: Block): Promise<ScanResult> | undefined {
    if (bytes !== undefined) return undefined;
    return this.#pool.scanRange(this.key, { fd, start, end }, { now: this.#clock.now() });
  }

  scan({ bytes }: Piece): ScanResult {
    return this.#pool.scanInline(this.key, bytes, { now: this.#clock.now() });
  }

  close(): void {
    this.#registrations.release(this.key);
  }
}

/** What a pool has been told to scan for: however many logs are read for the same filters, it compiles these once. */
class Registrations {
  readonly #pool: ScanPool;
  readonly #numbers = new WeakMap<CompiledFilter, number>();
  #numbered = 0;
  /** How many scans use each key. */
  readonly #users = new Map<string, number>();

  constructor(pool: ScanPool) {
    this.#pool = pool;
  }

  take(filters: readonly CompiledFilter[], sample: () => Uint8Array | undefined): string {
    const key = filters.map((filter) => this.#numberOf(filter)).join(' ');
    const users = this.#users.get(key) ?? 0;
    if (users === 0) this.#pool.register(key, filters, sample());
    this.#users.set(key, users + 1);
    return key;
  }

  release(key: string): void {
    const users = (this.#users.get(key) ?? 0) - 1;
    if (users > 0) {
      this.#users.set(key, users);
      return;
    }
    this.#users.delete(key);
    this.#pool.unregister(key);
  }

  #numberOf(filter: CompiledFilter): number {
    const number = this.#numbers.get(filter) ?? this.#numbered++;
    this.#numbers.set(filter, number);
    return number;
  }
}

const byPool = new WeakMap<ScanPool, Registrations>();

function registrationsOf(pool: ScanPool): Registrations {
  const known = byPool.get(pool) ?? new Registrations(pool);
  byPool.set(pool, known);
  return known;
}
