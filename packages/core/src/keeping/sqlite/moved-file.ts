import { existsSync, renameSync, rmSync, statSync } from 'node:fs';
import type { SqliteOpener } from './connection.js';
import { salvage } from './salvage.js';
import { createTables, schemaVersion, versionOf } from './schema.js';

/** Which file has a name; undefined: none. */
export function identityOf(file: string): string | undefined {
  const state = statSync(file, { throwIfNoEntry: false });
  return state === undefined ? undefined : `${state.dev}:${state.ino}`;
}

/**
 * Puts a copy of a database into the place of the one that was deleted, or what it holds into the one that has taken its place.
 * @param log which file was the write-ahead log of the old one
 * @returns what became of the file, in a word
 */
export function takePlace(
  sqlite: SqliteOpener,
  copy: string,
  file: string,
  log: string | undefined,
): 'deleted' | 'replaced' {
  // What is left of the old one's write-ahead log is in the copy: it would be taken for that of the file that has the name now.
  if (!existsSync(file) || identityOf(`${file}-wal`) === log) {
    for (const part of ['-wal', '-shm']) rmSync(file + part, { force: true });
  }
  if (!existsSync(file)) {
    renameSync(copy, file);
    return 'deleted';
  }
  try {
    const into = sqlite(file);
    const from = sqlite(copy, { readonly: true });
    try {
      if ((versionOf(into) ?? schemaVersion) === schemaVersion) {
        createTables(into);
        salvage(from, into);
      }
    } finally {
      from.close();
      into.close();
    }
  } catch {
    // It is no database: it is set aside when it is opened.
  }
  rmSync(copy, { force: true });
  return 'replaced';
}
