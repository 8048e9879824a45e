/**
 * The guard itself: log sources, jails, and what binds them to the matcher and the firewall.
 *
 * ```ts
 * import { readSettings } from '@f2b/config';
 * import { startGuard } from '@f2b/core';
 *
 * const settings = readSettings({ directory: '/etc/fail2ban' });
 * const print = (line: string) => console.log(line);
 * const guard = await startGuard({ settings, voice: { say: ({ message }) => print(message) }, dryRun: { print } });
 * guard.events.on('ban', ({ jail, ban }) => print(`${jail} bans ${ban.who.id}`));
 * process.once('SIGINT', () => guard.stop());
 * ```
 *
 * `FailureMaker` is for whoever wants to know what a line comes to without a guard: tests of filters, replays of old logs.
 */

export type { Edges } from './edges/edges.js';
export { realEdges } from './edges/real-edges.js';
export { resolveName } from './edges/resolve-name.js';
export { CoreError, coreErrors } from './errors.js';
export type { AllowanceKeeper, AllowOutcome } from './guard/allowing.js';
export type { ByHand, Lifted } from './guard/by-hand.js';
export { Guard, type GuardOptions, startGuard } from './guard/guard.js';
export type { Story } from './guard/observer.js';
export type { BrokenJail, JailChange, ReloadPlan } from './guard/reload-plan.js';
export { type Ban, endOf } from './jails/book/bans.js';
export { maxSessions } from './jails/book/sessions.js';
export { FailureMaker, type FailureRules, type Made, type MatchedLine, sessionKey } from './jails/failure.js';
export { testRules } from './jails/failure-rules.js';
export type { Outlook } from './jails/outlook.js';
export type { JailStatus } from './jails/status.js';
export { formatDuration, formatLocalTime } from './jails/when/duration.js';
export type { Reading } from './jails/when/time.js';
export type { Allowance } from './jails/who/allowed.js';
export { Dns } from './jails/who/dns.js';
export { type Identifier, identifierOf } from './jails/who/identifier.js';
export { IgnoreList } from './jails/who/ignore.js';
export { KnownNames } from './jails/who/known-names.js';
export { openAllowFile } from './keeping/allow-file.js';
export { openMemoryStore } from './keeping/memory.js';
export { openSqliteStore } from './keeping/sqlite/sqlite-store.js';
export { openThreadedStore } from './keeping/sqlite/threaded-store.js';
export type { BanChange, KeptBan, KeptFailure, KeptPlace, Step, Store } from './keeping/store.js';
export { Replay, type ReplayCounts, type ReplayedBan } from './replaying/replay.js';
export { entriesAsLines, entryLines, entryOf } from './sources/journal/entry.js';
export { jailJournal } from './sources/journal/jail-journal.js';
export { readJournal } from './sources/journal/journalctl.js';
export { JournalMatches } from './sources/journal/matches.js';
export { journalWhere } from './sources/journal/places.js';
export type { LogTrouble, Origin, Place } from './sources/source.js';
export { jailStream } from './sources/stream/jail-stream.js';
export type { Occurrence } from './telling/chronicle.js';
export type { GuardEvents, GuardProblem } from './telling/events.js';
export type { Figures, JailFigures, QueueLengths, SourceStatus, Unmet } from './telling/figures.js';
export type { GuardHealth } from './telling/health.js';
export type { Histogram } from './telling/tally.js';
