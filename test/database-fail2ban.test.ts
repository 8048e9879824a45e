import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from './condition.js';
import { reasonToSkip } from './requirements.js';
import { knockOf, StoredDaemon } from './stored-daemon.js';

const cannot = reasonToSkip('fail2ban-server', 'fail2ban-client', 'namespaces');

let directory: string;
let f2b: StoredDaemon;
let fail2ban: ChildProcess | undefined;
let said = '';

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'f2b-both-'));
  f2b = new StoredDaemon(directory, { maxretry: '3' });
  writeFileSync(
    join(directory, 'action.d', 'note.conf'),
    '[Definition]\nactionban = true <ip> <time> <bantime> <restored>\nactionunban = true\n',
  );
});
afterEach(async () => {
  await f2b.end('SIGKILL');
  fail2ban?.kill('SIGKILL');
  rmSync(directory, { recursive: true, force: true });
});

/** Runs fail2ban on the same tree and the same database, without a network. */
async function startFail2ban(): Promise<void> {
  writeFileSync(join(directory, 'fail2ban.local'), `[Definition]\ndbfile = ${f2b.database}\n`);
  said = '';
  fail2ban = spawn('unshare', ['-n', 'fail2ban-server', '-c', directory, '-f', 'start'], { stdio: 'pipe' });
  for (const stream of [fail2ban.stdout, fail2ban.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  }
  await eventually('fail2ban to be ready', () => client('ping').includes('pong'), 30_000);
}

async function stopFail2ban(): Promise<void> {
  const gone = new Promise((resolve) => fail2ban?.once('exit', resolve));
  client('stop');
  await gone;
  rmSync(join(directory, 'fail2ban.local'));
}

function client(...words: string[]): string {
  return spawnSync('fail2ban-client', ['-c', directory, ...words], { encoding: 'utf8' }).stdout;
}

/** When each ban of the real fail2ban ends, in its own words. */
function endsInFail2ban(): Map<string, string> {
  const lines = client('get', 'door', 'banip', '--with-time').trim().split('\n');
  return new Map(lines.map((line) => [line.split(/\s+/)[0]!, line.replace(/^.* = /, '')]));
}

/** The same of f2b, made of what its action is told. */
function endsInF2b(): Map<string, string> {
  const ends = new Map<string, string>();
  for (const [, ip, time, bantime] of f2b.output.matchAll(/true '?([\d.]+)'? '?(\d+)(?:\.\d+)?'? '?(\d+)'? '?1'?$/gm)) {
    const local = new Date((Number(time) + Number(bantime)) * 1000);
    local.setMinutes(local.getMinutes() - local.getTimezoneOffset());
    ends.set(ip!, local.toISOString().slice(0, 19).replace('T', ' '));
  }
  return ends;
}

function attack(from: number, to: number): void {
  for (let i = from; i < to; i++) appendFileSync(f2b.log, knockOf(`203.0.113.${i}`).repeat(3));
}

describe.skipIf(cannot)('one database for both', () => {
  it('each goes on with the bans of the other, to the same end, and reads on where the other stopped', async () => {
    attack(0, 120);
    await startFail2ban();
    await eventually('fail2ban to ban 120', () => endsInFail2ban().size === 120, 60_000);
    const first = endsInFail2ban();
    // It writes from a thread of its own.
    await stopFail2ban();

    f2b.start();
    await f2b.ready();
    await eventually('f2b to restore 120', () => endsInF2b().size === 120, 30_000);
    expect(endsInF2b()).toEqual(first);
    attack(120, 150);
    await eventually('f2b to ban 30', () => f2b.output.match(/\] Ban 203/g)?.length === 30, 30_000);
    expect(f2b.output.match(/\] Found 203/g)).toHaveLength(90);
    expect(f2b.output).not.toMatch(/already banned/);
    await f2b.end('SIGTERM');

    await startFail2ban();
    await eventually('fail2ban to restore 150', () => endsInFail2ban().size === 150, 60_000);
    const second = endsInFail2ban();
    for (const [ip, end] of first) expect([ip, second.get(ip)]).toEqual([ip, end]);
    attack(150, 160);
    await eventually('fail2ban to ban 10', () => endsInFail2ban().size === 160, 60_000);
    expect(said.match(/\] Found 203/g)).toHaveLength(30);
    expect(said.match(/\] Restore Ban 203/g)).toHaveLength(150);
    const third = endsInFail2ban();
    await stopFail2ban();

    f2b.start();
    await f2b.ready();
    await eventually('f2b to restore 160', () => endsInF2b().size === 160, 30_000);
    expect(endsInF2b()).toEqual(third);
    expect(f2b.output).not.toMatch(/\] (?:Found|Ban) 203/);
  }, 300_000);
});
