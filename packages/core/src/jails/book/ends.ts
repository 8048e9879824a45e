import type { EpochMs } from '@f2b/config';
import { grownColumn } from './roster.js';

/** Slots by their ends: a binary heap in columns, in which each slot knows where it stands. */
export class Ends {
  #end = new Float64Array();
  /** Where a slot stands in the heap, from 1; 0: it has no end. */
  #at = new Int32Array();
  #heap = new Int32Array();
  #size = 0;

  grow(capacity: number): void {
    this.#end = grownColumn(this.#end, new Float64Array(capacity));
    this.#at = grownColumn(this.#at, new Int32Array(capacity));
    this.#heap = grownColumn(this.#heap, new Int32Array(capacity + 1));
  }

  /** The slot that ends first. */
  get first(): number | undefined {
    return this.#size === 0 ? undefined : this.#heap[1]!;
  }

  endOf(slot: number): EpochMs {
    return this.#end[slot]!;
  }

  /** Gives a slot an end, or another one; an infinite one takes it out. */
  set(slot: number, end: EpochMs): void {
    this.remove(slot);
    if (!Number.isFinite(end)) return;
    this.#end[slot] = end;
    this.#size++;
    this.#rise(this.#size, slot);
  }

  remove(slot: number): void {
    const at = this.#at[slot]!;
    if (at === 0) return;
    this.#at[slot] = 0;
    const last = this.#heap[this.#size--]!;
    if (last === slot) return;
    this.#rise(at, last);
    this.#sink(this.#at[last]!, last);
  }

  #rise(from: number, slot: number): void {
    let at = from;
    const end = this.#end[slot]!;
    while (at > 1 && this.#end[this.#heap[at >> 1]!]! > end) {
      this.#put(at, this.#heap[at >> 1]!);
      at >>= 1;
    }
    this.#put(at, slot);
  }

  #sink(from: number, slot: number): void {
    let at = from;
    const end = this.#end[slot]!;
    for (let child = at * 2; child <= this.#size; child = at * 2) {
      if (child < this.#size && this.#end[this.#heap[child + 1]!]! < this.#end[this.#heap[child]!]!) child++;
      if (this.#end[this.#heap[child]!]! >= end) break;
      this.#put(at, this.#heap[child]!);
      at = child;
    }
    this.#put(at, slot);
  }

  #put(at: number, slot: number): void {
    this.#heap[at] = slot;
    this.#at[slot] = at;
  }
}
