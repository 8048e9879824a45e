import type { Milliseconds } from '@f2b/config';
import type { Clock } from '../clock.js';

/**
 * What may be judged at one go before the event loop has its turn again. Control commands and timers shall never wait for more
 * than 20 ms; a garbage collection in the middle of a turn takes up to 10 of them.
 */
const turnTime: Milliseconds = 4;

/**
 * Shares the main thread out among the logs: who has much to do works in turns bounded by time, one log a turn, with the
 * event loop running in between. However many logs are flooded at once, everything else waits for one turn at most.
 */
export class Pace {
  readonly #clock: Pick<Clock, 'elapsed' | 'pause'>;
  readonly #waiting: (() => void)[] = [];
  #giving = false;
  #began: Milliseconds = Number.NEGATIVE_INFINITY;

  constructor(clock: Pick<Clock, 'elapsed' | 'pause'>) {
    this.#clock = clock;
  }

  /** Whether the turn has lasted long enough. Cheap; to be asked between small pieces of work. */
  get over(): boolean {
    return this.#clock.elapsed() - this.#began >= turnTime;
  }

  /** Resolves at the beginning of a turn of the caller's own. */
  turn(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      if (!this.#giving) void this.#give();
    });
  }

  async #give(): Promise<void> {
    this.#giving = true;
    while (this.#waiting.length > 0) {
      await this.#clock.pause();
      this.#began = this.#clock.elapsed();
      this.#waiting.shift()?.();
    }
    this.#giving = false;
  }
}
