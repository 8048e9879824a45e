import { completingLiterals } from '../engines/completing.js';
import type { CompiledFilter, Expression } from '../filter/compile.js';
import { type Bits, bitSet, meets } from '../literals/bits.js';
import type { Literal } from '../literals/literal.js';
import { LogSample } from '../literals/log-sample.js';
import { setsOf, termsAmong } from './literal-finder.js';
import { LiteralBits } from './needs.js';

/** So many bits of a number are sets of failregex; where there are more of these, some share one. */
const maskBits = 31;
const all = 2 ** maskBits - 1;

/** Sets of failregex, as bits: `maskOf` says which is whose. */
export interface LineMasks {
  /** The line has what the window needs somewhere. */
  readonly somewhere: number;
  /** The line has what the window's last line needs, so that the window matches now and did not before. */
  readonly completing: number;
}

/** The bit of a failregex. */
export function maskOf(regex: number): number {
  return 1 << (regex % maskBits);
}

/** Every failregex. */
export const everyRegex = all;

/** What each failregex of a filter with `maxlines` above 1 needs of the lines that are kept together. */
export class WindowNeeds {
  readonly literals: readonly Literal[];
  /** Some of the log, as far as there was any. */
  readonly sample: Uint8Array | undefined;
  readonly #somewhere: readonly (Bits | undefined)[];
  readonly #completing: readonly (Bits | undefined)[];
  readonly #words: number;
  /** By the bits of a line, where they are few. */
  readonly #known = new Map<number, LineMasks>();

  /** @param sample some of the log: only the speed rests on it */
  constructor(filter: CompiledFilter, sample: Uint8Array) {
    const known = new LogSample(sample);
    const bits = new LiteralBits();
    const bitsOf = (sets: Parameters<typeof termsAmong>[0]) => {
      const terms = termsAmong(sets, filter, known);
      return terms && bitSet(bits.of(terms));
    };
    this.#somewhere = filter.failregex.map((expression) => bitsOf(setsOf(expression)));
    this.#completing = filter.failregex.map((expression) => bitsOf(completingSets(expression)));
    this.literals = bits.all;
    this.sample = known.bytes;
    this.#words = Math.ceil(this.literals.length / 32);
  }

  /** @param at where the bits of a line begin in `words` */
  of(words: Uint32Array, at: number): LineMasks {
    if (this.#words > 1) return this.#masks(words, at);
    const key = words[at]!;
    let masks = this.#known.get(key);
    if (masks === undefined) {
      masks = this.#masks(words, at);
      if (this.#known.size < 1024) this.#known.set(key, masks);
    }
    return masks;
  }

  #masks(words: Uint32Array, at: number): LineMasks {
    const met = (needs: readonly (Bits | undefined)[]) =>
      needs.reduce((sum, needed, regex) => (meets(needed, words, at) ? sum | maskOf(regex) : sum), 0);
    return { somewhere: met(this.#somewhere), completing: met(this.#completing) };
  }
}

function completingSets({ regex }: Expression) {
  const tree = regex.tree?.();
  return (tree && completingLiterals(tree)) ?? [];
}
