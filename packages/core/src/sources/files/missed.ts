import type { FileMark, NoticedFiles } from '../source.js';
import type { FileState } from './files.js';
import { fileOf, Held } from './held.js';
import type { LogParts } from './log-parts.js';

/** What rotation appends to a log's name: a number, a date. */
const rotatedEnd = /(?:[.-]\d+)+$/;

/** Whether rotation may have given a name to what had the name `log`. */
export function isRotatedName(name: string, log: string): boolean {
  return name.startsWith(log) && rotatedEnd.exec(name.slice(log.length))?.index === 0;
}

/** Whether a name looks as if rotation had given it. */
export function looksRotated(name: string): boolean {
  return rotatedEnd.test(name);
}

/** Whether rotation may have moved a file from one of these names to the other. */
export function mayBeRotated(name: string, other: string): boolean {
  return name !== other && name.replace(rotatedEnd, '') === other.replace(rotatedEnd, '');
}

/** How often names are looked through that move on meanwhile. */
const maxLooks = 8;

/** What is known of a log when one looks beside it. */
export interface Known {
  /** Where its files were left, those of an earlier process too. */
  readonly marks: readonly FileMark[];
  /** What has the name now. */
  readonly current: FileState | undefined;
  /** Whether a file, by device and inode, is being read already. */
  isHeld(identity: string): boolean;
}

/**
 * What had a log's name while nobody looked: between two processes, or between two looks of this one. Such files, or copies of them,
 * stand beside the log under another name.
 */
export class Missed {
  readonly #parts: LogParts;
  /** The last birth among the files that have been noticed: what was made later is new. */
  #born = -1n;
  #bornThen = new Set<string>();

  constructor(parts: LogParts) {
    let generation = 0;
    // Below those of the files that have the name: these are not followed by it.
    this.#parts = { ...parts, nextGeneration: () => --generation };
  }

  /** What a later process needs to know what is new to it. */
  get noticed(): NoticedFiles | undefined {
    return this.#born < 0n ? undefined : { born: String(this.#born), files: [...this.#bornThen] };
  }

  /** Goes on from what an earlier process had noticed. */
  resume({ born, files }: NoticedFiles): void {
    this.#born = BigInt(born);
    this.#bornThen = new Set(files);
  }

  /** Notices what there is, and takes none of it for new. */
  begin(current: FileState | undefined): void {
    for (const state of this.#siblings().values()) this.#notice(state);
    if (current !== undefined) this.#notice(current);
  }

  /**
   * Opens what has to be read beside the log: files that were left somewhere, copies of such files (the other half of copytruncate), each
   * at that place; then those that were made since the last look, the oldest first.
   */
  look({ marks, current, isHeld }: Known): readonly Held[] {
    const left: Held[] = [];
    const made: Held[] = [];
    const seen = new Map<string, FileState>();
    if (current !== undefined) seen.set(current.identity, current);
    // Names may move on while they are looked through: until nothing turns up that was not there before.
    for (let looks = 0; looks < maxLooks; looks++) {
      const found = [...this.#siblings()].filter(([, { identity }]) => !seen.has(identity));
      if (found.length === 0) break;
      for (const [path, state] of found) {
        if (isHeld(state.identity)) seen.set(state.identity, state);
        const held = seen.has(state.identity) ? undefined : this.#open(path);
        if (held === undefined) continue;
        const { identity } = held.log;
        const known = seen.has(identity) || isHeld(identity);
        seen.set(identity, this.#parts.files.state(held.log.fd));
        if (!known && held.resume(marks)) left.push(held);
        else if (!known && this.#isUnread(path, held, marks)) made.push(held);
        else held.log.close();
      }
    }
    for (const state of seen.values()) this.#notice(state);
    const byBirth = (a: Held, b: Held) => ((a.born ?? 0n) < (b.born ?? 0n) ? -1 : 1);
    return [...left.sort(byBirth), ...made.sort(byBirth)];
  }

  /** Regular files beside the log, by their names; those that vanish while one looks are none. */
  #siblings(): Map<string, FileState> {
    const { files, log } = this.#parts;
    const found = new Map<string, FileState>();
    try {
      for (const path of files.siblings(log)) {
        try {
          const state = files.stat(path);
          if (state.kind === 'file') found.set(path, state);
        } catch {}
      }
    } catch {
      // A directory that cannot be listed only costs what rotation puts aside unread.
    }
    return found;
  }

  /** Undefined: it has vanished, or may not be read. */
  #open(path: string): Held | undefined {
    const { files } = this.#parts;
    try {
      const fd = files.open(path);
      const state = files.state(fd);
      if (state.kind === 'file') return new Held(fd, state, this.#parts);
      files.close(fd);
    } catch {}
    return undefined;
  }

  /** It was put aside since the last look, or rewritten before that. */
  #isUnread(path: string, held: Held, marks: readonly FileMark[]): boolean {
    if (marks.some((mark) => held.log.isReadCopy(mark))) return false;
    return held.isOf(marks) || (isRotatedName(path, this.#parts.log) && this.#isNew(held));
  }

  #isNew({ born, file }: Held): boolean {
    if (born === undefined || this.#born < 0n) return false;
    return born > this.#born || (born === this.#born && !this.#bornThen.has(file));
  }

  #notice({ identity, born }: FileState): void {
    if (born === undefined || born < this.#born) return;
    if (born > this.#born) this.#bornThen.clear();
    this.#born = born;
    this.#bornThen.add(fileOf(identity, born));
  }
}
