import { type CharSet, has, onlyMember } from '../../dialect/charset.js';
import { contains, type Node } from '../../dialect/tree.js';
import { wordSet } from '../../dialect/unicode.js';

/** A set of codes: bit `code & 31` of word `code >> 5`. */
export type Bits = Int32Array;

const latin = 256;

/**
 * The characters as a generated matcher sees them: numbers from 0, few enough that a set of them is a small table. Latin-1 characters keep
 * their code. All others that no set of the expression tells apart share one.
 */
export class Alphabet {
  /** Bytes of one code in the subject. */
  readonly unit: 1 | 2;
  readonly size: number;
  /** Where the stretches of characters beyond Latin-1 begin that no set divides, and the code of each. */
  readonly #starts: readonly number[];
  readonly #codes: readonly number[];
  readonly #samples: readonly number[];
  readonly #known = new WeakMap<CharSet, Bits>();

  /** Made by `latin1` and `of`. */
  constructor(unit: 1 | 2, starts: readonly number[], codes: readonly number[], samples: readonly number[]) {
    this.unit = unit;
    this.#starts = starts;
    this.#codes = codes;
    this.#samples = samples;
    this.size = latin + samples.length;
  }

  /** For subjects of Latin-1 characters. */
  static readonly latin1 = new Alphabet(1, [], [], []);

  /** For all others, with what the sets of an expression tell apart. */
  static of(root: Node): Alphabet {
    const sets = new Set<CharSet>([wordSet]);
    contains(root, (node) => {
      if (node.kind === 'char') sets.add(node.set);
      return false;
    });
    const starts = new Set([latin]);
    for (const { ranges } of sets) {
      for (let i = 0; i < ranges.length; i += 2) {
        if (ranges[i]! > latin) starts.add(ranges[i]!);
        if (ranges[i + 1]! >= latin) starts.add(ranges[i + 1]! + 1);
      }
    }
    const sorted = [...starts].sort((a, b) => a - b);
    const samples: number[] = [];
    const codeOf = new Map<string, number>();
    const codes = sorted.map((start) => {
      let signature = '';
      for (const set of sets) signature += has(set, start) ? '1' : '0';
      const known = codeOf.get(signature) ?? latin + samples.push(start) - 1;
      codeOf.set(signature, known);
      return known;
    });
    return new Alphabet(2, sorted, codes, samples);
  }

  /** The code of a character; undefined for one that no subject of this alphabet has. */
  codeOf(character: number): number | undefined {
    if (character < latin) return character;
    if (this.unit === 1) return undefined;
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#starts[middle]! <= character) low = middle;
      else high = middle - 1;
    }
    return this.#codes[low]!;
  }

  /** The only character of a set, as its code; undefined where there are none or several, or it has none. */
  onlyCode(set: CharSet): number | undefined {
    const only = onlyMember(set);
    return only === undefined ? undefined : this.codeOf(only);
  }

  bitsOf(set: CharSet): Bits {
    const known = this.#known.get(set);
    if (known !== undefined) return known;
    const bits = new Int32Array((this.size + 31) >> 5);
    const { ranges } = set;
    for (let i = 0; i < ranges.length && ranges[i]! < latin; i += 2) {
      const last = Math.min(ranges[i + 1]!, latin - 1);
      for (let code = ranges[i]!; code <= last; code++) bits[code >> 5]! |= 1 << (code & 31);
    }
    for (const [index, sample] of this.#samples.entries()) {
      const code = latin + index;
      if (has(set, sample)) bits[code >> 5]! |= 1 << (code & 31);
    }
    this.#known.set(set, bits);
    return bits;
  }

  #all: Bits | undefined;

  /** All codes. */
  get all(): Bits {
    if (this.#all === undefined) {
      this.#all = new Int32Array((this.size + 31) >> 5);
      for (let code = 0; code < this.size; code++) this.#all[code >> 5]! |= 1 << (code & 31);
    }
    return this.#all;
  }
}

/**
 * The stretches of codes that are in a set (or are not), first and last of each.
 * @returns no more than `most` and one
 */
export function stretches(bits: Bits, size: number, members: boolean, most: number): [number, number][] {
  const found: [number, number][] = [];
  const wanted = members ? 1 : 0;
  const nothing = members ? 0 : -1;
  let from = -1;
  for (let code = 0; code < size; ) {
    const word = bits[code >> 5]!;
    // Most words are full or empty.
    if ((code & 31) === 0 && word === nothing && from < 0) {
      code += 32;
      continue;
    }
    if (((word >> (code & 31)) & 1) === wanted) {
      if (from < 0) from = code;
    } else if (from >= 0) {
      found.push([from, code - 1]);
      if (found.length > most) return found;
      from = -1;
    }
    code++;
  }
  if (from >= 0) found.push([from, size - 1]);
  return found;
}

export function holds(bits: Bits, code: number): boolean {
  return ((bits[code >> 5]! >> (code & 31)) & 1) === 1;
}

export function joined(a: Bits, b: Bits): Bits {
  const sum = new Int32Array(a.length);
  for (let word = 0; word < sum.length; word++) sum[word] = a[word]! | b[word]!;
  return sum;
}

export function disjoint(a: Bits, b: Bits): boolean {
  for (let word = 0; word < a.length; word++) if ((a[word]! & b[word]!) !== 0) return false;
  return true;
}
