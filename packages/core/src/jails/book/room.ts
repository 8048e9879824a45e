import type { Bytes } from '@f2b/config';
import { Cells } from './cells.js';

/** What the books of all jails may hold together. */
export interface RoomBounds {
  /** Identifiers that are counted at once; bans do not count, they are never given up. */
  readonly tracked: number;
  /** Texts of failures and bans: log lines and captured groups. */
  readonly text: Bytes;
}

export const defaultRoomBounds: RoomBounds = { tracked: 200_000, text: 96 * 1024 * 1024 };

/** A book that can give something up. */
export interface Shedding {
  /** Identifiers that it counts. */
  readonly tracked: number;
  readonly textBytes: Bytes;
  /** Gives up the texts of bans, then of failures, the oldest first, until `bytes` of them are gone. @returns how many texts went */
  shedTexts(bytes: Bytes): number;
  /** Gives up so many of those who have failed the longest time ago, those with a single failure first. */
  shedFailures(count: number): void;
}

/** What had to be given up, since the process began. */
export interface Shed {
  /** Lines and groups of so many bans and failures; what is counted and banned is the same without. */
  readonly texts: number;
  /** Identifiers whose failures were forgotten uncounted. */
  readonly failures: number;
}

/**
 * What all books take together has one bound, so that the process has one, however many jails there are. Whoever brings it over the
 * bound does not pay for it: the largest book gives up what does the least harm.
 */
export class Room {
  readonly cells = new Cells();
  readonly #books = new Set<Shedding>();
  #bounds: RoomBounds;
  #shedTexts = 0;
  #shedFailures = 0;

  constructor(bounds: RoomBounds = defaultRoomBounds) {
    this.#bounds = bounds;
  }

  get bounds(): RoomBounds {
    return this.#bounds;
  }

  get shed(): Shed {
    return { texts: this.#shedTexts, failures: this.#shedFailures };
  }

  get tracked(): number {
    let sum = 0;
    for (const { tracked } of this.#books) sum += tracked;
    return sum;
  }

  enter(book: Shedding): void {
    this.#books.add(book);
  }

  leave(book: Shedding): void {
    this.#books.delete(book);
  }

  /** Other bounds from now on. */
  fit(bounds: RoomBounds): void {
    this.#bounds = bounds;
    this.settle();
  }

  /** Something has come in. A little more than needed goes at once. */
  settle(): void {
    const { text, tracked } = this.#bounds;
    while (this.cells.bytes > text) {
      const most = this.#largest(({ textBytes }) => textBytes);
      const texts = most?.shedTexts(this.cells.bytes - text + (text >> 5)) ?? 0;
      if (texts === 0) break;
      this.#shedTexts += texts;
    }
    // One book is the common case, and asked for each failure.
    while (this.tracked > tracked) {
      const most = this.#largest((book) => book.tracked);
      if (most === undefined) break;
      const before = most.tracked;
      most.shedFailures(this.tracked - tracked + (tracked >> 6));
      if (most.tracked === before) break;
      this.#shedFailures += before - most.tracked;
    }
  }

  #largest(size: (book: Shedding) => number): Shedding | undefined {
    let largest: Shedding | undefined;
    for (const book of this.#books) if (largest === undefined || size(book) > size(largest)) largest = book;
    return largest;
  }
}
