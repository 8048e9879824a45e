/**
 * The guard itself: log sources, jails, and what binds them to the matcher and the firewall. `startGuard` runs it all;
 * `Judge` is for whoever replays a log with a clock of their own.
 */
export { CoreError, type CoreErrorCode } from './errors.js';
export type { Clock, Edges } from './guard/edges.js';
export { ticketOf } from './guard/enforcer.js';
export type { GuardEvents, GuardProblem } from './guard/events.js';
export { Guard, type GuardOptions, startGuard } from './guard/guard.js';
export type { GuardHealth } from './guard/health.js';
export { ignoreSettings, judgeSettings } from './guard/jail-options.js';
export { realEdges } from './guard/real-edges.js';
export type { JailState, JailStatus } from './guard/status.js';
export { openMemoryStore, type Store } from './guard/store.js';
export { type Ban, endOf } from './jails/bans.js';
export type { Decision, Question } from './jails/decisions.js';
export { Dns, type Lookup, type Resolve } from './jails/dns.js';
export { formatDuration, formatLocalTime } from './jails/duration.js';
export type { Failure } from './jails/failures.js';
export { type Identification, type Identifier, identifierOf, identify } from './jails/identifier.js';
export { IgnoreList, type IgnoreSettings, type IgnoreSources } from './jails/ignore.js';
export type { ListReader } from './jails/ignore-file.js';
export { type BanHistory, type BanRecord, MemoryBanHistory } from './jails/increment.js';
export { Judge, type JudgedLine, type JudgeParts, type JudgeSettings } from './jails/judge.js';
export { maxSessions, type SessionFailure, Sessions } from './jails/sessions.js';
export { LineTime, type Reading } from './jails/time.js';
export { type Log, type LogLevel, type LogMessage, singleLine } from './log.js';
export type { Block, LogPosition, LogTrouble, Rotation } from './sources/file/block.js';
export { type FileState, type Files, realFiles } from './sources/file/files.js';
export { type DateOf, type ReadAt, seekToTime } from './sources/file/seek.js';
export { type FollowOptions, type LogReader, Tailer, type TailerOptions } from './sources/file/tailer.js';
export { chokidarWatch, type Watch, type Watcher } from './sources/file/watcher.js';
