import type { Milliseconds } from '@f2b/config';
import { Piscina } from 'piscina';
import { compiledPart } from '../literals/compiled-part.js';
import { PoolError } from './errors.js';
import type { HiredWorker, ScanAnswer, ScanTask, WarmTask } from './task.js';
import { workerFile } from './worker-file.js';

type Piscinas = Piscina<ScanTask | WarmTask | null, ScanAnswer>;

/** Workers that may die one after the other, none of them finishing anything, before their work is given back as failed. */
const fruitlessDeaths = 3;

/** Where no worker could be started, none is for so long. */
const tryAgainAfter: Milliseconds = 60_000;

/**
 * The worker threads. What piscina leaves open is closed here: when a worker dies before it is ready, nobody starts another one for the
 * work that waits.
 */
export class Crew {
  readonly #size: number;
  readonly #ahead: number;
  readonly #idle: Milliseconds;
  /** What a worker needs of the installation: it is kept, because that may be replaced by another one while this one runs. */
  readonly #hired: HiredWorker = { file: workerFile(), part: compiledPart() };
  #piscina: Piscinas;
  /** Why the last worker that had no work in hand died: it could not start. */
  #notStarted: unknown;
  /** Since when no worker can be started, and why. */
  #without: { readonly since: Milliseconds; readonly error: PoolError } | undefined;
  /** Tasks under way that must not share their worker. */
  #alone = 0;
  #deaths = 0;
  #ended = false;

  /**
   * @param ahead tasks that a worker is given at a time
   * @param idle a worker without work ends after this; the next block starts a new one. Infinity: it stays.
   * @throws PoolError `F2B_POOL_NOT_BUILT`
   */
  constructor(size: number, ahead: number, idle: Milliseconds) {
    this.#size = size;
    this.#ahead = ahead;
    this.#idle = idle;
    this.#piscina = this.#hire();
  }

  get threads() {
    return this.#piscina.threads;
  }

  #hire(): Piscinas {
    const piscina: Piscinas = new Piscina({
      filename: this.#hired.file.path,
      workerData: this.#hired,
      minThreads: 0,
      maxThreads: this.#size,
      concurrentTasksPerWorker: this.#ahead,
      loadBalancer: (_task, workers) => this.#leastBusy(workers),
      // What a scan makes is garbage at once: a larger nursery costs memory and saves no time.
      resourceLimits: { maxYoungGenerationSizeMb: 12 },
      idleTimeout: this.#idle,
      trackUnmanagedFds: false,
      recordTiming: false,
    });
    // Death without work in hand; what there is to do is done below.
    piscina.on('error', (error) => {
      this.#notStarted = error;
    });
    piscina.on('workerDestroy', () => setImmediate(() => this.#mourn(piscina)));
    return piscina;
  }

  #leastBusy<Worker extends { currentUsage: number }>(workers: readonly Worker[]): Worker | null {
    const most = this.#alone > 0 ? 1 : this.#ahead;
    const free = workers.filter(({ currentUsage }) => currentUsage < most);
    return free.reduce<Worker | null>(
      (least, one) => (least === null || one.currentUsage < least.currentUsage ? one : least),
      null,
    );
  }

  #mourn(piscina: Piscinas): void {
    if (this.#ended || piscina !== this.#piscina || piscina.queueSize === 0 || piscina.threads.length > 0) return;
    this.#deaths++;
    if (this.#deaths >= fruitlessDeaths) {
      this.#deaths = 0;
      if (this.#notStarted !== undefined) this.#doWithout(this.#notStarted);
      this.#piscina = this.#hire();
      void piscina.destroy();
      return;
    }
    // Work that arrives makes piscina start a worker, even work that is nothing.
    piscina.run(null).catch(() => undefined);
  }

  #doWithout(reason: unknown): void {
    const why = reason instanceof Error ? reason.message : String(reason);
    const error = new PoolError(
      'F2B_POOL_NO_WORKER',
      `No scan worker can be started (${why}): logs are scanned on the main thread, more slowly. Restart f2b.`,
      { cause: reason },
    );
    this.#without = { since: performance.now(), error };
  }

  /** Why there are no workers; undefined where there are, or where it is time to try again. */
  get without(): PoolError | undefined {
    if (this.#without === undefined || performance.now() - this.#without.since > tryAgainAfter) return undefined;
    return this.#without.error;
  }

  /**
   * @throws PoolError `F2B_POOL_NO_WORKER` where none can be started; else whatever piscina says of a worker that died over `task`, or over
   * another one that it had been given.
   */
  async run(task: ScanTask): Promise<ScanAnswer> {
    const without = this.without;
    if (without !== undefined) throw without;
    try {
      const answer = await this.#piscina.run(task);
      this.#deaths = 0;
      this.#notStarted = undefined;
      this.#without = undefined;
      return answer;
    } catch (error) {
      throw this.without ?? error;
    }
  }

  /** The same, by a worker that has no other task: if it dies, it was this one. */
  async runAlone(task: ScanTask): Promise<ScanAnswer> {
    this.#alone++;
    try {
      return await this.run(task);
    } finally {
      this.#alone--;
    }
  }

  /** Has every worker do `task`, those included that must be started for it. Resolves when all have, or have died over it. */
  async warm(task: WarmTask): Promise<void> {
    this.#alone++;
    try {
      await Promise.allSettled(Array.from({ length: this.#size }, () => this.#piscina.run(task)));
    } finally {
      this.#alone--;
    }
  }

  async end(): Promise<void> {
    this.#ended = true;
    await this.#piscina.destroy();
  }
}
