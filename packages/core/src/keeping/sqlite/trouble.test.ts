import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, it } from 'vitest';
import { banOf, failureOf, made, step, storeTrial } from '../../fixtures/store.js';

const trial = storeTrial();

async function filled(bans: number): Promise<void> {
  const store = await trial.open();
  store.begin('door', 600);
  const all = Array.from({ length: bans }, (_, i) =>
    made(banOf(`10.9.${i >> 8}.${i & 255}`, trial.now, { bantime: -1 })),
  );
  store.commit(step({ bans: all, failures: [failureOf('10.0.0.1', 5)] }));
  await store.close();
}

const aside = () => readdirSync(trial.directory).filter((name) => /^f2b\.sqlite3\.\d{8}-\d{6}$/.test(name));

it('sets a file aside that is no database, once and with the date, and begins a new one', async () => {
  writeFileSync(trial.file, 'this is no database\n'.repeat(1000));
  const store = await trial.open();
  expect(trial.told.join('\n')).toMatch(
    /^notice: Database \S+ is damaged \(.*\): it is kept as \S+\.20270115-080000, and a new one/,
  );
  expect(aside()).toEqual(['f2b.sqlite3.20270115-080000']);
  expect(readFileSync(join(trial.directory, aside()[0]!), 'utf8')).toMatch(/^this is no database/);
  store.commit(step({ bans: [made(banOf('a', trial.now))] }));
  expect(store.trouble).toBeUndefined();
  expect((await trial.open()).bans('door')).toHaveLength(1);
});

it('takes over what can be read of a database that is damaged in its middle', async () => {
  await filled(2000);
  const bytes = readFileSync(trial.file);
  for (let i = 0; i < 4096; i++) bytes[(bytes.length >> 1) + i] = (i * 197) & 255;
  writeFileSync(trial.file, bytes);
  const store = await trial.open();
  expect(trial.told.join('\n')).toMatch(/is damaged .* bans of it could be read$/);
  expect(store.bans('door').length).toBeGreaterThan(1900);
  store.commit(step({ bans: [made(banOf('a', trial.now))] }));
  expect(store.bans('door').map(({ who }) => who.id)).toContain('a');
});

it('notices damage while it runs: the file is set aside, and the step is kept', async () => {
  await filled(2000);
  const store = await trial.open();
  // What the open connection remembers of the file is no longer true.
  const other = new Database(trial.file);
  other.pragma('user_version = 1');
  other.pragma('wal_checkpoint(TRUNCATE)');
  const bytes = readFileSync(trial.file);
  bytes.fill(0xa5, bytes.length >> 1);
  writeFileSync(trial.file, bytes);
  store.commit(step({ bans: [made(banOf('a', trial.now))] }));
  expect(aside()).toHaveLength(1);
  expect((await trial.open()).bans('door').map(({ who }) => who.id)).toContain('a');
  other.close();
});

it('waits for nobody who has locked the file, says so, and writes once it can', async () => {
  await filled(3);
  const other = new Database(trial.file);
  other.pragma('locking_mode = EXCLUSIVE');
  other.exec('BEGIN EXCLUSIVE');
  const store = await trial.open();
  let late = 0;
  store.onceReadable(() => late++);
  expect(trial.told.join('\n')).toMatch(/^trouble: database \S+f2b\.sqlite3: database is locked/);
  expect(store.trouble).toMatch(/locked/);
  expect(store.bans('door')).toEqual([]);
  store.history.record('a', 'door', { bancount: 1, timeofban: trial.now, bantime: 600 });
  const ban = step({ bans: [made(banOf('a', trial.now))] });
  expect(() => store.commit(ban)).toThrow(/F2B_STORE|locked/);
  expect(store.history.find('a', 'door')).toMatchObject({ bancount: 1 });
  expect(late).toBe(0);
  other.exec('COMMIT');
  other.close();
  store.commit(ban);
  expect(late).toBe(1);
  expect(store.trouble).toBeUndefined();
  expect(aside()).toEqual([]);
  expect(store.bans('door')).toHaveLength(4);
});

