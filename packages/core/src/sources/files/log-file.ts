import type { Bytes, EpochMs, Milliseconds } from '@f2b/config';
import { reasonOf } from '../../errors.js';
import { type Block, type FileMark, type FilePlace, type LogTrouble, marksOf, type SourceEvent } from '../source.js';
import type { FileState, Files } from './files.js';
import { Held } from './held.js';
import type { LogParts, ReadLimits } from './log-parts.js';
import { looksRotated, Missed } from './missed.js';

/** Old files that are watched for late writes at once; more of them are given up as soon as they are drained. */
const maxOldLogs = 32;

/** Where to begin in a log that is there when following starts. Not asked for files that come later: those are new from their first byte. */
export type ChooseStart = (log: { readonly fd: number; readonly size: Bytes }) => Bytes;

export interface LogFileOptions {
  readonly path: string;
  readonly files: Files;
  readonly limits: ReadLimits;
  /** How long an old file is read on for late writes, after another one took its name. */
  readonly lateWrites: Milliseconds;
  readonly start: ChooseStart;
  /** Where an earlier process stopped. */
  readonly resume?: FilePlace | undefined;
  /** Reading starts at the end, so what comes is live from the first line on. */
  readonly inOperation?: boolean | undefined;
  /** Where files of other names were left, one of which may have this name now, or a copy of it. */
  readonly moved?: (() => readonly FileMark[]) | undefined;
  /** Gets what befalls the log. */
  tell(event: SourceEvent): void;
}

/**
 * One log by its name: whichever files the name leads to in the course of time, in order, each read to its end. Pure of
 * timers: `check` and `next` are called by the tailer whenever something may have changed.
 */
export class LogFile {
  readonly path: string;
  readonly #options: LogFileOptions;
  readonly #parts: LogParts;
  readonly #missed: Missed;
  #current: Held | undefined;
  #old: Held[] = [];
  #generation = 0;
  #checkedAt: EpochMs = 0;
  #first = true;
  /** The end has been reached at least once, or reading started there. */
  #inOperation: boolean;
  #trouble = '';
  /** Told from place to place, whichever file it lies in. */
  readonly #place = () => this.place();

  constructor(options: LogFileOptions) {
    const { path, files, limits } = options;
    this.path = path;
    this.#options = options;
    this.#inOperation = options.inOperation ?? false;
    const nextGeneration = () => this.#generation++;
    this.#parts = { log: path, files, limits, nextGeneration, tell: (event) => options.tell(event) };
    this.#missed = new Missed(this.#parts);
  }

