import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BenchResult } from '../tools/bench/result.js';

const program = fileURLToPath(new URL('../../bin/f2b.js', import.meta.url));
const lines = 3000;

let directory: string;
let specific: string;
let sloppy: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'f2b-bench-test-'));
  specific = join(directory, 'specific.conf');
  sloppy = join(directory, 'sloppy.conf');
  const tail = "Registration from '.*' failed for '<HOST>(:[0-9]+)?' - No matching peer found\\s*$";
  writeFileSync(
    specific,
    `[Definition]\nfailregex = ^\\[\\] NOTICE\\[\\d+\\]: chan_sip\\.c:\\d+ in handle_request_register: ${tail}\n`,
  );
  writeFileSync(sloppy, `[Definition]\nfailregex = NOTICE.*: ${tail}\n            ^\\S+ <HOST> never seen\n`);
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

function bench(...args: string[]) {
  return spawnSync(process.execPath, [program, 'bench', ...args], { encoding: 'utf8', cwd: directory });
}

describe('f2b bench', () => {
  it('measures two filters on the same generated log and takes each apart', () => {
    const options = ['--generate', 'asterisk', '--lines', String(lines), '--hits', '0.2', '--rounds', '2', '--json'];
    const { status, stdout, stderr } = bench(...options, sloppy, specific);
    expect(stderr).toBe('');
    expect(status).toBe(0);
    const { log, filters } = JSON.parse(stdout) as BenchResult;
    expect(log.lines).toBe(lines);
    expect(filters.map(({ name }) => name)).toEqual([sloppy, specific]);
    const [first, second] = filters;
    // Both find the same attacks: that is what makes their speeds comparable.
    expect(first!.hits).toBeGreaterThan(0);
    expect(second!.hits).toBe(first!.hits);
    expect(first!.ratio).toBe(1);
    expect(second!.ratio).toBeGreaterThan(0);
    expect(second!.expressionRatio).toBeGreaterThan(0);
    for (const { dissection, linesPerSecond, peakMemory, rounds } of filters) {
      expect(rounds).toBe(2);
      expect(linesPerSecond.least).toBeLessThanOrEqual(linesPerSecond.median);
      expect(peakMemory).toBeGreaterThan(0);
      expect(dissection.sampleLines).toBe(lines);
      expect(dissection.candidates).toBeGreaterThanOrEqual(first!.hits);
      expect(Object.values(dissection.stages).every((seconds) => seconds >= 0)).toBe(true);
    }
    const [unanchored, never] = first!.dissection.expressions;
    expect(unanchored).toMatchObject({ option: 'failregex', hits: first!.hits, anchored: false, engine: 're2' });
    expect(never).toMatchObject({ hits: 0, tried: 0 });
    expect(first!.advice.join('\n')).toMatch(/failregex 2 matched nothing/);
  });

  it('shows people a table, and reads a log of their own', () => {
    const log = join(directory, 'own.log');
    writeFileSync(log, 'Jan  1 00:00:00 door knock from 192.0.2.7\nJan  1 00:00:01 door all quiet\n');
    const { status, stdout } = bench('-r', '1', log, String.raw`^\s*door knock from <HOST>$`);
    expect(status).toBe(0);
    expect(stdout).toMatch(/own\.log: 2 lines/);
    expect(stdout).toMatch(/filter +lines\/s/);
    expect(stdout).toMatch(/failregex 1 +compiled +1 +1 /);
  });

  it('measures a filter whose matches span lines', () => {
    const filter = join(directory, 'several.conf');
    writeFileSync(filter, '[Definition]\nfailregex = ^\\s*open <HOST><SKIPLINES>^\\s*slam\nmaxlines = 3\n');
    const log = join(directory, 'several.log');
    writeFileSync(log, 'Jan  1 00:00:00 open 192.0.2.7\nJan  1 00:00:01 quiet\nJan  1 00:00:02 slam\n');
    const { status, stdout } = bench('-r', '1', '--json', log, filter);
    expect(status).toBe(0);
    const [only] = (JSON.parse(stdout) as BenchResult).filters;
    expect(only!.hits).toBe(1);
    expect(only!.advice.join('\n')).toMatch(/maxlines is above 1/);
  });

  it.each([
    [['no-such.log', 'no-such-filter'], /there is no log 'no-such\.log'/],
    [['--rounds', 'many'], /no whole number/],
    [['--generate', 'sshd', '--lines', '10', './missing.conf'], /missing\.conf/],
  ])('%j is refused in words, without a stack', (args, message) => {
    const { status, stderr } = bench(...args);
    expect(status).toBe(255);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n\s+at /);
  });
});
