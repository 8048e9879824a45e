import { availableParallelism } from 'node:os';
import type { Bytes, EpochMs, Milliseconds } from '@f2b/config';
import { type KnownExpression, knownOf } from '../engines/deferred.js';
import { loadRe2 } from '../engines/re2-engine.js';
import type { ScanContext, ScanResult } from '../failures.js';
import type { CompiledFilter } from '../filter/compile.js';
import { matchSettings } from '../filter/settings.js';
import { planScan } from '../scan/needs.js';
import { type FileRange, RangeReader } from '../scan/range.js';
import { unpackResult } from '../scan/result.js';
import { BlockScanner, defaultMaxLineBytes } from '../scan/scanner.js';
import { Crew } from './crew.js';
import { PoolError } from './errors.js';
import { SubmissionOrder } from './order.js';
import { Room } from './room.js';
import { type ScanAnswer, type ScanTask, writePlan } from './task.js';

export interface PoolOptions {
  /** Worker threads; default: as many as the machine has cores, at most 4. They start when there is work. */
  readonly workers?: number;
  /**
   * Blocks that a worker is given at a time: with two, it finds the next one without being told. A block behind another one cannot move
   * to a worker that is idle: more than one is only right where all blocks take about as long, and wait for each other anyway. Default: 1.
   */
  readonly ahead?: number;
  /** How long a worker without work lives; default: a minute. Infinity: until the pool is closed. */
  readonly idle?: Milliseconds;
  /** A line longer than this is skipped whole and reported. */
  readonly maxLineBytes?: Bytes;
  /** Is told once that no worker can be started, and again when that was over and is so anew; blocks are scanned on the calling thread then. */
  readonly onTrouble?: (error: PoolError) => void;
}

/** So that a worker that ends its block finds the next one waiting. */
const queuedPerWorker = 2;

const defaultIdle: Milliseconds = 60_000;

interface Registration {
  readonly plan: number;
  readonly planJson: SharedArrayBuffer;
  readonly scanner: BlockScanner;
}

/**
 * The scan on several threads. Filters are registered once under a key and compiled once per worker; blocks go in, results come back
 * in the order of submission (per key).
 */
export class ScanPool {
  readonly workers: number;
  readonly maxLineBytes: Bytes;
  readonly #crew: Crew;
  readonly #registrations = new Map<string, Registration>();
  readonly #order = new SubmissionOrder();
  readonly #room: Room;
  readonly #spare: SharedArrayBuffer[] = [];
  #reader: RangeReader | undefined;
  #plans = 0;
  #closed = false;
  #redone = 0;
  readonly #onTrouble: (error: PoolError) => void;
  #told: PoolError | undefined;

  /** @throws PoolError `F2B_POOL_NOT_BUILT` */
  constructor(options: PoolOptions = {}) {
    // Whoever has a pool may stay for long.
    loadRe2();
    this.#onTrouble = options.onTrouble ?? (() => undefined);
    this.workers = options.workers ?? Math.min(4, availableParallelism());
    this.maxLineBytes = options.maxLineBytes ?? defaultMaxLineBytes;
    this.#room = new Room(this.depth);
    this.#crew = new Crew(this.workers, options.ahead ?? 1, options.idle ?? defaultIdle);
  }

  /** Thread ids of the running workers, for diagnostics. */
  get threads(): readonly number[] {
    return this.#crew.threads.map((thread) => thread.threadId);
  }

  /** Blocks that were done again because a worker died over them. */
  get redone(): number {
    return this.#redone;
  }

  /** The running worker threads themselves. */
  get workerThreads() {
    return this.#crew.threads;
  }

  /** Blocks that are worth submitting ahead: one for each worker and one waiting behind it. */
  get depth(): number {
    return this.workers * queuedPerWorker;
  }

  /** Blocks under way or waiting for a place. */
  get load(): number {
    return this.#room.load;
  }

  /**
   * Makes `filters` known under `key`, in place of what the key stood for; work already submitted still uses the earlier ones.
   *
   * @param sample some of the log that will be scanned, or of one like it: only the speed rests on it
   * @throws RangeError for filters that cannot share a scan (see `BlockScanner`).
   */
  register(key: string, filters: readonly CompiledFilter[], sample?: Uint8Array): void {
    const scan = planScan(filters, sample);
    const scanner = new BlockScanner(filters, { maxLineBytes: this.maxLineBytes, plan: scan });
    const planJson = writePlan({
      filters: filters.map(({ settings, usedns, thisYear }) => ({
        settings: matchSettings(settings),
        usedns,
        thisYear,
      })),
      expressions: expressionsOf(filters),
      maxLineBytes: this.maxLineBytes,
      scan,
    });
    this.#registrations.set(key, { plan: ++this.#plans, planJson, scanner });
  }

  unregister(key: string): void {
    this.#registrations.delete(key);
  }

  #registration(key: string): Registration {
    if (this.#closed) throw new PoolError('F2B_POOL_CLOSED', 'The scan pool is closed.');
    const known = this.#registrations.get(key);
    if (known === undefined) throw new PoolError('F2B_POOL_KEY', `No filters are registered under '${key}'.`);
    return known;
  }

  /**
   * Starts all workers and has each compile what is registered, so that the first blocks find them ready: a cold worker takes a second
   * for what a warm one does in a tenth of it. Resolves when they are; blocks submitted meanwhile wait behind it.
   *
   * @param samples by key, whole lines like those to come; the results are thrown away.
   */
  async warm(now: EpochMs, samples: ReadonlyMap<string, Uint8Array> = new Map()): Promise<void> {
    if (this.#closed) return;
    const scanners = [...this.#registrations].map(([key, { plan, planJson }]) => ({ key, plan, planJson }));
    await this.#crew.warm({
      scanners: scanners.map(({ plan, planJson }) => ({ plan, planJson })),
      samples: scanners.map(({ key }) => samples.get(key) ?? new Uint8Array()),
      now,
      arrived: new SharedArrayBuffer(4),
      workers: this.workers,
    });
  }

