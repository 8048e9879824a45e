import type { Bytes, EpochMs, Milliseconds } from '@f2b/config';
import type { Block, LogPosition, LogTrouble, OpenedLog, Rotation } from './block.js';
import type { FileState, Files } from './files.js';
import { type Mark, OpenLog, type ReadLimits } from './open-log.js';

/** Old files that are watched for late writes at once; more of them are given up as soon as they are drained. */
const maxOldLogs = 8;

/** What rotation appends to a log's name: a number, a date. */
const rotatedName = /^[.-]\d+(?:[.-]\d+)*$/;

/** Where to begin in a log that is there when following starts. Not asked for files that come later: those are new from their first byte. */
export type ChooseStart = (log: { readonly fd: number; readonly size: Bytes }) => Bytes;

export interface LogFileEvents {
  /** A file has been opened and will be read from `offset` on. */
  opened(log: OpenedLog): void;
  rotated(rotation: Rotation): void;
  /** A log became unreadable, or (undefined) readable again. Told once per change. */
  trouble(trouble: LogTrouble | undefined): void;
  longLine(path: string, offset: Bytes): void;
}

export interface LogFileOptions {
  readonly path: string;
  readonly files: Files;
  readonly limits: ReadLimits;
  /** How long an old file is read on for late writes, after another one took its name. */
  readonly lateWrites: Milliseconds;
  readonly start: ChooseStart;
  /** Where an earlier process stopped. */
  readonly resume: LogPosition | undefined;
  readonly events: LogFileEvents;
}

interface Held {
  readonly log: OpenLog;
  readonly born: bigint | undefined;
  generation: number;
  /** Blocks handed out, from the oldest that is not done: the log may not be closed, and its position is the first one's start. */
  readonly pending: { readonly block: Block; readonly before: Mark; done: boolean }[];
  /** When it lost its name; undefined for the file that has it. */
  lostName: EpochMs | undefined;
  /** Nothing was left to read when last looked. */
  drained: boolean;
}

/**
 * One log by its name: whichever files the name leads to in the course of time, in order, each read to its end. Pure of
 * timers: `check` and `next` are called by the tailer whenever something may have changed.
 */
export class LogFile {
  readonly path: string;
  /** The end has been reached at least once, or reading started there. */
  inOperation = false;
  readonly #options: LogFileOptions;
  #current: Held | undefined;
  #old: Held[] = [];
  #generation = 0;
  #first = true;
  #trouble = '';

  constructor(options: LogFileOptions) {
    this.#options = options;
    this.path = options.path;
  }

  /** `next` has given nothing only because there is much to skip: it wants to be called again soon. */
  get busy(): boolean {
    return this.#held().some((held) => held.log.busy);
  }

  /** Looks where the name leads now, and opens and closes accordingly. Never throws: what is wrong is told as trouble. */
  check(now: EpochMs): void {
    this.#releaseOld(now);
    let state: FileState;
    try {
      state = this.#options.files.stat(this.path);
      if (state.identity !== this.#current?.log.identity) this.#turnTo(state, now);
      else this.#current.lostName = undefined;
      if (state.kind === 'file') this.#tell(undefined);
    } catch (error) {
      const trouble = troubleOf(this.path, error);
      if (trouble.kind === 'missing') this.#lose(now);
      this.#tell(trouble);
    }
  }

  /** The next block, old files before the current one; undefined when all is read. */
  next(): Block | undefined {
    for (const held of [...this.#old, ...(this.#current === undefined ? [] : [this.#current])]) {
      try {
        const lines = held.log.next();
        held.drained = lines === undefined;
        if (lines === undefined) continue;
        const { before, ...range } = lines;
        const { path, inOperation } = this;
        const block: Block = { path, generation: held.generation, fd: held.log.fd, ...range, inOperation };
        held.pending.push({ block, before, done: false });
        return block;
      } catch (error) {
        held.drained = true;
        this.#tell(troubleOf(this.path, error));
      }
    }
    return undefined;
  }

  /** Says that a block has been judged; blocks may be done in any order, the position moves over them in theirs. */
  done(block: Block): void {
    for (const { pending } of this.#held()) {
      const entry = pending.find((one) => one.block === block);
      if (entry === undefined) continue;
      entry.done = true;
      while (pending[0]?.done === true) pending.shift();
    }
  }

  /** Where to go on after a restart: behind the last line that was judged. Undefined while the log has never been open. */
  position(): LogPosition | undefined {
    // The oldest file that has something unjudged; a drained old one has nothing to go back for.
    const held = this.#old.find((one) => one.pending.length > 0) ?? this.#current;
    if (held === undefined) return undefined;
    const { offset, marker, head } = held.pending[0]?.before ?? held.log.mark;
    const { identity } = held.log;
    return { path: this.path, identity, offset, marker: marker.toString('base64'), head: head.toString('base64') };
  }

  /** Closes all descriptors. No block may be under way. */
  close(): void {
    for (const held of this.#held()) held.log.close();
    this.#old = [];
    this.#current = undefined;
  }

  #held(): Held[] {
    return this.#current === undefined ? [...this.#old] : [...this.#old, this.#current];
  }

  /** Another file has the name: the one before is old now, but read to its end first. */
  #turnTo(found: FileState, now: EpochMs): void {
    if (found.kind !== 'file') {
      this.#retire(now);
      this.#tell({ kind: 'unsuitable', path: this.path, what: found.kind });
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
    const { files } = this.#options;
    const fd = files.open(this.path);
    const state = files.state(fd);
    if (state.kind !== 'file') {
      files.close(fd);
      this.#tell({ kind: 'unsuitable', path: this.path, what: state.kind });
      return;
    }
    const before = this.#current;
    this.#retire(now);
    if (before !== undefined) this.#addMissed(before, state, now);
    const held = this.#hold(fd, state);
    this.#current = held;
    if (before !== undefined) {
      const { offset } = before.log.mark;
      this.#options.events.rotated({ path: this.path, reason: 'replaced', size: state.size, offset });
    }
    if (this.#first) this.#begin(held, state, now);
    this.#first = false;
    const { generation } = held;
    this.#options.events.opened({ path: this.path, fd, generation, offset: held.log.mark.offset });
  }

  #hold(fd: number, state: FileState): Held {
    const { files, limits, events } = this.#options;
    const held: Held = {
      born: state.born,
      generation: this.#generation++,
      pending: [],
      lostName: undefined,
      drained: false,
      log: new OpenLog(files, fd, state, limits, {
        restarted: (reason, size, offset) => {
          held.generation = this.#generation++;
          events.rotated({ path: this.path, reason, size, offset });
        },
        longLine: (offset) => events.longLine(this.path, offset),
      }),
    };
    return held;
  }

  /** The first file that the name leads to: go on where the last process stopped, else where the jails want to begin. */
  #begin(held: Held, state: FileState, now: EpochMs): void {
    const { resume, start } = this.#options;
    if (resume === undefined) {
      const from = start({ fd: held.log.fd, size: state.size });
      if (from > 0) held.log.startAt(from);
      return;
    }
    if (held.log.resume(resume)) return;
    // Rotated while no process was there: what was left unread is beside it, under another name.
    this.#resumeOld(resume, now);
  }

  #resumeOld(resume: LogPosition, now: EpochMs): void {
    const { files } = this.#options;
    try {
      for (const sibling of files.siblings(this.path)) {
        if (files.stat(sibling).kind !== 'file') continue;
        const fd = files.open(sibling);
        const state = files.state(fd);
        const held = this.#hold(fd, state);
        const fits = state.kind === 'file' && state.identity !== this.#current?.log.identity && held.log.resume(resume);
        if (fits) {
          held.lostName = now;
          this.#old.push(held);
          this.#addMissed(held, this.#current && files.state(this.#current.log.fd), now);
          return;
        }
        files.close(fd);
      }
    } catch {
      // A directory that cannot be listed only costs the lines written between the stop and the rotation.
    }
  }

