import { existsSync, lstatSync, opendirSync, readFileSync, type Stats, statSync } from 'node:fs';

/**
 * All that reading a configuration asks of the world. Handed in, so that a tree can be read from memory, and so that what a
 * reader may touch is visible in one place.
 */
export interface ConfigEdge {
  /** The file's bytes. Throws what the file system throws (`ENOENT`, `EACCES`, …). */
  readFile(path: string): Uint8Array;
  /** Names in a directory in the order in which the directory holds them; empty where there is no such directory. */
  listDirectory(path: string): readonly string[];
  /** What stands there, symbolic links followed; `dangling` is a link to nothing. */
  kind(path: string): 'file' | 'directory' | 'other' | 'dangling' | 'missing';
}

/** The real file system. */
export const realEdge: ConfigEdge = {
  readFile: (path) => readFileSync(path),
  listDirectory(path) {
    const names: string[] = [];
    if (!existsSync(path)) return names;
    try {
      const directory = opendirSync(path);
      try {
        for (let entry = directory.readSync(); entry; entry = directory.readSync()) names.push(entry.name);
      } finally {
        directory.closeSync();
      }
    } catch {
      return [];
    }
    return names;
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

/** What stands there, links followed; undefined also where it may not be looked at. */
function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
