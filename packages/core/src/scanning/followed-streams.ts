import type { EventEmitter } from 'node:events';
import type { Bytes, Settings } from '@f2b/config';
import type { ScanPool, ScanResult } from '@f2b/matcher';
import type { Edges } from '../edges/edges.js';
import type { GuardedJail } from '../jails/guarded-jail.js';
import type { LogTrouble, Place, SourceEvent } from '../sources/source.js';
import { openCommand, openInput } from '../sources/stream/command.js';
import { FollowedStream } from '../sources/stream/followed-stream.js';
import { type JailStream, jailStream } from '../sources/stream/jail-stream.js';
import type { GuardEvents } from '../telling/events.js';
import { type LineCounts, scannedLines } from '../telling/health.js';
import { streamTroubleWords, unwrappedMessage } from '../telling/of-logs.js';
import type { Reporter } from '../telling/reporter.js';
import type { Pace } from './pace.js';
import { ReadOnce } from './read-once.js';
import type { Settling } from './settled.js';
import { SharedLog, type SharedLogParts } from './shared-log.js';

/** Portions of a stream under way at once, each what a pipe holds at most. */
const readAhead = 4;

export interface FollowedStreamsOptions {
  readonly own: Settings['own'];
  readonly edges: Edges;
  readonly pool: ScanPool;
  readonly pace: Pace;
  readonly reporter: Reporter;
  readonly events: EventEmitter<GuardEvents>;
  readonly counts: LineCounts;
  /** A block has been judged: there may be new bans. */
  judged(): void;
  /** A portion and all of its stream before it are settled. */
  settled(settling: Settling, place: Place | undefined): void;
}

interface Followed {
  readonly log: SharedLog;
  stream: FollowedStream | undefined;
}

/** All commands and the standard input that the jails read, each read once. */
export class FollowedStreams {
  readonly #options: FollowedStreamsOptions;
  readonly #parts: SharedLogParts;
  readonly #streams = new Map<string, Followed>();
  #closed = false;

  constructor(options: FollowedStreamsOptions) {
    this.#options = options;
    const { edges, pool, pace, reporter, own } = options;
    const { blockBytes, maxLineBytes } = own;
    this.#parts = {
      limits: { blockBytes, inlineBytes: blockBytes, maxLineBytes },
      pool,
      edges,
      pace,
      readOnce: new ReadOnce(),
      scanned: ({ path }, bytes, result) => this.#scanned(path, bytes, result),
      failed: ({ path }, why) => {
        reporter.problem({ code: 'F2B_SCAN', what: `${path}: ${why}`, level: 'ERROR', subject: path });
      },
      unwrapped: ({ path }) => {
        reporter.say({ logger: 'fail2ban.filter', level: 'NOTICE', message: unwrappedMessage(path) });
      },
      befell: (log, event) => this.#befell(log, event),
      settled: options.settled,
    };
  }

  /**
   * Reads the stream that the jail asks for, if it asks for one.
   * @throws CoreError what is wrong in the brackets behind `command`
   */
  add(jail: GuardedJail): void {
    const read = jailStream(jail.settings);
    if (read === undefined || jail.logs.has(read.name)) return;
    const known = this.#streams.get(read.name);
    const followed = known ?? { log: new SharedLog(read.name, this.#parts), stream: undefined };
    // Nobody is shown what came before he was there: a stream has no beginning to go back to.
    followed.log.add(jail, 'tail', undefined);
    jail.logs.set(read.name, undefined);
    if (known !== undefined) return;
    this.#streams.set(read.name, followed);
    // Jails that are started together share the first reading; so it begins when all have been added.
    queueMicrotask(() => this.#follow(read, followed));
  }

  has(jail: GuardedJail): boolean {
    return this.#of(jail).length > 0;
  }

  /** Follows a jail's new settings: it goes on with the stream that it still reads, or with another one. */
  async change(jail: GuardedJail): Promise<void> {
    const wanted = jailStream(jail.settings)?.name;
    const left = this.#of(jail).filter(({ log }) => log.path !== wanted);
    for (const { log } of this.#of(jail)) log.changed();
    this.add(jail);
    await Promise.all(left.map((followed) => this.#leave(jail, followed)));
  }

  /** Ends a jail's reading: what is under way is not shown to it any more. */
  async remove(jail: GuardedJail): Promise<void> {
    await Promise.all(this.#of(jail).map((followed) => this.#leave(jail, followed)));
  }

  /** Resolves when everything that has been read is judged. */
  async settled(): Promise<void> {
    await Promise.all([...this.#streams.values()].map(({ stream }) => stream?.settled()));
  }

  /** Stops reading, ends the commands, and judges what was read. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const { log } of this.#streams.values()) log.stopTrying();
    await Promise.all([...this.#streams.values()].map(({ stream }) => stream?.close()));
  }

  #of(jail: GuardedJail): readonly Followed[] {
    return [...this.#streams.values()].filter(({ log }) => log.jails.includes(jail));
  }

  async #leave(jail: GuardedJail, { log, stream }: Followed): Promise<void> {
    jail.logs.delete(log.path);
    if (!log.remove(jail)) return;
    this.#streams.delete(log.path);
    log.stopTrying();
    await stream?.close();
    log.close();
  }

  #follow({ name, command }: JailStream, followed: Followed): void {
    if (this.#closed || this.#streams.get(name) !== followed) return;
    const { edges, own } = this.#options;
    const { log } = followed;
    followed.stream = new FollowedStream(
      {
        name,
        newline: log.newline,
        maxLineBytes: own.maxLineBytes,
        readAhead,
        clock: edges.clock,
        random: () => edges.random(),
        again: command !== undefined,
        open: (since) => (command === undefined ? openInput() : openCommand(command, since)),
      },
      log,
    );
  }

  #scanned(name: string, bytes: Bytes, result: ScanResult): void {
    const { counts, events, reporter } = this.#options;
    const { overlong, refused, undecodable } = result;
    counts.add(result);
    events.emit('scanned', { ...scannedLines(result), path: name, bytes });
    if (overlong.count > 0) this.#tooLong(name, overlong.count);
    const problem = (count: number, what: string) => {
      if (count > 0) reporter.problem({ code: 'F2B_SCAN', what: `${name}: ${what}`, level: 'WARNING', subject: what });
    };
    problem(refused.count, `${refused.count} line(s) not judged: ${refused.first[0]?.reason ?? ''}`);
    problem(undecodable.count, 'line(s) that are not valid in their encoding are judged with U+FFFD. Set logencoding');
    this.#options.judged();
  }

  #tooLong(name: string, count: number): void {
    const what = `${name}: ${count} line(s) longer than ${this.#options.own.maxLineBytes} bytes skipped whole`;
    this.#options.reporter.problem({ code: 'F2B_LONG_LINE', what, level: 'WARNING', subject: name });
  }

  #befell(log: SharedLog, event: SourceEvent): void {
    if (event.kind === 'trouble') this.#trouble(log, event.trouble);
    if (event.kind === 'caughtUp') this.#options.events.emit('caughtUp', { path: log.path });
    if (event.kind !== 'longLine') return;
    this.#options.counts.skipped++;
    this.#tooLong(log.path, 1);
  }

  #trouble(log: SharedLog, trouble: LogTrouble | undefined): void {
    for (const jail of log.jails) jail.logs.set(log.path, trouble);
    if (trouble === undefined) return;
    const jails = log.jails.map((jail) => `[${jail.name}]`).join(' ');
    const [code, level, what] = streamTroubleWords(log.path, trouble);
    this.#options.reporter.problem({ code, what: `${jails} ${what}`, level, subject: what });
  }
}
