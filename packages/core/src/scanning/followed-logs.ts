import { createHash } from 'node:crypto';
import type { EventEmitter } from 'node:events';
import type { Bytes, LogPath, Milliseconds, Settings, VoiceLevel } from '@f2b/config';
import { behindFirstNewline, type ScanPool, type ScanResult } from '@f2b/matcher';
import type { Edges } from '../edges/edges.js';
import type { CoreErrorCode } from '../errors.js';
import type { GuardedJail } from '../jails/guarded-jail.js';
import type { LogPosition, LogTrouble, OpenedLog } from '../sources/files/block.js';
import { type LogReader, Tailer } from '../sources/files/tailer.js';
import type { GuardEvents } from '../telling/events.js';
import { LineCounts } from '../telling/health.js';
import { type Reporter, reasonOf } from '../telling/reporter.js';
import { Pace } from './pace.js';
import { lastLines } from './sample.js';
import { SharedLog } from './shared-log.js';

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
  /** Where an earlier process stopped. */
  resume(path: string): LogPosition | undefined;
  /** A block has been judged: there may be new bans. */
  judged(): void;
}

/** All logs that the jails read, each followed once. */
export class FollowedLogs {
  readonly #options: FollowedLogsOptions;
  readonly #tailer: Tailer;
  readonly #logs = new Map<string, SharedLog>();
  readonly #pace: Pace;
  /** Of the lines of all logs so far. */
  readonly counts = new LineCounts();
  #closed = false;

  constructor(options: FollowedLogsOptions) {
    this.#options = options;
    this.#pace = new Pace(options.edges.clock);
    const { files, watch, clock } = options.edges;
    const { blockBytes, maxLineBytes } = options.own;
    this.#tailer = new Tailer({
      files,
      watch,
      clock,
      limits: {
        blockBytes: Math.max(blockBytes, maxLineBytes),
        inlineBytes: Math.min(inlineBytes, blockBytes),
        maxLineBytes,
      },
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
    for (const logpath of jail.settings.logpaths) this.#addPath(jail, logpath);
  }

  /** Looks for new files that a jail's patterns name. */
  addNew(jail: GuardedJail): void {
    for (const logpath of jail.settings.logpaths) {
      if (!isPattern(logpath)) continue;
      try {
        this.#addPath(jail, logpath);
      } catch (error) {
        const what = `Files of ${logpath.pattern} cannot be added: ${reasonOf(error)}`;
        this.#options.reporter.problem({ code: 'F2B_LOG_READ', jail: jail.name, what, level: 'ERROR', subject: what });
      }
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

  positions(): readonly LogPosition[] {
    return this.#tailer.positions();
  }

  /** Resolves when everything that is in the logs now has been read and judged. */
  settled(): Promise<void> {
    return this.#tailer.settled();
  }

  /** Stops reading, judges what was read, and tells where that ended. */
  close(): Promise<readonly LogPosition[]> {
    this.#closed = true;
    return this.#tailer.close();
  }

  #addPath(jail: GuardedJail, logpath: LogPath): void {
    const paths = isPattern(logpath) ? this.#options.edges.glob(logpath.pattern) : [logpath.pattern];
    for (const path of paths) if (!jail.logs.has(path)) this.#addLog(jail, path, logpath.from);
  }

  #addLog(jail: GuardedJail, path: string, from: 'head' | 'tail'): void {
    const known = this.#logs.get(path);
    const log = known ?? this.#sharedLog(path);
    log.add(jail, from);
    jail.logs.set(path, undefined);
    if (known !== undefined) return;
    this.#logs.set(path, log);
    // Jails that are started together share the first reading; so it begins when all have been added.
    queueMicrotask(() => this.#follow(log));
  }

  #sharedLog(path: string): SharedLog {
    const { pool, edges, reporter } = this.#options;
    return new SharedLog(path, pool, edges, this.#pace, {
      scanned: (bytes, result) => this.#scanned(path, bytes, result),
      failed: (why) => {
        reporter.problem({ code: 'F2B_SCAN', what: `${path}: ${why}`, level: 'ERROR', subject: path });
      },
    });
  }

  #scanned(path: string, bytes: Bytes, result: ScanResult): void {
    const { lines, overlong, refused, undecodable } = result;
    this.counts.add(result);
    const { events, reporter } = this.#options;
    events.emit('scanned', { path, bytes, lines });
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
    if (this.#closed) return;
    const { events, reporter } = this.#options;
    const reader: LogReader = {
      block: (block) => log.block(block),
      caughtUp: (path) => void events.emit('caughtUp', { path }),
      opened: (opened) => this.#opened(log, opened),
      rotated: ({ path, reason, size, offset }) => {
        const message = `Log rotation detected for ${path}, reason: ${reason} (size ${size}, read to ${offset})`;
        reporter.say({ logger: 'fail2ban.filter', level: 'INFO', message });
      },
      trouble: (trouble) => this.#trouble(log, trouble),
      longLine: (path) => {
        this.counts.skipped++;
        this.#longLine(path, 1);
      },
    };
    const { path, chooseStart: start, newline, startsAtEnd: inOperation } = log;
    this.#tailer.follow(path, reader, { start, resume: this.#options.resume(path), newline, inOperation });
  }

  #opened(log: SharedLog, opened: OpenedLog): void {
    log.opened(opened);
    if (opened.generation > 0) return;
    const first = Buffer.alloc(64 * 1024);
    const text = first.subarray(0, this.#options.edges.files.read(opened.fd, first, 0));
    const end = behindFirstNewline(text, log.newline);
    // The digest that fail2ban's database knows a log by: SHA-1 of its first line.
    const hash = end === 0 ? '' : createHash('sha1').update(text.subarray(0, end)).digest('hex');
    const message = `Added logfile: '${opened.path}' (pos = ${opened.offset}, hash = ${hash})`;
    this.#options.reporter.say({ logger: 'fail2ban.filter', level: 'INFO', message });
  }

  #trouble(log: SharedLog, trouble: LogTrouble | undefined): void {
    for (const jail of log.jails) jail.logs.set(log.path, trouble);
    if (trouble === undefined) return;
    const jails = log.jails.map((jail) => `[${jail.name}]`).join(' ');
    const [code, level, what] = describeTrouble(trouble);
    this.#options.reporter.problem({ code, what: `${jails} ${what}`, level });
  }
}

function isPattern({ pattern }: LogPath): boolean {
  return /[*?[]/.test(pattern);
}

function describeTrouble(trouble: LogTrouble): [CoreErrorCode, VoiceLevel, string] {
  const { path } = trouble;
  switch (trouble.kind) {
    case 'missing':
      return ['F2B_LOG_MISSING', 'WARNING', `${path} does not exist; it is read as soon as it appears`];
    case 'denied':
      return [
        'F2B_LOG_DENIED',
        'ERROR',
        `${path} may not be read; run f2b as root or make it readable, it is tried on`,
      ];
    case 'unsuitable':
      return ['F2B_LOG_KIND', 'ERROR', `${path} is a ${trouble.what}, a log must be a file; correct logpath`];
    case 'failing':
      return ['F2B_LOG_READ', 'ERROR', `${path} cannot be read: ${trouble.why}; it is tried on`];
  }
}
