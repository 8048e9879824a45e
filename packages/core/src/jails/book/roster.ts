import type { Family } from '@f2b/matcher';
import type { Identifier } from '../who/identifier.js';

const none = -1;
const families: readonly (Family | undefined)[] = [undefined, 'inet4', 'inet6'];

/** Slots in an order, by their neighbours. */
export class SlotList {
  first = none;
  last = none;
  length = 0;
}

/**
 * Who stands in a book: each identifier has a slot, a small number under which the book's columns hold what it knows, and a place in
 * one list. Numbers in columns take a tenth of what an object for each would, and no garbage collector walks over them.
 */
export class Roster {
  readonly #slots = new Map<string, number>();
  #ids: (string | undefined)[] = [];
  #family = new Uint8Array(64);
  #newer = new Int32Array(64);
  #older = new Int32Array(64);
  /** Those whose address is another text than their identifier. */
  readonly #others = new Map<number, Identifier>();
  #free: number[] = [];
  readonly #grown: (capacity: number) => void;

  /** @param grown told how many slots there are from now on; once at the beginning */
  constructor(grown: (capacity: number) => void) {
    this.#grown = grown;
    grown(this.#family.length);
  }

  get size(): number {
    return this.#slots.size;
  }

  /** All identifiers, in the order in which they came. */
  ids(): IterableIterator<string> {
    return this.#slots.keys();
  }

  slots(): IterableIterator<number> {
    return this.#slots.values();
  }

  slotOf(id: string): number | undefined {
    return this.#slots.get(id);
  }

  idOf(slot: number): string {
    return this.#ids[slot]!;
  }

  who(slot: number): Identifier {
    const id = this.#ids[slot]!;
    return this.#others.get(slot) ?? { id, ip: id, family: families[this.#family[slot]!] };
  }

  /** A slot for somebody who has none: as the newest of a list. */
  enter(who: Identifier, list: SlotList): number {
    const slot = this.#free.pop() ?? this.#ids.length;
    if (slot === this.#family.length) this.#grow();
    this.#ids[slot] = who.id;
    this.#slots.set(who.id, slot);
    this.#family[slot] = families.indexOf(who.family);
    if (who.ip !== who.id) this.#others.set(slot, who);
    this.#append(slot, list);
    return slot;
  }

  leave(slot: number, list: SlotList): void {
    this.#slots.delete(this.#ids[slot]!);
    this.#ids[slot] = undefined;
    if (this.#others.size > 0) this.#others.delete(slot);
    this.#unlink(slot, list);
    this.#free.push(slot);
  }

  /** Makes a slot the newest of a list; it may be in another one so far. */
  renew(slot: number, from: SlotList, to: SlotList): void {
    this.#unlink(slot, from);
    this.#append(slot, to);
  }

  /** The slot behind one in its list; undefined: it is the newest. */
  newer(slot: number): number | undefined {
    const newer = this.#newer[slot]!;
    return newer === none ? undefined : newer;
  }

  #append(slot: number, list: SlotList): void {
    this.#older[slot] = list.last;
    this.#newer[slot] = none;
    if (list.last === none) list.first = slot;
    else this.#newer[list.last] = slot;
    list.last = slot;
    list.length++;
  }

  #unlink(slot: number, list: SlotList): void {
    const older = this.#older[slot]!;
    const newer = this.#newer[slot]!;
    if (older === none) list.first = newer;
    else this.#newer[older] = newer;
    if (newer === none) list.last = older;
    else this.#older[newer] = older;
    list.length--;
  }

  #grow(): void {
    const capacity = this.#family.length * 2;
    this.#family = grownColumn(this.#family, new Uint8Array(capacity));
    this.#newer = grownColumn(this.#newer, new Int32Array(capacity));
    this.#older = grownColumn(this.#older, new Int32Array(capacity));
    this.#grown(capacity);
  }
}

/** The larger column, with what the smaller one holds. */
export function grownColumn<T extends Uint8Array | Int32Array | Float64Array>(smaller: T, larger: T): T {
  larger.set(smaller);
  return larger;
}
