import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const program = fileURLToPath(new URL('../../../bin/f2b.js', import.meta.url));
/** Where Debian puts the program that writes journal files from text. */
const writer = '/lib/systemd/systemd-journal-remote';
const root = mkdtempSync(join(tmpdir(), 'f2b-regex-journal-'));
const log = `systemd-journal[journalpath=${root}/journal]`;
afterAll(() => rmSync(root, { recursive: true, force: true }));

const f2b = (...words: readonly string[]) =>
  spawnSync(process.execPath, [program, 'regex', ...words], { encoding: 'utf8' });

describe.skipIf(!existsSync(writer))('f2b regex on a journal', () => {
  beforeAll(() => {
    const entry = (i: number, unit: string, message: string) =>
      [
        `__REALTIME_TIMESTAMP=${1_700_000_000_000_000 + i * 1_000_000}`,
        `__MONOTONIC_TIMESTAMP=${1_000_000 * i}`,
        '_BOOT_ID=0123456789abcdef0123456789abcdef',
        `_SYSTEMD_UNIT=${unit}.service`,
        `_COMM=${unit}`,
        `SYSLOG_IDENTIFIER=${unit}`,
        '_PID=77',
        '_HOSTNAME=gate',
        `MESSAGE=${message}`,
        '\n',
      ].join('\n');
    const entries = Array.from({ length: 2500 }, (_, i) =>
      i % 5 === 0
        ? entry(i, 'cron', `session opened from 192.0.2.1 number ${i}`)
        : entry(i, 'sshd', `Invalid user u${i} from 192.0.2.${i % 250} port 22`),
    );
    mkdirSync(join(root, 'journal'));
    writeFileSync(join(root, 'text'), entries.join(''));
    execFileSync(writer, ['-o', join(root, 'journal', 'system.journal'), join(root, 'text')], { stdio: 'ignore' });
  });

  it("reads the entries of the filter's journalmatch, and finds what the filter finds in lines", () => {
    const { stdout, stderr } = f2b(log, 'sshd');
    expect(stderr).toBe('');
    expect(stdout).toContain('Use    journal match : _SYSTEMD_UNIT=sshd.service + _COMM=sshd');
    expect(stdout).toContain('Lines: 2000 lines, 0 ignored, 2000 matched, 0 missed');
  });

  it('reads what -m chooses in its place, with + between alternatives', () => {
    const expression = '^gate cron\\[77\\]: session opened from <HOST>';
    expect(f2b('-m', '_COMM=cron + _COMM=none', log, expression).stdout).toContain(
      'Lines: 500 lines, 0 ignored, 500 matched',
    );
    expect(f2b('-m', '_COMM=cron _PID=78', log, expression).stdout).toContain('Lines: 0 lines, 0 ignored, 0 matched');
  });

  it('says what is wrong with a match, an option or a place', () => {
    for (const [words, code] of [
      [['-m', '--flush', log, 'x <HOST>'], /'--flush' is no match of the journal/],
      [['systemd-journal[journalfile=/x]', 'x <HOST>'], /the journal has no option 'journalfile'/],
      [[`systemd-journal[journalpath=${root}/none]`, 'x <HOST>'], /journalctl failed: .*none/],
    ] as const) {
      const { status, stderr } = f2b(...words);
      expect(status).toBe(255);
      expect(stderr).toMatch(code);
    }
  });
});
