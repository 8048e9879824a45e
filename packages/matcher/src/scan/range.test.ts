import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { compileFilter } from '../filter/compile.js';
import { plainSettings } from '../filter/plain-settings.js';
import { RangeReader } from './range.js';
import { unpackResult } from './result.js';
import { BlockScanner } from './scanner.js';

const directory = mkdtempSync(join(tmpdir(), 'f2b-range-'));
afterAll(() => rmSync(directory, { recursive: true }));

const now = Date.UTC(2024, 5, 15);
const scannerFor = (logencoding: string) =>
  new BlockScanner([compileFilter(plainSettings({ failregex: 'from <HOST>$', datepattern: '{NONE}', logencoding }))], {
    maxLineBytes: 40,
  });
const scanners = { 'utf-8': scannerFor('utf-8'), 'utf-16le': scannerFor('utf-16le') };
const reader = new RangeReader();

/** Scans `bytes` as a file cut at `cuts`; every line must come out once, wherever the cuts are. */
function inRanges(bytes: Uint8Array, cuts: readonly number[], takeLast: boolean, scanner = scanners['utf-8']) {
  const file = join(directory, 'log');
  writeFileSync(file, bytes);
  const fd = openSync(file, 'r');
  try {
    const ends = [...new Set(cuts.filter((cut) => cut > 0 && cut < bytes.length)), bytes.length].sort((a, b) => a - b);
    let start = 0;
    let lines = 0;
    let overlong = 0;
    const matches: [number, number, unknown][] = [];
    let taken = 0;
    for (const end of ends) {
      const result = unpackResult(reader.scan(scanner, { fd, start, end, takeLast }, { now }));
      for (const match of result.matches)
        matches.push([match.offset + start, match.line + lines, match.groups.get('ip4')]);
      lines += result.lines;
      overlong += result.overlong.count;
      if (result.lines > 0) taken = start + result.bytes;
      start = end;
    }
    return { matches, lines, overlong, taken };
  } finally {
    closeSync(fd);
  }
}

const line = fc.oneof(
  fc.constantFrom('', 'x', 'from 192.0.2.1', 'failed from 192.0.2.2', '\r', 'é from 192.0.2.3'),
  fc.integer({ min: 30, max: 60 }).map((length) => 'y'.repeat(length)),
  fc.constant(`${'z'.repeat(300)} from 192.0.2.66`),
);

describe('a file in ranges', () => {
  it('gives the same lines and matches wherever it is cut', () => {
    fc.assert(
      fc.property(
        fc.array(line),
        fc.array(fc.nat(1500)),
        fc.boolean(),
        fc.boolean(),
        (lines, cuts, ended, takeLast) => {
          const bytes = Buffer.from(lines.join('\n') + (ended && lines.length > 0 ? '\n' : ''));
          const { taken: _end, ...atOnce } = inRanges(bytes, [], takeLast);
          expect(inRanges(bytes, cuts, takeLast)).toMatchObject(atOnce);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('in UTF-16 too', () => {
    fc.assert(
      fc.property(fc.array(line), fc.array(fc.nat(700)), (lines, cuts) => {
        const bytes = Buffer.from(`${lines.join('\n')}\u0a0a\n`, 'utf16le');
        const even = cuts.map((cut) => cut * 2);
        const { taken: _end, ...atOnce } = inRanges(bytes, [], false, scanners['utf-16le']);
        expect(inRanges(bytes, even, false, scanners['utf-16le'])).toMatchObject(atOnce);
      }),
      { numRuns: 100 },
    );
  });

  it('leaves a line that is still being written, unless it is to be taken', () => {
    const bytes = Buffer.from('from 192.0.2.1\nfrom 192.0.2.2');
    expect(inRanges(bytes, [], false)).toMatchObject({ lines: 1, taken: 15 });
    expect(inRanges(bytes, [], true)).toMatchObject({ lines: 2, taken: bytes.length });
    expect(inRanges(bytes, [15], true)).toMatchObject({ lines: 2, taken: bytes.length });
  });

  it('gives up on a line without end, but reports it', () => {
    const bytes = Buffer.from(`from 192.0.2.1\n${'x'.repeat(2_000_000)}`);
    expect(inRanges(bytes, [1000, 500_000], false)).toMatchObject({
      lines: 2,
      overlong: 1,
      matches: [[0, 0, '192.0.2.1']],
    });
  });

  it('may lie behind the end of the file', () => {
    const file = join(directory, 'short');
    writeFileSync(file, 'x\n');
    const fd = openSync(file, 'r');
    expect(reader.scan(scanners['utf-8'], { fd, start: 100, end: 200 }, { now })).toMatchObject({ lines: 0, bytes: 0 });
    expect(reader.scan(scanners['utf-8'], { fd, start: 0, end: 200 }, { now })).toMatchObject({ lines: 1, bytes: 2 });
    expect(() => reader.scan(scanners['utf-8'], { fd, start: 0, end: 2 ** 30 }, { now })).toThrow(RangeError);
    closeSync(fd);
  });
});
