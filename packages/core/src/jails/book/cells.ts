import type { Bytes } from '@f2b/config';

const cellBytes: Bytes = 64;
const cellsASlab = 16_384;

/** A megabyte of cells. What nobody has written into takes no memory yet. */
interface Slab {
  readonly bytes: Buffer;
  /** The cell behind each one: of its record, or of the slab's free ones. 0: none. */
  readonly next: Int32Array;
  used: number;
  /** Cells from here on were never used. */
  fresh: number;
  /** The first of those that are free again, counted from 1. */
  free: number;
}

/**
 * Records of any length, outside of the heap: what the books keep of texts is most of their memory, and the collector of garbage need
 * not look at it. A record is a chain of cells of one size, so that whatever is freed fits whatever comes, and no space is lost
 * between them. A slab without a record is given back.
 */
export class Cells {
  readonly #slabs: (Slab | undefined)[] = [];
  /** Slabs with free cells; the last one is filled. */
  readonly #roomy: number[] = [];
  #used = 0;

  /** What the records take. */
  get bytes(): Bytes {
    return this.#used * cellBytes;
  }

  /** What a record of so many bytes takes. */
  static sizeOf(length: Bytes): Bytes {
    return Math.ceil(length / cellBytes) * cellBytes;
  }

  /** @returns the record's name, which is never 0 */
  put(record: Buffer, length: Bytes): number {
    let first = 0;
    let last = 0;
    for (let at = 0; at < length; at += cellBytes) {
      const cell = this.#take();
      const { bytes } = this.#slabOf(cell);
      record.copy(bytes, offsetOf(cell), at, Math.min(length, at + cellBytes));
      if (last === 0) first = cell;
      else this.#link(last, cell);
      last = cell;
    }
    return first;
  }

  /**
   * Copies a record.
   * @param room gives a buffer of at least so many bytes, with what it held before
   * @returns the buffer; the record's last cell is there in full
   */
  read(name: number, room: (bytes: Bytes) => Buffer): Buffer {
    let into = room(cellBytes);
    let at = 0;
    for (let cell = name; cell !== 0; cell = this.#behind(cell)) {
      into = room(at + cellBytes);
      const offset = offsetOf(cell);
      this.#slabOf(cell).bytes.copy(into, at, offset, offset + cellBytes);
      at += cellBytes;
    }
    return into;
  }

  /** @returns what it took */
  free(name: number): Bytes {
    let cells = 0;
    for (let cell = name; cell !== 0; cells++) {
      const next = this.#behind(cell);
      this.#giveBack(cell);
      cell = next;
    }
    return cells * cellBytes;
  }

  #take(): number {
    let index = this.#roomy.at(-1);
    if (index === undefined) {
      index = this.#slabs.indexOf(undefined);
      if (index < 0) index = this.#slabs.length;
      this.#slabs[index] = newSlab();
      this.#roomy.push(index);
    }
    const slab = this.#slabs[index]!;
    let at = slab.fresh;
    if (slab.free > 0) {
      at = slab.free - 1;
      slab.free = slab.next[at]!;
    } else slab.fresh++;
    slab.next[at] = 0;
    slab.used++;
    this.#used++;
    if (slab.used === cellsASlab) this.#roomy.pop();
    return index * cellsASlab + at + 1;
  }

  #giveBack(cell: number): void {
    const index = Math.floor((cell - 1) / cellsASlab);
    const slab = this.#slabs[index]!;
    const at = (cell - 1) % cellsASlab;
    slab.next[at] = slab.free;
    slab.free = at + 1;
    if (slab.used === cellsASlab) this.#roomy.unshift(index);
    slab.used--;
    this.#used--;
    if (slab.used > 0 || this.#roomy.length < 2) return;
    this.#slabs[index] = undefined;
    this.#roomy.splice(this.#roomy.indexOf(index), 1);
  }

  #slabOf(cell: number): Slab {
    return this.#slabs[Math.floor((cell - 1) / cellsASlab)]!;
  }

  #behind(cell: number): number {
    return this.#slabOf(cell).next[(cell - 1) % cellsASlab]!;
  }

  #link(cell: number, next: number): void {
    this.#slabOf(cell).next[(cell - 1) % cellsASlab] = next;
  }
}

function offsetOf(cell: number): Bytes {
  return ((cell - 1) % cellsASlab) * cellBytes;
}

function newSlab(): Slab {
  return {
    bytes: Buffer.allocUnsafeSlow(cellsASlab * cellBytes),
    next: new Int32Array(cellsASlab),
    used: 0,
    fresh: 0,
    free: 0,
  };
}
