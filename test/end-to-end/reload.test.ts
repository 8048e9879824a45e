import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../condition.js';
import { reasonToSkip } from '../requirements.js';
import { knockOf } from '../stored-daemon.js';
import { Daemon } from './daemon.js';
import { TwoHosts } from './namespaces.js';

const cannot = reasonToSkip('root', 'namespaces', 'ip', 'iptables', 'ping');
const noClient = cannot ?? reasonToSkip('fail2ban-client');

let hosts: TwoHosts;
let daemon: Daemon;
let directory: string;

const file = (name: string, text: string) => writeFileSync(join(directory, name), text);
const read = (name: string) => readFileSync(join(directory, name), 'utf8');
const log = (name: string) => join(directory, `${name}.log`);
const knock = (name: string, address: string, times = 1) => {
  for (let i = 0; i < times; i++) appendFileSync(log(name), knockOf(address));
};

/** A jail on a log of its own. */
const jail = (name: string, more = '') => `[${name}]\nenabled = true\nlogpath = ${log(name)}\n${more}`;
const common = '[DEFAULT]\nfilter = door\nbackend = polling\nmaxretry = 3\naction = offendingips\n';
const jails = (...all: string[]) => file('jail.conf', common + all.join(''));

/** fail2ban's own client on f2b's socket. */
function client(...words: string[]) {
  const places = ['-c', directory, '-s', join(directory, 'f2b.sock'), '-p', join(directory, 'f2b.pid')];
  const { status, stdout } = spawnSync('fail2ban-client', [...places, ...words], { encoding: 'utf8' });
  return { status, text: stdout.trim() };
}

const says = (pattern: RegExp) => eventually(`the log to say ${pattern}`, () => pattern.test(daemon.log()));
const figure = (name: string, what: string) =>
  Number(new RegExp(`${what}:\\s+(\\d+)`).exec(daemon.ask('status', name).text)?.[1]);
const blocked = (address: string) =>
  hosts.rules('OFFENDINGIPS')?.some((rule) => rule.includes(address) && rule.includes('DROP')) ?? false;

beforeEach(async () => {
  if (cannot) return;
  hosts = new TwoHosts();
  directory = mkdtempSync(join(tmpdir(), 'f2b-reload-'));
  for (const name of ['filter.d', 'action.d']) mkdirSync(join(directory, name));
  file(
    'fail2ban.conf',
    `[Definition]\nloglevel = INFO\nlogtarget = ${log('f2b')}\nsyslogsocket = auto\nsocket = ${directory}/f2b.sock\npidfile = ${directory}/f2b.pid\ndbfile = ${directory}/f2b.sqlite3\ndbpurgeage = 1d\nallowipv6 = yes\n`,
  );
  file('filter.d/door.conf', '[Definition]\nfailregex = ^ knock from <HOST>$\n');
  file('action.d/note.conf', `[Definition]\nactionban = echo "ban <ip>" >> ${directory}/noted\n`);
  for (const name of ['door', 'gate', 'cellar']) file(`${name}.log`, '');
  jails(jail('door'), jail('gate'));
});

afterEach(async () => {
  daemon?.kill();
  hosts?.remove();
  if (directory) rmSync(directory, { recursive: true, force: true });
});

async function start(): Promise<void> {
  daemon = new Daemon(hosts.gateway, directory, directory);
  await daemon.ready();
}

