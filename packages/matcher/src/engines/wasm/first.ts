import * as general from '../first.js';
import { type Alphabet, type Bits, disjoint, joined } from './alphabet.js';

/** What a piece of an expression can begin with, in codes of its alphabet. */
export type First = general.First<Bits>;
export type Firsts = general.Firsts<Bits>;

export function firstsIn(alphabet: Alphabet): Firsts {
  const none: Bits = new Int32Array(alphabet.all.length);
  return new general.Firsts<Bits>({
    none,
    all: alphabet.all,
    of: (set) => alphabet.bitsOf(set),
    joined: (...sets) => sets.reduce(joined, none),
  });
}

/** Whether no subject can begin with both, so that one look at the next character decides between them. */
export function exclusive(a: First, b: First): boolean {
  return !a.nullable && !b.nullable && disjoint(a.set, b.set);
}
