import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { journalMissing, type TrialEntry, writeJournal } from '../../fixtures/journal.js';
import { entryOf } from './entry.js';
import { readJournal } from './journalctl.js';
import { JournalMatches } from './matches.js';
import { journalWhere } from './places.js';

const root = mkdtempSync(join(tmpdir(), 'f2b-journal-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** The units and programs that stock filters ask for, and every shape that an entry may have. */
const entries: readonly TrialEntry[] = [
  {
    _HOSTNAME: 'gate',
    SYSLOG_IDENTIFIER: 'sshd',
    _PID: '5',
    _COMM: 'sshd',
    _SYSTEMD_UNIT: 'ssh.service',
    MESSAGE: 'both',
  },
  { _HOSTNAME: 'gate', SYSLOG_IDENTIFIER: 'sshd', SYSLOG_PID: '7', _PID: '8', MESSAGE: 'the pid that syslog had' },
  { _HOSTNAME: 'gate', _COMM: 'cron', _PID: '9', _SYSTEMD_UNIT: 'cron.service', MESSAGE: 'no identifier' },
  { _HOSTNAME: 'gate', SYSLOG_IDENTIFIER: 'app', SYSLOG_PID: 'x1', MESSAGE: 'no number' },
  { _HOSTNAME: 'gate', SYSLOG_IDENTIFIER: 'kernel', _SOURCE_MONOTONIC_TIMESTAMP: '1234567', MESSAGE: 'IN=eth0' },
  { _HOSTNAME: 'gate', SYSLOG_IDENTIFIER: 'kernel', MESSAGE: 'no source' },
  { MESSAGE: 'nothing else' },
  { _HOSTNAME: 'gate', MESSAGE: 'only the host' },
  { SYSLOG_IDENTIFIER: 'bare', MESSAGE: 'only the program' },
  { _HOSTNAME: 'gate', SYSLOG_IDENTIFIER: 'two', MESSAGE: 'first\nsecond' },
  { _HOSTNAME: 'gate', SYSLOG_IDENTIFIER: 'z', MESSAGE: 'zażółć \u001b[31m' },
  {
    _HOSTNAME: 'gate',
    SYSLOG_IDENTIFIER: 'late',
    MESSAGE: 'its own time',
    _SOURCE_REALTIME_TIMESTAMP: '1699999999123456',
  },
];

/** Debian's python3-systemd, which fail2ban reads the journal with. */
const withoutPython = spawnSync('/usr/bin/python3', ['-c', 'import systemd.journal']).status !== 0;
if (withoutPython) {
  const reason = 'python3-systemd is not installed';
  if (process.env.CI === 'true') throw new Error(`this test must run in CI, but ${reason}`);
  console.warn(`skipped: ${reason}`);
}

describe.skipIf(journalMissing())('entries of a real journal', () => {
  const directory = writeJournal(join(root, 'all'), entries);
  const where = journalWhere(new Map([['journalpath', directory]]));

  async function read(matches: JournalMatches) {
    const all = [];
    for await (const several of readJournal({ where, matches })) all.push(...several);
    return all;
  }
  const texts = async (...matches: readonly (readonly string[])[]) =>
    (await read(new JournalMatches(matches))).map((fields) => entryOf(fields)?.text);

  it('are lines with host, program and process', async () => {
    expect(await texts()).toEqual([
      'gate sshd[5]: both',
      'gate sshd[7]: the pid that syslog had',
      'gate cron[9]: no identifier',
      'gate app: no number',
      'gate kernel: [    1.234567] IN=eth0',
      'gate kernel: [    6.000000] no source',
      'nothing else',
      'gate only the host',
      'bare: only the program',
      'gate two: first\\nsecond',
      'gate z: zażółć \u001b[31m',
      'gate late: its own time',
    ]);
  });

  it('have the time of their source, an origin and a place to go on from', async () => {
    const found = (await read(new JournalMatches([]))).map((fields) => entryOf(fields)!);
    expect(found[0]?.time).toBe(1_700_000_000_000);
    expect(found.at(-1)?.time).toBe(1_699_999_999_123);
    expect(found.at(-1)?.date).toMatch(/^2023-11-14T\d\d:13:19\.123456[+-]\d\d:\d\d $/);
    expect(found.map(({ number }) => number)).toEqual(entries.map((_, i) => i + 1));
    expect(new Set(found.map(({ sequence }) => sequence)).size).toBe(1);
    expect(found.every(({ cursor }) => cursor.startsWith('s='))).toBe(true);
  });

  it.each([
    [[['_SYSTEMD_UNIT=ssh.service']], 1],
    [[['_SYSTEMD_UNIT=ssh.service', '_COMM=cron']], 0],
    [[['_SYSTEMD_UNIT=ssh.service', '+', '_COMM=cron']], 2],
    [[['_SYSTEMD_UNIT=ssh.service', '_SYSTEMD_UNIT=cron.service']], 2],
    [[['_COMM=sshd', '_SYSTEMD_UNIT=ssh.service', '+', 'SYSLOG_IDENTIFIER=kernel', 'MESSAGE=IN=eth0']], 2],
    [[['_COMM=sshd'], ['_COMM=cron']], 2],
    [[['+', '_COMM=sshd', '+', '+']], 1],
  ])('are chosen by %j, by journalctl and by ourselves alike', async (words, count) => {
    const matches = new JournalMatches(words);
    const chosen = await read(matches);
    expect(chosen).toHaveLength(count);
    const everything = new JournalMatches([]);
    const all = [];
    for await (const several of readJournal({ where, matches: everything })) all.push(...several);
    const ours = all.filter((fields) => {
      const whole = new Map([...fields]);
      const own = entries[entryOf(fields)!.number - 1]!;
      for (const name of matches.fields) if (own[name] !== undefined) whole.set(name, [String(own[name])]);
      return matches.accepts(whole);
    });
    expect(ours.map((fields) => entryOf(fields)?.number)).toEqual(chosen.map((fields) => entryOf(fields)?.number));
  });

  it.skipIf(withoutPython)('are the lines that fail2ban makes of them', async () => {
    const args = [`systemd-journal[journalpath=${directory}]`, '^never from <HOST>$', '--print-all-missed'];
    const { stdout } = spawnSync('fail2ban-regex', args, { encoding: 'utf8' });
    const theirs = stdout.split('\n').flatMap((line) => (/^\| {2}\d{4}-/.test(line) ? [line.slice(3)] : []));
    const ours = (await read(new JournalMatches([]))).map((fields) => {
      const entry = entryOf(fields)!;
      return entry.date + entry.text;
    });
    // A process id that is no number is written as Python writes bytes, which is an accident.
    const sane = (lines: readonly string[]) => lines.filter((line) => !line.includes(' no number'));
    expect(theirs).toHaveLength(entries.length);
    expect(sane(ours)).toEqual(sane(theirs));
  });
});

describe('what is written of the journal', () => {
  it('is refused where it is no match: nothing of it becomes an option of journalctl', () => {
    for (const word of ['--flush', '-D/etc', 'sshd', '_comm=x', '=x', '']) {
      expect(() => new JournalMatches([[word]])).toThrow(/is no match of the journal/);
    }
  });

  it('is refused where it is no option, or none of its values', () => {
    expect(() => journalWhere(new Map([['journalfile', '/x']]))).toThrow(
      /no option 'journalfile'; there are journalpath/,
    );
    for (const flags of ['16', '-1', 'x', '1.5', '']) {
      expect(() => journalWhere(new Map([['journalflags', flags]]))).toThrow(/journalflags/);
    }
  });

  it('becomes options of journalctl', () => {
    const options = (args: Record<string, string>, env = {}) =>
      journalWhere(new Map(Object.entries(args)), env).options;
    const args = { journalfiles: '/a.journal, /b.journal', namespace: 'web', journalflags: '12', rotated: 'on' };
    expect(options(args)).toEqual([
      '--merge',
      '--file=/a.journal',
      '--file=/b.journal',
      '--namespace=web',
      '--system',
      '--user',
    ]);
    expect(options({ journalpath: '/j' })).toEqual(['--merge', '--directory=/j']);
    expect(options({ journalflags: '2' })).toEqual(['--merge', '--directory=/run/log/journal']);
  });

  it('leaves out the journals of users where nothing is said, as what their programs call themselves proves nothing', () => {
    const options = (env: Record<string, string>) => journalWhere(new Map(), env).options;
    expect(options({})).toEqual(['--merge', '--system']);
    expect(options({ F2B_SYSTEMD_DEFAULT_FLAGS: '0' })).toEqual(['--merge']);
  });

  it.skipIf(!existsSync('/etc/machine-id'))('asks for entries of this host alone, if it is to', () => {
    const { only } = journalWhere(new Map([['journalflags', '1']]));
    expect(only).toEqual([`_MACHINE_ID=${readFileSync('/etc/machine-id', 'utf8').trim()}`]);
    expect(new JournalMatches([['_COMM=a', '+', '_COMM=b']]).words(['_MACHINE_ID=x'])).toEqual([
      '_COMM=a',
      '_MACHINE_ID=x',
      '+',
      '_COMM=b',
      '_MACHINE_ID=x',
    ]);
  });

  it('is asked for once, whoever else asks', () => {
    const one = new JournalMatches([['_COMM=a', '+', '_COMM=b']]);
    const other = new JournalMatches([['_COMM=b'], ['_COMM=c', '_PID=1']]);
    expect(JournalMatches.union([one, other]).words()).toEqual(['_COMM=a', '+', '_COMM=b', '+', '_COMM=c', '_PID=1']);
    expect(JournalMatches.union([one, new JournalMatches([])]).words()).toEqual([]);
  });

  it('says so when there is no journalctl', async () => {
    const query = { where: journalWhere(new Map()), matches: new JournalMatches([]), program: join(root, 'none') };
    await expect(readJournal(query).next()).rejects.toMatchObject({ code: 'F2B_JOURNAL' });
  });
});