describe.skipIf(cannot)('whoever edits the configuration and reloads it', () => {
  it('hears where it is mistyped, by file and line, and everything goes on as before', async () => {
    await start();
    knock('door', '198.51.100.1', 3);
    await eventually('the ban', () => blocked('198.51.100.1'));
    for (const [text, place] of [
      [jail('door', 'maxretry = tree\n'), /jail\.conf:9:12: \[door\] .*'tree'/],
      [jail('door', 'filter = dor\n'), /jail\.conf:9:10: \[door\] Unable to read the filter 'dor'/],
      [jail('door', 'failregex = ^( from <HOST>\n'), /jail\.conf:9:14: Unable to compile/],
      [jail('door', 'action = offendingips[seconds=soon]\n'), /\[door\] .*seconds/],
      [`${jail('door')}nonsense\n`, /jail\.conf:9/],
    ] as const) {
      file('jail.conf', common + text);
      const { status, text: shown, errors } = daemon.tell('reload');
      expect(status).toBe(255);
      expect(`${shown}${errors}`).toMatch(place);
      expect(errors).toContain('everything goes on as before');
    }
    // The jail that the broken files did not even have any more, too.
    expect(daemon.ask('status').text).toMatch(/Jail list:\s+door, gate$/m);
    knock('gate', '198.51.100.2', 3);
    await eventually('the ban of a jail that goes on', () => blocked('198.51.100.2'));
    expect(blocked('198.51.100.1')).toBe(true);
  });

  it('gets a new jail, another maxretry, a new action with the bans in force, and loses a jail with its bans', async () => {
    await start();
    knock('door', '198.51.100.1', 3);
    knock('gate', '198.51.100.2', 3);
    knock('gate', '198.51.100.3', 2);
    await eventually('both bans', () => blocked('198.51.100.1') && blocked('198.51.100.2'));
    const rules = hosts.rules('OFFENDINGIPS');

    jails(jail('door'), jail('gate', 'maxretry = 5\n'), jail('cellar'));
    expect(daemon.ask('reload', '--dry-run').text).toBe('~ gate: limits\n+ cellar\nWould reload: 1 jail as before\n');
    expect(daemon.ask('status').text).not.toContain('cellar');
    expect(daemon.ask('reload').text).toBe('~ gate: limits\n+ cellar\nReloaded: 1 jail as before\n');
    expect(hosts.rules('OFFENDINGIPS')).toEqual(rules);
    knock('gate', '198.51.100.3', 2);
    knock('cellar', '198.51.100.4', 3);
    await eventually('the ban of the new jail', () => blocked('198.51.100.4'));
    await eventually('four failures', () => figure('gate', 'Total failed') === 7);
    expect(blocked('198.51.100.3')).toBe(false);
    knock('gate', '198.51.100.3');
    await eventually('the fifth failure to be one too many', () => blocked('198.51.100.3'));

    const noting = (name: string, more = '') => jail(name, `action = offendingips\n  note\n${more}`);
    jails(noting('door'), jail('gate', 'maxretry = 5\n'), jail('cellar'));
    expect(daemon.ask('reload').text).toBe('~ door: actions\nReloaded: 2 jails as before\n');
    await eventually('the new action to know of the ban', () => read('noted') === 'ban 198.51.100.1\n');
    expect(blocked('198.51.100.1')).toBe(true);

    jails(noting('door'), jail('cellar'));
    expect(daemon.ask('reload').text).toBe('- gate\nReloaded: 2 jails as before\n');
    expect([1, 2, 3, 4].map((last) => blocked(`198.51.100.${last}`))).toEqual([true, false, false, true]);
    // It comes back with the bans that it had.
    jails(noting('door'), jail('gate', 'maxretry = 5\n'), jail('cellar'));
    expect(daemon.ask('reload', 'gate').text).toBe('+ gate\nReloaded: 0 jails as before\n');
    await eventually('the restored bans', () => blocked('198.51.100.2') && blocked('198.51.100.3'));
    await daemon.stop();
    expect(hosts.rules('OFFENDINGIPS')).toBeUndefined();
  });

  it('may use SIGHUP as well, which also opens the log anew, and finds the outcome in the log', async () => {
    await start();
    jails(jail('door', 'maxretry = 4\n'), jail('gate'));
    daemon.signal('SIGHUP');
    await says(/INFO\s+Reload finished\. changed: door \(limits\); 1 jail as before/);
    jails(jail('door', 'maxretry = x\n'), jail('gate'));
    daemon.signal('SIGHUP');
    await says(/ERROR .*jail\.conf:9:12: \[door\]/);
    expect(daemon.ask('status').text).toMatch(/door, gate/);
  });

  it('keeps a jail whose log is away at the moment', async () => {
    await start();
    rmSync(log('door'));
    jails(jail('door', 'maxretry = 2\n'), jail('gate'));
    expect(daemon.ask('reload').text).toContain('~ door: limits\n');
    file('door.log', '');
    knock('door', '198.51.100.1', 2);
    await eventually('the ban', () => blocked('198.51.100.1'));
  });
});

