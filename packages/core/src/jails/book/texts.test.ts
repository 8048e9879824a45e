import type { GroupValue } from '@f2b/matcher';
import { describe, expect, it } from 'vitest';
import { Cells } from './cells.js';
import { noText, Texts } from './texts.js';

const hostile = [
  'plain',
  '',
  'x'.repeat(5000),
  'Grüße aus Köln',
  'names in 漢字 and 🙂',
  'a lone \ud800 surrogate',
  'nul \u0000 and \u00ff',
  ' gw sshd[1]: Failed password for root from 192.0.2.1 port 1 ssh2',
  ' gw sshd[22]: Failed password for root from 192.0.2.1 port 22 ssh2',
];

describe('what is kept as bytes', () => {
  it('comes back as it was, whatever it holds', () => {
    const data = new Map<string, GroupValue>(hostile.map((text, at) => [`name ${at} ${text.slice(0, 9)}`, text]));
    data.set('users', ['root', null, '漢字', '']);
    const texts = new Texts();
    const record = texts.keep(hostile, data);
    expect(texts.read(record)).toEqual({ matches: hostile, data });
  });

  it('is all there after each line that is added, up to the most that are kept', () => {
    const texts = new Texts();
    let record = noText;
    let lines: string[] = [];
    for (let i = 0; i < 60; i++) {
      const line = hostile[(i * 7) % hostile.length]! + String(i).repeat(i % 3);
      record = texts.add(record, [line], new Map([['user', line]]), 5);
      lines = [...lines, line].slice(-5);
      expect(texts.read(record)).toEqual({ matches: lines, data: new Map([['user', line]]) });
    }
  });

  it('takes half of what alike lines are long, at most', () => {
    const texts = new Texts();
    const lines = [1, 2, 3, 4, 5].map(
      (n) =>
        `Nov 28 12:00:0${n} gw sshd[70${n}2]: Failed password for invalid user admin from 198.51.100.7 port 43${n}22 ssh2`,
    );
    texts.keep(lines, new Map());
    expect(texts.bytes).toBeLessThanOrEqual(256);
  });
});

describe('cells', () => {
  it('hold thousands of records of any length through any order of coming and going, and give their memory back', () => {
    const cells = new Cells();
    const kept = new Map<number, number>();
    let seed = 7;
    const random = (below: number) => {
      seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
      return seed % below;
    };
    let into = Buffer.alloc(0);
    const room = (bytes: number) => {
      if (bytes > into.length) into = Buffer.concat([into, Buffer.alloc(bytes)]);
      return into;
    };
    for (let step = 0; step < 60_000; step++) {
      if (random(5) < 3) {
        const length = 1 + random(random(50) === 0 ? 20_000 : 300);
        const record = cells.put(Buffer.alloc(length, step % 251), length);
        expect(kept.has(record)).toBe(false);
        kept.set(record, length * 256 + (step % 251));
      } else {
        const [record, value] = [...kept.entries()][0] ?? [];
        if (record === undefined || value === undefined) continue;
        const length = Math.floor(value / 256);
        const bytes = cells.read(record, room).subarray(0, length);
        expect(bytes.every((byte) => byte === value % 256)).toBe(true);
        expect(cells.free(record)).toBe(Cells.sizeOf(length));
        kept.delete(record);
      }
      if (kept.size > 500)
        for (const record of [...kept.keys()].slice(0, 250)) {
          cells.free(record);
          kept.delete(record);
        }
    }
    for (const record of kept.keys()) cells.free(record);
    expect(cells.bytes).toBe(0);
  });
});
