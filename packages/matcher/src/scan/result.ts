import type { EpochMs } from '@f2b/config';
import type { LineMatch, ReadyRows, ScanResult } from '../failures.js';
import type { LineTuple } from '../filter/dating.js';
import type { Groups, GroupValue } from '../filter/groups.js';
import type { Block, LineSpan } from './block.js';
import type { GroupSpans } from './in-place/group-spans.js';
import type { LineDates } from './in-place/line-dates.js';
import type { RowWriter, WireRows } from './rows.js';

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

/** A result on the wire: all of `ScanResult`, its matches packed. */
export interface WireResult extends Omit<ScanResult, 'matches'> {
  readonly packed: WireMatches;
}

const dateKinds = ['own', 'empty', 'none'] as const;

class GrowingNumbers {
  length = 0;
  #numbers = new Int32Array(256);

  push(value: number): void {
    this.room(1)[this.length++] = value;
  }

  /** The array, with room for so many more from `length` on. */
  room(more: number): Int32Array {
    if (this.length + more > this.#numbers.length) {
      const wider = new Int32Array(Math.max(this.length + more, this.#numbers.length * 2));
      wider.set(this.#numbers);
      this.#numbers = wider;
    }
    return this.#numbers;
  }

  taken(): Int32Array {
    return this.#numbers.slice(0, this.length);
  }
}

/** A match that was judged as text. */
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

/** A match that was judged in place. */
export interface MatchInPlace {
  readonly filter: number;
  readonly regex: number;
  readonly line: number;
  readonly offset: number;
  readonly block: Block;
  readonly span: LineSpan;
  readonly dates: LineDates;
}

/** Numbers of a match before those of its groups. */
const fixedNumbers = 11;
/** Numbers of a group that is one text. */
const groupNumbers = 4;

/** Packs matches as they are found. One result after the other: what it grows to is kept. */
export class MatchWriter {
  count = 0;
  readonly #starts = new GrowingNumbers();
  readonly #numbers = new GrowingNumbers();
  #times: number[] = [];
  #texts: string[] = [];
  #textLength = 0;
  readonly #names: ReadonlyMap<string, number>;
  readonly #rows: RowWriter | undefined;
  readonly #rowEnds = new GrowingNumbers();
  readonly #sessions = new GrowingNumbers();
  #dateVersion = -1;
  #dateAt = 0;

  /** @param names of all groups that a match may have */
  constructor(names: Iterable<string>, rows?: RowWriter) {
    this.#names = new Map([...new Set(names)].map((name, index) => [name, index]));
    this.#rows = rows;
  }

  /** Begins a new result. */
  clear(): void {
    this.count = 0;
    for (const numbers of [this.#starts, this.#numbers, this.#rowEnds, this.#sessions]) numbers.length = 0;
    this.#times = [];
    this.#texts = [];
    this.#textLength = 0;
    this.#dateVersion = -1;
    this.#rows?.clear();
  }

  add(match: MatchToWrite): void {
    const { tuple, groups, preceding } = match;
    this.#fixed(match.filter, match.regex, match.line, match.offset, dateKinds.indexOf(match.date));
    const numbers = this.#numbers;
    // The three parts are the line: one piece of text, not three.
    numbers.push(this.#text(match.text));
    numbers.push(tuple[0].length);
    numbers.push(tuple[1].length);
    numbers.push(tuple[2].length);
    if (preceding !== undefined) this.#text(preceding.text);
    numbers.push(preceding === undefined ? -1 : preceding.text.length);
    numbers.push(groups.size);
    for (const [name, value] of groups) this.#group(name, value);
    this.#ended(match.time, preceding === undefined ? Number.NaN : preceding.time, 0);
  }

  /**
   * Writes the row of a match, if rows are wanted and it has one: the same fields, but of the line only the date, and the groups where
   * they stand in the row. The block must still hold the text that the expressions saw.
   */
  addRow(match: MatchInPlace, groups: GroupSpans): boolean {
    const rows = this.#rows;
    if (rows === undefined) return false;
    const { filter, regex, block, span, dates } = match;
    if (!rows.add(filter, regex, block.bytes, span.start, groups, dates.time, dates.text)) return false;
    this.#fixed(filter, regex, match.line, match.offset, 0);
    if (dates.version !== this.#dateVersion) {
      this.#dateVersion = dates.version;
      this.#dateAt = this.#text(dates.text);
    }
    this.#place(this.#dateAt, 0, dates.text.length, 0);
    this.#groupsAt(groups, rows.starts, 0);
    this.#ended(dates.time, Number.NaN, rows.session);
    return true;
  }

  /** Writes a match whole; the groups stand in the block where the line has them. */
  addInPlace(match: MatchInPlace, groups: GroupSpans): void {
    const { block, span, dates } = match;
    const { start, end } = span;
    this.#fixed(match.filter, match.regex, match.line, match.offset, 0);
    const textAt = this.#text(block.bytes.toString('latin1', start, end));
    this.#place(textAt, dates.start - start, dates.end - dates.start, end - dates.end);
    this.#groupsAt(groups, undefined, textAt - start);
    this.#ended(dates.time, Number.NaN, 0);
  }

  #fixed(filter: number, regex: number, line: number, offset: number, date: number): void {
    this.count++;
    this.#starts.push(this.#numbers.length);
    const numbers = this.#numbers.room(5);
    const at = this.#numbers.length;
    numbers[at] = filter;
    numbers[at + 1] = regex;
    numbers[at + 2] = line;
    numbers[at + 3] = offset;
    numbers[at + 4] = date;
    this.#numbers.length += 5;
  }

  #place(text: number, before: number, date: number, after: number): void {
    const numbers = this.#numbers.room(5);
    const at = this.#numbers.length;
    numbers[at] = text;
    numbers[at + 1] = before;
    numbers[at + 2] = date;
    numbers[at + 3] = after;
    numbers[at + 4] = -1;
    this.#numbers.length += 5;
  }

  /** @param starts where the groups' texts are; undefined: at their spans, moved by `by` */
  #groupsAt({ names, spans }: GroupSpans, starts: Int32Array | undefined, by: number): void {
    const numbers = this.#numbers.room(1 + names.length * groupNumbers);
    const countAt = this.#numbers.length;
    let at = countAt + 1;
    for (let index = 0; index < names.length; index++) {
      const from = spans[2 * index]!;
      if (from < 0) continue;
      numbers[at] = this.#names.get(names[index]!)!;
      numbers[at + 1] = -1;
      numbers[at + 2] = starts === undefined ? from + by : starts[index]!;
      numbers[at + 3] = spans[2 * index + 1]! - from;
      at += groupNumbers;
    }
    numbers[countAt] = (at - countAt - 1) / groupNumbers;
    this.#numbers.length = at;
  }

  #ended(time: EpochMs, precedingTime: EpochMs, session: number): void {
    this.#times.push(time, precedingTime);
    if (this.#rows === undefined) return;
    this.#rowEnds.push(this.#rows.end);
    this.#sessions.push(session);
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

  packed(): WireMatches {
    return {
      starts: this.#starts.taken(),
      numbers: this.#numbers.taken(),
      times: Float64Array.from(this.#times),
      text: this.#texts.join(''),
      names: [...this.#names.keys()],
      rows: this.#rows?.taken(this.#rowEnds.taken(), this.#sessions.taken()),
    };
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

/** Buffers of a result that can be handed over instead of copied. */
export function transferables(wire: WireResult): ArrayBuffer[] {
  const { starts, numbers, times, rows } = wire.packed;
  const arrays = [starts, numbers, times, ...(rows === undefined ? [] : [rows.bytes, rows.ends, rows.sessions])];
  return arrays.map(({ buffer }) => buffer as ArrayBuffer);
}
