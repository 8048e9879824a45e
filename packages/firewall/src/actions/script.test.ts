import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { bindScript, readScript } from './script.js';

const directory = mkdtempSync(join(tmpdir(), 'f2b-script-'));
afterAll(() => rmSync(directory, { recursive: true }));

function bind(source: string, values: Record<string, string>) {
  return bindScript(readScript(source), (tag) => (Object.hasOwn(values, tag) ? values[tag] : undefined));
}

/** Runs a script as the runner does, in an empty directory, and answers what it printed. */
function run(source: string, values: Record<string, string>): string {
  const { script, values: passed } = bind(source, values);
  return execFileSync('/bin/sh', ['-c', script, ...passed], { encoding: 'utf8', cwd: directory });
}

describe('filling a script in', () => {
  test('harmless values go in as they are, others become variables set by the first line, unknown tags stay', () => {
    const values = { ip: '1.2.3.4', matches: 'a "b" $(id)\nc', 'F-USER': 'al`id`', 'F-PORT': '2222', 'F-NONE': '' };
    expect(bind('ban <ip> <matches> <F-USER> <F-PORT> <F-NONE> <nope> <matches>', values)).toEqual({
      script: 'f2bV_matches=$0 f2bV_F_user=$1 \nban 1.2.3.4 $f2bV_matches $f2bV_F_user 2222  <nope> $f2bV_matches',
      values: ['a "b" $(id)\nc', 'al`id`'],
    });
  });

  test('a value is never looked at for tags again', () => {
    expect(bind('<matches>', { matches: '<ip>', ip: '1.2.3.4' })).toEqual({
      script: 'f2bV_matches=$0 \n$f2bV_matches',
      values: ['<ip>'],
    });
  });

  test('a blank cannot divide an assignment into an assignment and a command', () => {
    expect(run('who=<F-USER>; printf %s "$who"', { 'F-USER': 'x touch canary' })).toBe('x touch canary');
  });

  test('inside single quotes the value arrives too', () => {
    expect(run(`printf '%s' 'say <matches>!'`, { matches: "it's $(touch canary)" })).toBe("say it's $(touch canary)!");
    expect(run(`printf '%s' "don't <matches>"`, { matches: 'a  b' })).toBe("don't a  b");
    expect(run(`# don't\nprintf '%s' "$(printf '%s' '<matches>')"`, { matches: 'a  b' })).toBe('a  b');
  });

  test('more than ten values keep their own numbers', () => {
    const names = Array.from({ length: 12 }, (_, index) => `F-G${String.fromCharCode(65 + index)}`);
    const values = Object.fromEntries(names.map((name) => [name, `${name} *`]));
    expect(run(`printf '%s\\n' ${names.map((name) => `"<${name}>"`).join(' ')}`, values)).toBe(
      `${names.map((name) => `${name} *`).join('\n')}\n`,
    );
  });

  test('two tags whose names differ only in odd characters do not share a variable', () => {
    expect(run(`printf '%s,%s' "<a.b>" "<a-b>"`, { 'a.b': '1 *', 'a-b': '2 *' })).toBe('1 *,2 *');
  });

  test('NUL bytes are dropped and what is longer than an argument may be keeps its end', () => {
    const { values } = bind('<matches>', { matches: `${'ä'.repeat(100_000)}\0 the newest line` });
    expect(Buffer.byteLength(values[0]!)).toBeLessThanOrEqual(96 * 1024);
    expect(values[0]!.startsWith('ä')).toBe(true);
    expect(values[0]!.endsWith('ä the newest line')).toBe(true);
  });

  test('whatever a log line holds, it arrives unchanged and nothing of it is run', () => {
    const hostile = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.string({ unit: fc.constantFrom(...'$(){}[]`\'"\\|&;<>*?~#! \n\tab/-='), maxLength: 40 }),
      fc.constantFrom(
        '$(touch canary)',
        '`touch canary`',
        "'; touch canary; '",
        '"; touch canary; "',
        '\\',
        '-n',
        '%s',
      ),
    );
    fc.assert(
      fc.property(hostile, (value) => {
        const printed = run(`printf '%s|' "<matches>" '<matches>'; : <matches>`, { matches: value });
        const whole = Buffer.from(value.replaceAll('\0', '')).toString();
        expect(printed).toBe(`${whole}|${whole}|`);
      }),
      { numRuns: 150 },
    );
    expect(existsSync(join(directory, 'canary'))).toBe(false);
  });
});
