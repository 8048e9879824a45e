import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const program = fileURLToPath(new URL('../../bin/f2b.js', import.meta.url));

let directory: string;
let socket: string;
let serverLog: string;
let watched: string;
let bans: string;
const started: ChildProcess[] = [];

/** A whole tree: one jail on one log, whose action writes bans into a file. */
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'f2b-life-'));
  socket = join(directory, 'run', 'f2b.sock');
  serverLog = join(directory, 'f2b.log');
  watched = join(directory, 'auth.log');
  bans = join(directory, 'bans');
  const conf = join(directory, 'conf');
  mkdirSync(join(conf, 'filter.d'), { recursive: true });
  mkdirSync(join(conf, 'action.d'));
  writeFileSync(watched, '');
  writeFileSync(
    join(conf, 'fail2ban.conf'),
    `[Definition]\nloglevel = 3\nlogtarget = ${serverLog}\nsyslogsocket = auto\nsocket = ${socket}\npidfile = ${directory}/run/f2b.pid\ndbfile = None\ndbpurgeage = 1d\nallowipv6 = auto\n`,
  );
  writeFileSync(
    join(conf, 'jail.conf'),
    `[DEFAULT]\nbantime = 60\nfindtime = 600\nmaxretry = 3\nusedns = no\naction = note\nignoreip = 192.0.2.1\n[door]\nenabled = true\nfilter = door\nlogpath = ${watched}\n`,
  );
  writeFileSync(join(conf, 'filter.d', 'door.conf'), '[Definition]\nfailregex = ^\\s*knock from <HOST>$\n');
  writeFileSync(
    join(conf, 'action.d', 'note.conf'),
    `[Definition]\nactionban = echo ban <ip> >> ${bans}\nactionunban = echo unban <ip> >> ${bans}\n`,
  );
});

afterEach(async () => {
  await f2b(['stop']);
  for (const child of started.splice(0)) child.kill('SIGKILL');
  rmSync(directory, { recursive: true, force: true });
});

interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function f2b(args: readonly string[], conf = join(directory, 'conf')): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [program, '-c', conf, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (data) => {
      stdout += data;
    });
    child.stderr.on('data', (data) => {
      stderr += data;
    });
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

