import type { Connection } from './connection.js';
import { columnsOf, hasTable } from './schema.js';

/** Damaged pages are stepped over row by row at first, then in strides: a hole of any size comes to its end. */
const singleSteps = 256;
const mostTries = 100_000;

/**
 * Copies what can still be read of a damaged database.
 * @returns how many of the last bans were found
 */
export function salvage(from: Connection, into: Connection): number {
  // Where failures are missing, their logs are read again from where findtime begins: places would lead past them.
  let whole = true;
  let bips = 0;
  into.pragma('foreign_keys = OFF');
  into.transaction(() => {
    for (const table of ['jails', 'bips', 'bans', 'f2bFailures', 'logs', 'f2bPlaces']) {
      if ((table === 'logs' || table === 'f2bPlaces') && !whole) continue;
      const copied = copyTable(from, into, table);
      if (table === 'bips') bips = copied.rows;
      if (table === 'f2bFailures') whole = copied.whole;
    }
    into.exec('INSERT OR IGNORE INTO jails (name, enabled) SELECT DISTINCT jail, 0 FROM bips');
    into.exec('INSERT OR IGNORE INTO jails (name, enabled) SELECT DISTINCT jail, 0 FROM bans');
    into.exec('INSERT OR IGNORE INTO jails (name, enabled) SELECT DISTINCT jail, 0 FROM logs');
  })();
  into.pragma('foreign_keys = ON');
  return bips;
}

function copyTable(
  from: Connection,
  into: Connection,
  table: string,
): { readonly rows: number; readonly whole: boolean } {
  let rows = 0;
  let whole = true;
  try {
    if (!hasTable(from, table)) return { rows, whole };
    const have = columnsOf(from, table);
    const columns = columnsOf(into, table).filter((column) => have.includes(column));
    const marks = columns.map(() => '?').join(', ');
    const insert = into.prepare(`INSERT OR IGNORE INTO ${table} (${columns.join(', ')}) VALUES (${marks})`);
    for (const row of readable(from, table, columns, () => {
      whole = false;
    })) {
      try {
        rows += insert.run(row).changes;
      } catch {
        // A damaged row: a column that must not be empty is.
        whole = false;
      }
    }
  } catch {
    whole = false;
  }
  return { rows, whole };
}

function* readable(
  db: Connection,
  table: string,
  columns: readonly string[],
  hole: () => void,
): Generator<readonly unknown[]> {
  const rows = db.prepare(`SELECT rowid, ${columns.join(', ')} FROM ${table} WHERE rowid >= ? ORDER BY rowid`).raw();
  const last = lastRow(db, table);
  let at = 0;
  let stride = 1;
  for (let tries = 0; tries < mostTries && at <= last; tries++) {
    try {
      for (const [rowid, ...row] of rows.iterate(at) as IterableIterator<[number, ...unknown[]]>) {
        at = rowid + 1;
        stride = 1;
        tries = 0;
        yield row;
      }
      return;
    } catch {
      hole();
      at += stride;
      if (tries > singleSteps) stride *= 2;
    }
  }
}

function lastRow(db: Connection, table: string): number {
  try {
    return Number(db.prepare(`SELECT coalesce(max(rowid), 0) FROM ${table}`).pluck().get());
  } catch {
    return Number.MAX_SAFE_INTEGER / 2;
  }
}
