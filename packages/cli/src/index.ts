/** The package is the `f2b` command; what others may want of it is its version, and for measurements the logs that it generates. */

export { f2bVersion } from './places/version.js';
export { generateLog, type LogToGenerate, writeGeneratedLog } from './tools/bench/logs/generate.js';
export { type LogKind, logKinds } from './tools/bench/logs/kinds.js';
export type { LogKindName } from './tools/bench/options.js';
export { median, type Spread, spreadOf } from './tools/bench/statistics.js';
