/**
 * Reads fail2ban's configuration dialect: a tree of files becomes typed settings, in which each value knows its place, and findings that say what
 * is wrong, where, and what to do.
 *
 * ```ts
 * import { formatOrigin, readSettings } from '@f2b/config';
 *
 * const { jails, findings } = readSettings({ directory: '/etc/fail2ban' });
 * for (const jail of jails) console.log(jail.name, jail.filter.failregex.length, jail.bantime?.seconds);
 * for (const { origin, what, advice } of findings) console.log(origin && formatOrigin(origin), what, advice);
 * ```
 */
export { explainJail, type JailExplanation, renderExplanation } from './check/explain.js';
export { checkTree, type TreeCheck } from './check/tree.js';
export { changedParts, type JailPart, sameJail } from './compare/jails.js';
export { jailDefaults } from './defaults.js';
export { ConfigError, type ErrorTable, formatOrigin } from './errors.js';
export { type LogLevelName, logLevels, readLogLevel } from './log-levels.js';
export { pythonRepr } from './render/python.js';
export { renderStream } from './render/stream.js';
export { growthOf } from './resolve/growth.js';
export { ignorecacheOptions } from './resolve/ignorecache.js';
export { jailOptionTypes } from './resolve/jail-options.js';
export { knownNames, type OneJail, readOneFilter, readOneJail, readSpec } from './resolve/one-filter.js';
export { fail2banVersion, readSettings } from './resolve/settings.js';

export type * from './settings.js';
export { actionCommandNames, standardInput } from './settings.js';
export { type ConfigEdge, realEdge } from './syntax/edge.js';
export { memoryEdge } from './syntax/memory-edge.js';

export type * from './units.js';
export { roundHalfEven } from './values/expression.js';
export { glob } from './values/glob.js';
export { nearest } from './values/nearest.js';
export { parseTime } from './values/time.js';

export type * from './voice.js';