/** Waits for a condition, with a deadline. */
async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 15_000;
  while (!(await holds())) {
    if (Date.now() > deadline)
      throw new Error(`never happened: ${what}\n${existsSync(serverLog) ? readFileSync(serverLog, 'utf8') : ''}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const pidOfDaemon = () => Number(readFileSync(join(directory, 'run', 'f2b.pid'), 'utf8'));
const textOf = (file: string) => (existsSync(file) ? readFileSync(file, 'utf8') : '');

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // A killed daemon may wait as a zombie for whoever inherits it: it is dead all the same.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

function stamp(): string {
  const now = new Date();
  const two = (value: number) => String(value).padStart(2, '0');
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())} ${two(now.getHours())}:${two(now.getMinutes())}:${two(now.getSeconds())}`;
}

function startInForeground(args: readonly string[] = []): { child: ChildProcess; output: () => string } {
  return startProcess('-c', join(directory, 'conf'), '-f', ...args, 'start');
}

function startProcess(...args: readonly string[]): { child: ChildProcess; output: () => string } {
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  started.push(child);
  let output = '';
  child.stdout?.on('data', (data) => {
    output += data;
  });
  child.stderr?.on('data', (data) => {
    output += data;
  });
  return { child, output: () => output };
}

const exitOf = (child: ChildProcess) =>
  new Promise<number | null>((resolve) => {
    if (child.exitCode !== null) resolve(child.exitCode);
    else child.once('exit', resolve);
  });

describe('f2b start, in the background', () => {
  it('returns when the server is ready; ping, status and stop then speak to it', async () => {
    expect(await f2b(['start'])).toEqual({ code: 0, stdout: 'Server ready\n', stderr: '' });
    expect(await f2b(['ping'])).toMatchObject({ code: 0, stdout: 'Server replied: pong\n' });
    expect(statSync(socket).mode & 0o777).toBe(0o600);
    expect((await f2b(['status'])).stdout).toBe('Status\n|- Number of jail:\t1\n`- Jail list:\tdoor\n');
    expect((await f2b(['version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    const pid = pidOfDaemon();
    expect(isAlive(pid)).toBe(true);
    expect(await f2b(['stop'])).toEqual({ code: 0, stdout: 'Shutdown successful\n', stderr: '' });
    await until('the daemon is gone', () => !isAlive(pid));
    expect(existsSync(socket)).toBe(false);
    expect(existsSync(join(directory, 'run', 'f2b.pid'))).toBe(false);
    const gone = await f2b(['ping']);
    expect(gone.code).toBe(255);
    expect(gone.stderr).toContain(`f2b is not running: there is no socket ${socket}; start it with f2b start`);
  });

  it('says which directory it read and what each jail reads', async () => {
    await f2b(['start']);
    await until('the whole start in the log', () => textOf(serverLog).includes('Server ready'));
    expect(textOf(serverLog)).toContain(`Configuration: ${directory}/conf (asked for with -c)`);
    expect(textOf(serverLog)).toContain(`[door] reads ${watched}; maxretry 3, findtime 600, bantime 60; action note`);
  });

  it('bans at the third failure, logs it in fail2ban’s line, and takes the ban back at the stop', async () => {
    await f2b(['start']);
    appendFileSync(watched, `${stamp()} knock from 192.0.2.1\n`.repeat(5));
    appendFileSync(watched, `${stamp()} knock from 198.51.100.7\n`.repeat(3));
    await until('the ban', () => textOf(bans).includes('ban 198.51.100.7\n'));
    await until('the line in the log', () => textOf(serverLog).includes('] Ban '));
    expect(textOf(serverLog)).toMatch(
      /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} fail2ban\.actions {8}\[\d+\]: NOTICE {2}\[door\] Ban 198\.51\.100\.7$/m,
    );
    expect((await f2b(['status', 'door'])).stdout).toBe(
      [
        'Status for the jail: door',
        '|- Filter',
        '|  |- Currently failed:\t0',
        '|  |- Total failed:\t3',
        `|  \`- File list:\t${watched}`,
        '`- Actions',
        '   |- Currently banned:\t1',
        '   |- Total banned:\t1',
        '   `- Banned IP list:\t198.51.100.7',
        '',
      ].join('\n'),
    );
    await f2b(['stop']);
    expect(textOf(bans)).toBe('ban 198.51.100.7\nunban 198.51.100.7\n');
  });

  it('refuses a second server on the same socket', async () => {
    await f2b(['start']);
    const second = await f2b(['start']);
    expect(second).toMatchObject({ code: 255, stdout: '' });
    expect(second.stderr).toContain('Server already running');
    expect(await f2b(['ping'])).toMatchObject({ code: 0 });
  });

  it('starts again after a kill -9, and says that it replaced the socket', async () => {
    await f2b(['start']);
    const pid = pidOfDaemon();
    process.kill(pid, 'SIGKILL');
    await until('the daemon is dead', () => !isAlive(pid));
    expect(existsSync(socket)).toBe(true);
    const refused = await f2b(['ping']);
    expect(refused.code).toBe(255);
    expect(refused.stderr).toContain(`f2b is not running: nobody listens on ${socket}`);
    const again = await f2b(['start']);
    expect(again).toMatchObject({ code: 0, stdout: 'Server ready\n' });
    expect(again.stderr).toContain(`Replaced the socket ${socket}`);
    expect(pidOfDaemon()).not.toBe(pid);
  });

  it('says that a log target cannot be opened, and guards without a log', async () => {
    const { code, stderr } = await f2b(['--logtarget=SYSLOG', '--syslogsocket=/nonexistent/log', 'start']);
    expect(code).toBe(0);
    expect(stderr).toContain('no log socket at /nonexistent/log');
    expect(stderr).toContain('Nobody sees the log of this server');
    expect(await f2b(['ping'])).toMatchObject({ code: 0 });
  });

  it('can start right behind a stop', async () => {
    await f2b(['start']);
    for (let round = 0; round < 3; round += 1) {
      expect(await f2b(['stop'])).toMatchObject({ code: 0 });
      expect(await f2b(['start'])).toEqual({ code: 0, stdout: 'Server ready\n', stderr: '' });
    }
    expect(await f2b(['ping'])).toMatchObject({ code: 0 });
    expect(isAlive(pidOfDaemon())).toBe(true);
  });

  it('names each mistake with its place, and runs the other jails', async () => {
    const jails = join(directory, 'conf', 'jail.local');
    writeFileSync(
      jails,
      `[unknown]\nenabled = true\nfilter = nosuch\nlogpath = ${watched}\n[broken]\nenabled = true\nfilter =\nfailregex = ^bad (<HOST>$\nlogpath = ${watched}\n[nolog]\nenabled = true\nfilter = door\nlogpath = ${directory}/missing.log\n`,
    );
    const { code, stdout, stderr } = await f2b(['start']);
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'Server ready\n' });
    expect(stderr).toMatch(new RegExp(`${jails}:3:\\d+: .*nosuch`));
    expect(stderr).toMatch(new RegExp(`${jails}:8:\\d+`));
    expect(stderr).toMatch(new RegExp(`${jails}:13:\\d+: .*missing\\.log`));
    expect(stderr).not.toMatch(/\n\s+at /);
    expect((await f2b(['status'])).stdout).toContain('Jail list:\tdoor\n');
  });

  it('says why it cannot start, with exit code 255', async () => {
    rmSync(join(directory, 'conf', 'jail.conf'));
    const outcome = await f2b(['start']);
    expect(outcome).toMatchObject({ code: 255, stdout: '' });
    expect(outcome.stderr).toMatch(/Found no accessible config files for 'jail'/);
    const missing = await f2b(['start'], join(directory, 'nowhere'));
    expect(missing.code).toBe(255);
    expect(missing.stderr).toMatch(/Base configuration directory .*nowhere does not exist/);
  });
});

describe('f2b start -f', () => {
  it('stays, says when it is ready, and ends cleanly at SIGTERM', async () => {
    const { child, output } = startInForeground();
    await until('ready', () => output().includes('Server ready\n'));
    child.kill('SIGTERM');
    expect(await exitOf(child)).toBe(0);
    expect(existsSync(socket)).toBe(false);
    expect(textOf(serverLog)).toContain('Exiting f2b');
  });

  it('logs to standard output on request, and opens a log file anew at SIGHUP', async () => {
    const { child, output } = startInForeground();
    await until('ready', () => output().includes('Server ready\n'));
    renameSync(serverLog, `${serverLog}.1`);
    child.kill('SIGHUP');
    await until('the new file', () => textOf(serverLog).includes('rolled over'));
    child.kill('SIGINT');
    expect(await exitOf(child)).toBe(0);
    expect(textOf(serverLog)).toContain('Exiting f2b');
    const second = startInForeground(['--logtarget', 'STDOUT', '--loglevel=notice']);
    await until('ready', () => second.output().includes('Server ready\n'));
    expect(second.output()).not.toContain('INFO');
    second.child.kill('SIGTERM');
    expect(await exitOf(second.child)).toBe(0);
  });

  it('falls back to standard error when the log target cannot be opened, and guards on', async () => {
    const { child, output } = startInForeground(['--logtarget', join(directory, 'no', 'such', 'dir.log')]);
    await until('ready', () => output().includes('Server ready\n'));
    expect(output()).toContain('now logging to STDERR');
    child.kill('SIGTERM');
    expect(await exitOf(child)).toBe(0);
  });

  it('guards on when whoever read its output has gone', async () => {
    const { child, output } = startInForeground(['--logtarget', 'STDOUT']);
    await until('its first line', () => output().includes('\n'));
    child.stdout?.destroy();
    await until('an answer', async () => (await f2b(['--timeout', '2', 'ping'])).code === 0);
    appendFileSync(watched, `${stamp()} knock from 198.51.100.7\n`.repeat(3));
    await until('the ban', () => textOf(bans).includes('ban 198.51.100.7\n'));
    child.kill('SIGTERM');
    expect(await exitOf(child)).toBe(0);
  });

  it('only prints what it would do in a dry run', async () => {
    const { child, output } = startInForeground(['--dry-run', '--logtarget', 'STDOUT']);
    await until('ready', () => output().includes('Server ready\n'));
    appendFileSync(watched, `${stamp()} knock from 198.51.100.7\n`.repeat(3));
    await until('the printed command', () => /f2b\.dry-run .*echo ban /.test(output()));
    child.kill('SIGTERM');
    await exitOf(child);
    expect(existsSync(bans)).toBe(false);
  });
});

const client = spawnSync('fail2ban-client', ['--version']).status === 0;
if (!client && process.env.CI) throw new Error('this test needs fail2ban-client: install the package fail2ban');

describe.skipIf(!client)(`fail2ban-client${client ? '' : ' (skipped: not installed)'}`, () => {
  it('is answered as by its own server', async () => {
    await f2b(['start']);
    const { status, stdout, stderr } = spawnSync('fail2ban-client', ['-c', '/etc/fail2ban', '-s', socket, 'status'], {
      encoding: 'utf8',
      timeout: 10_000,
    });
    expect(stderr).toBe('');
    expect(status).toBe(0);
    expect(stdout).toBe('Status\n|- Number of jail:\t1\n`- Jail list:\tdoor\n');
  });
});

describe('f2b start --trial', () => {
  it('replays the sample, bans its attackers on paper only, and leaves nothing behind', async () => {
    const home = join(directory, 'tmp');
    mkdirSync(home);
    const child = spawn(process.execPath, [program, '--trial', '--sample', 'start'], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, TMPDIR: home },
    });
    started.push(child);
    let output = '';
    child.stdout.on('data', (data) => {
      output += data;
    });
    child.stderr.on('data', (data) => {
      output += data;
    });
    await until('the first ban', () => /First ban, 203\.0\.113\.45: [\d.]+ s after the daemon's start/.test(output));
    expect(output).toContain('Replaying the bundled sample');
    expect(output).toContain('Dry run: the firewall is not touched');
    expect(output).toMatch(/f2b\.dry-run .*-s 203\.0\.113\.45/);
    child.kill('SIGINT');
    expect(await exitOf(child)).toBe(0);
    expect(spawnSync('ls', [home], { encoding: 'utf8' }).stdout).toBe('');
  });
});

describe('f2b start where no jail runs', () => {
  const confOf = () => join(directory, 'conf');

  it('is no success when jails were asked for, and says so; the server stays, as fail2ban’s does', async () => {
    writeFileSync(join(confOf(), 'filter.d', 'door.conf'), '[Definition]\nfailregex = from( <HOST>$\n');
    const { code, stdout, stderr } = await f2b(['--dry-run', 'start']);
    expect(stdout).toBe('Server ready\n');
    expect(stderr).toMatch(/ERROR .*No jail runs: nothing is guarded; mend what is said above/);
    expect(code).toBe(255);
    expect((await f2b(['ping'])).code).toBe(0);
    const reason = (await f2b(['status', 'door'])).stderr;
    expect(reason).toMatch(/The jail 'door' does not run: .*missing \), unterminated subpattern/);
  });

  it('is a success when none was asked for', async () => {
    writeFileSync(join(confOf(), 'jail.local'), '[door]\nenabled = false\n');
    const { code, stderr } = await f2b(['--dry-run', 'start']);
    expect(stderr).toMatch(/WARNING .*No jail runs: nothing is guarded; enable one/);
    expect(code).toBe(0);
  });
});

