import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileFilter, matchLine, plainSettings } from '@f2b/matcher';
import { afterEach, describe, expect, it } from 'vitest';
import { generateLog, type LogToGenerate, writeGeneratedLog } from './generate.js';
import { logKinds } from './kinds.js';

const until = new Date(2026, 0, 31, 12).getTime();
const log = (more: Partial<LogToGenerate> = {}): LogToGenerate => ({
  kind: 'sshd',
  lines: 2000,
  hitRate: 0.3,
  seed: 7,
  until,
  ...more,
});
const textOf = (more: Partial<LogToGenerate> = {}) => [...generateLog(log(more))].join('');

describe('generated logs', () => {
  it('are the same bytes for the same seed, and others for another', () => {
    expect(textOf()).toBe(textOf());
    expect(textOf({ seed: 8 })).not.toBe(textOf());
  });

  it('have as many lines as asked for, none empty, the last one complete', () => {
    for (const kind of Object.keys(logKinds) as (keyof typeof logKinds)[]) {
      const lines = textOf({ kind }).split('\n');
      expect(lines.pop()).toBe('');
      expect(lines).toHaveLength(2000);
      expect(lines.every((line) => line.length > 20)).toBe(true);
    }
  });

  it('hold about as many attacks as asked for, and none where none are wanted', () => {
    const attacks = (hitRate: number) =>
      textOf({ hitRate, lines: 10_000 }).match(/198\.51\.100\.|203\.0\.113\./g)?.length ?? 0;
    expect(attacks(0)).toBe(0);
    expect(attacks(0.3)).toBeGreaterThan(2700);
    expect(attacks(0.3)).toBeLessThan(3300);
    expect(attacks(1)).toBe(10_000);
  });

  it('end with their attacks in the form that an expression for them reads', () => {
    const filter = compileFilter(
      plainSettings({
        failregex: String.raw`Registration from '.*' failed for '<HOST>(?::\d+)?' - (?:Wrong password|No matching peer found|Username/auth name mismatch)\s*$`,
      }),
    );
    for (const line of textOf({ kind: 'asterisk', hitRate: 1, lines: 50 }).trimEnd().split('\n')) {
      expect(matchLine(filter, ['', '', line]).hits).toHaveLength(1);
    }
  });
});

describe('a generated file', () => {
  let directory: string;
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  it('is readable by its owner alone, and as long as was said', () => {
    directory = mkdtempSync(join(tmpdir(), 'f2b-generate-'));
    const file = join(directory, 'sshd.log');
    const size = writeGeneratedLog(file, log());
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(file).size).toBe(size);
    expect(readFileSync(file, 'utf8')).toBe(textOf());
  });
});
