import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from './condition.js';
import { f2b } from './f2b-process.js';
import { StoredDaemon } from './stored-daemon.js';

let directory: string;
let daemon: StoredDaemon;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'f2b-own-'));
  daemon = new StoredDaemon(directory, { maxretry: '3', failregex: '^ knock from <HOST>(?: as .*)?$' });
  daemon.start();
  await daemon.ready();
  daemon.knock('203.0.113.5 as \u001b[31mroot');
  for (let i = 0; i < 3; i++) daemon.knock('203.0.113.6');
  await daemon.says(/\] Ban 203\.0\.113\.6/);
}, 60_000);
afterAll(async () => {
  await daemon.end('SIGTERM');
  rmSync(directory, { recursive: true, force: true });
});

const ask = (...words: readonly string[]) => f2b('-s', join(directory, 'f2b.sock'), ...words);
const json = (...words: readonly string[]) => JSON.parse(ask(...words, '--json').lines.join('\n'));

it('status tells how jails and their sources fare, and whom they banned last', async () => {
  const view = await eventually('the log to be read to its end', () => {
    const told = json('status');
    return told.sources[0]?.state === 'following' ? told : undefined;
  });
  expect(view.sources).toMatchObject([
    { log: daemon.log, jails: ['door'], lines: 4, matched: 4, notUnderstood: 0, bytes: daemon.size(), behind: 0 },
  ]);
  expect(view.jails).toMatchObject([
    { name: 'door', state: 'running', totalFailed: 4, currentlyBanned: 1, tally: { found: 4, bans: 1, leaks: 0 } },
  ]);
  expect(view.newest).toMatchObject([{ jail: 'door', id: '203.0.113.6', failures: 3 }]);
  expect(view.dryRun).toBe(true);
  const { code, lines } = ask('status', '--long');
  expect(code).toBe(0);
  expect(lines.find((line) => line.startsWith('door'))).toMatch(/running +1 +1 +4 +1/);
  expect(lines.join('\n')).not.toContain('\u001b');
});

it("leaves fail2ban's tree to whoever reads it in a pipe", () => {
  expect(ask('status').lines[0]).toBe('Status');
  expect(ask('status', '--tree', 'door').lines[0]).toBe('Status for the jail: door');
});

it('why tells what befell an address, with its lines made harmless, and what is missing for a ban', () => {
  const { code, lines } = ask('why', '203.0.113.5');
  expect(code).toBe(0);
  expect(lines.find((line) => line.startsWith('door:'))).toMatch(
    /^door: 1 of 3 failures; 2 more within \d+ min.* until banned for 1 h$/,
  );
  expect(lines.filter((line) => line.includes('as \\x1b[31mroot'))).toHaveLength(2);
  expect(lines.join('\n')).not.toContain('\u001b');
});

it('why tells of the ban, and that it was carried out', async () => {
  await eventually('the ban to hold', () =>
    json('why', '203.0.113.6').remembered.occurrences.some((one: { kind: string }) => one.kind === 'enforced'),
  );
  const before = json('why', '203.0.113.6');
  expect(before.jails[0].outlook.ban).toMatchObject({ failures: 3, bancount: 1 });
  expect(before.remembered.occurrences.map((one: { kind: string }) => one.kind)).toEqual([
    'found',
    'found',
    'found',
    'ban',
    'enforced',
  ]);
});

it('why says that it knows nothing, with an exit status for scripts', () => {
  expect(ask('why', '198.51.100.1').code).toBe(1);
  expect(ask('why').code).toBe(255);
  expect(f2b('-s', join(directory, 'none.sock'), 'why', '198.51.100.1').code).toBe(255);
});

it('says nothing of many that watch', async () => {
  const watching = await Promise.all(
    Array.from({ length: 12 }, async () => {
      const socket = connect(join(directory, 'f2b.sock'));
      socket.write('["watch"]\n');
      await once(socket, 'data');
      return socket;
    }),
  );
  for (const socket of watching) socket.destroy();
  await daemon.end('SIGTERM');
  expect(daemon.output).not.toMatch(/Warning/);
});
