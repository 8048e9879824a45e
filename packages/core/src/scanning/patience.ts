import type { Milliseconds } from '@f2b/config';
import type { Clock } from '../clock.js';
import { reasonOf } from '../errors.js';

const firstWait: Milliseconds = 250;
const longestWait: Milliseconds = 30_000;
/** Tries that lines get when it may be their own fault that they cannot be scanned: then they must not hold up those behind them. */
const triesForLines = 3;

/**
 * Tries again what fails for a reason that does not lie in the lines: a program that was replaced under the running process, memory or
 * descriptors that ran out. The lines wait meanwhile, so that none is lost.
 */
export class Patience {
  readonly #clock: Clock;
  readonly #waits: (why: string | undefined) => void;
  readonly #wake = new Set<() => void>();
  #stopped = false;

  /** @param waits told when something has to be tried again, with the reason, and (undefined) when it succeeded */
  constructor(clock: Clock, waits: (why: string | undefined) => void) {
    this.#clock = clock;
    this.#waits = waits;
  }

  /** Nothing is tried again any more: what waits is given back. */
  stop(): void {
    this.#stopped = true;
    for (const wake of this.#wake) wake();
  }

  /**
   * @param gaveUp gets the reason when it failed for good
   * @returns what the attempt gave at last; undefined when it failed for good
   * @throws the last error when it was stopped before the attempt succeeded
   */
  async attempt<T>(attempt: () => T | Promise<T>, gaveUp: (why: string) => void): Promise<T | undefined> {
    try {
      const value = attempt();
      return value instanceof Promise ? await value : value;
    } catch (error) {
      const again = await this.retry(error, attempt);
      if ('value' in again) return again.value;
      gaveUp(reasonOf(again.error));
      return undefined;
    }
  }

  /**
   * Goes on after a first failure.
   * @returns what the attempt gave at last; `error` when it failed several times in a way that may lie in the lines
   * @throws the last error when it was stopped before the attempt succeeded
   */
  async retry<T>(
    first: unknown,
    attempt: () => T | Promise<T>,
  ): Promise<{ readonly value: T } | { readonly error: unknown }> {
    let error = first;
    for (let tries = 1; ; tries++) {
      if (tries >= triesForLines && !liesElsewhere(error)) {
        this.#waits(undefined);
        return { error };
      }
      this.#waits(reasonOf(error));
      await this.#wait(Math.min(longestWait, firstWait * 2 ** (tries - 1)));
      if (this.#stopped) throw error;
      try {
        const value = await attempt();
        this.#waits(undefined);
        return { value };
      } catch (next) {
        error = next;
      }
    }
  }

  #wait(delay: Milliseconds): Promise<void> {
    if (this.#stopped) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = () => {
        this.#wake.delete(wake);
        callOff();
        resolve();
      };
      const callOff = this.#clock.after(delay, wake);
      this.#wake.add(wake);
    });
  }
}

/** Whether the system, or the state of the installation, made something fail: its errors have a code such as ENOENT. */
function liesElsewhere(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && (/^E[A-Z0-9]+$/.test(code) || code === 'F2B_POOL_NOT_BUILT');
}
