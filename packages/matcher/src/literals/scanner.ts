import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Bytes } from '@f2b/config';
import type { Literal } from './literal.js';
import { LogSample } from './log-sample.js';
import { tableBytes, writeTables } from './tables.js';

/** A line of the block that has at least one literal in it, or that is too long to be looked at. */
export interface HitRows {
  readonly count: number;
  /** Offset of the line's first byte in the block. */
  start(row: number): Bytes;
  /** Offset after the line's last byte; its newline stands there. */
  end(row: number): Bytes;
  /** The line's number in the block, from 0. */
  line(row: number): number;
  /** The line is longer than the cap; it has no bits. */
  tooLong(row: number): boolean;
  /** The bits of the literals found, as words of 32: those of `row` begin at `bitsAt(row)`. Meaningless for a line that is `tooLong`. */
  readonly words: Uint32Array;
  bitsAt(row: number): number;
}

/** The same in the scanner's memory. */
export interface PlacedRows extends HitRows {
  /** Address of a row. */
  address(row: number): number;
  /** The row at an address. */
  at(address: number): number;
}

interface Exports {
  readonly NIBBLES: WebAssembly.Global;
  readonly HEADS: WebAssembly.Global;
  readonly STATE: WebAssembly.Global;
  readonly ALWAYS: WebAssembly.Global;
  readonly ROWS: WebAssembly.Global;
  readonly MATCHES: WebAssembly.Global;
  scan(block: number, end: number, out: number, outEnd: number, cap: number, every: number): number;
  judgeRows(row: number, end: number, filter: number): number;
  writeMatch(
    filter: number,
    regex: number,
    start: number,
    end: number,
    line: number,
    cutStart: number,
    cutEnd: number,
    at: number,
    rowless: number,
  ): number;
}

const hitBytes = 48;
const hitWords = hitBytes / 4;
const rowsAtOnce = 8192;
const pageBytes = 65_536;
/** The scanner looks up to this far beyond the block's end. */
const slackBytes = 64;
/** Without a sample so much of the first block tells what the log is like. */
const sampledBytes = 8192;

interface LiteralScannerOptions {
  readonly alwaysBits?: readonly number[];
  readonly sample?: Uint8Array | undefined;
  readonly reserve?: Bytes;
}

let compiled: WebAssembly.Module | undefined;

/** Compiled once per thread; the build puts it beside this package's output. */
function scannerModule(): WebAssembly.Module {
  compiled ??= new WebAssembly.Module(readFileSync(fileURLToPath(new URL('../../dist/scanner.wasm', import.meta.url))));
  return compiled;
}

/**
 * Finds the lines of a block that contain one of a set of literals, at more than a gigabyte a second on one core.
 * Bytes go into `block`, a view of the scanner's own memory.
 */
export class LiteralScanner {
  readonly #exports: Exports;
  readonly memory: WebAssembly.Memory;
  /** Functions that the compiled part of the scan calls. */
  readonly table: WebAssembly.Table;
  /** Address of what follows the scan. */
  readonly matches: number;
  /** Address of what is left to others. */
  readonly reserved: number;
  readonly #blockAt: number;
  readonly #hitsAt: number;
  readonly #every: boolean;
  /** The literals, until the first scan tells the compiled scanner of them. */
  #untold: readonly Literal[] | undefined;
  #sample: Uint8Array | undefined;
  #words: Uint32Array;
  #block: Buffer;

