import type { Block } from './block.js';
import { ByteSearch, type ByteTerm } from './byte-search.js';
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
  readonly #search: ByteSearch;

  constructor(filters: readonly number[], search: ByteSearch) {
    this.filters = filters;
    this.#search = search;
  }

  next(block: Block, from: number): number {
    const found = this.#search.find(block.bytes, from, block.length);
    return found < 0 ? Number.POSITIVE_INFINITY : block.startOfLine(found);
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

/** One search for the terms of some filters; what several of them look for is looked for once. */
export function termSearch(terms: readonly ScanTerms[]): ByteSearch {
  const wanted = new Map<string, ByteTerm>();
  for (const { terms: texts, foldCase } of terms) {
    for (const text of texts) wanted.set(`${foldCase}${text}`, { text, foldCase });
  }
  return new ByteSearch([...wanted.values()]);
}

/** A search strides by the length of its shortest term: filters with shorter ones get a search of their own. */
const shortestOfTheMany = 4;

/**
 * One search for all filters whose terms are known, and every line for the rest. So a filter without literals, or with very short
 * ones, costs itself, not its neighbours.
 */
export function candidateSources(terms: readonly (ScanTerms | undefined)[]): CandidateSource[] {
  const sources: CandidateSource[] = [];
  const isShort = (one: ScanTerms) => one.terms.some((term) => term.length < shortestOfTheMany);
  for (const short of [false, true]) {
    const filters = terms.flatMap((one, index) =>
      one !== undefined && one.terms.length > 0 && isShort(one) === short ? [index] : [],
    );
    if (filters.length > 0) sources.push(new LiteralSource(filters, termSearch(filters.map((index) => terms[index]!))));
  }
  const blind = terms.flatMap((one, index) => (one === undefined ? [index] : []));
  if (blind.length > 0) sources.push(new EveryLine(blind));
  return sources;
}

/** Every line for every filter: statistics want to know what became of each. */
export function everyLine(filters: number): CandidateSource[] {
  return [new EveryLine(Array.from({ length: filters }, (_, index) => index))];
}
