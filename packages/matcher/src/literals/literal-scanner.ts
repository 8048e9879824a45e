import type { Bytes } from '@f2b/config';
import * as layout from '../memory-layout.js';
import { compiledPart } from './compiled-part.js';
import type { Literal } from './literal.js';
import { LogSample } from './log-sample.js';
import { tableBytes, writeTables } from './tables.js';

/** A line of the block that has at least one literal in it, or that is too long to be looked at. */
export interface Hits {
  readonly count: number;
  /** Offset of the line's first byte in the block. */
  start(hit: number): Bytes;
  /** Offset after the line's last byte; its newline stands there. */
  end(hit: number): Bytes;
  /** The line's number in the block, from 0. */
  line(hit: number): number;
  /** The line is longer than the cap; it has no bits. */
  tooLong(hit: number): boolean;
  /** The bits of the literals found, as words of 32: those of `hit` begin at `bitsAt(hit)`. Meaningless for a line that is `tooLong`. */
  readonly words: Uint32Array;
  bitsAt(hit: number): number;
}

/** The same in the scanner's memory. */
export interface PlacedHits extends Hits {
  /** Address of a hit. */
  address(hit: number): number;
  /** The hit at an address. */
  at(address: number): number;
}

interface Exports {
  scan(block: number, end: number, out: number, outEnd: number, cap: number, every: number): number;
  matchHits(hit: number, end: number, filter: number): number;
  writeMatch(
    filter: number,
    regex: number,
    start: number,
    end: number,
    line: number,
    cutStart: number,
    cutEnd: number,
    at: number,
    idless: number,
  ): number;
  surveyHits(hit: number, end: number): number;
  surveyLine(
    start: number,
    end: number,
    line: number,
    bits: number,
    cutStart: number,
    cutEnd: number,
    at: number,
  ): number;
}

const hitWords = layout.hitBytes / 4;
const hitsAtOnce = 8192;
const pageBytes = 65_536;
/** The scanner looks up to this far beyond the block's end. */
const slackBytes = 64;
/** Without a sample so much of the first block tells what the log is like. */
const sampledBytes = 8192;

interface LiteralScannerOptions {
  readonly alwaysBits?: readonly number[];
  readonly sample?: Uint8Array | undefined;
  readonly brief?: boolean;
  readonly reserve?: Bytes;
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
  /** Address of what is left to others. */
  readonly reserved: number;
  readonly #blockAt: number;
  readonly #hitsAt: number;
  readonly #every: boolean;
  /** The literals, until the first scan tells the compiled scanner of them. */
  #untold: readonly Literal[] | undefined;
  #sample: Uint8Array | undefined;
  readonly #brief: boolean;
  #words: Uint32Array;
  #block: Buffer;

