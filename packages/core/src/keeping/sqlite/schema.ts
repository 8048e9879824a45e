import type { Connection } from './connection.js';

/** fail2ban's version of its schema that we read and write. */
export const schemaVersion = 4;

/** fail2ban's tables, so that either program continues the other's database. */
const fail2banTables = `
CREATE TABLE IF NOT EXISTS fail2banDb (version INTEGER);
CREATE TABLE IF NOT EXISTS jails (name TEXT NOT NULL UNIQUE, enabled INTEGER NOT NULL DEFAULT 1);
CREATE INDEX IF NOT EXISTS jails_name ON jails (name);
CREATE TABLE IF NOT EXISTS logs (
  jail TEXT NOT NULL, path TEXT, firstlinemd5 TEXT, lastfilepos INTEGER DEFAULT 0,
  FOREIGN KEY (jail) REFERENCES jails (name) ON DELETE CASCADE, UNIQUE (jail, path), UNIQUE (jail, path, firstlinemd5)
);
CREATE INDEX IF NOT EXISTS logs_path ON logs (path);
CREATE INDEX IF NOT EXISTS logs_jail_path ON logs (jail, path);
CREATE TABLE IF NOT EXISTS bans (
  jail TEXT NOT NULL, ip TEXT, timeofban INTEGER NOT NULL, bantime INTEGER NOT NULL, bancount INTEGER NOT NULL DEFAULT 1, data JSON,
  FOREIGN KEY (jail) REFERENCES jails (name)
);
CREATE INDEX IF NOT EXISTS bans_jail_timeofban_ip ON bans (jail, timeofban, ip);
CREATE INDEX IF NOT EXISTS bans_jail_ip ON bans (jail, ip);
CREATE INDEX IF NOT EXISTS bans_ip ON bans (ip);
CREATE TABLE IF NOT EXISTS bips (
  ip TEXT NOT NULL, jail TEXT NOT NULL, timeofban INTEGER NOT NULL, bantime INTEGER NOT NULL, bancount INTEGER NOT NULL DEFAULT 1,
  data JSON, PRIMARY KEY (ip, jail), FOREIGN KEY (jail) REFERENCES jails (name)
);
CREATE INDEX IF NOT EXISTS bips_timeofban ON bips (timeofban);
CREATE INDEX IF NOT EXISTS bips_ip ON bips (ip);
`;

/**
 * What fail2ban has no place for. f2bPlaces: where each jail goes on in each log. f2bFailures: what one step counted for a jail, and
 * whom it banned or forgave (`failure-steps.ts`); one row a step, since several thousand failures a second must cost next to nothing.
 */
const ownTables = `
CREATE TABLE IF NOT EXISTS f2bPlaces (jail TEXT NOT NULL, path TEXT NOT NULL, place JSON NOT NULL, kept INTEGER NOT NULL, PRIMARY KEY (jail, path));
CREATE TABLE IF NOT EXISTS f2bFailures (n INTEGER PRIMARY KEY, jail TEXT NOT NULL, kept INTEGER NOT NULL, failures INTEGER NOT NULL, data JSON NOT NULL);
CREATE INDEX IF NOT EXISTS f2bFailures_jail ON f2bFailures (jail, n, kept, failures);
`;

/** The version that a database says it has; undefined: it holds no tables yet. */
export function versionOf(db: Connection): number | undefined {
  if (!hasTable(db, 'fail2banDb')) return hasTable(db, 'bans') ? 1 : undefined;
  const version = db.prepare('SELECT max(version) FROM fail2banDb').pluck().get();
  return typeof version === 'number' ? version : undefined;
}

export function hasTable(db: Connection, name: string): boolean {
  return db.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?").get(name) !== undefined;
}

export function columnsOf(db: Connection, table: string): readonly string[] {
  return db.prepare('SELECT name FROM pragma_table_info(?)').pluck().all(table) as string[];
}

/** Makes what is missing, in one transaction. */
export function createTables(db: Connection): void {
  db.transaction(() => {
    const version = versionOf(db);
    db.exec(fail2banTables + ownTables);
    if (version === undefined) db.prepare('INSERT INTO fail2banDb (version) VALUES (?)').run(schemaVersion);
  }).immediate();
}

/** Bans of which an older fail2ban did not write how long they last. */
export const unknownBantime = -2;

/**
 * Brings a database of fail2ban's versions 1 to 3 to the one that we write. Whatever their tables lack is filled as fail2ban does: the
 * ban time is unknown, and each ban the first. The caller has made a copy.
 */
export function upgradeTables(db: Connection): void {
  db.pragma('foreign_keys = OFF');
  db.transaction(() => {
    const old = ['jails', 'logs', 'bans', 'bips'].filter((table) => hasTable(db, table));
    const indexes = db.prepare("SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL").pluck().all();
    for (const index of indexes as string[]) db.exec(`DROP INDEX "${index.replaceAll('"', '""')}"`);
    for (const table of old) db.exec(`ALTER TABLE ${table} RENAME TO old_${table}`);
    db.exec(fail2banTables + ownTables);
    for (const table of old) copyOld(db, table);
    db.exec('INSERT OR IGNORE INTO jails (name, enabled) SELECT DISTINCT jail, 0 FROM bans');
    // The last ban of each is the one that may be in force.
    if (!old.includes('bips')) {
      db.exec(`INSERT OR REPLACE INTO bips (ip, jail, timeofban, bantime, bancount, data)
        SELECT ip, jail, timeofban, bantime, bancount, data FROM bans WHERE ip IS NOT NULL ORDER BY timeofban`);
    }
    db.exec('DELETE FROM fail2banDb');
    db.prepare('INSERT INTO fail2banDb (version) VALUES (?)').run(schemaVersion);
  }).immediate();
}

function copyOld(db: Connection, table: string): void {
  const have = columnsOf(db, `old_${table}`);
  const columns = columnsOf(db, table).filter((column) => have.includes(column));
  const into = [...columns];
  const from = [...columns];
  if (table === 'bans' && !have.includes('bantime')) {
    into.push('bantime');
    from.push(String(unknownBantime));
  }
  db.exec(`INSERT OR IGNORE INTO ${table} (${into.join(', ')}) SELECT ${from.join(', ')} FROM old_${table}`);
  db.exec(`DROP TABLE old_${table}`);
}