  /** Looks where the name leads now, and opens and closes accordingly. Never throws: what is wrong is told as trouble. */
  check(now: EpochMs): void {
    this.#checkedAt = now;
    this.#releaseOld(now);
    let state: FileState;
    try {
      state = this.#options.files.stat(this.path);
      if (state.identity !== this.#current?.log.identity) this.#turnTo(state, now);
      else this.#current.lostName = undefined;
      if (state.kind === 'file') this.#tell(undefined);
    } catch (error) {
      const trouble = troubleOf(error);
      if (trouble.kind === 'missing') this.#lose(now);
      this.#tell(trouble);
    }
  }

  /**
   * The next block, old files before the current one; undefined when all is read.
   * @returns `again`: nothing yet, only because there is much to skip; it wants to be called again soon
   */
  next(): Block | 'again' | undefined {
    let skipping = false;
    for (const held of this.#held()) {
      try {
        const block = held.next(this.#inOperation, this.#place);
        if (block === 'fresh') {
          // Rotation may have put other content aside meanwhile, which is to be read first.
          this.#addMissed([]);
          return this.next();
        }
        if (block === 'again') skipping = true;
        else if (block !== undefined) return block;
      } catch (error) {
        this.#tell(troubleOf(error));
      }
    }
    if (skipping) return 'again';
    this.#inOperation = true;
    return undefined;
  }

  /** Where to go on after a restart: behind the last line that is settled. Undefined while the log has never been open. */
  place(): FilePlace | undefined {
    const held = this.#held();
    const last = held.at(-1);
    if (last === undefined) return undefined;
    const earlier = held.slice(0, -1).map(({ mark }) => mark);
    return { kind: 'file', log: this.path, ...last.mark, earlier, noticed: this.#missed.noticed };
  }

  /** Where its files would be read on, or copies of them. */
  marks(): readonly FileMark[] {
    return this.#held().flatMap((held) => held.marks);
  }

  /** Nothing has the name, and nothing more is expected of what had it. */
  get vanished(): boolean {
    return this.#current === undefined && this.#old.length === 0;
  }

  /** Closes all descriptors; the place is known on. No block may be under way. */
  close(): void {
    for (const held of this.#held()) held.log.close();
  }

  #held(): Held[] {
    return this.#current === undefined ? this.#old : [...this.#old, this.#current];
  }

  /** Another file has the name: the one before is old now, but read to its end first. */
  #turnTo(found: FileState, now: EpochMs): void {
    if (found.kind !== 'file') {
      this.#retire(now);
      this.#tell({ kind: 'unsuitable', what: found.kind });
      return;
    }
    const known = this.#old.findIndex((held) => held.log.identity === found.identity);
    if (known >= 0) {
      // Renamed away and back again.
      const [back] = this.#old.splice(known, 1);
      this.#retire(now);
      this.#current = back;
      back!.lostName = undefined;
      return;
    }
    const { files, tell } = this.#parts;
    const fd = files.open(this.path);
    const state = files.state(fd);
    if (state.kind !== 'file') {
      files.close(fd);
      this.#tell({ kind: 'unsuitable', what: state.kind });
      return;
    }
    const before = this.#current;
    this.#retire(now);
    const held = new Held(fd, state, this.#parts);
    this.#current = held;
    if (before !== undefined) {
      const { offset } = before.log.mark;
      tell({ kind: 'rotated', log: this.path, reason: 'replaced', size: state.size, offset });
    }
    const moved = this.#options.moved?.() ?? [];
    const isKnown = this.#first ? this.#begin(held, state, moved) : held.resume(moved);
    // A copy that is still being made.
    if (!isKnown && looksRotated(this.path)) held.takeAsCopy(moved);
    this.#lookBeside(now);
    const { generation, mark, firstLine } = held.log;
    tell({ kind: 'opened', log: this.path, generation, offset: mark.offset, firstLine });
  }

  /** The first file that the name leads to: go on where the last process stopped, else where the jails want to begin. */
  #begin(held: Held, { size }: FileState, moved: readonly FileMark[]): boolean {
    const { resume, start } = this.#options;
    if (held.resume([...marksOf(resume), ...moved])) return true;
    // Unless it is the file that the last process read, that one was rotated away, and this one is new.
    const from = resume === undefined ? start({ fd: held.log.fd, size }) : 0;
    if (from > 0) held.log.startAt(from);
    return false;
  }

  /** Another file has the name, or none: what was there meanwhile, or when the last process stopped, has other names. */
  #lookBeside(now: EpochMs): void {
    const { resume } = this.#options;
    if (!this.#first) {
      this.#addMissed([], now);
      return;
    }
    this.#first = false;
    // Nobody has been here before: what is there is none of our business.
    if (resume?.noticed === undefined) this.#missed.begin(this.#currentState());
    else this.#missed.resume(resume.noticed);
    this.#addMissed(marksOf(resume), now);
  }

  #currentState(): FileState | undefined {
    return this.#current && this.#options.files.state(this.#current.log.fd);
  }

  /** @param marks where files were left that are not held */
  #addMissed(marks: readonly FileMark[], now = this.#checkedAt): void {
    const isHeld = (identity: string) => this.#held().some(({ log }) => log.identity === identity);
    const known = { marks: [...marks, ...this.marks()], current: this.#currentState(), isHeld };
    for (const held of this.#missed.look(known)) {
      held.lostName = now;
      this.#old.push(held);
    }
  }

  #retire(now: EpochMs): void {
    if (this.#current === undefined) return;
    this.#current.lostName = now;
    this.#old.push(this.#current);
    this.#current = undefined;
  }

  /** The name leads nowhere: the file may be written to all the same, until a new one comes. */
  #lose(now: EpochMs): void {
    // A log that is missing at first is new from its first byte when it comes; what was unread may have another name.
    if (this.#first) this.#lookBeside(now);
    const held = this.#current;
    if (held === undefined) return;
    held.lostName ??= now;
    // Holding a deleted file for ever would hold its disk space too.
    if (held.isOver(now, this.#options.lateWrites) && held.log.links === 0) {
      held.log.close();
      this.#current = undefined;
    }
  }

  #releaseOld(now: EpochMs): void {
    this.#old = this.#old.filter((held, index) => {
      const crowded = held.finished && index < this.#old.length - maxOldLogs;
      if (!crowded && !held.isOver(now, this.#options.lateWrites)) return true;
      held.log.close();
      return false;
    });
  }

  #tell(trouble: LogTrouble | undefined): void {
    const key = trouble === undefined ? '' : JSON.stringify(trouble);
    if (key === this.#trouble) return;
    this.#trouble = key;
    this.#options.tell({ kind: 'trouble', log: this.path, trouble });
  }
}

function troubleOf(error: unknown): LogTrouble {
  const code = (error as { code?: unknown }).code;
  if (code === 'ENOENT' || code === 'ENOTDIR') return { kind: 'missing' };
  if (code === 'EACCES' || code === 'EPERM') return { kind: 'denied' };
  return { kind: 'failing', why: reasonOf(error) };
}