it('reads beside somebody who writes, and says that it cannot write', async () => {
  const store = await trial.open();
  const other = new Database(trial.file);
  other.exec('BEGIN IMMEDIATE');
  expect(() => store.commit(step({ bans: [made(banOf('a', trial.now))] }))).toThrow(/database is locked/);
  expect(store.trouble).toMatch(/locked/);
  expect(store.bans('door')).toEqual([]);
  other.exec('COMMIT');
  other.close();
  store.commit(step({ bans: [made(banOf('a', trial.now))] }));
  expect(store.trouble).toBeUndefined();
});

it('says which directory or file cannot be written', async () => {
  writeFileSync(join(trial.directory, 'file'), '');
  const store = await trial.open({ file: join(trial.directory, 'file', 'f2b.sqlite3') });
  expect(store.trouble).toMatch(/database \S+\/file\/f2b\.sqlite3: E\w+.*; f2b tries again; look at/);
  mkdirSync(join(trial.directory, 'folder'));
  const folder = await trial.open({ file: join(trial.directory, 'folder') });
  expect(folder.trouble).toMatch(/folder is no file: give another name/);
  expect(() => folder.commit(step({ bans: [made(banOf('a', trial.now))] }))).toThrow(/is no file/);
});

it('makes the directory where there is none', async () => {
  const store = await trial.open({ file: join(trial.directory, 'var', 'lib', 'f2b.sqlite3') });
  expect(store.trouble).toBeUndefined();
});

it('sets a newer version aside and brings an older one to its own, with a copy', async () => {
  await filled(1);
  const newer = new Database(trial.file);
  newer.exec('UPDATE fail2banDb SET version = 5');
  newer.close();
  const store = await trial.open();
  expect(trial.told.join('\n')).toMatch(/has version 5, which is newer than 4: it is kept as/);
  expect(store.bans('door')).toEqual([]);
  expect(aside()).toHaveLength(1);
  await store.close();

  const file = join(trial.directory, 'old.sqlite3');
  const old = new Database(file);
  old.exec(`CREATE TABLE fail2banDb (version INTEGER); INSERT INTO fail2banDb VALUES (1);
    CREATE TABLE jails (name TEXT NOT NULL UNIQUE, enabled INTEGER NOT NULL DEFAULT 1); INSERT INTO jails VALUES ('door', 1);
    CREATE TABLE logs (jail TEXT NOT NULL, path TEXT, firstlinemd5 TEXT, lastfilepos INTEGER DEFAULT 0, UNIQUE (jail, path));
    CREATE TABLE bans (jail TEXT NOT NULL, ip TEXT, timeofban INTEGER NOT NULL, data JSON);
    CREATE INDEX bans_ip ON bans (ip);
    INSERT INTO bans VALUES ('door', '203.0.113.1', 1799999000, '{"matches": ["a"], "failures": 5}');
    INSERT INTO bans VALUES ('door', '203.0.113.1', 1799999990, '{"matches": ["b"], "failures": 5}');`);
  old.close();
  const upgraded = await trial.open({ file });
  expect(trial.told.at(-1)).toMatch(
    /was of version 1 and is of version 4 now; a copy is kept as \S+old\.sqlite3\.20270115-080000$/,
  );
  expect(upgraded.bans('door')).toMatchObject([{ time: 1_799_999_990_000, bantime: -2, matches: ['b'] }]);
  const copy = new Database(`${file}.20270115-080000`, { readonly: true });
  expect(copy.prepare('SELECT version FROM fail2banDb').pluck().get()).toBe(1);
  copy.close();
});

it('leaves the rights of a file as they are', async () => {
  await filled(1);
  chmodSync(trial.file, 0o640);
  await trial.open();
  expect(statSync(trial.file).mode & 0o777).toBe(0o640);
});
