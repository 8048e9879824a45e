/**
 * The guard itself: log sources, jails, and what binds them to the matcher and the firewall. `startGuard` runs it all;
 * `Judge` is for whoever replays a log with a clock of their own.
 */

export { ticketOf } from './acts/enforcer.js';
export type { Clock } from './clock.js';
export type { Edges } from './edges/edges.js';
export { realEdges } from './edges/real-edges.js';
export { CoreError, type CoreErrorCode } from './errors.js';
export { Guard, type GuardOptions, startGuard } from './guard/guard.js';
export { type Ban, endOf } from './jails/book/bans.js';
export { Book } from './jails/book/book.js';
export type { Failure } from './jails/book/failures.js';
export { maxSessions } from './jails/book/sessions.js';
export type { Decision, Question } from './jails/decisions.js';
export { FailureMaker, type FailureRules, type Made, type MatchedLine, sessionKey } from './jails/failure.js';
export { testRules } from './jails/failure-rules.js';
export { type BanHistory, type BanRecord, MemoryBanHistory } from './jails/growth/increment.js';
export { Judge, type JudgedLine, type JudgeParts } from './jails/judge.js';
export type { Rules } from './jails/rules.js';
export type { JailState, JailStatus } from './jails/status.js';
export { formatDuration, formatLocalTime } from './jails/when/duration.js';
export { LineTime, type Reading } from './jails/when/time.js';
export { Dns, type Lookup, type Resolve } from './jails/who/dns.js';
export { type Identification, type Identifier, identifierOf, identify } from './jails/who/identifier.js';
export { IgnoreList, type IgnoreSettings, type IgnoreSources } from './jails/who/ignore.js';
export type { ListReader } from './jails/who/ignore-file.js';
export { KnownNames } from './jails/who/known-names.js';
export { openMemoryStore } from './keeping/memory.js';
export type { BanChange, KeptBan, KeptFailure, KeptPlace, Step, Store } from './keeping/store.js';
export { type FileState, type Files, realFiles } from './sources/files/files.js';
export type { FollowFile, TailerClock } from './sources/files/followed-file.js';
export { type DateOf, type ReadAt, seekToTime } from './sources/files/seek.js';
export { Tailer, type TailerOptions } from './sources/files/tailer.js';
export { chokidarWatch, type Watch, type Watcher } from './sources/files/watcher.js';
export { entryDate, entryOf, type JournalEntry } from './sources/journal/entry.js';
export { type JournalQuery, readJournal } from './sources/journal/journalctl.js';
export { JournalMatches } from './sources/journal/matches.js';
export { journalOptions } from './sources/journal/places.js';
export type {
  Block,
  DatedEntry,
  Entries,
  FilePlace,
  JournalPlace,
  LogTrouble,
  Origin,
  Place,
  Portion,
  Source,
  SourceEvent,
  SourceReader,
} from './sources/source.js';
export type { GuardEvents, GuardProblem } from './telling/events.js';
export type { Figures, QueueLengths } from './telling/figures.js';
export type { GuardHealth } from './telling/health.js';
