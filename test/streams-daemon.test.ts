import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { eventually } from './condition.js';
import { f2b, program } from './f2b-process.js';
import { knockOf } from './stored-daemon.js';

let directory: string;
let daemon: ChildProcess | undefined;
let output = '';

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'f2b-streams-'));
});
afterEach(async () => {
  if (daemon?.exitCode === null && daemon.signalCode === null) {
    const gone = new Promise((resolve) => daemon?.once('exit', resolve));
    daemon.kill('SIGKILL');
    await gone;
  }
  rmSync(directory, { recursive: true, force: true });
});

function tree(source: string): void {
  for (const name of ['filter.d', 'action.d']) mkdirSync(join(directory, name));
  const file = (name: string, text: string) => writeFileSync(join(directory, name), text);
  file(
    'fail2ban.conf',
    `[Definition]\nloglevel = INFO\nlogtarget = STDOUT\nsyslogsocket = auto\nsocket = ${directory}/f2b.sock\npidfile = ${directory}/f2b.pid\ndbfile = None\ndbpurgeage = 1d\nallowipv6 = yes\n`,
  );
  file(
    'jail.conf',
    `[door]\nenabled = true\nfilter = door\n${source}\nmaxretry = 3\nfindtime = 1h\nbantime = 1h\nusedns = no\naction = note\n`,
  );
  file('filter.d/door.conf', '[Definition]\nfailregex = ^ knock from <HOST>$\n');
  file('action.d/note.conf', '[Definition]\nactionban = true <ip>\nactionunban = true <ip>\n');
}

/** @returns its standard input */
function start() {
  output = '';
  daemon = spawn(process.execPath, [program, '-c', directory, '--dry-run', '-f', 'start'], { stdio: 'pipe' });
  for (const stream of [daemon.stdout, daemon.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  return daemon.stdin!;
}

const says = (pattern: RegExp) =>
  eventually(`the daemon to say ${pattern}`, () => pattern.test(output), 30_000).catch((error) => {
    throw new Error(`${error.message}\n${output}`);
  });

/** Processes that have this in their command line. */
const processes = (word: string) =>
  readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(word);
    } catch {
      return false;
    }
  });

it('bans for what comes on its standard input, and goes on guarding when that has ended', async () => {
  tree('backend = auto\nlogpath = -');
  const input = start();
  input.write(knockOf('203.0.113.1').repeat(3));
  await says(/NOTICE {2}\[door\] Ban 203\.0\.113\.1/);
  input.end(knockOf('203.0.113.2').repeat(3).trimEnd());
  await says(/NOTICE {2}\[door\] Ban 203\.0\.113\.2/);
  await says(/WARNING \[door\] the standard input has ended: nothing more is read from it/);
  expect(f2b('-c', directory, 'ping').code).toBe(0);
  expect(f2b('-c', directory, 'status', 'door').lines.join('\n')).toMatch(/File list:\s+-/);
  expect(f2b('-c', directory, 'status', '--long').lines).toContain(
    'the standard input has ended: nothing more is read from it',
  );
  const watcher = spawn(process.execPath, [program, '-c', directory, 'watch', '--json'], { stdio: 'pipe' });
  const left = new Promise((resolve) => watcher.once('exit', resolve));
  let watched = '';
  for (const stream of [watcher.stdout, watcher.stderr]) {
    stream.on('data', (text) => {
      watched += text;
    });
  }
  await eventually('the watcher to listen', () => watched.includes('watching'), 30_000);
  const gone = new Promise((resolve) => daemon?.once('exit', resolve));
  expect(f2b('-c', directory, 'stop').code).toBe(0);
  await gone;
  expect(daemon?.exitCode).toBe(0);
  expect(await left).toBe(0);
  expect(watched).toMatch(/^f2b: the server has ended/m);
}, 90_000);

it.each(['SIGKILL', 'SIGTERM'] as const)(
  'leaves no command behind, nor what that has started, on %s',
  async (how) => {
    const lines = join(directory, 'lines');
    writeFileSync(lines, knockOf('203.0.113.1').repeat(3));
    tree(`backend = command[shell="tail -n +1 -F ${lines} | cat & sleep 1000000 & wait"]`);
    start();
    await says(/NOTICE {2}\[door\] Ban 203\.0\.113\.1/);
    expect(processes(lines).length).toBeGreaterThan(0);
    daemon?.kill(how);
    await eventually('the command and its children to be gone', () => processes(lines).length === 0);
  },
  90_000,
);

it('tells of a command that cannot be, and of one that is none, before anything runs', () => {
  tree('backend = command[run="a | b"]');
  const { code, lines } = f2b('-c', directory, 'config', 'check');
  expect(code).not.toBe(0);
  expect(lines.join('\n')).toMatch(/jail\.conf:4.*without a shell/);
  writeFileSync(
    join(directory, 'jail.conf'),
    '[door]\nenabled = true\nfilter = door\nbackend = command[run=a]\nmaxretry = 3\nfindtime = 1h\nbantime = 1h\nusedns = no\naction = note\n',
  );
  expect(f2b('-c', directory, 'config', 'check').code).toBe(0);
}, 60_000);