describe('f2b watch', () => {
  it('shows failures and bans as they happen, and ends with the server', async () => {
    startInForeground(['--dry-run']);
    await until('it is ready', () => textOf(serverLog).includes('Server ready'));
    const json = startProcess('-s', socket, 'watch', '--json');
    await until('it watches', () => json.output().includes('watching'));
    const text = startProcess('-s', socket, 'watch', 'door');
    let address = 1;
    await until('a ban is shown', async () => {
      address += 1;
      for (let knock = 0; knock < 3; knock += 1)
        appendFileSync(watched, `${stamp()} knock from 203.0.113.${address}\n`);
      await until('the ban', () => json.output().includes(`"ban","jail":"door","id":"203.0.113.${address}"`));
      return text.output().includes('Ban');
    });
    expect((await f2b(['stop'])).code).toBe(0);
    expect(await exitOf(text.child)).toBe(0);
    expect(await exitOf(json.child)).toBe(0);
    expect(text.output()).toMatch(/^[\d-]+ [\d:,]+ \[door\] Ban 203\.0\.113\.\d+$/m);
    const events = json
      .output()
      .trimEnd()
      .split('\n')
      // The last word, that the server has ended, is for people: it stands on standard error.
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line).event);
    expect(new Set(events)).toEqual(new Set(['watching', 'found', 'ban', 'repeal']));
  });
});