describe.skipIf(cannot)('a reload under load', () => {
  it('loses no line, failure or ban, and moves no rule', async () => {
    jails(jail('door', 'maxretry = 1000000\n'), jail('gate'), jail('cellar', 'maxretry = 1000000\n'));
    await start();
    for (let last = 1; last <= 40; last++) knock('gate', `198.51.100.${last}`, 3);
    await eventually('40 bans', () => figure('gate', 'Currently banned') === 40);
    await eventually('their rules', () => blocked('198.51.100.40'));
    const rules = hosts.rules('OFFENDINGIPS');
    let written = 0;
    let flows = true;
    const flow = (async () => {
      while (flows) {
        const lines = Array.from({ length: 40 }, (_, i) => knockOf(`203.0.113.${i + 1}`)).join('');
        for (const name of ['door', 'cellar']) appendFileSync(log(name), lines);
        written += 40;
        await breathe();
      }
    })();
    for (let round = 1; round <= 5; round++) {
      // Another expression for one, other limits for the next; the third stays as it is.
      file('filter.d/other.conf', `[Definition]\nfailregex = ^ knock from <HOST>$\n  ^ round ${round} <HOST>$\n`);
      const door = jail('door', `filter = other\nmaxretry = ${900_000 + round}\n`);
      jails(door, jail('gate', `bantime = ${round}h\n`), jail('cellar', 'maxretry = 1000000\n'));
      const before = written;
      const [reloaded] = await Promise.all([
        daemon.askLater('reload'),
        eventually('more lines', () => written > before + 400),
      ]);
      expect(reloaded).toBe('~ door: filter, limits\n~ gate: limits\nReloaded: 1 jail as before\n');
      expect(hosts.rules('OFFENDINGIPS')).toEqual(rules);
    }
    flows = false;
    await flow;
    for (const name of ['door', 'cellar']) {
      await eventually(`all lines of ${name}`, () => figure(name, 'Total failed') >= written, 60_000);
      expect(figure(name, 'Total failed')).toBe(written);
    }
    expect(figure('gate', 'Currently banned')).toBe(40);
    expect(hosts.rules('OFFENDINGIPS')).toEqual(rules);
  }, 120_000);
});

