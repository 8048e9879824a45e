import { type EpochMs, roundHalfEven, type Seconds } from '@f2b/config';
import type { Groups } from '@f2b/matcher';
import type { Origin } from '../../sources/source.js';
import type { Identifier } from '../who/identifier.js';
import { dropOldest } from './bound.js';

/** One failure of somebody, ready to be counted. */
export interface Failure {
  readonly who: Identifier;
  readonly time: EpochMs;
  /** Log lines that it was seen in, oldest first. Hostile text. */
  readonly matches: readonly string[];
  /** Captured groups. Hostile text. */
  readonly data: Groups;
  /** Where its line stands; undefined for one that was reported by hand. */
  readonly origin?: Origin | undefined;
}

/** A failure that was counted before: what a restart puts back. */
export interface CountedFailure extends Failure {
  /** As how many failures it counted. */
  readonly weight: number;
  /** A ban came of it, or it was forgotten by hand: it counts no more, but is not to be counted again either. */
  readonly spent: boolean;
}

/** What is counted for one identifier. */
export interface FailureCount {
  readonly who: Identifier;
  /** Compared with maxretry; scaled down when the failures come too slowly. */
  retry: number;
  /** All failures since the entry began; never scaled down. */
  failures: number;
  firstTime: EpochMs;
  /** Time of the latest failure. */
  time: EpochMs;
  matches: readonly string[];
  data: Groups;
}

export interface FailureLimits {
  readonly maxretry: number;
  readonly findtime: Seconds;
  /** Matches kept per identifier, the latest; 0 keeps none. */
  readonly maxmatches: number;
}

/** Bounds on memory: identifiers counted at once, and characters of matches kept for all of them together. */
export interface FailureBounds {
  readonly maxTracked: number;
  readonly maxMatchChars: number;
}

export const defaultFailureBounds: FailureBounds = { maxTracked: 100_000, maxMatchChars: 32 * 1024 * 1024 };

/**
 * Counts the failures of one jail by fail2ban's rule: not a sliding window but a rate estimate. When a failure comes later
 * than findtime after the first one, the count so far is scaled to what it means per findtime. The order of the map is
 * the order of the latest failures, so the first entry is the one to give up when memory runs out.
 */
export class Failures {
  readonly #counts = new Map<string, FailureCount>();
  readonly #bounds: FailureBounds;
  /** Who holds matches, in order of the latest failure; and how many characters they are. */
  readonly #holders = new Map<string, number>();
  #matchChars = 0;
  #total = 0;
  #evicted = 0;

  constructor(bounds: FailureBounds = defaultFailureBounds) {
    this.#bounds = bounds;
  }

  /** `Currently failed`. */
  get current(): number {
    return this.#counts.size;
  }

  /** `Total failed`: all failures ever added. */
  get total(): number {
    return this.#total;
  }

  /** Entries given up because more identifiers failed than may be tracked. */
  get evicted(): number {
    return this.#evicted;
  }

  get(id: string): Readonly<FailureCount> | undefined {
    return this.#counts.get(id);
  }

  /**
   * Adds one failure, or a weighty one.
   * @param weight how many failures it counts as
   * @returns the entry when it has reached maxretry; it is then out of the book, and counting restarts from zero
   */
  add(failure: Failure, limits: FailureLimits, weight = 1): FailureCount | undefined {
    const count = this.#enter(failure, limits, weight);
    if (count.retry >= limits.maxretry) {
      this.remove(failure.who.id);
      return count;
    }
    this.#shed();
    return undefined;
  }

  /**
   * Adds extra weight to an entry that is there (a known bad one fails again).
   * @returns as `add`
   */
  weigh(id: string, extra: number, limits: FailureLimits): FailureCount | undefined {
    const count = this.#counts.get(id);
    if (count === undefined) return undefined;
    count.retry += extra;
    count.failures += extra;
    if (count.retry < limits.maxretry) return undefined;
    this.remove(id);
    return count;
  }

  /** Puts back a failure that was counted before: as `add`, but it never fills the count. */
  restore(failure: Failure, limits: FailureLimits, weight: number): void {
    this.#enter(failure, limits, weight);
    this.#total--;
    this.#shed();
  }

  remove(id: string): boolean {
    this.#releaseMatches(id);
    return this.#counts.delete(id);
  }

  /** Forgets who has not failed within findtime. */
  forget(now: EpochMs, findtime: Seconds): void {
    for (const [id, count] of this.#counts) {
      if (count.time <= now - findtime * 1000) this.remove(id);
    }
  }

  #enter(failure: Failure, limits: FailureLimits, weight: number): FailureCount {
    const { id } = failure.who;
    const known = this.#counts.get(id);
    this.#total++;
    const count = known ?? fresh(failure);
    if (known !== undefined) {
      if (failure.time > known.time) {
        scale(known, failure.time, limits.findtime);
        known.time = failure.time;
      }
      known.data = failure.data;
      this.#counts.delete(id);
    }
    count.retry += weight;
    count.failures += weight;
    this.#keepMatches(count, failure.matches, limits.maxmatches);
    this.#counts.set(id, count);
    return count;
  }

  #keepMatches(count: FailureCount, added: readonly string[], maxmatches: number): void {
    const { id } = count.who;
    this.#releaseMatches(id);
    if (maxmatches <= 0) {
      count.matches = [];
      return;
    }
    count.matches = [...count.matches, ...added].slice(-maxmatches);
    const chars = count.matches.reduce((sum, line) => sum + line.length, 0);
    this.#holders.set(id, chars);
    this.#matchChars += chars;
  }

  #releaseMatches(id: string): void {
    this.#matchChars -= this.#holders.get(id) ?? 0;
    this.#holders.delete(id);
  }

  /** Long lines cost the oldest entries their matches, never their count; too many identifiers cost the oldest its entry. */
  #shed(): void {
    if (this.#matchChars > this.#bounds.maxMatchChars) {
      const target = this.#bounds.maxMatchChars * (31 / 32);
      for (const id of this.#holders.keys()) {
        if (this.#matchChars <= target) break;
        this.#releaseMatches(id);
        const count = this.#counts.get(id);
        if (count !== undefined) count.matches = [];
      }
    }
    this.#evicted += dropOldest(this.#counts, this.#bounds.maxTracked, (id) => this.remove(id));
  }
}

function fresh(failure: Failure): FailureCount {
  const { who, time, data } = failure;
  return { who, retry: 0, failures: 0, firstTime: time, time, matches: [], data };
}

function scale(count: FailureCount, time: EpochMs, findtime: Seconds): void {
  const windowStart = time - findtime * 1000;
  if (count.firstTime >= windowStart) return;
  const seconds = (time - count.firstTime) / 1000;
  count.retry = roundHalfEven((count.retry / seconds) * findtime);
  count.firstTime = windowStart;
}
