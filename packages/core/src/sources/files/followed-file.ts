import type { EpochMs, Milliseconds } from '@f2b/config';
import type { Newline } from '@f2b/matcher';
import type { FileMark, FilePlace, Portion, SourceReader } from '../source.js';
import type { Files } from './files.js';
import { type ChooseStart, LogFile } from './log-file.js';
import type { ReadLimits } from './log-parts.js';

/** Time as following needs it. */
export interface TailerClock {
  now(): EpochMs;
  /** Calls `then` after a while; gives a function that calls it off. */
  after(delay: Milliseconds, then: () => void): () => void;
}

/** What all followed files share. */
export interface FollowParts {
  readonly files: Files;
  readonly clock: TailerClock;
  readonly limits: ReadLimits;
  /** How long an old file is read on after rotation. */
  readonly lateWrites: Milliseconds;
  /** Portions of one log that may be under way at once. */
  readonly readAhead: number;
}

/** Where to begin in a file, and how to read it. */
export interface FollowFile {
  readonly start: ChooseStart;
  readonly resume?: FilePlace | undefined;
  /** How the log's lines end; one byte where nothing is said. */
  readonly newline?: Newline;
  /** Where files of other names were left, one of which may have this name now, or a copy of it. */
  readonly moved?: (() => readonly FileMark[]) | undefined;
  /** Reading starts at the end, so what comes is live from the first line on. */
  readonly inOperation?: boolean;
}

/** After data has come, the log is looked at again this soon: the watcher swallows changes that follow one another closely. */
const lookAgain: Milliseconds = 75;

/** One followed log: at most one pass over it at a time; a wake during a pass makes for another one. */
export class FollowedFile {
  readonly #file: LogFile;
  readonly #reader: SourceReader;
  readonly #parts: FollowParts;
  readonly #underWay: Promise<void>[] = [];
  #running: Promise<void> | undefined;
  #again = false;
  #closed = false;
  #stopLooking: (() => void) | undefined;

  constructor(path: string, reader: SourceReader, { newline, ...follow }: FollowFile, parts: FollowParts) {
    this.#reader = reader;
    this.#parts = parts;
    const { files, lateWrites } = parts;
    const limits = newline === undefined ? parts.limits : { ...parts.limits, newline };
    this.#file = new LogFile({ path, files, limits, lateWrites, ...follow, tell: (event) => reader.tell(event) });
  }

  run(): Promise<void> {
    if (this.#closed) return Promise.resolve();
    this.#again = true;
    this.#running ??= this.#passes().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  /** Where reading stands; also after it has been closed. */
  place(): FilePlace | undefined {
    return this.#file.place();
  }

  /** Where its files would be read on, or copies of them. */
  marks(): readonly FileMark[] {
    return this.#file.marks();
  }

  /** Nothing has the name any more, and nothing more is expected of what had it. */
  get vanished(): boolean {
    return this.#file.vanished;
  }

  /** Stops, after what is under way has been judged. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#running;
    this.#stopLooking?.();
    this.#file.close();
  }

  async #passes(): Promise<void> {
    let moved = false;
    while (this.#again && !this.#closed) {
      this.#again = false;
      this.#file.check(this.#parts.clock.now());
      moved = (await this.#pass()) || moved;
    }
    // Portions that were handed out are judged even when following ends.
    await Promise.all(this.#underWay);
    if (moved && !this.#closed) {
      this.#stopLooking?.();
      this.#stopLooking = this.#parts.clock.after(lookAgain, () => void this.run());
    }
  }

  async #pass(): Promise<boolean> {
    let moved = false;
    while (!this.#closed) {
      const block = this.#file.next();
      if (block === 'again') {
        await new Promise<void>((resolve) => this.#parts.clock.after(0, resolve));
        continue;
      }
      if (block === undefined) {
        await Promise.all(this.#underWay);
        this.#reader.tell({ kind: 'caughtUp', log: this.#file.path });
        break;
      }
      moved = true;
      this.#handOut(block);
      if (this.#underWay.length >= this.#parts.readAhead) await this.#underWay[0];
    }
    return moved;
  }

  /** A portion that its reader gives back unjudged is not settled: the place stays before it. */
  #handOut(portion: Portion): void {
    const judged: Promise<void> = this.#reader
      .portion(portion)
      .catch(() => undefined)
      .finally(() => {
        this.#underWay.splice(this.#underWay.indexOf(judged), 1);
      });
    this.#underWay.push(judged);
  }
}