describe.skipIf(noClient)("fail2ban's own client", () => {
  // It has never heard of built-in actions.
  const noted = () => read('noted').trim().split('\n');
  beforeEach(() => {
    if (noClient) return;
    file(
      'action.d/note.conf',
      `[Definition]\nactionban = echo "ban <name> <ip>" >> ${directory}/noted\nactionunban = echo "unban <name> <ip>" >> ${directory}/noted\n`,
    );
    file('noted', '');
    jails(jail('door', 'action = note[name=door]\n'), jail('gate', 'action = note[name=gate]\n'));
  });

  it('reloads, stops and starts jails with the words that it has from its own server', async () => {
    await start();
    expect(client('reload')).toEqual({ status: 0, text: 'OK' });
    expect(client('reload', 'door')).toEqual({ status: 0, text: 'OK' });
    knock('door', '198.51.100.1', 3);
    await eventually('the ban', () => noted().includes('ban door 198.51.100.1'));
    expect(client('reload', '--restart', 'door')).toEqual({ status: 0, text: 'OK' });
    await eventually('the ban after the restart of the jail', () => noted().length === 3);
    expect(client('reload', '--unban', 'door')).toEqual({ status: 0, text: 'OK' });
    const all = ['ban', 'unban', 'ban', 'unban'].map((what) => `${what} door 198.51.100.1`);
    await eventually('the end of the ban', () => noted().length === 4);
    expect(noted()).toEqual(all);
    expect(client('start', 'door')).toEqual({ status: 0, text: 'Jail started' });
    expect(client('stop', 'door')).toEqual({ status: 0, text: 'Jail stopped' });
    const unknown = { status: 255, text: "Sorry but the jail 'door' does not exist" };
    for (const words of [
      ['stop', 'door'],
      ['start', 'door'],
      ['reload', 'door'],
    ])
      expect(client(...words)).toEqual(unknown);
    expect(client('reload', '--if-exists', 'door')).toEqual({ status: 0, text: 'OK' });
    expect(client('status').text).toMatch(/Jail list:\s+gate$/);
    expect(client('reload')).toEqual({ status: 0, text: 'OK' });
    expect(client('status').text).toMatch(/Jail list:\s+door, gate$/);
    expect(client('stop', '--all')).toEqual({ status: 0, text: 'Jail stopped' });
    expect(client('status').text).toMatch(/Number of jail:\s+0/);
  }, 60_000);

  it('is refused where it has read another configuration than the server', async () => {
    await start();
    const other = join(directory, 'other');
    mkdirSync(join(other, 'filter.d'), { recursive: true });
    for (const name of ['fail2ban.conf', 'filter.d/door.conf']) writeFileSync(join(other, name), read(name));
    const lines = `[elsewhere]\nenabled = true\nfilter = door\nbackend = polling\nlogpath = ${log('door')}\n`;
    writeFileSync(join(other, 'jail.conf'), lines);
    const { status, text } = client('-c', other, 'reload');
    expect(status).toBe(255);
    expect(text).toContain(`another configuration than ${directory}`);
    expect(client('status').text).toMatch(/door, gate/);
  }, 60_000);

  it('may be called by an action, while it bans, while its jail is reloaded, and while all stops', async () => {
    const places = `-c ${directory} -s ${directory}/f2b.sock -p ${directory}/f2b.pid`;
    const ask = (what: string) => `fail2ban-client ${places} ${what} >> ${directory}/asked 2>&1`;
    file(
      'action.d/asking.conf',
      `[Definition]\nactionstart = ${ask('ping')}\nactionban = ${ask('status door')}; ${ask('set gate banip <ip>')}\nactionstop = ${ask('status')}\n`,
    );
    jails(jail('door', 'action = asking\n'), jail('gate', 'action = note[name=gate]\n'));
    await start();
    knock('door', '198.51.100.1', 3);
    await eventually('the ban that the action asked for', () => noted().includes('ban gate 198.51.100.1'));
    jails(jail('door', 'action = asking[changed=1]\n'), jail('gate', 'action = note[name=gate]\n'));
    expect(daemon.ask('reload').text).toBe('~ door: actions\nReloaded: 1 jail as before\n');
    await daemon.stop();
    const asked = read('asked');
    expect(asked.match(/Server replied: pong/g)).toHaveLength(2);
    expect(asked.match(/Number of jail/g)).toHaveLength(2);
    expect(asked).toContain('Banned IP list:\t198.51.100.1');
  }, 60_000);
});

it.skipIf(cannot)('ends at SIGTERM and at SIGINT with everything taken back and nothing forgotten', async () => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    await start();
    for (let last = 1; last <= 50; last++) knock('door', `198.51.100.${last}`, 3);
    await eventually('50 bans', () => figure('door', 'Currently banned') === 50);
    daemon.signal(signal);
    await daemon.ended();
    expect(hosts.rules('OFFENDINGIPS')).toBeUndefined();
  }
  await start();
  expect(figure('door', 'Currently banned')).toBe(50);
  await daemon.stop();
});
