export {
  type ExplainedSetting,
  explainJail,
  type JailExplanation,
  renderExplanation,
  type SettingLayer,
} from './check/explain.js';
export { renderCheck, renderFinding } from './check/render.js';
export { type CheckOptions, checkTree, type RegexKind, type TreeCheck } from './check/tree.js';
export { jailDefaults } from './defaults.js';
export type { Dump, DumpableSettings, JailDump } from './dump.js';
export { ConfigError, type ConfigErrorCode, type ErrorTable, formatOrigin } from './errors.js';
export { type LogLevelName, logLevels, readLogLevel } from './log-levels.js';
export { prettyLines, renderPretty } from './render/pretty.js';
export type { StreamValue } from './render/python.js';
export { pythonRepr } from './render/python.js';
export { renderStream } from './render/stream.js';
export {
  knownNames,
  type OneFilterOptions,
  type OneJail,
  readOneFilter,
  readOneJail,
  readSpec,
} from './resolve/one-filter.js';
export { defaultBuiltinActions, FAIL2BAN_VERSION, type ReadOptions, readSettings } from './resolve/settings.js';
export * from './settings.js';
export { type ConfigEdge, realEdge } from './syntax/edge.js';
export { memoryEdge } from './syntax/memory-edge.js';
export type * from './units.js';
export { parseBoolean } from './values/boolean.js';
export { roundHalfEven } from './values/expression.js';
export { glob } from './values/glob.js';
export { nearest } from './values/nearest.js';
export { parseSpec, type Spec, SpecError } from './values/spec.js';
export { parseTime } from './values/time.js';
export { splitShellWords } from './values/words.js';
export type * from './voice.js';
