import { closeSync, copyFileSync, existsSync, mkdirSync, openSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Bytes, EpochMs, Milliseconds } from '@f2b/config';
import { CoreError, reasonOf } from '../../errors.js';
import { type Connection, isDamaged, type SqliteOpener } from './connection.js';
import { salvage } from './salvage.js';
import { createTables, schemaVersion, upgradeTables, versionOf } from './schema.js';

/** How long to wait for another process at the start, and how long with every step: nothing else happens meanwhile. */
const patienceAtOpening: Milliseconds = 1000;
const patienceOfSteps: Milliseconds = 10;
/** The library's own default is 16 MB for each connection. */
const cacheKilobytes = 2048;
/** Larger files are not read whole at the start; damage is noticed when it is met. */
const checkedWhole: Bytes = 64 * 1024 * 1024;

export interface Opened {
  readonly db: Connection;
  /** What a person should know of it: a file was set aside, or brought to our version. */
  readonly said: readonly string[];
}

/** Whatever keeps a database from being written, as a sentence with its file and what to do. */
export function storeError(file: string, error: unknown): CoreError {
  const advice = 'f2b tries again; look at the disk and at the rights of the file and its directory';
  return new CoreError('F2B_STORE', `database ${file}: ${reasonOf(error)}; ${advice}`, { cause: error });
}

/**
 * Opens a database for writing. It is made where it is missing, brought to version 4 where it is older (a copy stays beside it), and
 * set aside under a name with the date where it is damaged or newer; what can be read of it is taken over.
 * @param maySetAside false: whatever would have to be set aside is an error
 * @throws CoreError `F2B_STORE`
 */
export function openForWriting(sqlite: SqliteOpener, file: string, now: EpochMs, maySetAside: boolean): Opened {
  try {
    makeFile(file);
    return openOrSetAside(sqlite, file, now, maySetAside);
  } catch (error) {
    if (error instanceof CoreError) throw error;
    throw storeError(file, error);
  }
}

/** Opens a database that cannot be written, for what was remembered until now; undefined where that cannot be read either. */
export function openForReading(sqlite: SqliteOpener, file: string): Connection | undefined {
  if (!existsSync(file)) return undefined;
  let db: Connection | undefined;
  try {
    db = sqlite(file, { readonly: true, timeout: patienceOfSteps });
    db.pragma(`cache_size = -${cacheKilobytes}`);
    if (versionOf(db) === schemaVersion) return db;
  } catch {
    // It was said why the file cannot be written.
  }
  db?.close();
  return undefined;
}

function makeFile(file: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  if (!existsSync(file)) closeSync(openSync(file, 'a', 0o600));
  else if (!statSync(file).isFile()) throw new CoreError('F2B_STORE', `dbfile ${file} is no file: give another name`);
}

function openOrSetAside(sqlite: SqliteOpener, file: string, now: EpochMs, maySetAside: boolean): Opened {
  let db: Connection | undefined;
  let why: string;
  let damaged = false;
  try {
    db = sqlite(file, { timeout: patienceAtOpening });
    const version = checkedVersion(db, file);
    if (version <= schemaVersion) return { db, said: makeReady(db, file, version, now) };
    why = `has version ${version}, which is newer than ${schemaVersion}`;
  } catch (error) {
    damaged = isDamaged(error);
    db?.close();
    if (!damaged) throw error;
    why = `is damaged (${reasonOf(error)})`;
  }
  db?.close();
  if (!maySetAside) throw new CoreError('F2B_STORE', `database ${file} ${why}`);
  const aside = setAside(file, now);
  makeFile(file);
  const fresh = sqlite(file, { timeout: patienceAtOpening });
  makeReady(fresh, file, schemaVersion, now);
  const found = damaged ? takeOver(sqlite, aside, fresh) : 0;
  const taken = damaged ? `; ${found} bans of it could be read` : '';
  return { db: fresh, said: [`Database ${file} ${why}: it is kept as ${aside}, and a new one was made${taken}`] };
}

/** @throws SQLite's error where the file is damaged */
function checkedVersion(db: Connection, file: string): number {
  const version = versionOf(db) ?? schemaVersion;
  if (statSync(file).size <= checkedWhole) {
    const found = db.pragma('quick_check(1)', { simple: true });
    if (found !== 'ok') throw Object.assign(new Error(String(found).replace(/\s+/g, ' ')), { code: 'SQLITE_CORRUPT' });
  }
  return version;
}

function makeReady(db: Connection, file: string, version: number, now: EpochMs): readonly string[] {
  const said: string[] = [];
  // Pages of what was purged are given back; this holds for files that we make.
  db.pragma('auto_vacuum = INCREMENTAL');
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = NORMAL');
  // 16 MB of the write-ahead log: to move them into the file waits for the disk, 20 to 200 ms, in the store's thread.
  db.pragma('wal_autocheckpoint = 4000');
  db.pragma(`cache_size = -${cacheKilobytes}`);
  db.pragma('temp_store = MEMORY');
  if (version < schemaVersion) {
    const copy = unused(`${file}.${stamp(now)}`);
    db.pragma('wal_checkpoint(TRUNCATE)');
    copyFileSync(file, copy);
    upgradeTables(db);
    said.push(
      `Database ${file} was of version ${version} and is of version ${schemaVersion} now; a copy is kept as ${copy}`,
    );
  }
  createTables(db);
  db.pragma('foreign_keys = ON');
  db.pragma(`busy_timeout = ${patienceOfSteps}`);
  return said;
}

function takeOver(sqlite: SqliteOpener, aside: string, fresh: Connection): number {
  let old: Connection | undefined;
  try {
    old = sqlite(aside, { readonly: true });
    return salvage(old, fresh);
  } catch {
    return 0;
  } finally {
    old?.close();
  }
}

/** Renames a database and what belongs to it. */
function setAside(file: string, now: EpochMs): string {
  const aside = unused(`${file}.${stamp(now)}`);
  renameSync(file, aside);
  for (const part of ['-wal', '-shm']) if (existsSync(file + part)) renameSync(file + part, aside + part);
  return aside;
}

function unused(name: string): string {
  if (!existsSync(name)) return name;
  for (let i = 1; ; i++) if (!existsSync(`${name}.${i}`)) return `${name}.${i}`;
}

/** `YYYYmmdd-HHMMSS` in UTC, as fail2ban names what it sets aside. */
function stamp(now: EpochMs): string {
  return new Date(now)
    .toISOString()
    .replace(/[-:]|\..*$/g, '')
    .replace('T', '-');
}
