import type { EventEmitter } from 'node:events';
import { type Bytes, type LogPath, type Milliseconds, type Settings, standardInput } from '@f2b/config';
import type { ScanPool, ScanResult } from '@f2b/matcher';
import type { Edges } from '../edges/edges.js';
import { reasonOf } from '../errors.js';
import type { GuardedJail } from '../jails/guarded-jail.js';
import { mayBeRotated } from '../sources/files/missed.js';
import { Tailer } from '../sources/files/tailer.js';
import {
  type FileMark,
  type FilePlace,
  type LogTrouble,
  marksOf,
  type Place,
  type SourceEvent,
} from '../sources/source.js';
import type { GuardEvents } from '../telling/events.js';
import { LineCounts, scannedLines } from '../telling/health.js';
import { openedMessage, rotatedMessage, troubleWords, unwrappedMessage } from '../telling/of-logs.js';
import type { Reporter } from '../telling/reporter.js';
import type { Pace } from './pace.js';
import { ReadOnce } from './read-once.js';
import { lastLines } from './sample.js';
import type { Settling } from './settled.js';
import { SharedLog, type SharedLogParts } from './shared-log.js';

const lateWrites: Milliseconds = 30_000;
/** Blocks of one log under way at once: enough to keep the workers busy, few enough to bound the memory. */
const readAhead = 4;
/**
 * Appends up to this size are scanned on the spot. Measured with the stock sshd filter on two cores: the way to a worker and back
 * costs 250 microseconds, 130 of them on this thread; the scan here costs 150 to 220 for 64 KiB with few hits, 960 where three lines
 * in ten are hits (1,280 through a worker). At 256 KiB it is 1 to 4 milliseconds of this thread, and a worker is the better place.
 */
const inlineBytes: Bytes = 64 * 1024;

/** Logs whose own lines are used to warm the workers; the memory for that is bounded. */
const maxSamples = 16;

export interface FollowedLogsOptions {
  readonly own: Settings['own'];
  readonly edges: Edges;
  readonly pool: ScanPool;
  readonly reporter: Reporter;
  readonly events: EventEmitter<GuardEvents>;
  readonly pollEvery: Milliseconds;
  readonly pace: Pace;
  /** Where an earlier process stood with a log for a jail. */
  resume(jail: string, path: string): FilePlace | undefined;
  /** A block has been judged: there may be new bans. */
  judged(): void;
  /**
   * A portion and all of its log before it are settled: what arose from them may be kept, with the place to go on from. Undefined: a
   * log was opened.
   */
  settled(settling: Settling | undefined, place: Place | undefined): void;
}

/** All logs that the jails read, each followed once. */
export class FollowedLogs {
  readonly #options: FollowedLogsOptions;
  readonly #tailer: Tailer;
  readonly #logs = new Map<string, SharedLog>();
  readonly #parts: SharedLogParts;
  /** Of the lines of all logs so far. */
  readonly counts = new LineCounts();
  /** Jails that read whatever their patterns name. */
  readonly #seeking = new Set<GuardedJail>();
  #stopSeeking: (() => void) | undefined;
  #closed = false;

