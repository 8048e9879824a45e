import type { EpochMs } from '@f2b/config';
import type { LineMatch, ReadyRows, ScanResult } from '../failures.js';
import type { LineTuple } from '../filter/dating.js';
import type { Groups, GroupValue } from '../filter/groups.js';
import { matchGroups } from '../memory-layout.js';

/**
 * A scan's result as it crosses the thread boundary: numbers in typed arrays, all text in one string. Cheap to send however many
 * lines matched, and a match becomes an object only when somebody looks at it.
 *
 * `numbers` holds for each match: filter, regex, line, offset, kind of date, start of its text, lengths of before, date and after,
 * length of the preceding date's text or -1, number of groups; then for each group its name's index in `names`, -1 or the number of its
 * parts, and for each value start and length in `text` (length -1: null).
 */
export interface WireMatches {
  readonly starts: Int32Array;
  readonly numbers: Int32Array;
  /** Two for each match: its own time and that of the preceding dated line; NaN where there is none. */
  readonly times: Float64Array;
  readonly text: string;
  readonly names: readonly string[];
  /** Where rows were asked for. The groups of a match that has one are read out of it, and of its line there is only the date. */
  readonly rows: WireRows | undefined;
}

/**
 * The rows (`-o row`) of a block's matches, written where the lines were scanned. Each is what its line comes to if its session
 * (`<F-MLFID>`) begins with it; whoever knows the sessions says whether that is so.
 */
export interface WireRows {
  /** ASCII; each row with its newline. */
  readonly bytes: Uint8Array;
  /** By match: where its row ends; a match whose row is empty has none, and is matched by its groups. */
  readonly ends: Int32Array;
  /** By match: a number that is the same for rows of one session; 0: the row belongs to none. */
  readonly sessions: Int32Array;
}

/** A result on the wire: all of `ScanResult`, its matches packed. */
export interface WireResult extends Omit<ScanResult, 'matches'> {
  readonly packed: WireMatches;
}

const dateKinds = ['own', 'empty', 'none'] as const;

/** An array that grows. */
class Growing<A extends Int32Array | Float64Array | Uint8Array> {
  length = 0;
  #array: A;
  readonly #make: (length: number) => A;

  constructor(make: (length: number) => A) {
    this.#make = make;
    this.#array = make(256);
  }

  push(value: number): void {
    this.#room(1);
    this.#array[this.length++] = value;
  }

  append(values: ArrayLike<number>): void {
    this.#room(values.length);
    this.#array.set(values, this.length);
    this.length += values.length;
  }

  #room(more: number): void {
    if (this.length + more <= this.#array.length) return;
    const wider = this.#make(Math.max(this.length + more, this.#array.length * 2));
    wider.set(this.#array);
    this.#array = wider;
  }

  get bytes(): number {
    return this.length * this.#array.BYTES_PER_ELEMENT;
  }

  copyTo(target: A): A {
    target.set(this.#array.subarray(0, this.length));
    return target;
  }
}

/** A match that was matched as text. */
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
  readonly text: string;
  readonly rows: Uint8Array;
  readonly rowEnds: Int32Array;
  readonly sessions: Int32Array;
}

/** Numbers of a match before those of its groups. */
const fixedNumbers = matchGroups / 4;

const ints = () => new Growing((length) => new Int32Array(length));

/** Packs matches as they are found. One result after the other: what it grows to is kept. */
export class MatchWriter {
  readonly #starts = ints();
  readonly #numbers = ints();
  readonly #times = new Growing((length) => new Float64Array(length));
  #texts: string[] = [];
  #textLength = 0;
  readonly #names: ReadonlyMap<string, number>;
  readonly #hasRows: boolean;
  readonly #rows = new Growing((length) => new Uint8Array(length));
  readonly #rowEnds = ints();
  readonly #sessions = ints();

  /** @param names of all groups that a match may have */
  constructor(names: ReadonlyMap<string, number>, hasRows: boolean) {
    this.#names = names;
    this.#hasRows = hasRows;
  }

  get numberCount(): number {
    return this.#numbers.length;
  }

  get textLength(): number {
    return this.#textLength;
  }

  get rowLength(): number {
    return this.#rows.length;
  }

