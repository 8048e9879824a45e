import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { f2b, program } from './f2b-process.js';
import { StoredDaemon } from './stored-daemon.js';

let directory: string;
let daemon: StoredDaemon;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'f2b-hand-'));
  daemon = new StoredDaemon(directory, { maxretry: '2' });
  daemon.start();
  await daemon.ready();
}, 60_000);
afterEach(async () => {
  await daemon.end('SIGTERM');
  rmSync(directory, { recursive: true, force: true });
});

const socket = () => join(directory, 'f2b.sock');
const ask = (...words: readonly string[]) => f2b('-s', socket(), ...words);
const json = (...words: readonly string[]) => JSON.parse(ask(...words, '--json').lines.join('\n'));

it('bans and unbans thousands from a list, all of them in one step', () => {
  const ids = Array.from({ length: 5000 }, (_, i) => `10.7.${i >> 8}.${i & 255}`);
  const list = join(directory, 'list');
  writeFileSync(list, `# the list\n${ids.join('\n')} # and a comment\nrubbish, 10.8.0.0/16\n`);
  const ban = spawnSync(process.execPath, [program, '-s', socket(), 'ban', 'door', '--json', '-'], {
    input: readFileSync(list),
    encoding: 'utf8',
  });
  expect(ban.status).toBe(1);
  const told = JSON.parse(ban.stdout);
  expect(told.done).toHaveLength(5001);
  expect(told.invalid).toEqual(['rubbish']);
  expect(ask('ban', 'door', '10.7.0.1').lines).toEqual(['banned already: 10.7.0.1 (door)']);
  expect(ask('unban', '10.7.0.1').lines).toEqual(['1']);
  expect(json('unban', 'door', '10.7.0.0/16').done).toHaveLength(4999);
  expect(ask('unban', '--all').lines).toEqual(['1']);
}, 60_000);

it('does not ban anew during the grace of an unban, whoever asks', async () => {
  expect(ask('ban', '--all', '203.0.113.9').code).toBe(0);
  expect(ask('unban', '203.0.113.9', '--for', '1h').lines).toEqual(['unbanned: 203.0.113.9 (door)']);
  for (let i = 0; i < 3; i++) daemon.knock('203.0.113.9');
  for (let i = 0; i < 2; i++) daemon.knock('203.0.113.10');
  await daemon.says(/\] Ban 203\.0\.113\.10/);
  expect(daemon.output).toMatch(/Ignore 203\.0\.113\.9 by allow list/);
  const { code, lines } = ask('ban', 'door', '203.0.113.9');
  expect([code, lines]).toEqual([1, ['not banned, on the allow list: 203.0.113.9']]);
  expect(json('allow', 'list')).toMatchObject([{ what: '203.0.113.9', origin: 'unban' }]);
}, 60_000);

it('frees whoever is allowed, remembers the list over a kill, and bans again when it is taken back', async () => {
  for (let i = 0; i < 2; i++) daemon.knock('203.0.113.20');
  await daemon.says(/\] Ban 203\.0\.113\.20/);
  expect(ask('allow', '203.0.113.16/28', 'door', '--why', 'the office').lines).toEqual([
    'allowed: 203.0.113.16/28',
    'unbanned: 203.0.113.20 (door)',
  ]);
  await daemon.end('SIGKILL');
  daemon.start();
  await daemon.ready();
  expect(json('allow', 'list')).toMatchObject([{ what: '203.0.113.16/28', jail: 'door', why: 'the office' }]);
  for (let i = 0; i < 2; i++) daemon.knock('203.0.113.20');
  await daemon.says(/Ignore 203\.0\.113\.20 by allow list/);
  expect(ask('allow', 'remove', '203.0.113.16/28', 'door').code).toBe(0);
  expect(ask('allow', 'remove', '203.0.113.16/28', 'door').code).toBe(1);
  for (let i = 0; i < 2; i++) daemon.knock('203.0.113.20');
  await daemon.says(/\] Ban 203\.0\.113\.20/);
}, 90_000);

it.each([
  [['ban'], /name a jail/],
  [['ban', 'nope', '203.0.113.1'], /the jail 'nope' does not exist/],
  [['ban', 'door', '203.0.113.1', '--for', 'soon'], /--for soon: write a time/],
  [['unban', '--all', '--for', '1h'], /wants to know whom/],
])('refuses %j in words', (words, message) => {
  const { code, stderr } = ask(...words);
  expect(code).toBe(255);
  expect(stderr).toMatch(message);
});
