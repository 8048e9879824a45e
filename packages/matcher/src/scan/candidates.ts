import type { Bytes } from '@f2b/config';
import type { Incidents } from '../failures.js';
import { lineBits } from '../literals/bits.js';
import { LiteralScanner } from '../literals/scanner.js';
import type { Block } from './block.js';
import { IncidentLog } from './incidents.js';
import type { ScanPlan } from './needs.js';

/** A line that some filter may have to look at: its bytes without newline, its number, the bits of what was found in it. */
export type VisitLine = (start: number, end: number, line: number, words: Uint32Array, at: number) => void;

/** All lines of a block, counted. */
export interface LineCount {
  readonly lines: number;
  readonly overlong: Incidents<{ readonly offset: Bytes; readonly bytes: Bytes }>;
}

/** Finds the lines of a block that matter. */
export interface CandidateFinder {
  /** Memory in which a block of so many bytes can be scanned where it stands; undefined where it makes no difference. */
  room(bytes: Bytes): Buffer | undefined;
  /** Visits candidate lines in order; lines longer than `maxLineBytes` are counted instead. */
  find(block: Block, maxLineBytes: Bytes, visit: VisitLine): LineCount;
}

const newline = 0x0a;
const allBits = new Uint32Array(lineBits / 32).fill(0xffffffff);

/** By the literals of the filters, for logs in which a newline is one byte. */
export class LiteralFinder implements CandidateFinder {
  readonly #scanner: LiteralScanner;

  constructor({ literals, alwaysBits }: ScanPlan) {
    this.#scanner = new LiteralScanner(literals, { alwaysBits });
  }

  room(bytes: Bytes): Buffer {
    // One more for the newline that a last line may lack.
    return this.#scanner.block(bytes + 1);
  }

  find(block: Block, maxLineBytes: Bytes, visit: VisitLine): LineCount {
    const { length } = block;
    const overlong = new IncidentLog<{ offset: Bytes; bytes: Bytes }>();
    if (length === 0) return { lines: 0, overlong: overlong.taken() };
    const inPlace = this.#scanner.holds(block.bytes);
    const memory = this.#scanner.block(length + 1);
    const from = inPlace ? block.bytes.byteOffset - memory.byteOffset : 0;
    if (!inPlace) memory.set(block.bytes);
    // Text behind the last newline is a line too.
    memory[from + length] = newline;
    const scanned = memory[from + length - 1] === newline ? length : length + 1;
    const { lines } = this.#scanner.scan(
      scanned,
      maxLineBytes,
      (rows) => {
        for (let row = 0; row < rows.count; row++) {
          const start = rows.start(row);
          const end = rows.end(row);
          if (rows.tooLong(row)) overlong.add({ offset: start, bytes: Math.min(end + 1, length) - start });
          else visit(start, end, rows.line(row), rows.words, rows.bitsAt(row));
        }
      },
      from,
    );
    return { lines, overlong: overlong.taken() };
  }
}

/** Every line, with every bit: for statistics, which want to know what became of each, and for code units of two bytes. */
export class EveryLine implements CandidateFinder {
  room(): undefined {
    return undefined;
  }

  find(block: Block, maxLineBytes: Bytes, visit: VisitLine): LineCount {
    const overlong = new IncidentLog<{ offset: Bytes; bytes: Bytes }>();
    let lines = 0;
    for (let at = 0; at < block.length; lines++) {
      const { start, end, next } = block.lineAt(at);
      if (end - start > maxLineBytes) overlong.add({ offset: start, bytes: next - start });
      else visit(start, end, lines, allBits, 0);
      at = next;
    }
    return { lines, overlong: overlong.taken() };
  }
}
