/** What the report of `f2b regex` says, beside that of the installed fail2ban-regex. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { f2b, program, run } from './f2b-process.js';
import { reasonToSkip } from './requirements.js';

const directory = mkdtempSync(join(tmpdir(), 'f2b-report-'));
afterAll(() => rmSync(directory, { recursive: true }));
const configuration = join(directory, 'configuration');
mkdirSync(join(configuration, 'filter.d'), { recursive: true });
writeFileSync(join(configuration, 'jail.conf'), '');

function logOf(name: string, ...lines: readonly string[]): string {
  const file = join(directory, `${name}.log`);
  writeFileSync(file, lines.map((line) => `${line}\n`).join(''));
  return file;
}

function filterOf(name: string, ...lines: readonly string[]): string {
  writeFileSync(join(configuration, 'filter.d', `${name}.conf`), `[Definition]\n${lines.join('\n')}\n`);
  return name;
}

const missing = reasonToSkip('fail2ban-regex');
const untimed = (lines: readonly string[]) => lines.map((line) => line.replace(/^\[processed in .*/, '[processed]'));

/** The output of both, which is the same but for how long it took. */
function both(...args: readonly string[]): string {
  const theirs = untimed(run('fail2ban-regex', ['-c', configuration, ...args]).lines);
  const ours = untimed(f2b('regex', '-c', configuration, ...args).lines);
  expect(ours.join('\n').trimEnd()).toBe(theirs.join('\n').trimEnd());
  return ours.join('\n');
}

const at = (second: number) => `2026-11-27 10:00:0${second}`;
const daemon = (second: number, message: string) => `Nov 25 10:00:0${second} gate door[${message}`;
const sessions = [
  'prefregex = ^ \\S+ door<F-MLFID>\\[\\d+\\]</F-MLFID>: <F-CONTENT>.+</F-CONTENT>$',
  'failregex = ^wrong key$',
  '            ^<F-NOFAIL>knock</F-NOFAIL> by <HOST>$',
  '            ^wrong key by <F-USER>\\S+</F-USER> from <HOST>$',
  '            ^wrong key by \\S+ from <HOST>$',
];

