import type { CompiledFilter, Expression } from '../filter/compile.js';
import type { Bits } from '../literals/bits.js';
import type { Literal } from '../literals/tables.js';
import { type ScanTerms, termsOf } from './literals.js';

/** What a line must contain so that one filter has to look at it. */
export interface FilterNeeds {
  /** The line must have one of these bits, or the filter has nothing to say. */
  readonly any: Bits;
  /** The same for each failregex: those that cannot match are not tried. */
  readonly failregex: readonly Bits[];
}

/** What to look for in a log that several filters read, and what each of them needs of it. */
export interface ScanPlan {
  readonly literals: readonly Literal[];
  /** Bits that every line has: for filters that no literal can spare a line. */
  readonly alwaysBits: readonly number[];
  readonly filters: readonly FilterNeeds[];
}

const everyLineBit = 63;
/** What every line has that is looked at at all. */
const anyLine: Bits = { low: -1, high: -1 };

function union(bits: readonly Bits[]): Bits {
  return bits.reduce((all, one) => ({ low: all.low | one.low, high: all.high | one.high }), { low: 0, high: 0 });
}

/**
 * Gives each literal of the filters a bit. What several filters look for is looked for once; where there are more literals than bits they
 * share, and a line is then looked at for one literal more than it has, never for one less.
 */
export function planScan(filters: readonly CompiledFilter[]): ScanPlan {
  const literals = new Map<string, Literal>();

  const bitsOf = ({ terms, foldCase }: ScanTerms): Bits =>
    union(
      terms.map((term) => {
        const text = foldCase ? term.replace(/[A-Z]/g, (letter) => letter.toLowerCase()) : term;
        const key = `${foldCase}${text}`;
        const known = literals.get(key) ?? {
          text: Buffer.from(text, 'latin1'),
          foldCase,
          bit: literals.size % everyLineBit,
        };
        literals.set(key, known);
        return known.bit < 32 ? { low: 1 << known.bit, high: 0 } : { low: 0, high: 1 << (known.bit - 32) };
      }),
    );

  let every = false;
  const needsOf = (filter: CompiledFilter): FilterNeeds => {
    const terms = filter.failregex.map((expression) => termsOf(expression, filter));
    if (terms.every((one) => one !== undefined)) {
      const failregex = terms.map(bitsOf);
      return { any: union(failregex), failregex };
    }
    // One failregex without literals: prefregex may still spare the filter most lines.
    const before = prefixTerms(filter.prefregex, filter);
    if (before === undefined) every = true;
    const any = before === undefined ? { low: 0, high: 1 << (everyLineBit - 32) } : bitsOf(before);
    return { any, failregex: terms.map(() => anyLine) };
  };

  const needs = filters.map(needsOf);
  return { literals: [...literals.values()], alwaysBits: every ? [everyLineBit] : [], filters: needs };
}

function prefixTerms(prefregex: Expression | undefined, filter: CompiledFilter): ScanTerms | undefined {
  return prefregex === undefined ? undefined : termsOf(prefregex, filter);
}