  /**
   * Files that had the name between `before` and `current` without being seen there, because rotations followed one another
   * closely or nobody was looking. They are known by their names and by when they were made; a copy of a file that was
   * read (the other half of copytruncate) begins like that file.
   */
  #addMissed(before: Held, current: FileState | undefined, now: EpochMs): void {
    const { files } = this.#options;
    const missed: { readonly held: Held; readonly born: bigint }[] = [];
    try {
      // A birth time that has changed is none.
      if (before.born === undefined || files.state(before.log.fd).born !== before.born) return;
      for (const path of files.siblings(this.path)) {
        if (!rotatedName.test(path.slice(this.path.length))) continue;
        const { kind, identity } = files.stat(path);
        if (kind !== 'file' || identity === current?.identity) continue;
        if (this.#held().some(({ log }) => log.identity === identity)) continue;
        const fd = files.open(path);
        const state = files.state(fd);
        const { born } = state;
        const between = born !== undefined && born >= before.born && born <= (current?.born ?? born);
        if (between && !before.log.beginsLike(fd)) missed.push({ held: this.#hold(fd, state), born });
        else files.close(fd);
      }
    } catch (error) {
      this.#tell(troubleOf(this.path, error));
    }
    missed.sort((a, b) => (a.born < b.born ? -1 : 1));
    for (const { held } of missed) {
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
    if (this.#first && this.#options.resume !== undefined) this.#resumeOld(this.#options.resume, now);
    this.#first = false;
    const held = this.#current;
    if (held === undefined) return;
    held.lostName ??= now;
    // Holding a deleted file for ever would hold its disk space too.
    if (this.#mayClose(held, now) && held.log.links === 0) {
      held.log.close();
      this.#current = undefined;
    }
  }

  #releaseOld(now: EpochMs): void {
    this.#old = this.#old.filter((held, index) => {
      const crowded = held.drained && held.pending.length === 0 && index < this.#old.length - maxOldLogs;
      if (!crowded && !this.#mayClose(held, now)) return true;
      held.log.close();
      return false;
    });
  }

  #mayClose(held: Held, now: EpochMs): boolean {
    if (!held.drained || held.pending.length > 0 || held.lostName === undefined) return false;
    return Math.abs(now - held.lostName) >= this.#options.lateWrites;
  }

  #tell(trouble: LogTrouble | undefined): void {
    const key = trouble === undefined ? '' : JSON.stringify(trouble);
    if (key === this.#trouble) return;
    this.#trouble = key;
    this.#options.events.trouble(trouble);
  }
}

function troubleOf(path: string, error: unknown): LogTrouble {
  const code = (error as { code?: unknown }).code;
  if (code === 'ENOENT' || code === 'ENOTDIR') return { kind: 'missing', path };
  if (code === 'EACCES' || code === 'EPERM') return { kind: 'denied', path };
  return { kind: 'failing', path, why: error instanceof Error ? error.message : String(error) };
}
