import { type Dirent, existsSync, lstatSync, opendirSync, readFileSync, type Stats, statSync } from 'node:fs';

/** What a path leads to, symbolic links followed; `dangling` is a link to nothing. */
export type Kind = 'file' | 'directory' | 'other' | 'dangling' | 'missing';

export interface DirectoryEntry {
  readonly name: string;
  /** Where the directory itself tells; undefined: ask `kind`. */
  readonly kind: 'file' | 'directory' | undefined;
}

/**
 * All that reading a configuration asks of the world. Handed in, so that a tree can be read from memory, and so that what a
 * reader may touch is visible in one place.
 */
export interface ConfigEdge {
  /** The file's bytes. Throws what the file system throws (`ENOENT`, `EACCES`, …). */
  readFile(path: string): Uint8Array;
  /** What is in a directory, in the order in which the directory holds it; empty where there is no such directory. */
  listDirectory(path: string): readonly DirectoryEntry[];
  kind(path: string): Kind;
}

/** A directory of filters is read in one go. */
const entriesAtOnce = 256;

/** The real file system. */
export const realEdge: ConfigEdge = {
  readFile: (path) => readFileSync(path),
  listDirectory(path) {
    const entries: DirectoryEntry[] = [];
    if (!existsSync(path)) return entries;
    try {
      const directory = opendirSync(path, { bufferSize: entriesAtOnce });
      try {
        for (let entry = directory.readSync(); entry; entry = directory.readSync()) {
          entries.push({ name: entry.name, kind: kindOf(entry) });
        }
      } finally {
        directory.closeSync();
      }
    } catch {
      return [];
    }
    return entries;
  },
  kind(path) {
    const stat = statOf(path);
    if (!stat) {
      const link = lstatSync(path, { throwIfNoEntry: false });
      return link ? (link.isSymbolicLink() ? 'dangling' : 'other') : 'missing';
    }
    return stat.isFile() ? 'file' : stat.isDirectory() ? 'directory' : 'other';
  },
};

function kindOf(entry: Dirent): DirectoryEntry['kind'] {
  return entry.isFile() ? 'file' : entry.isDirectory() ? 'directory' : undefined;
}

/** What stands there, links followed; undefined also where it may not be looked at. */
function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
