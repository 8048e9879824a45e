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
export { behindFirstNewline, behindLastNewline, byteNewline, type Newline, wholeUnits } from './encoding/newline.js';

export type { EngineName, Regex } from './engines/engine.js';
export type * from './failures.js';
export { type Address, type Family, parseAddress, parseHost } from './filter/address.js';
export { type CompiledFilter, compileFilter, type Expression } from './filter/compile.js';

export type { LineTuple } from './filter/dating.js';
export type { Groups, GroupValue } from './filter/groups.js';
export { chooseIdentifier, readUsedns, tupleText, type Usedns } from './filter/identifier.js';
export { matchLine } from './filter/line.js';
export { type MultilineState, matchNextLine, newMultilineState } from './filter/multiline.js';
export { plainSettings } from './filter/plain-settings.js';
export { FilterError, type FilterProblem } from './filter/problems.js';

export type { MatchSettings } from './filter/settings.js';
export { LineTrace } from './filter/trace.js';

export type { LintFinding } from './lint/finding.js';
export { lintFilter } from './lint/lint.js';
export { sampleFile } from './pool/file-sample.js';
export { scanFile } from './pool/file-scan.js';
export { openPool, type PoolOptions, ScanPool } from './pool/pool.js';
export { scanLinesInOrder } from './scan/lines-in-order.js';
export { listedTexts } from './scan/listed.js';
export { planScan } from './scan/needs.js';

export type { FileRange } from './scan/range.js';
export { unpackResult } from './scan/result.js';
export { plainText, rowNames, timeText } from './scan/row-text.js';
export { BlockScanner } from './scan/scanner.js';
export { sessionNumber } from './scan/session-number.js';
export { StatisticsCounter } from './scan/statistics.js';