  /** Begins a new result. */
  clear(): void {
    for (const one of [this.#starts, this.#numbers, this.#times, this.#rows, this.#rowEnds, this.#sessions])
      one.length = 0;
    this.#texts = [];
    this.#textLength = 0;
  }

  append({ starts, numbers, times, text, rows, rowEnds, sessions }: PackedMatches): void {
    this.#starts.append(starts);
    this.#numbers.append(numbers);
    this.#times.append(times);
    this.#text(text);
    if (!this.#hasRows) return;
    this.#rows.append(rows);
    this.#rowEnds.append(rowEnds);
    this.#sessions.append(sessions);
  }

  add(match: MatchToWrite): void {
    const { tuple, groups, preceding } = match;
    const numbers = this.#numbers;
    this.#starts.push(numbers.length);
    numbers.push(match.filter);
    numbers.push(match.regex);
    numbers.push(match.line);
    numbers.push(match.offset);
    numbers.push(dateKinds.indexOf(match.date));
    // The three parts are the line: one piece of text, not three.
    numbers.push(this.#text(match.text));
    numbers.push(tuple[0].length);
    numbers.push(tuple[1].length);
    numbers.push(tuple[2].length);
    if (preceding !== undefined) this.#text(preceding.text);
    numbers.push(preceding === undefined ? -1 : preceding.text.length);
    numbers.push(groups.size);
    for (const [name, value] of groups) this.#group(name, value);
    this.#times.push(match.time);
    this.#times.push(preceding === undefined ? Number.NaN : preceding.time);
    if (!this.#hasRows) return;
    this.#rowEnds.push(this.#rows.length);
    this.#sessions.push(0);
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
    this.#numbers.push(value === null ? this.#textLength : this.#text(value));
    this.#numbers.push(value === null ? -1 : value.length);
  }

  #text(text: string): number {
    const start = this.#textLength;
    this.#texts.push(text);
    this.#textLength += text.length;
    return start;
  }

  /** @param lent memory for all arrays, if they fit into it */
  packed(lent: SharedArrayBuffer | undefined): WireMatches {
    const arrays = [this.#times, this.#starts, this.#numbers, this.#rowEnds, this.#sessions, this.#rows];
    const bytes = arrays.reduce((sum, one) => sum + one.bytes + 8, 0);
    const memory = new ResultMemory(lent !== undefined && bytes <= lent.byteLength ? lent : new ArrayBuffer(bytes));
    return {
      starts: memory.ints(this.#starts),
      numbers: memory.ints(this.#numbers),
      times: memory.doubles(this.#times),
      text: this.#texts.join(''),
      names: [...this.#names.keys()],
      rows: this.#hasRows
        ? { bytes: memory.bytes(this.#rows), ends: memory.ints(this.#rowEnds), sessions: memory.ints(this.#sessions) }
        : undefined,
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
    return from.copyTo(new Int32Array(this.#buffer, this.#place(from.bytes), from.length));
  }

  doubles(from: Growing<Float64Array>): Float64Array {
    return from.copyTo(new Float64Array(this.#buffer, this.#place(from.bytes), from.length));
  }

  bytes(from: Growing<Uint8Array>): Uint8Array {
    return from.copyTo(new Uint8Array(this.#buffer, this.#place(from.bytes), from.length));
  }
}

/** Reads one packed match; each property is taken out of the packed arrays when it is asked for. */
class PackedMatch implements LineMatch {
  readonly #packed: WireMatches;
  readonly #index: number;

  constructor(packed: WireMatches, index: number) {
    this.#packed = packed;
    this.#index = index;
  }

  #number(field: number): number {
    return this.#packed.numbers[this.#packed.starts[this.#index]! + field]!;
  }

  get filter(): number {
    return this.#number(0);
  }

  get regex(): number {
    return this.#number(1);
  }

  get line(): number {
    return this.#number(2);
  }

  get offset(): number {
    return this.#number(3);
  }

  get date(): LineMatch['date'] {
    return dateKinds[this.#number(4)]!;
  }

  get time(): EpochMs {
    return this.#packed.times[this.#index * 2]!;
  }

  get tuple(): LineTuple {
    const { text } = this.#packed;
    const start = this.#number(5);
    const dateAt = start + this.#number(6);
    const afterAt = dateAt + this.#number(7);
    return [text.slice(start, dateAt), text.slice(dateAt, afterAt), text.slice(afterAt, afterAt + this.#number(8))];
  }

  get preceding(): LineMatch['preceding'] {
    const length = this.#number(9);
    if (length < 0) return undefined;
    const start = this.#number(5) + this.#number(6) + this.#number(7) + this.#number(8);
    return { time: this.#packed.times[this.#index * 2 + 1]!, text: this.#packed.text.slice(start, start + length) };
  }

  get groups(): Groups {
    const { numbers, names, text, starts, rows } = this.#packed;
    const inRow = rows !== undefined && hasRow(rows, this.#index);
    const groups = new Map<string, GroupValue>();
    let at = starts[this.#index]! + fixedNumbers;
    const value = (): string | null => {
      const start = numbers[at++]!;
      const length = numbers[at++]!;
      if (length < 0) return null;
      return inRow ? latin1(rows.bytes, start, length) : text.slice(start, start + length);
    };
    for (let left = this.#number(10); left > 0; left--) {
      const name = names[numbers[at++]!]!;
      const parts = numbers[at++]!;
      groups.set(name, parts < 0 ? (value() ?? '') : Array.from({ length: parts }, value));
    }
    return groups;
  }
}

function hasRow({ ends }: WireRows, index: number): boolean {
  return ends[index]! > (index === 0 ? 0 : ends[index - 1]!);
}

function latin1({ buffer, byteOffset }: Uint8Array, start: number, length: number): string {
  return Buffer.from(buffer, byteOffset + start, length).toString('latin1');
}

class PackedRows implements ReadyRows {
  readonly #packed: WireMatches;
  readonly #rows: WireRows;

  constructor(packed: WireMatches, rows: WireRows) {
    this.#packed = packed;
    this.#rows = rows;
  }

  get count(): number {
    return this.#rows.ends.length;
  }

  get bytes(): Uint8Array {
    return this.#rows.bytes;
  }

  end(index: number): number {
    return this.#rows.ends[index]!;
  }

  session(index: number): number {
    return this.#rows.sessions[index]!;
  }

  match(index: number): LineMatch {
    return new PackedMatch(this.#packed, index);
  }

  matchesWithoutRow(): LineMatch[] {
    const matches: LineMatch[] = [];
    for (let index = 0; index < this.count; index++) {
      if (!hasRow(this.#rows, index)) matches.push(this.match(index));
    }
    return matches;
  }
}

/** The result as its readers know it. Costs one small object a match; texts and groups are read on demand. */
export function unpackResult(wire: WireResult): ScanResult {
  const { packed, ...rest } = wire;
  // Whoever asked for rows takes those, and the few matches that have none.
  if (packed.rows !== undefined) return { ...rest, matches: [], rows: new PackedRows(packed, packed.rows) };
  return { ...rest, matches: Array.from(packed.starts, (_, index) => new PackedMatch(packed, index)) };
}