  /**
   * @param literals what to look for; each at least `shortestLiteralBytes` long
   * @param options.alwaysBits bits that every line has whatever is in it; then every line is a hit
   * @param options.sample some of what will be scanned; without it the first scan tells what that is like
   * @param options.reserve bytes of the memory that are left to others, from `reserved` on
   */
  constructor(literals: readonly Literal[], options: LiteralScannerOptions = {}) {
    this.memory = new WebAssembly.Memory({ initial: 1 });
    this.table = new WebAssembly.Table({ element: 'anyfunc', initial: 1 });
    const instance = new WebAssembly.Instance(scannerModule(), { env: { memory: this.memory, table: this.table } });
    this.#exports = instance.exports as unknown as Exports;
    this.matches = this.#exports.MATCHES.value;
    const rows = this.#exports.ROWS.value;
    this.#hitsAt = align(rows + tableBytes(literals));
    this.reserved = align(this.#hitsAt + rowsAtOnce * hitBytes + hitBytes);
    this.#blockAt = align(this.reserved + (options.reserve ?? 0));
    this.memory.grow(Math.ceil(this.#blockAt / pageBytes));
    this.#untold = literals;
    this.#sample = options.sample;
    this.#words = new Uint32Array(this.memory.buffer);
    const always = options.alwaysBits ?? [];
    for (const bit of always) this.#words[this.#exports.ALWAYS.value / 4 + (bit >> 5)]! |= 1 << (bit & 31);
    this.#every = always.length > 0;
    this.#block = Buffer.alloc(0);
  }

  /** Where to put at least `bytes` bytes of whole lines, the last one ending with a newline. Valid until the next call. */
  block(bytes: Bytes): Buffer {
    const missing = this.#blockAt + bytes + slackBytes - this.memory.buffer.byteLength;
    if (missing > 0) this.memory.grow(Math.ceil(missing / pageBytes));
    if (missing > 0 || this.#block.length < bytes) {
      // Growing the memory takes the earlier views away.
      this.#words = new Uint32Array(this.memory.buffer);
      this.#block = Buffer.from(this.memory.buffer, this.#blockAt);
    }
    return this.#block;
  }

  /** Whether `bytes` stand where `block` put them: then they need not be copied there. */
  holds(bytes: Uint8Array): boolean {
    return bytes.buffer === this.memory.buffer && bytes.byteOffset >= this.#blockAt;
  }

  /** Only now there is certain to be text to choose the fingerprints by. */
  #tell(literals: readonly Literal[], start: number, length: Bytes): void {
    const { NIBBLES, HEADS, ROWS } = this.#exports;
    const addresses = { nibbles: NIBBLES.value, heads: HEADS.value, rows: ROWS.value };
    const text = this.#sample ?? new Uint8Array(this.memory.buffer, start, Math.min(length, sampledBytes));
    writeTables(this.memory.buffer, addresses, literals, new LogSample(text).text);
    this.#untold = undefined;
    this.#sample = undefined;
  }

  /** See assembly/judge.ts. */
  judgeRows(row: number, end: number, filter: number): number {
    return this.#exports.judgeRows(row, end, filter);
  }

  /** See assembly/judge.ts. */
  writeMatch(
    filter: number,
    regex: number,
    start: number,
    end: number,
    line: number,
    cutStart: number,
    cutEnd: number,
    at: number,
    rowless: boolean,
  ): number {
    return this.#exports.writeMatch(filter, regex, start, end, line, cutStart, cutEnd, at, rowless ? 1 : 0);
  }

  /**
   * Scans `length` bytes of `block`; the last of them must be a newline. Rows are handed to `onHits` in line order, a batch
   * at a time; a batch is valid only during the call.
   * @param from where the lines begin in `block`; the offsets in the rows count from there
   * @param maxLineBytes longer lines become rows that are `tooLong`
   * @returns number of lines, and how many of them were too long
   */
  scan(
    length: Bytes,
    maxLineBytes: Bytes,
    onHits: (rows: PlacedRows) => void,
    from: Bytes = 0,
  ): { lines: number; tooLong: number } {
    const start = this.#blockAt + from;
    if (this.#untold !== undefined) this.#tell(this.#untold, start, length);
    const state = this.#exports.STATE.value / 4;
    this.#words.fill(0, state, state + 3);
    const end = start + length;
    const outEnd = this.#hitsAt + rowsAtOnce * hitBytes;
    while (this.#words[state]! < length) {
      const out = this.#exports.scan(start, end, this.#hitsAt, outEnd, maxLineBytes, this.#every ? 1 : 0);
      const count = (out - this.#hitsAt) / hitBytes;
      if (count > 0) onHits(new Rows(this.#words, this.#hitsAt / 4, count));
    }
    return { lines: this.#words[state + 1]!, tooLong: this.#words[state + 2]! };
  }
}

class Rows implements PlacedRows {
  constructor(
    readonly words: Uint32Array,
    private readonly from: number,
    readonly count: number,
  ) {}
  start(row: number): Bytes {
    return this.words[this.from + row * hitWords]!;
  }
  end(row: number): Bytes {
    return this.words[this.from + row * hitWords + 1]!;
  }
  line(row: number): number {
    return this.words[this.from + row * hitWords + 2]!;
  }
  tooLong(row: number): boolean {
    return this.words[this.from + row * hitWords + 3]! !== 0;
  }
  bitsAt(row: number): number {
    return this.from + row * hitWords + 4;
  }
  address(row: number): number {
    return 4 * (this.from + row * hitWords);
  }
  at(address: number): number {
    return (address / 4 - this.from) / hitWords;
  }
}

function align(address: number): number {
  return Math.ceil(address / 16) * 16;
}
