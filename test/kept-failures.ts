import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type Sqlite from 'better-sqlite3';

const openDatabase: typeof Sqlite = createRequire(
  fileURLToPath(new URL('../packages/core/package.json', import.meta.url)),
)('better-sqlite3');

/** Rows of a daemon's database, as it is at the moment; none while it is being made. */
export function readRows<T>(database: string, sql: string, ...values: unknown[]): T[] {
  if (!existsSync(database)) return [];
  const db = openDatabase(database, { readonly: true });
  try {
    return db
      .prepare(sql)
      .raw()
      .all(...values) as T[];
  } catch {
    return [];
  } finally {
    db.close();
  }
}

/** A failure that was counted: in which log, at which offset, of whom. */
export interface KeptFailure {
  readonly log: string;
  readonly offset: number;
  readonly address: string;
}

/** Every failure that the database holds, as often as it does. */
export function keptFailures(database: string): KeptFailure[] {
  return readRows<[string]>(database, 'SELECT data FROM f2bFailures ORDER BY n').flatMap(([data]) => {
    const step = JSON.parse(data) as { logs: string[]; failures: [number, number, string][] };
    return step.failures.map(([log, offset, address]) => ({ log: step.logs[log]!, offset, address }));
  });
}
