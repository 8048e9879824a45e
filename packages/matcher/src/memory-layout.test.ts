import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import * as layout from './memory-layout.js';

const own = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));

describe('the memory that host and compiled part share', () => {
  it('is laid out in one file, which the compiled part was built from', () => {
    const directory = mkdtempSync(join(tmpdir(), 'f2b-layout-'));
    try {
      const built = join(directory, 'scanner.wasm');
      const { scripts } = JSON.parse(readFileSync(own('package.json'), 'utf8'));
      const words: string[] = scripts.scanner.replace('dist/scanner.wasm', built).split(' ').slice(1);
      const asc = createRequire(import.meta.url).resolve('assemblyscript/bin/asc.js');
      execFileSync(process.execPath, [asc, ...words], { cwd: own('.') });
      expect(readFileSync(own('dist/scanner.wasm')).equals(readFileSync(built))).toBe(true);
    } finally {
      rmSync(directory, { recursive: true });
    }
  }, 60_000);

  it.each(['literal', 'hit', 'filter', 'dates', 'form', 'piece', 'survey', 'group'])(
    'has room for each field of a %s',
    (kind) => {
      const fields = Object.entries(layout).filter(
        ([name]) => new RegExp(`^${kind}[A-Z]`).test(name) && !name.endsWith('Bytes'),
      );
      const offsets = fields.map(([, offset]) => offset).toSorted((a, b) => a - b);
      expect(new Set(offsets).size).toBe(offsets.length);
      for (const [index, offset] of offsets.entries())
        expect(offset - (offsets[index - 1] ?? -4)).toBeGreaterThanOrEqual(4);
      expect((layout as Record<string, number>)[`${kind}Bytes`]).toBeGreaterThanOrEqual(offsets.at(-1)! + 4);
    },
  );

  it('gives each part of the search a place of its own', () => {
    const { nibbles, nibblesBytes, heads, headsBytes, state, stateLong, alwaysBits, lineBitsNow, matches, literals } =
      layout;
    const last = Math.max(
      ...Object.entries(layout)
        .filter(([name]) => name.startsWith('matches'))
        .map(([name, at]) => (name === 'matches' ? 0 : at)),
    );
    const places = [
      [nibbles, nibblesBytes],
      [heads, headsBytes],
      [state, stateLong + 4],
      [alwaysBits, 32],
      [lineBitsNow, 32],
      [matches, last + 4],
      [literals, 0],
    ] as const;
    for (const [index, [start]] of places.entries()) {
      const [before, bytes] = places[index - 1] ?? [0, 0];
      expect(start).toBeGreaterThanOrEqual(before + bytes);
    }
  });
});
