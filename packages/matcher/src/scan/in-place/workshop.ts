import type { Bytes } from '@f2b/config';

/** Memory that matching lines takes in all, as far as it is used: untouched memory costs nothing. */
export const workshopBytes: Bytes = 8 * 1024 * 1024;

/** Thrown where the workshop has no more room. */
export class NoRoom extends Error {}

/**
 * The part of a scanner's memory in which lines are matched and matches are written. What is placed there stays
 * there. Views of the memory are made anew when it has grown.
 */
export class Workshop {
  readonly memory: WebAssembly.Memory;
  readonly table: WebAssembly.Table;
  #next: number;
  readonly #end: number;
  #words = new Int32Array(0);
  #bytes = Buffer.alloc(0);
  #doubles = new Float64Array(0);

  /** @param from where it begins in the memory, which reaches `workshopBytes` beyond it */
  constructor(memory: WebAssembly.Memory, table: WebAssembly.Table, from: number) {
    this.memory = memory;
    this.table = table;
    this.#next = (from + 7) & ~7;
    this.#end = from + workshopBytes;
  }

  #look(): void {
    const { buffer } = this.memory;
    this.#words = new Int32Array(buffer);
    this.#bytes = Buffer.from(buffer);
    this.#doubles = new Float64Array(buffer);
  }

  get words(): Int32Array {
    if (this.#words.length === 0) this.#look();
    return this.#words;
  }

  get bytes(): Buffer {
    if (this.#bytes.length === 0) this.#look();
    return this.#bytes;
  }

  get doubles(): Float64Array {
    if (this.#doubles.length === 0) this.#look();
    return this.#doubles;
  }

  /**
   * Room for so many bytes, zero at first, on an address that can be divided by 8.
   * @throws NoRoom
   */
  allocate(bytes: Bytes): number {
    const address = this.#next;
    const next = (address + bytes + 7) & ~7;
    if (next > this.#end) throw new NoRoom();
    this.#next = next;
    return address;
  }

  /** @throws NoRoom */
  place(bytes: Uint8Array): number {
    const address = this.allocate(bytes.length);
    this.bytes.set(bytes, address);
    return address;
  }

  /** @throws NoRoom */
  placeWords(words: readonly number[]): number {
    const address = this.allocate(4 * words.length);
    this.words.set(words, address >> 2);
    return address;
  }

  word(address: number): number {
    return this.words[address >> 2]!;
  }

  setWord(address: number, value: number): void {
    this.words[address >> 2] = value;
  }

  /** A place in the table of functions, with a function. */
  addFunction(added: (...numbers: number[]) => number): number {
    const place = this.table.grow(1);
    this.table.set(place, added);
    return place;
  }
}
