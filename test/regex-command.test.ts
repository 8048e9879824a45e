import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { f2b, program, run } from './f2b-process.js';
import { reasonToSkip } from './requirements.js';

const directory = mkdtempSync(join(tmpdir(), 'f2b-regex-'));
afterAll(() => rmSync(directory, { recursive: true }));

function logOf(name: string, text: string | Uint8Array): string {
  const file = join(directory, name);
  writeFileSync(file, text);
  return file;
}

function filterOf(name: string, definition: string): string {
  return logOf(`${name}.conf`, `[Definition]\n${definition}\n`);
}

const missing = reasonToSkip('fail2ban-regex');

/** Rows of both, which are the same. */
function rows(...args: readonly string[]): readonly string[] {
  const theirs = run('fail2ban-regex', ['-o', 'row', ...args]).lines.filter((line) => line !== '');
  const ours = f2b('regex', '-o', 'row', ...args);
  expect(ours.stderr).toBe('');
  expect(ours.lines.filter((line) => line !== '')).toEqual(theirs);
  return theirs;
}

const sshd = (message: string, second = 0) =>
  `Nov 25 10:00:${String(second % 60).padStart(2, '0')} gate sshd[${100 + second}]: ${message}\n`;

describe('f2b regex', () => {
  it('fails when its output cannot be written, and tells why', () => {
    const log = logOf('full', sshd('Invalid user x from 192.0.2.1 port 22'));
    for (const options of [['-o', 'row'], []]) {
      const words = ['regex', ...options, log, 'sshd'];
      const { code, stderr } = run('/bin/sh', [
        '-c',
        'exec "$0" "$@" > /dev/full',
        process.execPath,
        program,
        ...words,
      ]);
      expect(stderr).toContain('the output cannot be written: ENOSPC');
      expect(code).toBe(255);
    }
  });
});

describe.skipIf(missing)('f2b regex gives the rows of fail2ban-regex', () => {
  it('for hosts with a name', () => {
    const log = logOf(
      'names',
      sshd('Invalid user x from localhost port 22') + sshd('Invalid user y from 192.0.2.1 port 22', 1),
    );
    expect(rows('--usedns', 'yes', log, 'sshd')).toHaveLength(2);
    expect(rows('--usedns', 'no', log, 'sshd')).toHaveLength(1);
  });

  it('for users without a name, and with one', () => {
    // A set of several has no order of its own in Python.
    const users = ['', 'bob', '', 'bob', ''];
    const lines = users.map((user) => `Nov 25 10:00:00 gate sshd[7]: Invalid user ${user} from 192.0.2.1 port 22\n`);
    expect(rows(logOf('users', lines.join('')), 'sshd')).toHaveLength(5);
    expect(rows(logOf('users-reversed', lines.reverse().join('')), 'sshd')).toHaveLength(5);
    expect(rows(logOf('user', lines.at(-1)!), 'sshd')).toHaveLength(1);
  });

  it('for a log that workers scan, with hits in a part of it only', () => {
    const plain = sshd('Starting session: shell for anna from 192.0.2.77 port 5');
    const hits = Array.from({ length: 500 }, (_, second) =>
      sshd(`Invalid user x from 192.0.2.${second % 250} port 22`, second),
    );
    const text = [plain.repeat(40_000), hits.join(''), plain.repeat(20_000)].join('');
    expect(text.length).toBeGreaterThan(4 * 1024 * 1024);
    expect(rows(logOf('large', text), 'sshd')).toHaveLength(500);
  });

  it.each([
    [
      'letters beyond the 16-bit ones',
      undefined,
      '^ \\S+ bot: 🚫denied <HOST>$',
      'Nov 25 10:00:00 gate bot: 🚫denied 192.0.2.1',
    ],
    ['a word of such letters', undefined, 'userna𝒜b <HOST>$', 'Nov 25 10:00:00 userna𝒜b 192.0.2.1'],
    [
      'a group for the date within another one',
      '^[^\\[]*(?:(\\[%%d/%%b/%%Y:%%H:%%M:%%S %%z\\]))',
      '^<HOST> \\S+ \\S+  "POST /wp-login\\.php',
      '192.0.2.1 - - [25/Nov/2025:10:00:00 +0000] "POST /wp-login.php"',
    ],
    [
      'a date in a look ahead',
      '(?=(%%Y-%%m-%%d %%H:%%M:%%S))',
      '^user  failed <HOST>$',
      'user 2025-11-25 10:00:00 failed 192.0.2.1',
    ],
    [
      'an epoch that is cut out with its marks',
      '\\[({EPOCH})\\]',
      '^user  failed from <HOST>$',
      'user [1764064800] failed from 192.0.2.1',
    ],
    [
      'a group that repeats',
      '^\\[(\\w+ )*%%Y-%%m-%%d %%H:%%M:%%S\\]',
      '^\\[aaaa 2025-11-25 10:00:00\\] <HOST>$',
      '[aaaa bb 2025-11-25 10:00:00] 192.0.2.1',
    ],
    [
      'a line that begins with pairs',
      '{^LN-BEG}%%Y-%%m-%%d %%H:%%M:%%S',
      '^😀😀 x <HOST>$',
      '😀😀2025-11-25 10:00:00 x 192.0.2.1',
    ],
    [
      'a mark in either case',
      '(?i)é(%%Y-%%m-%%d %%H:%%M:%%S)',
      '^É is denied <HOST>$',
      'É2025-11-25 10:00:00 is denied 192.0.2.1',
    ],
    [
      'a date within a word',
      '{UNB}%%Y-%%m-%%d %%H:%%M:%%S',
      '^userfailed from <HOST>$',
      'user2025-11-25 10:00:00failed from 192.0.2.1',
    ],
    [
      'a date that ends at an ASCII word',
      '(?a)%%Y-%%m-%%d %%H:%%M:%%S',
      '^user éfailed <HOST>$',
      'user 2025-11-25 10:00:00éfailed 192.0.2.1',
    ],
    [
      'a date in front of its bracket',
      '%%Y-%%m-%%d %%H:%%M:%%S\\]',
      '^\\[ attack by <HOST>$',
      '[2025-11-25 10:00:00] attack by 192.0.2.1',
    ],
  ])('where a date is cut out of the text that an expression looks for: %s', (what, datepattern, failregex, line) => {
    const name = what.replaceAll(' ', '-');
    const definition = `failregex = ${failregex}\n${datepattern === undefined ? '' : `datepattern = ${datepattern}\n`}`;
    const others = 'Nov 25 10:00:00 gate cron: well\n'.repeat(3);
    const log = logOf(name, `${others}${line}\n${others}`);
    const found = rows('--usedns', 'no', log, filterOf(name, definition));
    expect(found).toHaveLength(1);
  });
});
