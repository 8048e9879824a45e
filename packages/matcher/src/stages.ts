/**
 * The stages of the scan one by one, for whoever measures them: `f2b bench` and the micro-benchmarks. Nothing that matches lines
 * goes this way, so it is a door of its own: `@f2b/matcher/stages`.
 */

import type { Regex } from './engines/engine.js';
import { isAnchored } from './engines/first.js';
import { reduce } from './engines/reduce.js';
import { CompiledRegex } from './engines/regex.js';
import type { CompiledFilter } from './filter/compile.js';
import { LogSample } from './literals/log-sample.js';
import { Block } from './scan/block.js';
import { LiteralFinder } from './scan/candidates.js';
import { termsOf } from './scan/literal-finder.js';
import { planScan } from './scan/needs.js';
import { defaultMaxLineBytes } from './scan/scanner.js';

export { compileDatepattern } from './dates/detector.js';
export { parse } from './dialect/parser.js';
export { compile } from './engines/compile.js';
export { ExactMatcher } from './engines/exact.js';
export { reduce } from './engines/reduce.js';
export { compileSearch } from './engines/wasm/text-search.js';
export { LiteralScanner } from './literals/literal-scanner.js';

/** What the literals of a filter leave of a block. */
export interface LiteralCount {
  readonly lines: number;
  /** Lines that the filter has to look at. */
  readonly candidates: number;
}

/** Only the search for literals, as the block scan does it for this filter. For logs in which a newline is one byte. */
export function literalStage(filter: CompiledFilter, sample?: Uint8Array): (bytes: Uint8Array) => LiteralCount {
  const finder = new LiteralFinder(planScan([filter], sample));
  return (bytes) => {
    let candidates = 0;
    const block = new Block(finder.placed(bytes), filter.encoding);
    const lines = finder.find(block, defaultMaxLineBytes, (hits) => {
      for (let hit = 0; hit < hits.count; hit++) if (!hits.tooLong(hit)) candidates++;
    });
    return { lines, candidates };
  };
}

/** Pieces of which every line that this failregex matches contains one; undefined: every line has to be looked at. */
export function literalsOf(
  filter: CompiledFilter,
  failregex: number,
  sample?: Uint8Array,
): readonly string[] | undefined {
  return termsOf(filter.failregex[failregex]!, filter, new LogSample(sample))?.terms;
}

/** Whether a match can only begin where the text begins. */
export function isAnchoredAtStart(regex: Regex): boolean {
  return regex instanceof CompiledRegex && isAnchored(reduce(regex.expression).root);
}
