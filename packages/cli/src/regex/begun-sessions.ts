import { maxSessions } from '@f2b/core';
import type { ReadyRows } from '@f2b/matcher';
import type { FailureFinder } from './failures.js';
import type { RowKeys } from './row-keys.js';

const filterSize = 1 << 16;

/**
 * Sessions of which only the first line has been seen, and that line has a ready row: nothing is known of them but a number, until
 * another line has to be judged. Most sessions end like that, and the last hundred are all that anybody remembers.
 */
export class BegunSessions {
  readonly #finder: FailureFinder;
  readonly #keys: RowKeys;
  /** The last sessions that began, in a ring. */
  readonly #numbers = new Int32Array(maxSessions);
  readonly #rows: (ReadyRows | undefined)[] = new Array(maxSessions);
  readonly #indices = new Int32Array(maxSessions);
  #next = 0;
  #count = 0;
  /** By the lower bits of their numbers: how many of the sessions in the ring have these. */
  readonly #filter = new Uint8Array(filterSize);
  /** Finder and keys know sessions from before those in the ring. */
  #others = false;

  constructor(finder: FailureFinder, keys: RowKeys) {
    this.#finder = finder;
    this.#keys = keys;
  }

  /**
   * Takes in a row that begins its session, or belongs to none.
   * @returns false: the session is known, perhaps; the line has to be judged in full
   */
  begin(rows: ReadyRows, index: number): boolean {
    const number = rows.session(index);
    if (number === 0) return true;
    if (this.#has(number)) return false;
    if (this.#others) {
      const key = keyOf(rows, index);
      if (this.#finder.knows(key) || this.#keys.has(key)) return false;
    }
    this.#add(number, rows, index);
    if (this.#others && this.#count === maxSessions) {
      // All from before have given way to these.
      this.#finder.forgetSessions();
      this.#keys.forget();
      this.#others = false;
    }
    return true;
  }

  #has(number: number): boolean {
    if (this.#filter[number & (filterSize - 1)] === 0) return false;
    for (let at = 0; at < this.#count; at++) if (this.#numbers[at] === number) return true;
    return false;
  }

  #add(number: number, rows: ReadyRows, index: number): void {
    const at = this.#next;
    if (this.#count === maxSessions) this.#filter[this.#numbers[at]! & (filterSize - 1)]!--;
    else this.#count++;
    this.#numbers[at] = number;
    this.#rows[at] = rows;
    this.#indices[at] = index;
    this.#filter[number & (filterSize - 1)]!++;
    this.#next = at + 1 === maxSessions ? 0 : at + 1;
  }

  /** Tells finder and keys of the sessions that began since the last call: a line is to be judged in full. */
  settle(): void {
    if (this.#count === 0) return;
    const first = this.#count === maxSessions ? this.#next : 0;
    for (let step = 0; step < this.#count; step++) {
      const at = (first + step) % maxSessions;
      const rows = this.#rows[at]!;
      const match = rows.match(this.#indices[at]!);
      const { groups } = match;
      const key = String(groups.get('mlfid'));
      this.#finder.begin(key, groups);
      this.#keys.begin(key, match.regex, groups);
      this.#filter[this.#numbers[at]! & (filterSize - 1)] = 0;
      this.#rows[at] = undefined;
    }
    this.#count = 0;
    this.#next = 0;
    this.#others = true;
  }
}

function keyOf(rows: ReadyRows, index: number): string {
  return String(rows.match(index).groups.get('mlfid'));
}