  /**
   * @param literals what to look for; each at least `shortestLiteralBytes` long
   * @param options.alwaysBits bits that every line has whatever is in it; then every line is a hit
   * @param options.sample some of what will be scanned; without it the first scan tells what that is like
   * @param options.brief there is little to scan: the literals' places are not chosen, but taken as they come
   * @param options.reserve bytes of the memory that are left to others, from `reserved` on
   */
  constructor(literals: readonly Literal[], options: LiteralScannerOptions = {}) {
    this.memory = new WebAssembly.Memory({ initial: 1 });
    this.table = new WebAssembly.Table({ element: 'anyfunc', initial: 1 });
    const instance = new WebAssembly.Instance(compiledPart(), { env: { memory: this.memory, table: this.table } });
    this.#exports = instance.exports as unknown as Exports;
    this.#hitsAt = align(layout.literals + tableBytes(literals));
    this.reserved = align(this.#hitsAt + hitsAtOnce * layout.hitBytes + layout.hitBytes);
    this.#blockAt = align(this.reserved + (options.reserve ?? 0));
    this.memory.grow(Math.ceil(this.#blockAt / pageBytes));
    this.#untold = literals;
    this.#sample = options.sample;
    this.#brief = options.brief ?? false;
    this.#words = new Uint32Array(this.memory.buffer);
    const always = options.alwaysBits ?? [];
    for (const bit of always) this.#words[layout.alwaysBits / 4 + (bit >> 5)]! |= 1 << (bit & 31);
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
    const text = this.#sample ?? new Uint8Array(this.memory.buffer, start, Math.min(length, sampledBytes));
    writeTables(this.memory.buffer, literals, this.#brief ? undefined : new LogSample(text).text);
    this.#untold = undefined;
    this.#sample = undefined;
  }

  /** See assembly/match.ts. */
  matchHits(hit: number, end: number, filter: number): number {
    return this.#exports.matchHits(hit, end, filter);
  }

  /** See assembly/match.ts. */
  writeMatch(
    filter: number,
    regex: number,
    start: number,
    end: number,
    line: number,
    cutStart: number,
    cutEnd: number,
    at: number,
    idless: boolean,
  ): number {
    return this.#exports.writeMatch(filter, regex, start, end, line, cutStart, cutEnd, at, idless ? 1 : 0);
  }

  /** See assembly/survey.ts. */
  surveyHits(hit: number, end: number): number {
    return this.#exports.surveyHits(hit, end);
  }

  /** See assembly/survey.ts. */
  surveyLine(
    start: number,
    end: number,
    line: number,
    bits: number,
    cutStart: number,
    cutEnd: number,
    at: number,
  ): number {
    return this.#exports.surveyLine(start, end, line, bits, cutStart, cutEnd, at);
  }

  /**
   * Scans `length` bytes of `block`; the last of them must be a newline. Hits are handed to `onHits` in line order, a batch
   * at a time; a batch is valid only during the call.
   * @param from where the lines begin in `block`; the offsets in the hits count from there
   * @param maxLineBytes longer lines become hits that are `tooLong`
   * @param every line becomes a hit, whatever is in it
   * @returns number of lines, and how many of them were too long
   */
  scan(
    length: Bytes,
    maxLineBytes: Bytes,
    onHits: (hits: PlacedHits) => void,
    from: Bytes = 0,
    every = this.#every,
  ): { lines: number; tooLong: number } {
    const start = this.#blockAt + from;
    if (this.#untold !== undefined) this.#tell(this.#untold, start, length);
    for (const field of [layout.stateNext, layout.stateLines, layout.stateLong])
      this.#words[(layout.state + field) / 4] = 0;
    const next = (layout.state + layout.stateNext) / 4;
    const end = start + length;
    const outEnd = this.#hitsAt + hitsAtOnce * layout.hitBytes;
    while (this.#words[next]! < length) {
      const out = this.#exports.scan(start, end, this.#hitsAt, outEnd, maxLineBytes, every ? 1 : 0);
      const count = (out - this.#hitsAt) / layout.hitBytes;
      if (count > 0) onHits(new HitsInMemory(this.#words, this.#hitsAt / 4, count));
    }
    const stateAt = (field: number): number => this.#words[(layout.state + field) / 4]!;
    return { lines: stateAt(layout.stateLines), tooLong: stateAt(layout.stateLong) };
  }
}

class HitsInMemory implements PlacedHits {
  readonly #from: number;

  constructor(
    readonly words: Uint32Array,
    from: number,
    readonly count: number,
  ) {
    this.#from = from;
  }
  start(hit: number): Bytes {
    return this.words[this.#from + hit * hitWords + layout.hitStart / 4]!;
  }
  end(hit: number): Bytes {
    return this.words[this.#from + hit * hitWords + layout.hitEnd / 4]!;
  }
  line(hit: number): number {
    return this.words[this.#from + hit * hitWords + layout.hitLine / 4]!;
  }
  tooLong(hit: number): boolean {
    return this.words[this.#from + hit * hitWords + layout.hitTooLong / 4]! !== 0;
  }
  bitsAt(hit: number): number {
    return this.#from + hit * hitWords + layout.hitBits / 4;
  }
  address(hit: number): number {
    return 4 * (this.#from + hit * hitWords);
  }
  at(address: number): number {
    return (address / 4 - this.#from) / hitWords;
  }
}

function align(address: number): number {
  return Math.ceil(address / 16) * 16;
}
