import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from './condition.js';
import { f2b, program } from './f2b-process.js';
import { knockOf, StoredDaemon } from './stored-daemon.js';

let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'f2b-replay-'));
  mkdirSync(join(directory, 'filter.d'));
  writeFileSync(join(directory, 'fail2ban.conf'), '[Definition]\n');
  writeFileSync(
    join(directory, 'filter.d/door.conf'),
    '[Definition]\nfailregex = ^ knock from <HOST>$\n  ^ bell from <F-ID>\\S+</F-ID>$\n',
  );
  writeFileSync(
    join(directory, 'jail.conf'),
    '[DEFAULT]\nusedns = no\n[door]\nfilter = door\nmaxretry = 3\nfindtime = 10m\nbantime = 10m\nlogpath = /nowhere\n[back]\nenabled = true\nfilter = door\nmaxretry = 2\nlogpath = /nowhere\n',
  );
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** Seconds after a fixed moment. */
const at = (seconds: number) => new Date(Date.UTC(2026, 0, 5, 12, 0, seconds));
const knock = (address: string, seconds: number) => knockOf(address, at(seconds));

function log(name: string, text: string): string {
  const path = join(directory, name);
  writeFileSync(path, name.endsWith('.gz') ? gzipSync(text) : text);
  return path;
}

interface Told {
  readonly [key: string]: unknown;
}

function replay(...words: readonly string[]): { readonly bans: Told[]; readonly figures: Told & { sides: Told[] } } {
  const { code, lines, stderr } = f2b('replay', '-c', directory, '--json', ...words);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const told = lines.map((line) => JSON.parse(line) as Told);
  return { bans: told.slice(0, -1), figures: told.at(-1) as Told & { sides: Told[] } };
}

it('says who would have been banned, when and for how long, of a jail that is not even enabled', () => {
  const path = log('door.log', [0, 10, 20].map((s) => knock('203.0.113.1', s)).join('') + knock('203.0.113.2', 30));
  expect(replay(path, '--jail', 'door').bans).toEqual([
    {
      ban: '203.0.113.1',
      side: 'A',
      time: at(20).getTime(),
      until: at(20 + 600).getTime(),
      failures: 3,
      bancount: 1,
    },
  ]);
});

it('puts two settings side by side', () => {
  const path = log('two.log', [0, 10, 300, 600].map((s) => knock('203.0.113.1', s)).join(''));
  const { bans, figures } = replay(path, '--jail', 'door', '--set', 'findtime=1m', '--against', 'maxretry=2');
  expect(bans.map(({ ban, side, time }) => [ban, side, time])).toEqual([['203.0.113.1', 'B', at(10).getTime()]]);
  expect(figures.sides).toMatchObject([
    { jail: 'door', set: { findtime: '1m' }, found: 4, banned: 0, keptOut: 0 },
    { jail: 'door', set: { maxretry: '2' }, found: 4, banned: 1, keptOut: 2 },
  ]);
});

it('lets a ban end in the time of the log, and the next one grow', () => {
  const path = log('grow.log', [0, 1, 2, 700, 701].map((s) => knock('203.0.113.1', s)).join(''));
  const { bans } = replay(path, '--jail', 'door', '--set', 'bantime.increment=true');
  expect(bans.map(({ time, until }) => (Number(until) - Number(time)) / 1000)).toEqual([600, 1200]);
  expect(bans.map(({ bancount }) => bancount)).toEqual([1, 2]);
});

it('reads rotated logs as one, in whatever order and packed or not', () => {
  const first = log('a.log.2.gz', knock('203.0.113.1', 0));
  const second = log('a.log.1', knock('203.0.113.1', 20) + knock('203.0.113.9', 25));
  const third = log('a.log', knock('203.0.113.1', 40).trimEnd());
  for (const order of [
    [first, second, third],
    [third, first, second],
  ]) {
    const { bans, figures } = replay(...order, '--jail', 'door');
    expect(bans.map(({ ban, time }) => [ban, time])).toEqual([['203.0.113.1', at(40).getTime()]]);
    expect(figures.lines).toBe(4);
  }
});

it('does not let a forged date drive its clock', () => {
  const path = log(
    'forged.log',
    knock('203.0.113.1', 0) + knock('203.0.113.66', 86_400 * 100) + knock('203.0.113.1', 10) + knock('203.0.113.1', 20),
  );
  expect(replay(path, '--jail', 'door').bans.map(({ ban, time }) => [ban, time])).toEqual([
    ['203.0.113.1', at(20).getTime()],
  ]);
});

