import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type Sqlite from 'better-sqlite3';
import { afterAll, describe, expect, it } from 'vitest';
import { chartOf } from './chart.mjs';
import { Ledger } from './ledger.mjs';
import { addressOf, blowsOf, randomFrom, readOptions } from './plan.mjs';

const openDatabase: typeof Sqlite = createRequire(
  fileURLToPath(new URL('../../packages/core/package.json', import.meta.url)),
)('better-sqlite3');
const directory = mkdtempSync(join(tmpdir(), 'f2b-soak-test-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe('the plan of a soak', () => {
  it('is read from the command line, and nothing else is', () => {
    expect(readOptions(['--minutes', '20', '--rate', '20000', '--logs', 'auth,web'])).toMatchObject({
      minutes: 20,
      rate: 20_000,
      logs: ['auth', 'web'],
    });
    for (const words of [['--rate'], ['--rate', 'x'], ['--speed', '1'], ['--logs', 'auth,none']]) {
      expect(() => readOptions(words)).toThrow();
    }
  });

  it('kills in the middle third only, and is the same for the same seed', () => {
    const blows = blowsOf({ minutes: 20, every: 32 }, randomFrom(1));
    expect(blowsOf({ minutes: 20, every: 32 }, randomFrom(1))).toEqual(blows);
    const hard = blows.filter(({ kind }) => kind !== 'reload').map(({ at }) => at / 60_000);
    expect(hard.length).toBeGreaterThan(5);
    expect(Math.min(...hard)).toBeGreaterThanOrEqual(20 / 3);
    expect(Math.max(...hard)).toBeLessThan(40 / 3);
    expect(new Set(Array.from({ length: 70_000 }, (_, i) => addressOf(i))).size).toBe(70_000);
  });
});

describe('the books of a soak', () => {
  it('tell what is lost, doubled, invented and wrongly banned', () => {
    const file = join(directory, 'f2b.sqlite3');
    const db = openDatabase(file);
    db.exec('CREATE TABLE f2bFailures (n INTEGER PRIMARY KEY, data TEXT); CREATE TABLE bans (ip TEXT)');
    const count = (...failures: (readonly [number, string])[]) =>
      db
        .prepare('INSERT INTO f2bFailures (data) VALUES (?)')
        .run(JSON.stringify({ logs: ['log'], failures: failures.map(([offset, id]) => [0, offset, id]) }));
    const ledger = new Ledger(file);
    for (let i = 0; i < 5; i++) ledger.wrote('auth', '10.0.0.1', 1000 + i);
    for (let i = 0; i < 5; i++) ledger.wrote('web', '10.0.0.2', 1000 + i);
    // Counted when the ban would have been over, and in time but not banned.
    for (let i = 0; i < 5; i++) ledger.wrote('web', '10.0.0.4', Date.now() - 90_000 + i);
    for (let i = 0; i < 5; i++) ledger.wrote('web', '10.0.0.5', Date.now() - 30_000 + i);
    ledger.wrote('web', '10.0.0.3', 1000);
    count([1, '10.0.0.1'], [2, '10.0.0.1']);
    ledger.read();
    count([3, '10.0.0.1'], [4, '10.0.0.1'], [5, '10.0.0.1'], [6, '10.0.0.2'], [6, '10.0.0.2']);
    for (let i = 0; i < 5; i++) count([20 + i, '10.0.0.4'], [30 + i, '10.0.0.5']);
    count([8, '10.0.0.3'], [9, '10.0.0.3'], [10, '10.9.9.9']);
    db.exec("INSERT INTO bans VALUES ('10.0.0.1'), ('10.0.0.1'), ('10.0.0.3')");
    ledger.read();
    expect([ledger.written, ledger.counted]).toEqual([21, 20]);
    expect([ledger.missing, ledger.doubled, ledger.tooMany]).toEqual([4, 1, 1]);
    expect(ledger.invented).toEqual(['10.9.9.9']);
    expect([...ledger.lags().keys()]).toEqual(['web']);
    expect(ledger.banBook(60_000)).toEqual({
      bans: 2,
      never: ['10.0.0.2', '10.0.0.5'],
      again: ['10.0.0.1'],
      others: ['10.0.0.3'],
    });
    db.close();
  });
});

describe('the chart of a soak', () => {
  it('draws a line for each figure, interrupted where there is none, and what befell the daemon', () => {
    const svg = chartOf({
      title: 'a < b & c',
      seconds: [1, 2, 3, 4, 5],
      bands: [
        { name: 'memory', unit: 'MB', values: [10, 20, undefined, 5, 10] },
        { name: 'lag', unit: 's', values: [0, 0, 0, 0, 0] },
      ],
      marks: [{ second: 2.5, kind: 'kill' }],
    });
    expect(svg).toContain('a &lt; b &amp; c');
    const lines = [...svg.matchAll(/<path d="([^"]*)" fill="none" stroke="#1f4e8c"/g)].map(([, path]) => path);
    expect(lines).toHaveLength(2);
    expect(lines[0]?.match(/M/g)).toHaveLength(2);
    expect(svg.match(/stroke-dasharray/g)).toHaveLength(2);
    expect(svg).not.toContain('NaN');
  });
});
