import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from './condition.js';
import { program } from './f2b-process.js';
import { reasonToSkip } from './requirements.js';

const noFail2ban = reasonToSkip('fail2ban-client');

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'f2b-classic-'));
  for (const name of ['filter.d', 'action.d', 'bin']) mkdirSync(join(directory, name));
  for (const name of ['client', 'server', 'regex']) symlinkSync(program, join(directory, 'bin', `fail2ban-${name}`));
  const file = (name: string, text: string) => writeFileSync(join(directory, name), text);
  file(
    'fail2ban.conf',
    `[Definition]\nloglevel = INFO\nlogtarget = ${directory}/f2b.log\nsyslogsocket = auto\nsocket = ${directory}/f2b.sock\npidfile = ${directory}/f2b.pid\ndbfile = None\ndbpurgeage = 1d\nallowipv6 = yes\n`,
  );
  file('filter.d/door.conf', '[Definition]\nfailregex = ^ knock from <HOST>$\n');
  file('action.d/note.conf', '[Definition]\nactionban = true <ip>\n');
  file('door.log', '');
  file(
    'jail.conf',
    `[door]\nenabled = true\nbackend = polling\nfilter = door\naction = note\nlogpath = ${directory}/door.log\n`,
  );
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

interface Said {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(command: string, args: readonly string[], input = ''): Said {
  const places = command.includes('regex') ? [] : ['-c', directory];
  const { status, stdout, stderr } = spawnSync(command, [...places, ...args], { encoding: 'utf8', input });
  // The time and the process are each client's own.
  return { code: status, stdout, stderr: stderr.replace(/^[\d-]+ [\d:,]+ (\S+)\s+\[\d+\]: /gm, '$1 ') };
}
const ours = (name: string, args: readonly string[], input?: string) =>
  run(join(directory, 'bin', `fail2ban-${name}`), args, input);

describe('f2b under the names of fail2ban', () => {
  it('shows its usage where no command is given, or none that there is', () => {
    expect(ours('client', [])).toMatchObject({ code: 255, stdout: expect.stringMatching(/^Usage: fail2ban-client/) });
    expect(ours('client', ['-h'])).toMatchObject({ code: 0, stdout: expect.stringContaining('reload') });
    expect(ours('server', ['-h']).stdout).toMatch(/^Usage: fail2ban-server/);
    expect(ours('client', ['--bogus']).code).toBe(255);
    expect(ours('client', ['-V'])).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
    expect(ours('client', ['--version']).stdout).toMatch(/^Fail2Ban v\d/);
  });

  it('tries expressions as fail2ban-regex', () => {
    const { code, stdout } = ours('regex', ['2026-01-01 10:00:00 knock from 192.0.2.1', '^ knock from <HOST>$']);
    expect(code).toBe(0);
    expect(stdout).toContain('1 lines, 0 ignored, 1 matched, 0 missed');
  });

  it.skipIf(noFail2ban)('says what fail2ban-client says where there is no server', () => {
    for (const words of [
      ['ping'],
      ['status'],
      ['reload'],
      ['reload', 'a', 'b'],
      ['stop'],
      ['-t'],
      ['--str2sec', '1h'],
    ]) {
      expect([words, ours('client', words)]).toEqual([words, run('fail2ban-client', words)]);
    }
  });
});

describe.skipIf(noFail2ban)('f2b as fail2ban-server', () => {
  it('is found by that name, and answers both clients alike', async () => {
    const child = spawn(join(directory, 'bin', 'fail2ban-server'), ['-c', directory, '--dry-run', '-xf', 'start']);
    try {
      let said = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        said += text;
      });
      await eventually('the server to be ready', () => said.includes('Server ready'));
      expect(readFileSync(`/proc/${child.pid}/cmdline`, 'latin1')).toContain('fail2ban-server');
      for (const words of [
        ['ping'],
        ['status'],
        ['status', 'door'],
        ['status', 'nojail'],
        ['get', 'door', 'failregex'],
        ['get', 'door', 'logpath'],
        ['get', 'door', 'maxretry'],
        ['get', 'nojail', 'maxretry'],
        ['get', 'door'],
        ['set', 'door', 'addignoreip', '192.0.2.0/24'],
        ['banned'],
        ['bogus'],
        ['reload'],
        ['reload', 'nojail'],
        ['start', 'door'],
        ['stop', 'nojail'],
        ['flushlogs'],
        ['echo', 'a', 'b'],
      ]) {
        expect([words, ours('client', words)]).toEqual([words, run('fail2ban-client', words)]);
      }
      const typed = ours('client', ['-i'], 'ping\nget door ignoreself\necho "a b"\nexit\nping\n');
      expect(typed.stdout).toBe('fail2ban> Server replied: pong\nfail2ban> True\nfail2ban> a b\nfail2ban> ');
      expect(ours('client', ['stop'])).toEqual({ code: 0, stdout: 'Shutdown successful\n', stderr: '' });
    } finally {
      child.kill('SIGKILL');
    }
  }, 120_000);
});