it('compares with another jail, and with another filter', () => {
  const path = log('other.log', [0, 1].map((s) => knock('203.0.113.1', s)).join(''));
  const { figures } = replay(path, '--jail', 'door', '--against', 'back');
  expect(figures.sides.map(({ banned }) => banned)).toEqual([0, 1]);
  const other = replay(path, '--jail', 'back', '--set', 'failregex=^ nothing <HOST>$', '--against', 'back');
  expect(other.figures.sides.map(({ found }) => found)).toEqual([0, 2]);
});

it('prints a table and never what would steer a terminal', () => {
  const evil = `2026-01-05 12:00:00 bell from \u001b[31m203.0.113.1\u0007\n`;
  const path = log('evil.log', evil.repeat(3));
  const { code, lines } = f2b('replay', '-c', directory, path, '--jail', 'door');
  expect(code).toBe(0);
  expect(lines[0]).toContain('\\x1b[31m203.0.113.1\\x07');
  expect(lines.join('')).not.toMatch(/[\u001b\u0007]/);
  expect(lines.find((line) => line.startsWith('bans'))).toMatch(/bans +1$/);
});

it.each([
  ['no log', ['--jail', 'door'], /name the logs/],
  ['no jail', ['x.log'], /--jail JAIL/],
  ['a jail that there is not', ['x.log', '--jail', 'dor'], /did you mean 'door'/],
  ['a log that there is not', ['/nowhere.log', '--jail', 'door'], /cannot read the log/],
  ['a setting that there is not', ['x.log', '--jail', 'door', '--set', 'maxrety=2'], /did you mean 'maxretry'/],
  ['a value that is none', ['x.log', '--jail', 'door', '--set', 'maxretry=many'], /'many' is no whole number/],
  ['a section for a setting', ['x.log', '--jail', 'door', '--set', '[x]\nmaxretry=1'], /is no setting/],
])('refuses %s in words', (_, words, message) => {
  const { code, stderr } = f2b('replay', '-c', directory, ...words);
  expect(code).toBe(255);
  expect(stderr).toMatch(message);
});

it('bans whom a running guard bans by the same log, at the same times', async () => {
  const place = mkdtempSync(join(tmpdir(), 'f2b-replay-live-'));
  const daemon = new StoredDaemon(place, { maxretry: '4', bantime: '2s' });
  daemon.start();
  const socket = join(place, 'f2b.sock');
  try {
    await daemon.ready();
    const seen: { event: string; id: string; time: number }[] = [];
    const watcher = spawn(process.execPath, [program, '-s', socket, 'watch', '--json'], { stdio: 'pipe' });
    let text = '';
    watcher.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      const lines = text.split('\n');
      text = lines.pop()!;
      for (const line of lines) seen.push(JSON.parse(line));
    });
    const events = (kind: string) => seen.filter(({ event }) => event === kind);
    await eventually('the watcher to listen', () => events('watching').length > 0 || undefined);
    const isBanned = (id: string) => {
      const last = seen.findLast((event) => event.id === id && event.event !== 'found');
      return last?.event === 'ban';
    };
    let written = 0;
    // Knocks of several, until each was banned, freed again when its short ban ended, and banned anew.
    for (let at = 0; events('ban').length < 12; at = (at + 7) % 5) {
      const id = `203.0.113.${at}`;
      await eventually('somebody to be free', () => !isBanned(id) || undefined);
      daemon.knock(id);
      written += 1;
      await eventually('the knock to be found', () => events('found').length === written || undefined);
    }
    watcher.kill();
    const replayed = f2b('replay', '-c', place, daemon.log, '--jail', 'door', '--json');
    const bans = replayed.lines.slice(0, -1).map((line) => JSON.parse(line) as { ban: string; time: number });
    expect(bans.map(({ ban }) => ban)).toEqual(events('ban').map(({ id }) => id));
    const seconds = (time: number) => Math.floor(time / 1000);
    for (const [index, { time }] of bans.entries()) {
      expect(seconds(events('ban')[index]!.time) - seconds(time)).toBeLessThanOrEqual(2);
    }
  } finally {
    await daemon.end('SIGTERM');
    rmSync(place, { recursive: true, force: true });
  }
}, 60_000);
