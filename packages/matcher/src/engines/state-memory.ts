/**
 * Which (state, position) pairs were seen: one bit each, in pages that exist only where something was seen, so that a long line
 * costs memory for the states it reached and a short line costs nearly nothing to forget.
 */
const pageBits = 9;
const pageWords = 1 << (pageBits - 5);
const pageMask = (1 << pageBits) - 1;
/** Pools above this many words (4 MiB) are given back after the subject that needed them. */
const keptWords = 1 << 20;

export class StateMemory {
  #table = new Int32Array(0);
  #pool = new Int32Array(pageWords * 64);
  #used = 1;
  #pages = 1;

  constructor(readonly states: number) {}

  /** Forgets everything and makes room for positions `0..length`. */
  reset(length: number): void {
    this.#pages = (length >> pageBits) + 1;
    const size = this.states * this.#pages;
    if (this.#table.length < size || this.#table.length > keptWords) this.#table = new Int32Array(size);
    else this.#table.fill(0, 0, size);
    if (this.#pool.length > keptWords) this.#pool = new Int32Array(pageWords * 64);
    this.#used = 1;
  }

  has(state: number, pos: number): boolean {
    const page = this.#table[state * this.#pages + (pos >> pageBits)]!;
    if (page === 0) return false;
    const bit = pos & pageMask;
    return ((this.#pool[page * pageWords + (bit >> 5)]! >>> (bit & 31)) & 1) === 1;
  }

  /** Adds the pair; false when it was there already. */
  add(state: number, pos: number): boolean {
    const entry = state * this.#pages + (pos >> pageBits);
    let page = this.#table[entry]!;
    if (page === 0) {
      page = this.#newPage();
      this.#table[entry] = page;
    }
    const bit = pos & pageMask;
    const word = page * pageWords + (bit >> 5);
    const mask = 1 << (bit & 31);
    const old = this.#pool[word]!;
    if ((old & mask) !== 0) return false;
    this.#pool[word] = old | mask;
    return true;
  }

  #newPage(): number {
    const page = this.#used++;
    const end = this.#used * pageWords;
    if (end > this.#pool.length) {
      const bigger = new Int32Array(this.#pool.length * 2);
      bigger.set(this.#pool);
      this.#pool = bigger;
    }
    this.#pool.fill(0, page * pageWords, end);
    return page;
  }
}