  constructor(options: FollowedLogsOptions) {
    this.#options = options;
    const { edges, pool, reporter } = options;
    const { blockBytes, maxLineBytes } = options.own;
    const limits = {
      blockBytes: Math.max(blockBytes, maxLineBytes),
      inlineBytes: Math.min(inlineBytes, blockBytes),
      maxLineBytes,
    };
    this.#parts = {
      limits,
      pool,
      edges,
      pace: options.pace,
      readOnce: new ReadOnce(),
      scanned: (log, bytes, result) => this.#scanned(log.path, bytes, result),
      failed: ({ path }, why) => {
        reporter.problem({ code: 'F2B_SCAN', what: `${path}: ${why}`, level: 'ERROR', subject: path });
      },
      unwrapped: ({ path }) => {
        reporter.say({ logger: 'fail2ban.filter', level: 'NOTICE', message: unwrappedMessage(path) });
      },
      befell: (log, event) => this.#befell(log, event),
      settled: options.settled,
    };
    const { files, watch, clock } = edges;
    this.#tailer = new Tailer({
      files,
      watch,
      clock,
      limits,
      pollEvery: options.pollEvery,
      lateWrites,
      readAhead,
    });
  }

  /**
   * Follows what the jail's logpaths name now, and is not followed for it yet. A plain name is followed whether or not it is there.
   * @throws what the pattern's directories answer when they cannot be listed
   */
  add(jail: GuardedJail): void {
    this.#seek(jail);
    for (const logpath of jail.settings.logpaths) {
      for (const path of this.#pathsOf(logpath)) this.#addLog(jail, path, logpath.from);
    }
  }

  /** Ends a jail's reading: of its logs, what is under way is not shown to it any more. */
  async remove(jail: GuardedJail): Promise<void> {
    this.#seeking.delete(jail);
    await Promise.all(this.#of(jail).map((path) => this.#removeLog(jail, path, 'drop')));
  }

  /**
   * Follows a jail's new settings: it goes on with the logs that it still reads, leaves the others, and joins new ones.
   * @throws as `add`, before anything is changed
   */
  async change(jail: GuardedJail): Promise<void> {
    const wanted = new Set(jail.settings.logpaths.flatMap((logpath) => this.#pathsOf(logpath)));
    const left = this.#of(jail).filter((path) => !wanted.has(path));
    for (const path of this.#of(jail)) this.#logs.get(path)?.changed();
    this.add(jail);
    await Promise.all(left.map((path) => this.#removeLog(jail, path, 'drop')));
  }

  /** Looks for files that a jail's patterns name now, and leaves those whose names have vanished. */
  addNew(jail: GuardedJail): void {
    const { logpaths } = jail.settings;
    const named = new Set<string>();
    for (const logpath of logpaths) {
      try {
        for (const path of this.#pathsOf(logpath)) {
          named.add(path);
          // What comes while the jail runs is new to it, wherever it wanted to begin.
          if (isPattern(logpath)) this.#addLog(jail, path, 'head');
        }
      } catch (error) {
        const what = `Files of ${logpath.pattern} cannot be added: ${reasonOf(error)}`;
        this.#options.reporter.problem({ code: 'F2B_LOG_READ', jail: jail.name, what, level: 'ERROR', subject: what });
        return;
      }
    }
    for (const path of this.#of(jail)) {
      if (!named.has(path) && this.#tailer.hasVanished(path)) void this.#removeLog(jail, path, 'drain');
    }
  }

  /** Has the workers compile what the logs need, and tries it on what was last written to them: the first burst finds them ready. */
  async warmWorkers(): Promise<void> {
    const { pool, edges } = this.#options;
    const samples = new Map<string, Uint8Array>();
    for (const log of this.#logs.values()) {
      // Each log's filters are compiled here too; others may go first in between.
      await edges.clock.pause();
      if (this.#closed) return;
      const keys = log.scanKeys();
      const sample = samples.size < maxSamples && keys.length > 0 ? lastLines(edges.files, log.path) : undefined;
      if (sample !== undefined) for (const key of keys) samples.set(key, sample);
    }
    if (samples.size > 0 || this.#logs.size > 0) await pool.warm(edges.clock.now(), samples);
  }

  /** Where reading stands in each log: what a restart should go on from. */
  places(): readonly FilePlace[] {
    return this.#tailer.places();
  }

  /** Resolves when everything that is in the logs now has been read and judged. */
  settled(): Promise<void> {
    return this.#tailer.settled();
  }

  /** Stops reading, and judges what was read; the places move on while questions are answered. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#stopSeeking?.();
    for (const log of this.#logs.values()) log.stopTrying();
    await this.#tailer.close();
  }

  /** A log that comes is read within one look from its first byte. */
  #seek(jail: GuardedJail): void {
    if (jail.settings.logpaths.some(isPattern)) this.#seeking.add(jail);
    else this.#seeking.delete(jail);
    if (this.#seeking.size > 0 && this.#stopSeeking === undefined) this.#seekLater();
  }

  #seekLater(): void {
    this.#stopSeeking = this.#options.edges.clock.after(this.#options.pollEvery, () => {
      this.#stopSeeking = undefined;
      if (this.#closed) return;
      for (const one of this.#seeking) this.addNew(one);
      if (this.#seeking.size > 0) this.#seekLater();
    });
  }

  /** Names of the jail's logs that are files: it may read the standard input as well. */
  #of(jail: GuardedJail): readonly string[] {
    return [...jail.logs.keys()].filter((path) => this.#logs.has(path));
  }

  #pathsOf(logpath: LogPath): readonly string[] {
    if (logpath.pattern === standardInput) return [];
    // The log before what rotation made of it: so each is known by what it was.
    return isPattern(logpath) ? [...this.#options.edges.glob(logpath.pattern)].sort() : [logpath.pattern];
  }

  #addLog(jail: GuardedJail, path: string, from: 'head' | 'tail'): void {
    if (jail.logs.has(path)) return;
    const known = this.#logs.get(path);
    const log = known ?? new SharedLog(path, this.#parts);
    log.add(jail, from, this.#options.resume(jail.name, path));
    jail.logs.set(path, undefined);
    if (known !== undefined) return;
    this.#logs.set(path, log);
    // Jails that are started together share the first reading; so it begins when all have been added.
    queueMicrotask(() => this.#follow(log));
  }

  async #removeLog(jail: GuardedJail, path: string, how: 'drain' | 'drop'): Promise<void> {
    jail.logs.delete(path);
    const log = this.#logs.get(path);
    if (log === undefined || !log.remove(jail)) return;
    this.#logs.delete(path);
    if (how === 'drop') log.stopTrying();
    await this.#tailer.unfollow(path, how);
    log.close();
  }

  /** Where files were left that rotation may have given this log's name, if their jails read all that this one's do. */
  #movedHere(log: SharedLog): readonly FileMark[] {
    const { jails } = log;
    return [...this.#logs.values()]
      .filter((other) => mayBeRotated(log.path, other.path) && jails.every((jail) => other.jails.includes(jail)))
      .flatMap(({ path, resume }) => [...marksOf(resume), ...this.#tailer.marks(path)]);
  }

  #scanned(path: string, bytes: Bytes, result: ScanResult): void {
    const { overlong, refused, undecodable } = result;
    this.counts.add(result);
    const { events, reporter } = this.#options;
    events.emit('scanned', { ...scannedLines(result), path, bytes });
    if (overlong.count > 0) this.#longLine(path, overlong.count);
    if (refused.count > 0) {
      const what = `${path}: ${refused.count} line(s) not judged: ${refused.first[0]?.reason ?? ''}`;
      reporter.problem({ code: 'F2B_SCAN', what, level: 'WARNING', subject: `refused ${path}` });
    }
    if (undecodable.count > 0) {
      const what = `Error decoding line(s) from '${path}'; they are judged with U+FFFD for what is not valid. Set logencoding`;
      reporter.problem({ code: 'F2B_SCAN', what, level: 'WARNING', subject: `undecodable ${path}` });
    }
    this.#options.judged();
  }

  #longLine(path: string, count: number): void {
    const what = `${path}: ${count} line(s) longer than ${this.#options.own.maxLineBytes} bytes skipped whole`;
    this.#options.reporter.problem({ code: 'F2B_LONG_LINE', what, level: 'WARNING', subject: path });
  }

  #follow(log: SharedLog): void {
    if (this.#closed || this.#logs.get(log.path) !== log) return;
    const { path, chooseStart: start, resume, newline, startsAtEnd: inOperation } = log;
    const moved = () => this.#movedHere(log);
    this.#tailer.follow(path, log, { start, resume, newline, inOperation, moved });
  }

  #befell(log: SharedLog, event: SourceEvent): void {
    const { events, reporter } = this.#options;
    switch (event.kind) {
      case 'opened':
        // From here on a later process knows what it has not seen.
        this.#options.settled(undefined, this.#tailer.place(log.path));
        if (event.generation > 0) break;
        reporter.say({ logger: 'fail2ban.filter', level: 'INFO', message: openedMessage(event) });
        break;
      case 'rotated':
        reporter.say({ logger: 'fail2ban.filter', level: 'INFO', message: rotatedMessage(event) });
        break;
      case 'trouble':
        this.#trouble(log, event.trouble);
        break;
      case 'longLine':
        this.counts.skipped++;
        this.#longLine(log.path, 1);
        break;
      case 'placeLost':
        break;
      case 'caughtUp':
        events.emit('caughtUp', { path: log.path });
        break;
    }
  }

  #trouble(log: SharedLog, trouble: LogTrouble | undefined): void {
    for (const jail of log.jails) jail.logs.set(log.path, trouble);
    if (trouble === undefined) return;
    const jails = log.jails.map((jail) => `[${jail.name}]`).join(' ');
    const [code, level, what] = troubleWords(log.path, trouble);
    this.#options.reporter.problem({ code, what: `${jails} ${what}`, level });
  }
}

function isPattern({ pattern }: LogPath): boolean {
  return /[*?[]/.test(pattern);
}
