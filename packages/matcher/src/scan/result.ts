import type { EpochMs } from '@f2b/config';
import type { FoundColumns, LineMatch, ScanResult } from '../failures.js';
import type { LineTuple } from '../filter/dating.js';
import type { Groups, GroupValue } from '../filter/groups.js';
import {
  dateKinds,
  fixedNumbers,
  headWords,
  partial,
  type WireFound,
  type WireMatches,
  type WireResult,
} from './wire.js';

/** A few texts are cut out one by one; where more are asked for, all of them as one string are cheaper. */
const fewTexts = 1024;

/** The packed matches of one result, and their texts, which become strings when they are asked for. */
class Packed {
  readonly wire: WireMatches;
  #text: string | undefined;
  #asked = 0;

  constructor(wire: WireMatches) {
    this.wire = wire;
  }

  /** @param place where the text begins, `from` of its characters before it */
  text(place: number, from: number, length: number): string {
    if (place < 0) return this.wire.wide.slice(~place + from, ~place + from + length);
    if (this.#text === undefined) {
      const { buffer, byteOffset } = this.wire.text;
      if (++this.#asked < fewTexts) {
        return Buffer.from(buffer, byteOffset + place + from, length).toString('latin1');
      }
      this.#text = Buffer.from(buffer, byteOffset, this.wire.text.length).toString('latin1');
    }
    return this.#text.slice(place + from, place + from + length);
  }
}

/** Reads one packed match; each property is taken out of the packed arrays when it is asked for. */
class PackedMatch implements LineMatch {
  readonly #packed: Packed;
  readonly #index: number;

  constructor(packed: Packed, index: number) {
    this.#packed = packed;
    this.#index = index;
  }

  #number(field: number): number {
    const { numbers, starts } = this.#packed.wire;
    return numbers[starts[this.#index]! + field]!;
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
    return this.#packed.wire.times[this.#index * 2]!;
  }

  get tuple(): LineTuple {
    const packed = this.#packed;
    const place = this.#number(5);
    const dateAt = this.#number(6);
    const dateLength = this.#number(7);
    return [
      packed.text(place, 0, dateAt),
      packed.text(place, dateAt, dateLength),
      packed.text(place, dateAt + dateLength, this.#number(8)),
    ];
  }

  get preceding(): LineMatch['preceding'] {
    const length = this.#number(9);
    if (length < 0) return undefined;
    const from = this.#number(6) + this.#number(7) + this.#number(8);
    return {
      time: this.#packed.wire.times[this.#index * 2 + 1]!,
      text: this.#packed.text(this.#number(5), from, length),
    };
  }

  get groups(): Groups {
    const packed = this.#packed;
    const { numbers, names, starts } = packed.wire;
    const groups = new Map<string, GroupValue>();
    let at = starts[this.#index]! + fixedNumbers;
    const value = (): string | null => {
      const place = numbers[at++]!;
      const length = numbers[at++]!;
      return length < 0 ? null : packed.text(place, 0, length);
    };
    for (let left = this.#number(10); left > 0; left--) {
      const name = names[numbers[at++]!]!;
      const parts = numbers[at++]!;
      groups.set(name, parts < 0 ? (value() ?? '') : Array.from({ length: parts }, value));
    }
    return groups;
  }
}

class PackedColumns implements FoundColumns {
  readonly #packed: Packed;
  readonly #heads: Int32Array;
  readonly written: Uint8Array;
  readonly count: number;

  constructor(packed: Packed, { heads, written }: WireFound) {
    this.#packed = packed;
    this.#heads = heads;
    this.written = written;
    this.count = heads.length / headWords;
  }

  regex(index: number): number {
    const regex = this.#heads[index * headWords]!;
    return (regex < 0 ? ~regex : regex) & ~partial;
  }

  isPlain(index: number): boolean {
    return this.#heads[index * headWords]! >= 0;
  }

  isWhole(index: number): boolean {
    const regex = this.#heads[index * headWords]!;
    return regex >= 0 && (regex & partial) === 0;
  }

  line(index: number): number {
    return this.#heads[index * headWords + 1]!;
  }

  session(index: number): number {
    return this.#heads[index * headWords + 2]!;
  }

  end(index: number): number {
    return this.#heads[index * headWords + 3]!;
  }

  match(index: number): LineMatch {
    return new PackedMatch(this.#packed, index);
  }
}

/** The result as its readers know it. Costs one small object a match; texts and groups are read on demand. */
export function unpackResult(wire: WireResult): ScanResult {
  const { packed: matches, ...rest } = wire;
  const packed = new Packed(matches);
  // A sink takes the columns, and looks at few of the matches.
  if (matches.found !== undefined) return { ...rest, matches: [], found: new PackedColumns(packed, matches.found) };
  return { ...rest, matches: Array.from(matches.starts, (_, index) => new PackedMatch(packed, index)) };
}
