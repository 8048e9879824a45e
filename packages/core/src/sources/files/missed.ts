import type { FilePlace } from '../source.js';
import type { FileState, Files } from './files.js';
import { Held } from './held.js';
import type { LogParts } from './log-parts.js';

/** What rotation appends to a log's name: a number, a date. */
const rotatedName = /^[.-]\d+(?:[.-]\d+)*$/;

/** Whether rotation may have given a name to what had the name `log`. */
export function isRotatedName(name: string, log: string): boolean {
  return name.startsWith(log) && rotatedName.test(name.slice(log.length));
}

/**
 * What had a log's name while nobody looked: between two processes, or between two looks of this one. Such files stand beside the log
 * under another name.
 */
export class Missed {
  readonly #path: string;
  readonly #files: Files;
  readonly #parts: LogParts;

  constructor(parts: LogParts) {
    this.#path = parts.log;
    this.#files = parts.files;
    this.#parts = parts;
  }

  /**
   * The file in which an earlier process stopped, opened at that place; undefined when it is not there any more.
   * @param current what has the name now, which is not it
   */
  resumed(place: FilePlace, current: FileState | undefined): Held | undefined {
    try {
      for (const sibling of this.#files.siblings(this.#path)) {
        if (this.#files.stat(sibling).kind !== 'file') continue;
        const fd = this.#files.open(sibling);
        const state = this.#files.state(fd);
        const held = new Held(fd, state, this.#parts);
        if (state.kind === 'file' && state.identity !== current?.identity && held.log.resume(place)) return held;
        this.#files.close(fd);
      }
    } catch {
      // A directory that cannot be listed only costs the lines written between the stop and the rotation.
    }
    return undefined;
  }

  /**
   * Files that had the name between `before` and `current` without being seen there, because rotations followed one another
   * closely or nobody was looking; the oldest first. They are known by their names and by when they were made; a copy of a file that
   * was read (the other half of copytruncate) begins like that file.
   * @param isHeld whether a file, known by its identity, is being read already
   * @throws Node's error when the directory or one of the files cannot be read
   */
  between(before: Held, current: FileState | undefined, isHeld: (identity: string) => boolean): readonly Held[] {
    const missed: { readonly held: Held; readonly born: bigint }[] = [];
    // A birth time that has changed is none.
    if (before.born === undefined || this.#files.state(before.log.fd).born !== before.born) return [];
    try {
      for (const path of this.#files.siblings(this.#path)) {
        if (!isRotatedName(path, this.#path)) continue;
        const { kind, identity } = this.#files.stat(path);
        if (kind !== 'file' || identity === current?.identity || isHeld(identity)) continue;
        const fd = this.#files.open(path);
        const state = this.#files.state(fd);
        const { born } = state;
        const within = born !== undefined && born >= before.born && born <= (current?.born ?? born);
        if (within && !before.log.beginsLike(fd)) missed.push({ held: new Held(fd, state, this.#parts), born });
        else this.#files.close(fd);
      }
    } catch (error) {
      for (const { held } of missed) held.log.close();
      throw error;
    }
    missed.sort((a, b) => (a.born < b.born ? -1 : 1));
    return missed.map(({ held }) => held);
  }
}
