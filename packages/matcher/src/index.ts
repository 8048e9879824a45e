/**
 * Log bytes to failures. `compileFilter` makes a filter ready, `openPool` scans blocks with it on several threads; `matchLine` and
 * `chooseIdentifier` are the single steps, for whoever wants to see them.
 *
 * ```ts
 * const filter = compileFilter(plainSettings({ failregex: 'Failed password for .* from <HOST>$' }));
 * const scanner = new BlockScanner([filter]);
 * const lines = Buffer.from('2024-05-01 10:00:00 gw sshd[7]: Failed password for root from 192.0.2.1\n');
 * const { matches } = unpackResult(scanner.scan(lines, { now: Date.now() }));
 * console.log(matches[0]?.groups.get('ip4')); // 192.0.2.1
 * ```
 */
export type * from './dates/detector.js';
export { type LogEncoding, openEncoding } from './encoding/encoding.js';
export { behindFirstNewline, behindLastNewline, byteNewline, type Newline, wholeUnits } from './encoding/newline.js';
export type { EngineName, Regex, RegexMatch, RequiredLiterals, StepCounter } from './engines/engine.js';
export { MatcherError, RegexBudgetError, RegexSyntaxError } from './errors.js';
export type * from './failures.js';
export { type Address, type Family, parseAddress, parseHost, parseNetwork } from './filter/address.js';
export {
  type CompiledFilter,
  type CompileFilterOptions,
  compileFilter,
  type Expression,
} from './filter/compile.js';
export type { DateCut, Dating, LineTuple } from './filter/dating.js';
export type { Groups, GroupValue } from './filter/groups.js';
export {
  type Accused,
  chooseIdentifier,
  type Identifier,
  readUsedns,
  tupleText,
  type Usedns,
} from './filter/identifier.js';
export { type LineOptions, type LineOutcome, matchLine, type RegexHit } from './filter/line.js';
export {
  type MultilineHit,
  type MultilineOutcome,
  type MultilineState,
  matchNextLine,
  newMultilineState,
} from './filter/multiline.js';
export { type PlainFilter, plainSettings } from './filter/plain-settings.js';
export { FilterError, type FilterProblem, placeOf } from './filter/problems.js';
export type { Refusal } from './filter/refusal.js';
export type { MatchSettings } from './filter/settings.js';
export { LineTrace, type TraceStep } from './filter/trace.js';
export type { LintExample, LintFinding } from './lint/finding.js';
export { lintFilter } from './lint/lint.js';
export { PoolError } from './pool/errors.js';
export { sampleFile } from './pool/file-sample.js';
export { type ScannedRange, scanFile } from './pool/file-scan.js';
export { openPool, type PoolOptions, ScanPool } from './pool/pool.js';
export { scanLinesInOrder } from './scan/lines-in-order.js';
export { listedTexts } from './scan/listed.js';
export { planScan, type ScanPlan } from './scan/needs.js';
export { type FileRange, maxRangeBytes } from './scan/range.js';
export { unpackResult } from './scan/result.js';
export { plainText, rowNames, timeText } from './scan/row-text.js';
export { BlockScanner, defaultMaxLineBytes, type ScannerOptions } from './scan/scanner.js';
export { StatisticsCounter } from './scan/statistics.js';
export * as stages from './stages.js';
