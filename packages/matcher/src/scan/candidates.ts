import type { Block } from './block.js';
import { literalSearch } from './literal-search.js';
import type { ScanTerms } from './literals.js';

/** Where the next line is that some filters have to look at; each source knows its own filters. */
export interface CandidateSource {
  /** Indexes of the filters that this source speaks for, ascending. */
  readonly filters: readonly number[];
  /** Start of the first candidate line at or after `from`, which is a line's start; Infinity: no more. */
  next(block: Block, from: number): number;
}

class LiteralSource implements CandidateSource {
  readonly filters: readonly number[];
  readonly #search: RegExp;

  constructor(filters: readonly number[], terms: readonly string[], foldCase: boolean) {
    this.filters = filters;
    this.#search = literalSearch(terms, foldCase);
  }

  next(block: Block, from: number): number {
    this.#search.lastIndex = from;
    if (!this.#search.test(block.text)) return Number.POSITIVE_INFINITY;
    return block.startOfLine(this.#search.lastIndex - 1);
  }
}

class EveryLine implements CandidateSource {
  readonly filters: readonly number[];

  constructor(filters: readonly number[]) {
    this.filters = filters;
  }

  next(block: Block, from: number): number {
    return from < block.length ? from : Number.POSITIVE_INFINITY;
  }
}

/**
 * One search for all filters whose terms are known, another for those that compare without case, and every line for the rest. So a filter
 * without literals costs itself, not its neighbours.
 */
export function candidateSources(terms: readonly (ScanTerms | undefined)[]): CandidateSource[] {
  const sources: CandidateSource[] = [];
  for (const foldCase of [false, true]) {
    const filters = terms.flatMap((one, index) => (one?.foldCase === foldCase && one.terms.length > 0 ? [index] : []));
    const all = filters.flatMap((index) => terms[index]?.terms ?? []);
    if (filters.length > 0) sources.push(new LiteralSource(filters, all, foldCase));
  }
  const blind = terms.flatMap((one, index) => (one === undefined ? [index] : []));
  if (blind.length > 0) sources.push(new EveryLine(blind));
  return sources;
}

/** Every line for every filter: statistics want to know what became of each. */
export function everyLine(filters: number): CandidateSource[] {
  return [new EveryLine(Array.from({ length: filters }, (_, index) => index))];
}
