import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { temporaryRoot, writeTree } from './config-fail2ban.js';
import { f2b } from './f2b-process.js';

const { root, remove } = temporaryRoot();
afterAll(remove);
const log = join(root, 'app.log');
writeFileSync(log, '');

const server =
  '[Definition]\nloglevel = INFO\nlogtarget = STDOUT\nsyslogsocket = auto\nsocket = /s\npidfile = /p\ndbfile = None\ndbpurgeage = 1d\nallowipv6 = auto\n';
const base = {
  'fail2ban.conf': server,
  'filter.d/app.conf': '[Definition]\nfailregex = ^app: failure from <HOST>$\n',
  'action.d/ban.conf': '[Definition]\nactionban = echo <ip>\n',
};
const good = `[DEFAULT]\naction = ban\nlogpath = ${log}\nbackend = polling\nusedns = no\n[good]\nenabled = true\nfilter = app\n`;

const mistaken = writeTree(
  {
    ...base,
    'filter.d/broken.conf':
      '[Definition]\nfailregex = ^app: failure from <HOST>$\n            ^app: (unclosed from <HOST>$\n',
    'filter.d/dates.conf': '[Definition]\nfailregex = ^app: failure from <HOST>$\ndatepattern = ^%%Y-%%m(\n',
    'filter.d/loop.conf': '[INCLUDES]\nbefore = turn.conf\n[Definition]\nfailregex = ^app: loop from <HOST>$\n',
    'filter.d/turn.conf': '[INCLUDES]\nbefore = loop.conf\n',
    'filter.d/lured.conf': '[Definition]\nfailregex = ^app: failure of .*? from <HOST>\n',
    'jail.conf': `stray = 1\n${good}`,
    'jail.local': [
      '\ufeff[typo]', // 1: a byte order mark
      'enabled = true',
      'filter = app',
      'maxretyr = 3', // 4: a misspelt option
      'leftover = 1', // 5: a dead option
      '[twice]',
      'enabled = true',
      'filter = app',
      'maxretry = 4',
      'maxretry = 5', // 10: an option twice
      '[percent]',
      'enabled = true',
      'filter = app',
      'ignorecommand = date +%H', // 14: a lone percent sign
      '[nolog]',
      'enabled = true',
      'filter = app',
      'logpath = /nowhere/x.log', // 18: no log
      '[nofilter]',
      'enabled = true',
      'filter = ap', // 21: no such filter
      '[expression]',
      'enabled = true',
      'filter = broken', // broken.conf 3: a broken expression
      '[loop]',
      'enabled = true',
      'filter = loop', // turn.conf 2: an include loop
      '[twice]', // 28: a section twice
      'bantime = 10mins', // 29: no time
      '[lured]',
      'enabled = true',
      'filter = lured', // lured.conf 2: an expression that can be led astray
      '[dates]',
      'enabled = true',
      'filter = dates', // dates.conf 3: a broken date pattern
      '[parameter]',
      'enabled = true',
      'filter = app',
      'action = offendingips[blocktype="FOO; BAR"]', // 39: no target
      '',
    ].join('\n'),
  },
  root,
);

interface JsonFinding {
  readonly file: string | null;
  readonly line: number | null;
  readonly column: number | null;
  readonly severity: string;
  readonly code: string;
  readonly advice: string;
  readonly example?: { readonly line: string; readonly accused: string };
}
interface JsonCheck {
  readonly ok: boolean;
  readonly counts: Readonly<Record<string, number>>;
  readonly findings: readonly JsonFinding[];
}

function checkAsJson(directory: string): { code: number | null; check: JsonCheck } {
  const { code, lines } = f2b('-c', directory, 'config', 'check', '--json');
  return { code, check: JSON.parse(lines.join('\n')) as JsonCheck };
}

