/** The package is the `f2b` command; what others may want of it is its version, and for measurements the logs that it generates. */
export { generateLog, type LogToGenerate, writeGeneratedLog } from './bench/logs/generate.js';
export { type LogKind, logKinds } from './bench/logs/kinds.js';
export type { LogKindName } from './bench/options.js';
export { median, type Spread, spreadOf } from './bench/statistics.js';
export { f2bVersion } from './places/version.js';
