import type { CompiledFilter } from '../filter/compile.js';
import { type Bits, bitSet, lineBits } from '../literals/bits.js';
import type { Literal } from '../literals/literal.js';
import { LogSample } from '../literals/log-sample.js';
import { type ScanTerms, termsOf } from './literal-finder.js';

/** What a line must contain so that one filter has to look at it. */
export interface FilterNeeds {
  /** The line must have one of these bits, or no failregex can match it. */
  readonly any: Bits;
  /** And one of these, or prefregex cannot match it. Undefined: prefregex has no literals. */
  readonly prefregex: Bits | undefined;
  /** The same as `any` for each failregex: those that cannot match are not tried. Undefined: it has no literals. */
  readonly failregex: readonly (Bits | undefined)[];
}

/** What to look for in a log that several filters read, and what each of them needs of it. */
export interface ScanPlan {
  readonly literals: readonly Literal[];
  /** Bits that every line has: for filters that no literal can spare a line. */
  readonly alwaysBits: readonly number[];
  readonly filters: readonly FilterNeeds[];
  /** Some of the log, as far as there was any. */
  readonly sample: Uint8Array | undefined;
}

/** The bit that every line has where some filter must see every line. */
const everyLineBit = lineBits - 1;

/** The literals that are looked for, each with its bit. */
export class LiteralBits {
  readonly #known = new Map<string, Literal>();

  get all(): Literal[] {
    return [...this.#known.values()];
  }

  /** The bits of some literals; those that are new get theirs. */
  of({ terms, foldCase }: ScanTerms): number[] {
    return terms.map((term) => {
      const text = foldCase ? term.replace(/[A-Z]/g, (letter) => letter.toLowerCase()) : term;
      const key = `${foldCase}${text}`;
      const literal = this.#known.get(key) ?? {
        text: Buffer.from(text, 'latin1'),
        foldCase,
        bit: this.#known.size % everyLineBit,
      };
      this.#known.set(key, literal);
      return literal.bit;
    });
  }
}

/**
 * Gives each literal of the filters a bit. What several filters look for is looked for once; where there are more literals than bits they
 * share, and a line is then looked at for one literal more than it has, never for one less.
 * @param sample some of the log, or of a log like it: only the speed rests on it
 */
export function planScan(filters: readonly CompiledFilter[], sample?: Uint8Array): ScanPlan {
  const known = new LogSample(sample);
  const literals = new LiteralBits();
  const bitsOf = (terms: ScanTerms) => literals.of(terms);

  let every = false;
  const needsOf = (filter: CompiledFilter): FilterNeeds => {
    const before = filter.prefregex && termsOf(filter.prefregex, filter, known);
    const prefregex = before === undefined ? undefined : bitsOf(before);
    const failregex = filter.failregex.map((expression) => {
      const terms = termsOf(expression, filter, known);
      return terms === undefined ? undefined : bitsOf(terms);
    });
    const sets = failregex.map((bits) => (bits === undefined ? undefined : bitSet(bits)));
    if (failregex.every((bits) => bits !== undefined)) {
      return { any: bitSet(failregex.flat()), prefregex: prefregex && bitSet(prefregex), failregex: sets };
    }
    // One failregex without literals: prefregex may still spare the filter most lines.
    if (prefregex === undefined) every = true;
    return { any: bitSet(prefregex ?? [everyLineBit]), prefregex: undefined, failregex: sets };
  };

  const needs = filters.map(needsOf);
  return {
    literals: literals.all,
    alwaysBits: every ? [everyLineBit] : [],
    filters: needs,
    sample: known.bytes,
  };
}