describe.skipIf(missing)('the report of f2b regex is that of fail2ban-regex', () => {
  it('counts all lines of a match over several as matched, and none of them as missed', () => {
    const filter = filterOf('several', 'maxlines = 3', 'failregex = ^ open by <HOST>\\n.*key\\n.*wrong$');
    const log = logOf(
      'several',
      `${at(1)} other`,
      `${at(2)} open by 192.0.2.1`,
      `${at(2)} key`,
      `${at(2)} wrong`,
      `${at(3)} open by 192.0.2.2`,
    );
    expect(both('--print-all-matched', log, filter)).toContain('Lines: 5 lines, 0 ignored, 3 matched, 2 missed');
  });

  it('counts a failure that names nobody yet as matched, one that only looks like it as ignored', () => {
    const log = logOf(
      'sessions',
      daemon(1, '7]: wrong key'),
      daemon(1, '8]: knock by 192.0.2.1'),
      daemon(2, '7]: knock by 192.0.2.2'),
      daemon(3, '9]: wrong key by root from 192.0.2.3'),
      daemon(4, '9]: wrong key by root from 192.0.2.3'),
      daemon(5, '9]: other'),
    );
    const filter = filterOf('sessions', ...sessions);
    expect(both('--print-all-matched', log, filter)).toContain('Lines: 6 lines, 1 ignored, 4 matched, 1 missed');
    both('-o', 'row', log, filter);
    both('-o', '<ip>|<F-USER>|<matches>', log, filter);
    both('-o', '<F-*>', log, filter);
  });

  it('counts a match that names nobody as missed', () => {
    const log = logOf('nobody', `${at(1)} bad 192.0.2.1`, `${at(2)} odd`);
    expect(both(log, filterOf('nobody', 'failregex = ^\\s*bad <HOST>|^\\s*odd'))).toContain('1 matched, 1 missed');
  });

  it('shows the address beside another identifier in rows', () => {
    const log = logOf('beside', `${at(1)} failed (bob@192.0.2.1)`);
    const filter = filterOf('beside', 'failregex = failed \\(<F-ID>[^@]*</F-ID>@<ADDR>\\)');
    expect(both('-o', 'row', log, filter)).toContain("'ip': '192.0.2.1'");
  });

  it('lists date formats in the order in which they came to be tried, and lines without blanks at their end', () => {
    const syslog = [1, 2, 3, 4].map((second) => `Nov 25 10:00:0${second} 192.0.2.1 bad  \t `);
    const log = logOf(
      'dates',
      `${at(1)} 192.0.2.1 bad`,
      ...syslog,
      `${at(9)} 192.0.2.1 bad`,
      '27/Nov/2026:10:00:00 well ',
    );
    both('--print-all-matched', log, '<HOST> bad');
  });

  it('names a datepattern of several templates by what it is', () => {
    const log = logOf('pattern', `[${at(1)}] 192.0.2.1 bad`);
    expect(both('-d', '\\[({DATE})\\]', log, '<HOST> bad')).toContain(': Default Detectors');
  });

  it('takes a line that is no failure by itself for ignored, and leaves it out of rows', () => {
    const log = logOf('nofail', `${at(1)} ok 192.0.2.1`, `${at(2)} bad 192.0.2.2`);
    const filter = filterOf('nofail', 'failregex = ^\\s*<F-NOFAIL>ok</F-NOFAIL> <HOST>', '            ^\\s*bad <HOST>');
    expect(both(log, filter)).toContain('1 ignored, 1 matched, 0 missed');
    expect(both('-o', 'row', log, filter)).not.toContain('192.0.2.1');
    const json = f2b('regex', '-c', configuration, '-o', 'json', log, filter).lines.map(
      (line) => line && JSON.parse(line),
    );
    expect(json.map((one) => one.nofail)).toEqual([true, false, undefined]);
  });

  it('says the whole line of a match in a buffer of lines that prefregex cut', () => {
    const filter = filterOf(
      'cut',
      'maxlines = 3',
      'prefregex = ^\\s*app: <F-CONTENT>.+</F-CONTENT>$',
      'failregex = ^bad <HOST>$',
    );
    const log = logOf('cut', `${at(1)} app: bad 192.0.2.1`, `${at(2)} app: bad 192.0.2.2`);
    expect(both('-o', '<ip>|<matches>', log, filter)).toContain(`192.0.2.2|${at(2)} app: bad`);
    both('--print-all-matched', log, filter);
  });

  it('marks entries of lines that several failregex match', () => {
    const log = logOf('overlap', `${at(1)} bad 192.0.2.1`);
    const filter = filterOf(
      'overlap',
      'failregex = ^\\s*bad <HOST>',
      '            bad <HOST>',
      '            d <HOST>$',
    );
    const entries = (lines: readonly string[]) => lines.filter((line) => line.startsWith('|      '));
    const ours = entries(f2b('regex', '-c', configuration, '-v', log, filter).lines);
    expect(ours).toEqual(entries(run('fail2ban-regex', ['-c', configuration, '-v', log, filter]).lines));
    expect(ours[2]).toContain('(multiple regex matched)');
  });

  it('lists what prefregex found in the first twenty lines', () => {
    const lines = Array.from({ length: 30 }, (_, index) =>
      daemon(1, `${index}]: wrong key by x from 192.0.2.${index}`),
    );
    const log = logOf('first', ...lines);
    const found = f2b('regex', '-c', configuration, '-v', log, filterOf('first', ...sessions)).lines;
    const theirs = run('fail2ban-regex', ['-c', configuration, '-v', log, 'first']).lines;
    const groups = (all: readonly string[]) => all.filter((line) => /^\| {6}(\{|\.\.\.)/.test(line));
    expect(groups(found)).toEqual(groups(theirs));
    expect(groups(found)).toHaveLength(21);
  });
});

describe('f2b regex', () => {
  it('fails for a filter without a failregex, and says so', () => {
    const { code, stderr } = f2b('regex', '-c', configuration, logOf('none', 'x'), filterOf('none', 'maxlines = 1'));
    expect(stderr).toContain('there is no failregex in none');
    expect(code).toBe(255);
  });

  it('prints lines that are no failure as -o says', () => {
    const log = logOf('inverted', `${at(1)} bad 192.0.2.1`, `${at(2)} other`, 'no date');
    const { lines } = f2b('regex', '--TZ', 'UTC', '-i', '-o', '<ip>|<time>|<msg>', log, 'bad <HOST>');
    const time = Date.UTC(2026, 10, 27, 10, 0, 2) / 1000;
    expect(lines.filter((line) => line !== '')).toEqual([`None|${time}|${at(2)} other`, `None|${time}|no date`]);
  });

  it('keeps lists of any length out of memory, and leaves no file behind', () => {
    const room = join(directory, 'room');
    mkdirSync(room);
    const lines = Array.from({ length: 30_000 }, (_, index) => `${at(index % 10)} line ${index} ü ${'x'.repeat(60)}`);
    const log = logOf('long', ...lines);
    const words = [process.execPath, program, 'regex', '--print-all-missed', log, 'bad <HOST>'];
    const listed = run('env', [`TMPDIR=${room}`, ...words]).lines;
    expect(listed.filter((line) => line.startsWith('|  2026')).map((line) => line.slice(3))).toEqual(lines);
    expect(readdirSync(room)).toEqual([]);
  });
});
