import type { EpochMs } from '@f2b/config';
import type { LineMatch } from '../failures.js';
import type { LineTuple } from '../filter/dating.js';
import type { Groups, GroupValue } from '../filter/groups.js';
import { Growing } from './growing.js';
import { dateKinds, type WireMatches } from './wire.js';

/** A match that was found in a text. */
export interface MatchToWrite {
  readonly filter: number;
  readonly regex: number;
  readonly line: number;
  readonly offset: number;
  readonly time: EpochMs;
  readonly date: LineMatch['date'];
  /** The whole line, and how it is divided. */
  readonly text: string;
  readonly tuple: LineTuple;
  readonly groups: Groups;
  readonly preceding: LineMatch['preceding'];
}

/** Matches that are packed already; what is in them counts from the beginning of the result. */
export interface PackedMatches {
  readonly starts: Int32Array;
  readonly numbers: Int32Array;
  readonly times: Float64Array;
  readonly text: Uint8Array;
  readonly heads: Int32Array;
  readonly written: Uint8Array;
}

const beyondLatin1 = /[^\0-\xff]/;

/** Packs matches as they are found. One result after the other: what it grows to is kept. */
export class MatchWriter {
  readonly #starts = Growing.ints();
  readonly #numbers = Growing.ints();
  readonly #times = Growing.doubles();
  readonly #text = Growing.bytes();
  #wide: string[] = [];
  #wideLength = 0;
  readonly #names: ReadonlyMap<string, number>;
  readonly #heads = Growing.ints();
  readonly #written = Growing.bytes();
  /** A sink wants to be told of the matches in columns. */
  #forSink = false;

  /** @param names of all groups that a match may have */
  constructor(names: ReadonlyMap<string, number>) {
    this.#names = names;
  }

  get numberCount(): number {
    return this.#numbers.length;
  }

  get textLength(): number {
    return this.#text.length;
  }

  get writtenLength(): number {
    return this.#written.length;
  }

  /** Begins a new result. */
  begin(forSink: boolean): void {
    for (const one of [this.#starts, this.#numbers, this.#times, this.#text, this.#heads, this.#written])
      one.length = 0;
    this.#wide = [];
    this.#wideLength = 0;
    this.#forSink = forSink;
  }

  append({ starts, numbers, times, text, heads, written }: PackedMatches): void {
    this.#starts.append(starts);
    this.#numbers.append(numbers);
    this.#times.append(times);
    this.#text.append(text);
    if (!this.#forSink) return;
    this.#heads.append(heads);
    this.#written.append(written);
  }

  add(match: MatchToWrite): void {
    const { tuple, groups, preceding, regex, line } = match;
    const numbers = this.#numbers;
    this.#starts.push(numbers.length);
    numbers.push(match.filter);
    numbers.push(regex);
    numbers.push(line);
    numbers.push(match.offset);
    numbers.push(dateKinds.indexOf(match.date));
    // The three parts are the line: one piece of text, not three.
    numbers.push(this.#place(preceding === undefined ? match.text : match.text + preceding.text));
    numbers.push(tuple[0].length);
    numbers.push(tuple[1].length);
    numbers.push(tuple[2].length);
    numbers.push(preceding === undefined ? -1 : preceding.text.length);
    numbers.push(groups.size);
    for (const [name, value] of groups) this.#group(name, value);
    this.#times.push(match.time);
    this.#times.push(preceding === undefined ? Number.NaN : preceding.time);
    if (!this.#forSink) return;
    this.#heads.push(~regex);
    this.#heads.push(line);
    this.#heads.push(0);
    this.#heads.push(this.#written.length);
  }

  #group(name: string, value: GroupValue): void {
    this.#numbers.push(this.#names.get(name)!);
    if (typeof value === 'string') {
      this.#numbers.push(-1);
      this.#value(value);
    } else {
      this.#numbers.push(value.length);
      for (const part of value) this.#value(part);
    }
  }

  #value(value: string | null): void {
    this.#numbers.push(value === null ? 0 : this.#place(value));
    this.#numbers.push(value === null ? -1 : value.length);
  }

  /** @returns where the text stands: a byte a character, or, as a number below 0, among those that take more */
  #place(text: string): number {
    if (beyondLatin1.test(text)) {
      const start = this.#wideLength;
      this.#wide.push(text);
      this.#wideLength += text.length;
      return ~start;
    }
    const start = this.#text.length;
    this.#text.append(Buffer.from(text, 'latin1'));
    return start;
  }

  /** @param lent memory for all arrays, if they fit into it */
  packed(lent: SharedArrayBuffer | undefined): WireMatches {
    const arrays = [this.#times, this.#starts, this.#numbers, this.#heads, this.#text, this.#written];
    const bytes = arrays.reduce((sum, one) => sum + one.byteLength + 8, 0);
    const memory = new ResultMemory(lent !== undefined && bytes <= lent.byteLength ? lent : new ArrayBuffer(bytes));
    return {
      times: memory.doubles(this.#times),
      starts: memory.ints(this.#starts),
      numbers: memory.ints(this.#numbers),
      text: memory.bytes(this.#text),
      wide: this.#wide.join(''),
      names: [...this.#names.keys()],
      found: this.#forSink ? { heads: memory.ints(this.#heads), written: memory.bytes(this.#written) } : undefined,
    };
  }
}

/** All arrays of a result in one piece of memory. */
class ResultMemory {
  readonly #buffer: ArrayBufferLike;
  #next = 0;

  constructor(buffer: ArrayBufferLike) {
    this.#buffer = buffer;
  }

  #place(bytes: number): number {
    const at = this.#next;
    this.#next = (at + bytes + 7) & ~7;
    return at;
  }

  ints(from: Growing<Int32Array>): Int32Array {
    return from.copyTo(new Int32Array(this.#buffer, this.#place(from.byteLength), from.length));
  }

  doubles(from: Growing<Float64Array>): Float64Array {
    return from.copyTo(new Float64Array(this.#buffer, this.#place(from.byteLength), from.length));
  }

  bytes(from: Growing<Uint8Array>): Uint8Array {
    return from.copyTo(new Uint8Array(this.#buffer, this.#place(from.byteLength), from.length));
  }
}