describe('f2b config check', () => {
  it('says nothing but a summary of a tree without mistakes, and ends with 0', () => {
    const tree = writeTree({ ...base, 'jail.conf': good }, root);
    const { code, lines } = f2b('-c', tree, 'config', 'check');
    expect(lines).toEqual([
      `OK: ${tree}: 0 errors, 0 warnings, 0 hints in 4 files; 1 jail enabled and good, 0 not; 1 expression compiled.`,
    ]);
    expect(code).toBe(0);
  });

  it('finds every planted mistake with its file, line and column, and ends with 1', () => {
    const { code, check } = checkAsJson(mistaken);
    const found = check.findings.map(
      ({ file, line, column, severity, code }) =>
        `${file?.slice(mistaken.length + 1)}:${line}:${column} ${severity} ${code}`,
    );
    expect(found).toEqual([
      'filter.d/broken.conf:3:19 error F2B_FILTER_REGEX',
      'filter.d/dates.conf:3:15 error F2B_FILTER_DATEPATTERN',
      'filter.d/lured.conf:2:13 warning F2B_LINT_SPOOF',
      'filter.d/turn.conf:2:10 warning F2B_CONFIG_INCLUDE_LOOP',
      'jail.conf:1:1 error F2B_CONFIG_NO_SECTION',
      'jail.local:1:1 warning F2B_CONFIG_BOM',
      'jail.local:4:1 warning F2B_CONFIG_UNKNOWN_OPTION',
      'jail.local:5:1 hint F2B_CONFIG_DEAD_OPTION',
      'jail.local:10:1 error F2B_CONFIG_DUPLICATE_OPTION',
      'jail.local:14:23 error F2B_CONFIG_PERCENT',
      'jail.local:18:11 error F2B_CONFIG_NO_LOG',
      'jail.local:21:10 error F2B_CONFIG_NO_FILTER',
      'jail.local:28:1 error F2B_CONFIG_DUPLICATE_SECTION',
      'jail.local:29:11 error F2B_CONFIG_TIME',
      'jail.local:39:10 error F2B_ACTION_PARAMETER',
    ]);
    const adviceOf = (wanted: string) => check.findings.find(({ code }) => code === wanted)?.advice;
    expect(adviceOf('F2B_CONFIG_UNKNOWN_OPTION')).toContain("'maxretry'");
    expect(adviceOf('F2B_CONFIG_NO_FILTER')).toContain("'app'");
    expect(adviceOf('F2B_ACTION_PARAMETER')).toBe("Correct it in the brackets after the action's name.");
    expect(check.ok).toBe(false);
    expect(code).toBe(1);
  });

  it('counts the jails that stand, and those that the mistakes cost', () => {
    expect(checkAsJson(mistaken).check.counts).toMatchObject({
      errors: 10,
      warnings: 4,
      hints: 1,
      jails: 5,
      skippedJails: 6,
    });
    const { lines } = f2b('-c', mistaken, '-d');
    const started = lines.filter((line) => line.startsWith("['start'"));
    for (const jail of ['good', 'typo', 'twice', 'loop', 'lured']) expect(started).toContain(`['start', '${jail}']`);
    for (const jail of ['percent', 'nofilter']) expect(started).not.toContain(`['start', '${jail}']`);
  });

  it('shows a person the place first, what to do below, the lying line of a spoof, and a summary last', () => {
    const { lines } = f2b('-c', mistaken, 'config', 'check');
    const at = lines.findIndex((line) => line.startsWith(`${mistaken}/filter.d/lured.conf:2:13: warning: `));
    expect(lines[at]).toContain('(jail lured) [F2B_LINT_SPOOF]');
    expect(lines.slice(at + 1, at + 4)).toEqual([
      '    line:    app: failure of x from 203.0.113.66 from 192.0.2.10',
      '    truth:   192.0.2.10',
      '    accuses: 203.0.113.66',
    ]);
    expect(lines[at + 4]).toMatch(/^ {4}Make that piece narrower/);
    expect(lines[at + 5]).toBe('');
    expect(lines.at(-1)).toBe(
      `NOT OK: ${mistaken}: 10 errors, 4 warnings, 1 hint in 10 files; 5 jails enabled and good, 6 not; 10 expressions compiled.`,
    );
  });

  it('does not let a control character of a file reach the terminal', () => {
    const tree = writeTree({ ...base, 'jail.conf': `${good}max\u001b[31mretry = 3\n` }, root);
    expect(f2b('-c', tree, 'config', 'check').lines.join('\n')).not.toContain('\u001b');
    writeFileSync(join(tree, 'jail.conf'), `${good}bantime = \u001b]0;x\u0007\n`);
    const { code, lines } = f2b('-c', tree, 'config', 'check');
    expect(code).toBe(1);
    expect(lines.join('\n')).not.toMatch(/[\u001b\u0007]/);
  });

  it('wants to be asked rightly', () => {
    expect(f2b('config')).toMatchObject({ code: 255, stderr: expect.stringContaining('config show JAIL') });
    expect(f2b('config', 'check', 'sshd')).toMatchObject({ code: 255 });
    expect(f2b('config', 'check', '--nope').code).toBe(255);
    expect(f2b('config', '-h')).toMatchObject({ code: 0 });
    expect(f2b('-c', join(root, 'nowhere'), 'config', 'check').stderr).toContain('does not exist');
  });
});