  /** Resolves as soon as a block would not have to wait; whoever produces blocks faster than they are scanned waits here. */
  async room(): Promise<void> {
    await this.#room.take();
    this.#room.give();
  }

  /**
   * Scans a block of whole lines on a worker. The bytes are copied before this returns: the caller may use its buffer
   * again.
   *
   * @returns the result, not before those of all blocks submitted earlier under this key.
   * @throws PoolError at once: `F2B_POOL_KEY`, `F2B_POOL_CLOSED`; later: `F2B_POOL_WORKER_DIED` when two workers died
   * over the block one after the other.
   */
  scanBlock(key: string, bytes: Uint8Array, context: ScanContext): Promise<ScanResult> {
    const registration = this.#registration(key);
    const shared = this.#sharedCopy(bytes);
    const work = this.#run(registration, { bytes: shared, length: bytes.length }, context);
    return this.#order.after(
      key,
      work.finally(() => this.#release(shared)),
    );
  }

  /** Scans a range of an open file; the worker reads it itself. The descriptor must stay open until the result is there. */
  scanRange(key: string, range: FileRange, context: ScanContext): Promise<ScanResult> {
    return this.#order.after(key, this.#run(this.#registration(key), range, context));
  }

  /** The same as `scanRange`, here and now: for a thread that would only wait. Its result holds as long as that of `scanRange`. */
  scanRangeInline(key: string, range: FileRange, context: ScanContext): ScanResult {
    this.#reader ??= new RangeReader();
    return unpackResult(this.#reader.scan(this.#scannerOf(key), range, context));
  }

  /** The same as `scanBlock`, here and now: for appends so small that a worker's detour costs more than the scan. */
  scanInline(key: string, bytes: Uint8Array, context: ScanContext): ScanResult {
    return unpackResult(this.#scannerOf(key).scan(bytes, context));
  }

  #scannerOf(key: string): BlockScanner {
    return this.#registration(key).scanner;
  }

  async #run(registration: Registration, work: ScanTask['work'], context: ScanContext): Promise<ScanResult> {
    await this.#room.take();
    try {
      const { plan, planJson, scanner } = registration;
      const answer = await this.#answer({ plan, planJson, work, context });
      if (answer === 'no worker') return this.#here(scanner, work, context);
      if ('error' in answer) throw new PoolError('F2B_POOL_SCAN', `The scan failed: ${answer.error}`);
      return unpackResult(answer.result);
    } finally {
      this.#room.give();
    }
  }

  /** Where no worker can be started: slower than elsewhere, and this thread waits for it, but no line is lost. */
  #here(scanner: BlockScanner, work: ScanTask['work'], context: ScanContext): ScanResult {
    this.#reader ??= new RangeReader();
    const wire =
      'fd' in work
        ? this.#reader.scan(scanner, work, context)
        : scanner.scan(Buffer.from(new Uint8Array(work.bytes, 0, work.length)), context);
    return unpackResult(wire);
  }

  #isWithoutWorkers(error: unknown): boolean {
    if (!(error instanceof PoolError && error.code === 'F2B_POOL_NO_WORKER')) return false;
    if (this.#told !== error) this.#onTrouble(error);
    this.#told = error;
    return true;
  }

  /** A rejected task means that its worker died; its replacement does the block again, once. */
  async #answer(task: ScanTask): Promise<ScanAnswer | 'no worker'> {
    try {
      return await this.#crew.run(task);
    } catch (first) {
      if (!this.#closed && this.#isWithoutWorkers(first)) return 'no worker';
      if (this.#closed)
        throw new PoolError('F2B_POOL_CLOSED', 'The scan pool was closed during the scan.', { cause: first });
      this.#redone++;
      try {
        return await this.#crew.runAlone(task);
      } catch (second) {
        if (!this.#closed && this.#isWithoutWorkers(second)) return 'no worker';
        throw new PoolError(
          'F2B_POOL_WORKER_DIED',
          `Two workers died over the same block: ${second instanceof Error ? second.message : String(second)}.`,
          { cause: second },
        );
      }
    }
  }

  #sharedCopy(bytes: Uint8Array): SharedArrayBuffer {
    const fitting = this.#spare.findIndex((one) => one.byteLength >= bytes.length);
    const shared =
      fitting >= 0
        ? this.#spare.splice(fitting, 1)[0]!
        : new SharedArrayBuffer(2 ** Math.ceil(Math.log2(Math.max(bytes.length, 65_536))));
    new Uint8Array(shared).set(bytes);
    return shared;
  }

  #release(shared: SharedArrayBuffer): void {
    if (this.#spare.length < this.depth) this.#spare.push(shared);
  }

  /** Ends the workers; work still under way is refused with `F2B_POOL_CLOSED`. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#crew.end();
  }
}

/** What the workers need not find out again; filters that a pool scans match line by line, so that one source is one expression. */
function expressionsOf(filters: readonly CompiledFilter[]): KnownExpression[] {
  const regexes = new Set(
    filters.flatMap(({ prefregex, failregex, ignoreregex }) =>
      [...(prefregex ? [prefregex] : []), ...failregex, ...ignoreregex].map(({ regex }) => regex),
    ),
  );
  return [...regexes].map(knownOf);
}

/** Opens a pool of scan workers. */
export function openPool(options: PoolOptions = {}): ScanPool {
  return new ScanPool(options);
}
