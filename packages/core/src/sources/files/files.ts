import { type BigIntStats, closeSync, constants, fstatSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Bytes } from '@f2b/config';

/** What a file is, as far as following it needs to know. */
export interface FileState {
  /** Device and inode: the same text means the same file, as long as it exists or is held open. */
  readonly identity: string;
  readonly size: Bytes;
  readonly kind: 'file' | 'directory' | 'FIFO' | 'socket' | 'device';
  /** Names that the file has; 0 once it is deleted. */
  readonly links: number;
  /**
   * When the file was made, in nanoseconds; undefined where the file system does not tell. Where the kernel does not, it is
   * the time of the last change: then it does not stay the same.
   */
  readonly born: bigint | undefined;
}

/** The file system as the tailer uses it. All calls throw Node's errors with their `code`. */
export interface Files {
  /** State of what a name leads to; symbolic links are followed. */
  stat(path: string): FileState;
  /** Opens for reading; never waits, whatever the name leads to. */
  open(path: string): number;
  state(fd: number): FileState;
  /** Reads at `position` into `into`; gives the count of bytes that were there. */
  read(fd: number, into: Uint8Array, position: Bytes): number;
  close(fd: number): void;
  /** Names of files beside `path` that begin with its name: where rotation puts what was there. */
  siblings(path: string): readonly string[];
}

export const realFiles: Files = {
  stat: (path) => stateOf(statSync(path, { bigint: true })),
  // Without O_NONBLOCK, opening a FIFO would wait for a writer and with it everything else.
  open: (path) => openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY),
  state: (fd) => stateOf(fstatSync(fd, { bigint: true })),
  read(fd, into, position) {
    let filled = 0;
    while (filled < into.length) {
      const got = readSync(fd, into, filled, into.length - filled, position + filled);
      if (got === 0) break;
      filled += got;
    }
    return filled;
  },
  close: (fd) => closeSync(fd),
  siblings(path) {
    const directory = dirname(path);
    const name = basename(path);
    return readdirSync(directory)
      .filter((entry) => entry !== name && entry.startsWith(name) && !/\.(?:gz|xz|bz2|zst|lz4|Z)$/.test(entry))
      .map((entry) => join(directory, entry));
  },
};

function stateOf(stat: BigIntStats): FileState {
  return {
    identity: `${stat.dev}:${stat.ino}`,
    size: Number(stat.size),
    kind: kindOf(stat),
    links: Number(stat.nlink),
    born: stat.birthtimeNs === 0n ? undefined : stat.birthtimeNs,
  };
}

function kindOf(stat: BigIntStats): FileState['kind'] {
  if (stat.isFile()) return 'file';
  if (stat.isDirectory()) return 'directory';
  if (stat.isFIFO()) return 'FIFO';
  return stat.isSocket() ? 'socket' : 'device';
}
