import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Milliseconds } from '@f2b/config';
import { Piscina } from 'piscina';
import { PoolError } from './errors.js';
import type { ScanAnswer, ScanTask, WarmTask } from './task.js';

type Piscinas = Piscina<ScanTask | WarmTask | null, ScanAnswer>;

/** Workers that may die one after the other, none of them finishing anything, before their work is given back as failed. */
const fruitlessDeaths = 3;

/**
 * The worker's program: beside this file when built; in `dist` while tests run the sources.
 *
 * @throws PoolError `F2B_POOL_NOT_BUILT`
 */
function workerFile(): string {
  const places = ['./scan-worker.js', '../../dist/pool/scan-worker.js'].map((place) =>
    fileURLToPath(new URL(place, import.meta.url)),
  );
  const found = places.find((place) => existsSync(place));
  if (found !== undefined) return found;
  throw new PoolError(
    'F2B_POOL_NOT_BUILT',
    `The scan worker ${places.at(-1)} is missing: build f2b with npm run build.`,
  );
}

/**
 * The worker threads. What piscina leaves open is closed here: when a worker dies before it is ready, nobody starts another one for the
 * work that waits.
 */
export class Crew {
  readonly #size: number;
  readonly #ahead: number;
  readonly #idle: Milliseconds;
  #piscina: Piscinas;
  /** Tasks under way that must not share their worker. */
  #alone = 0;
  #deaths = 0;
  #ended = false;

  /**
   * @param ahead tasks that a worker is given at a time
   * @param idle a worker without work ends after this; the next block starts a new one. Infinity: it stays.
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
      filename: workerFile(),
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
    piscina.on('error', () => undefined);
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
      this.#piscina = this.#hire();
      void piscina.destroy();
      return;
    }
    // Work that arrives makes piscina start a worker, even work that is nothing.
    piscina.run(null).catch(() => undefined);
  }

  /** @throws whatever piscina says of a worker that died over `task`, or over another one that it had been given. */
  async run(task: ScanTask): Promise<ScanAnswer> {
    const answer = await this.#piscina.run(task);
    this.#deaths = 0;
    return answer;
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
