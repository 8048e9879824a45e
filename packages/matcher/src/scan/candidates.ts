import type { Bytes } from '@f2b/config';
import { lineBits } from '../literals/bits.js';
import { type Hits, LiteralScanner, type PlacedHits } from '../literals/literal-scanner.js';
import type { Block } from './block.js';
import { workshopBytes } from './in-place/workshop.js';
import type { ScanPlan } from './needs.js';

/** Takes the lines that some filter may have to look at, in order, some at a time; valid only during the call. */
export type TakeHits<R extends Hits> = (hits: R) => void;

const newline = 0x0a;
const allBits = new Uint32Array(lineBits / 32).fill(0xffffffff);

/** Finds the lines of a block that matter by the literals of the filters, for logs in which a newline is one byte. */
export class LiteralFinder {
  readonly scanner: LiteralScanner;

  /** @param brief see `ScannerOptions` */
  constructor({ literals, alwaysBits, sample }: ScanPlan, brief = false) {
    this.scanner = new LiteralScanner(literals, { alwaysBits, sample, brief, reserve: workshopBytes });
  }

  /** Memory in which a block of so many bytes can be scanned where it stands. */
  room(bytes: Bytes): Buffer {
    // One more for the newline that a last line may lack.
    return this.scanner.block(bytes + 1);
  }

  /** The block's bytes where they can be scanned: there already, or copied there. */
  placed(bytes: Uint8Array): Uint8Array {
    if (this.scanner.holds(bytes)) return bytes;
    const memory = this.scanner.block(bytes.length + 1);
    memory.set(bytes);
    return memory.subarray(0, bytes.length);
  }

  /**
   * @param block a placed one
   * @param every line is taken, whatever is in it
   * @returns how many lines it has
   */
  find(block: Block, maxLineBytes: Bytes, take: TakeHits<PlacedHits>, every?: boolean): number {
    const { length } = block;
    if (length === 0) return 0;
    const memory = this.scanner.block(length + 1);
    const from = block.bytes.byteOffset - memory.byteOffset;
    // Text behind the last newline is a line too.
    memory[from + length] = newline;
    const scanned = memory[from + length - 1] === newline ? length : length + 1;
    return this.scanner.scan(scanned, maxLineBytes, take, from, every).lines;
  }
}

/** One line, with every bit. */
class OneHit implements Hits {
  readonly count = 1;
  readonly words = allBits;
  #start = 0;
  #end = 0;
  #line = 0;
  #tooLong = false;

  set(start: number, end: number, line: number, tooLong: boolean): void {
    this.#start = start;
    this.#end = end;
    this.#line = line;
    this.#tooLong = tooLong;
  }
  start(): Bytes {
    return this.#start;
  }
  end(): Bytes {
    return this.#end;
  }
  line(): number {
    return this.#line;
  }
  tooLong(): boolean {
    return this.#tooLong;
  }
  bitsAt(): number {
    return 0;
  }
}

/** Every line: for statistics, which want to know what became of each, and for code units of two bytes. */
export class EveryLine {
  readonly #hit = new OneHit();

  /** @returns how many lines the block has */
  find(block: Block, maxLineBytes: Bytes, take: TakeHits<Hits>): number {
    const { unit } = block;
    let lines = 0;
    for (let at = 0; at < block.length; lines++) {
      const { start, end, next } = block.lineAt(at);
      const tooLong = end - start > maxLineBytes;
      this.#hit.set(start, tooLong ? next - unit : end, lines, tooLong);
      take(this.#hit);
      at = next;
    }
    return lines;
  }
}
