import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { f2b, program } from './f2b-process.js';
import { StoredDaemon } from './stored-daemon.js';

const core = fileURLToPath(new URL('../packages/core/package.json', import.meta.url));
const openDatabase: typeof Sqlite = createRequire(core)('better-sqlite3');

let directory: string;
let daemon: StoredDaemon;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'f2b-stored-'));
  daemon = new StoredDaemon(directory);
});
afterEach(async () => {
  await daemon.end('SIGKILL');
  rmSync(directory, { recursive: true, force: true });
});

const setDbfile = (dbfile: string) =>
  writeFileSync(join(directory, 'fail2ban.local'), `[Definition]\ndbfile = ${dbfile}\n`);

it('remembers nothing in a dry run that may not write its database, and says so once', async () => {
  setDbfile('/proc/self/f2b.sqlite3');
  daemon.start();
  await daemon.ready();
  for (let i = 0; i < 5; i++) daemon.knock('203.0.113.1');
  await daemon.says(/\] Ban 203\.0\.113\.1/);
  await daemon.end('SIGTERM');
  expect(daemon.output.match(/fail2ban\.database.*/g)).toEqual([
    expect.stringMatching(
      /NOTICE {2}This dry run remembers nothing: database \/proc\/self\/f2b\.sqlite3\.dry-run: .*look at the disk/,
    ),
  ]);
});

it('keeps a dry run apart from the database of those who enforce', async () => {
  daemon.start();
  await daemon.ready();
  await daemon.end('SIGTERM');
  expect(existsSync(daemon.database)).toBe(true);
  expect(existsSync(daemon.database.replace('.dry-run', ''))).toBe(false);
});

it.each(['None', ':memory:'])('makes no file with dbfile = %s', async (dbfile) => {
  setDbfile(dbfile);
  daemon.start();
  await daemon.ready();
  await daemon.end('SIGTERM');
  expect(existsSync(daemon.database)).toBe(false);
  expect(daemon.output).not.toMatch(/fail2ban\.database/);
});

it('bans while somebody has locked the database, says so in its status, and writes all when it can', async () => {
  daemon.start();
  await daemon.ready();
  const status = () => f2b('-c', directory, 'status').lines;
  const plain = ['Status', '|- Number of jail:\t1', '`- Jail list:\tdoor'];
  expect(status()).toEqual(plain);
  const other = openDatabase(daemon.database);
  other.exec('BEGIN IMMEDIATE');
  for (let i = 0; i < 5; i++) daemon.knock('203.0.113.1');
  await daemon.says(/\] Ban 203\.0\.113\.1/);
  await daemon.says(/ERROR .*What is to be remembered cannot be written: database \S+: database is locked/);
  expect(status().at(-1)).toMatch(/^`- Database:\tcannot be written: .*database is locked/);
  other.exec('COMMIT');
  await daemon.says(/What waited to be remembered has been written/);
  expect(status()).toEqual(plain);
  expect(other.prepare('SELECT ip FROM bans').pluck().all()).toEqual(['203.0.113.1']);
  other.close();
});

it('loads SQLite for the daemon alone', () => {
  const hook = join(directory, 'hook.cjs');
  writeFileSync(
    hook,
    `const Module = require('node:module');
const resolve = Module._resolveFilename;
Module._resolveFilename = function (name, ...rest) {
  if (name === 'better-sqlite3') require('node:fs').appendFileSync(${JSON.stringify(join(directory, 'loaded'))}, process.argv.join(' ') + '\\n');
  return resolve.call(this, name, ...rest);
};\n`,
  );
  const seen = () => (existsSync(join(directory, 'loaded')) ? readFileSync(join(directory, 'loaded'), 'utf8') : '');
  for (const words of [['--version'], ['-c', directory, '-d'], ['-c', directory, 'regex', daemon.log, 'door']]) {
    expect(spawnSync(process.execPath, ['-r', hook, program, ...words]).status).not.toBe(null);
  }
  expect(seen()).toBe('');
  // The hook does see it.
  spawnSync(process.execPath, [
    '-r',
    hook,
    '-e',
    `require('node:module').createRequire(${JSON.stringify(core)})('better-sqlite3')`,
  ]);
  expect(seen()).not.toBe('');
});
