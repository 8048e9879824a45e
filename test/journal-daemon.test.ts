import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { eventually } from './condition.js';
import { program, run } from './f2b-process.js';
import { reasonToSkip } from './requirements.js';

const writer = '/lib/systemd/systemd-journal-remote';
const root = mkdtempSync(join(tmpdir(), 'f2b-journal-daemon-'));
const journal = join(root, 'journal');
const flags = ['-c', join(root, 'conf'), '-s', join(root, 'f2b.sock'), '-p', join(root, 'f2b.pid')];
let daemon: ChildProcess | undefined;
afterEach(() => daemon?.kill('SIGKILL'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

function write(address: string, times: number): void {
  const fields =
    '_HOSTNAME=gate\nSYSLOG_IDENTIFIER=door\n_COMM=door\n_PID=7\n_BOOT_ID=0123456789abcdef0123456789abcdef';
  const entry = `__REALTIME_TIMESTAMP=${Date.now()}000\n__MONOTONIC_TIMESTAMP=1\n${fields}\nMESSAGE=knock from ${address}\n\n`;
  writeFileSync(join(root, 'export'), entry.repeat(times));
  expect(run(writer, ['-o', join(journal, 'system.journal'), join(root, 'export')]).code).toBe(0);
}

/** journalctl processes that follow the journal of this test. */
function followers(): readonly string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`--directory=${journal}`);
    } catch {
      return false;
    }
  });
}

describe.skipIf(reasonToSkip(writer, 'journalctl'))('a daemon that reads the journal', () => {
  it('shows its matches, bans, and leaves no journalctl behind, however it ends', async () => {
    for (const name of ['journal', 'conf/filter.d', 'conf/action.d']) mkdirSync(join(root, name), { recursive: true });
    const put = (name: string, text: string) => writeFileSync(join(root, 'conf', name), text);
    put('fail2ban.conf', `[Definition]\nlogtarget = ${join(root, 'log')}\ndbfile = None\nallowipv6 = auto\n`);
    put(
      'filter.d/door.conf',
      '[Definition]\nfailregex = ^gate door\\[\\d+\\]: knock from <HOST>$\njournalmatch = _COMM=door\n',
    );
    const section = (name: string) =>
      `[${name}]\nenabled = true\nfilter = door\nbackend = systemd[journalpath=${journal}]\n`;
    put('jail.conf', `[DEFAULT]\nmaxretry = 3\naction = offendingips\n${section('door')}${section('again')}`);
    write('203.0.113.1', 3);
    for (const end of ['SIGKILL', 'SIGTERM'] as const) {
      daemon = spawn(process.execPath, [program, ...flags, '-f', '--dry-run', 'start'], { stdio: 'ignore' });
      const ended = new Promise((resolve) => daemon?.once('exit', resolve));
      const status = () => run(process.execPath, [program, ...flags, 'status', 'door']).lines;
      await eventually('the attacker to be banned', () => status().some((line) => line.endsWith('203.0.113.1')));
      expect(status()).toContain('|  `- Journal matches:\t_COMM=door');
      expect(followers()).toHaveLength(1);
      daemon.kill(end);
      await ended;
      await eventually('journalctl to end', () => followers().length === 0);
    }
  });
});
