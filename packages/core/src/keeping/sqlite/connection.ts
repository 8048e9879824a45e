import type Sqlite from 'better-sqlite3';

export type Connection = Sqlite.Database;
export type Statement = Sqlite.Statement;
export type SqliteOpener = typeof Sqlite;

/** The library is native code: it is loaded by whoever has a store, and by nobody else. */
export async function loadSqlite(): Promise<SqliteOpener> {
  const { default: open } = await import('better-sqlite3');
  return open;
}

/** SQLite's name for what went wrong (`SQLITE_BUSY`, `SQLITE_IOERR_WRITE`, ...); undefined for errors of others. */
export function sqliteCode(error: unknown): string | undefined {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  return code?.startsWith('SQLITE_') ? code : undefined;
}

/** The file holds something else than a database, or one that is damaged. */
export function isDamaged(error: unknown): boolean {
  return /^SQLITE_(?:CORRUPT|NOTADB)/.test(sqliteCode(error) ?? '');
}
