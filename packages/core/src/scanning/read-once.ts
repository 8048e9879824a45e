import type { Bytes } from '@f2b/config';
import { dropOldest } from '../jails/book/bound.js';
import type { GuardedJail } from '../jails/guarded-jail.js';

/** Files remembered for a jail: far more than it reads at a time. */
const maxFiles = 4096;

/** The reading of one portion. */
export interface Reading {
  /** What the log is. */
  readonly log: string;
  /** Tells the reading from every other one: within it, a line may match several times. */
  readonly number: number;
}

interface ReadFile {
  /** Every line that begins before it has been shown to the jail. */
  to: Bytes;
  /** In which reading the last one was. */
  reading: number;
}

/**
 * What each jail has been shown of each file. A file is known by what it is: under however many names it is read (links, a pattern that
 * matches the name after rotation as well), a jail is shown each of its lines once.
 */
export class ReadOnce {
  readonly #files = new WeakMap<GuardedJail, Map<string, ReadFile>>();
  #readings = 0;

  begin(log: string): Reading {
    return { log, number: this.#readings++ };
  }

  /** Whether a matching line is to be shown to a jail; then it counts as shown. */
  isNew(jail: GuardedJail, { log, number }: Reading, offset: Bytes): boolean {
    const files = this.#of(jail);
    const known = files.get(log);
    if (known === undefined) {
      files.set(log, { to: offset + 1, reading: number });
      dropOldest(files, maxFiles);
      return true;
    }
    if (offset < known.to) return offset === known.to - 1 && known.reading === number;
    known.to = offset + 1;
    known.reading = number;
    return true;
  }

  /**
   * A file was rewritten and begins with the same line as before, so that it cannot be told apart from what it was.
   * @param readTo how far it had been read by whoever notices; who has read further has noticed before
   */
  rewritten(jail: GuardedJail, log: string, readTo: Bytes): void {
    const files = this.#of(jail);
    if ((files.get(log)?.to ?? 0) <= readTo) files.delete(log);
  }

  #of(jail: GuardedJail): Map<string, ReadFile> {
    let files = this.#files.get(jail);
    if (files === undefined) {
      files = new Map();
      this.#files.set(jail, files);
    }
    return files;
  }
}
