import { type EpochMs, roundHalfEven, type Seconds } from '@f2b/config';
import type { Groups } from '@f2b/matcher';
import type { Origin } from '../../sources/source.js';
import type { Identifier } from '../who/identifier.js';
import type { Cells } from './cells.js';
import { grownColumn, Roster, SlotList } from './roster.js';
import { noText, Texts } from './texts.js';

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
  readonly retry: number;
  /** All failures since the entry began; never scaled down. */
  readonly failures: number;
  readonly firstTime: EpochMs;
  /** Time of the latest failure. */
  readonly time: EpochMs;
  readonly matches: readonly string[];
  readonly data: Groups;
}

export interface FailureLimits {
  readonly maxretry: number;
  readonly findtime: Seconds;
  /** Matches kept per identifier, the latest; 0 keeps none. */
  readonly maxmatches: number;
}

/**
 * Counts the failures of one jail by fail2ban's rule: not a sliding window but a rate estimate. When a failure comes later
 * than findtime after the first one, the count so far is scaled to what it means per findtime. Numbers stand in columns, texts in cells.
 */
export class Failures {
  readonly #roster: Roster;
  readonly #texts: Texts;
  /** Who has failed once, and who has failed more often; each in order of the latest failure. */
  readonly #once = new SlotList();
  readonly #often = new SlotList();
  #retry = new Float64Array();
  #failures = new Float64Array();
  #firstTime = new Float64Array();
  #time = new Float64Array();
  #text = new Int32Array();
  /** 1: the slot is in the list of those who have failed more often. */
  #isOften = new Uint8Array();
  #total = 0;
  #evicted = 0;

  constructor(cells?: Cells) {
    this.#texts = new Texts(cells);
    this.#roster = new Roster((capacity) => {
      this.#retry = grownColumn(this.#retry, new Float64Array(capacity));
      this.#failures = grownColumn(this.#failures, new Float64Array(capacity));
      this.#firstTime = grownColumn(this.#firstTime, new Float64Array(capacity));
      this.#time = grownColumn(this.#time, new Float64Array(capacity));
      this.#text = grownColumn(this.#text, new Int32Array(capacity));
      this.#isOften = grownColumn(this.#isOften, new Uint8Array(capacity));
    });
  }

  /** `Currently failed`. */
  get current(): number {
    return this.#roster.size;
  }

  /** `Total failed`: all failures ever added. */
  get total(): number {
    return this.#total;
  }

  /** Entries given up because more identifiers failed than may be tracked. */
  get evicted(): number {
    return this.#evicted;
  }

  get textBytes(): number {
    return this.#texts.bytes;
  }

  get(id: string): FailureCount | undefined {
    const slot = this.#roster.slotOf(id);
    return slot === undefined ? undefined : this.#count(slot);
  }

  /**
   * Adds one failure, or a weighty one.
   * @param weight how many failures it counts as
   * @returns the entry when it has reached maxretry; it is then out of the book, and counting restarts from zero
   */
  add(failure: Failure, limits: FailureLimits, weight = 1): FailureCount | undefined {
    return this.#ifFull(this.#enter(failure, limits, weight), limits);
  }

  /**
   * Adds extra weight to an entry that is there (a known bad one fails again).
   * @returns as `add`
   */
  weigh(id: string, extra: number, limits: FailureLimits): FailureCount | undefined {
    const slot = this.#roster.slotOf(id);
    if (slot === undefined) return undefined;
    this.#retry[slot]! += extra;
    this.#failures[slot]! += extra;
    return this.#ifFull(slot, limits);
  }

  /** Puts back a failure that was counted before: as `add`, but it never fills the count. */
  restore(failure: Failure, limits: FailureLimits, weight: number): void {
    this.#enter(failure, limits, weight);
    this.#total--;
  }

  remove(id: string): boolean {
    const slot = this.#roster.slotOf(id);
    if (slot !== undefined) this.#drop(slot);
    return slot !== undefined;
  }

  /** Forgets who has not failed within findtime. */
  forget(now: EpochMs, findtime: Seconds): void {
    const last = now - findtime * 1000;
    for (const slot of this.#roster.slots()) if (this.#time[slot]! <= last) this.#drop(slot);
  }

  /** Gives up the lines and groups of those who have failed the longest time ago; they are counted on. @returns of how many */
  shedTexts(bytes: number): number {
    const until = this.#texts.bytes - bytes;
    let shed = 0;
    for (const list of [this.#once, this.#often]) {
      for (let slot = list.first; slot >= 0 && this.#texts.bytes > until; slot = this.#roster.newer(slot) ?? -1) {
        if (this.#text[slot] === noText) continue;
        this.#texts.drop(this.#text[slot]!);
        this.#text[slot] = noText;
        shed++;
      }
    }
    return shed;
  }

  /**
   * Forgets so many, the oldest. Who has failed once goes first, he is the furthest from a ban, as long as such are half of all: a flood
   * of others, who fail twice, must not make the book blind to whoever comes.
   */
  shed(count: number): void {
    for (let left = Math.min(count, this.current); left > 0; left--) {
      const { first } = this.#once.length >= this.#often.length ? this.#once : this.#often;
      this.#drop(first);
      this.#evicted++;
    }
  }

  #ifFull(slot: number, { maxretry }: FailureLimits): FailureCount | undefined {
    if (this.#retry[slot]! < maxretry) return undefined;
    const count = this.#count(slot);
    this.#drop(slot);
    return count;
  }

  #count(slot: number): FailureCount {
    return {
      who: this.#roster.who(slot),
      retry: this.#retry[slot]!,
      failures: this.#failures[slot]!,
      firstTime: this.#firstTime[slot]!,
      time: this.#time[slot]!,
      ...this.#texts.read(this.#text[slot]!),
    };
  }

  #enter({ who, time, matches, data }: Failure, limits: FailureLimits, weight: number): number {
    this.#total++;
    let slot = this.#roster.slotOf(who.id);
    if (slot === undefined) {
      slot = this.#roster.enter(who, this.#once);
      this.#isOften[slot] = 0;
      this.#retry[slot] = weight;
      this.#failures[slot] = weight;
      this.#firstTime[slot] = time;
      this.#time[slot] = time;
      this.#text[slot] = this.#texts.keep(matches, data, limits.maxmatches);
      return slot;
    }
    if (time > this.#time[slot]!) {
      this.#scale(slot, time, limits.findtime);
      this.#time[slot] = time;
    }
    this.#roster.renew(slot, this.#listOf(slot), this.#often);
    this.#isOften[slot] = 1;
    this.#retry[slot]! += weight;
    this.#failures[slot]! += weight;
    this.#text[slot] = this.#texts.add(this.#text[slot]!, matches, data, limits.maxmatches);
    return slot;
  }

  #scale(slot: number, time: EpochMs, findtime: Seconds): void {
    const windowStart = time - findtime * 1000;
    if (this.#firstTime[slot]! >= windowStart) return;
    const seconds = (time - this.#firstTime[slot]!) / 1000;
    this.#retry[slot] = roundHalfEven((this.#retry[slot]! / seconds) * findtime);
    this.#firstTime[slot] = windowStart;
  }

  #listOf(slot: number): SlotList {
    return this.#isOften[slot] === 1 ? this.#often : this.#once;
  }

  #drop(slot: number): void {
    this.#texts.drop(this.#text[slot]!);
    this.#text[slot] = noText;
    this.#roster.leave(slot, this.#listOf(slot));
  }
}
