import type { Bytes, EpochMs, Milliseconds } from '@f2b/config';
import type { Newline } from '@f2b/matcher';
import type { Block, LogPosition, LogTrouble, OpenedLog, Rotation } from './block.js';
import type { Files } from './files.js';
import { type ChooseStart, LogFile } from './log-file.js';
import type { ReadLimits } from './open-log.js';
import type { Watch, Watcher } from './watcher.js';

/** Time as the tailer needs it. */
export interface TailerClock {
  now(): EpochMs;
  /** Calls `then` after a while; gives a function that calls it off. */
  after(delay: Milliseconds, then: () => void): () => void;
}

export interface TailerOptions {
  readonly files: Files;
  readonly watch: Watch;
  readonly clock: TailerClock;
  readonly limits: ReadLimits;
  /** How often every log is looked at, whatever the watcher says: what a missed event costs at most. */
  readonly pollEvery: Milliseconds;
  /** How long an old file is read on after rotation. */
  readonly lateWrites: Milliseconds;
  /** Blocks of one log that may be under way at once. */
  readonly readAhead: number;
}

/** Who receives a log's lines. One per log, whoever shares it: the bytes are read once. */
export interface LogReader {
  /** Takes a block; resolves when it has been judged. Blocks come in order, up to `readAhead` before the first is done. */
  block(block: Block): Promise<void>;
  /** The end was reached, and all before it has been judged. Told each time. */
  caughtUp(path: string): void;
  opened(log: OpenedLog): void;
  rotated(rotation: Rotation): void;
  trouble(trouble: LogTrouble | undefined, path: string): void;
  longLine(path: string, offset: Bytes): void;
}

export interface FollowOptions {
  readonly start: ChooseStart;
  readonly resume?: LogPosition | undefined;
  /** How the log's lines end; one byte where nothing is said. */
  readonly newline?: Newline;
  /** Reading starts at the end, so what comes is live from the first line on. */
  readonly inOperation?: boolean;
}

/** After data has come, the log is looked at again this soon: the watcher swallows changes that follow one another closely. */
const lookAgain: Milliseconds = 75;

/** Follows logs by name: wakes on changes, polls as a safety net, hands out blocks of whole lines. */
export class Tailer {
  readonly #options: TailerOptions;
  readonly #followed = new Map<string, Followed>();
  #watcher: Watcher | undefined;
  #stopPolling: (() => void) | undefined;
  #closed = false;

  constructor(options: TailerOptions) {
    this.#options = options;
  }

  /** Starts following a log. It need not exist. Each name can be followed once. */
  follow(path: string, reader: LogReader, options: FollowOptions): void {
    if (this.#closed || this.#followed.has(path)) return;
    const followed = new Followed(path, reader, options, this.#options);
    this.#followed.set(path, followed);
    this.#watcher ??= this.#options.watch((changed) => this.wake(changed));
    this.#watcher.add(path);
    if (this.#stopPolling === undefined) this.#poll();
    void followed.run();
  }

  has(path: string): boolean {
    return this.#followed.has(path);
  }

  /** Something may have changed: in one log, or (undefined) anywhere. */
  wake(path: string | undefined): void {
    if (path !== undefined) {
      void this.#followed.get(path)?.run();
      return;
    }
    for (const followed of this.#followed.values()) void followed.run();
  }

  /** Where reading stands: what a restart should go on from. */
  positions(): LogPosition[] {
    return [...this.#followed.values()].flatMap((followed) => followed.position() ?? []);
  }

  /** Resolves when everything that is in the logs now has been read and judged. */
  async settled(): Promise<void> {
    await Promise.all([...this.#followed.values()].map((followed) => followed.run()));
  }

  /** Stops, after what was read has been judged, and tells where. Lines not read stay for the next process. */
  async close(): Promise<readonly LogPosition[]> {
    this.#closed = true;
    this.#stopPolling?.();
    await this.#watcher?.close();
    const positions = await Promise.all([...this.#followed.values()].map((followed) => followed.close()));
    this.#followed.clear();
    return positions.flatMap((position) => position ?? []);
  }

  #poll(): void {
    this.#stopPolling = this.#options.clock.after(this.#options.pollEvery, () => {
      this.wake(undefined);
      if (!this.#closed) this.#poll();
    });
  }
}

/** One followed log: at most one pass over it at a time; a wake during a pass makes for another one. */
class Followed {
  readonly #file: LogFile;
  readonly #reader: LogReader;
  readonly #options: TailerOptions;
  readonly #underWay: Promise<void>[] = [];
  #running: Promise<void> | undefined;
  #again = false;
  #closed = false;
  #stopLooking: (() => void) | undefined;

  constructor(path: string, reader: LogReader, follow: FollowOptions, options: TailerOptions) {
    this.#reader = reader;
    this.#options = options;
    this.#file = new LogFile({
      path,
      files: options.files,
      limits: follow.newline === undefined ? options.limits : { ...options.limits, newline: follow.newline },
      lateWrites: options.lateWrites,
      start: follow.start,
      resume: follow.resume,
      events: {
        opened: (log) => reader.opened(log),
        rotated: (rotation) => reader.rotated(rotation),
        trouble: (trouble) => reader.trouble(trouble, path),
        longLine: (where, offset) => reader.longLine(where, offset),
      },
    });
    this.#file.inOperation = follow.inOperation ?? false;
  }

  run(): Promise<void> {
    if (this.#closed) return Promise.resolve();
    this.#again = true;
    this.#running ??= this.#passes().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  position(): LogPosition | undefined {
    return this.#file.position();
  }

  async close(): Promise<LogPosition | undefined> {
    this.#closed = true;
    await this.#running;
    this.#stopLooking?.();
    const position = this.#file.position();
    this.#file.close();
    return position;
  }

  async #passes(): Promise<void> {
    let moved = false;
    while (this.#again && !this.#closed) {
      this.#again = false;
      this.#file.check(this.#options.clock.now());
      moved = (await this.#pass()) || moved;
    }
    // Blocks that were handed out are judged even when following ends.
    await Promise.all(this.#underWay);
    if (moved && !this.#closed) {
      this.#stopLooking?.();
      this.#stopLooking = this.#options.clock.after(lookAgain, () => void this.run());
    }
  }

  async #pass(): Promise<boolean> {
    let moved = false;
    while (!this.#closed) {
      const block = this.#file.next();
      if (block === undefined && this.#file.busy) {
        await new Promise<void>((resolve) => this.#options.clock.after(0, resolve));
        continue;
      }
      if (block === undefined) {
        await Promise.all(this.#underWay);
        this.#file.inOperation = true;
        this.#reader.caughtUp(this.#file.path);
        break;
      }
      moved = true;
      const judged: Promise<void> = this.#judge(block).finally(() => {
        this.#underWay.splice(this.#underWay.indexOf(judged), 1);
      });
      this.#underWay.push(judged);
      if (this.#underWay.length >= this.#options.readAhead) await this.#underWay[0];
    }
    return moved;
  }

  /** A reader that fails has told why; the block counts as done, or the log would stand still for ever. */
  async #judge(block: Block): Promise<void> {
    try {
      await this.#reader.block(block);
    } catch {
      // Told by the reader.
    } finally {
      this.#file.done(block);
    }
  }
}
