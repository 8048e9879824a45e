import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Literal } from './literal.js';
import { type Hits, LiteralScanner } from './literal-scanner.js';

const literal = (text: string, bit = 0, foldCase = false): Literal => ({ text: Buffer.from(text), bit, foldCase });

interface Found {
  line: number;
  text: string;
  bits: bigint;
  tooLong: boolean;
}

function bitsOf(hits: Hits, hit: number): bigint {
  const words = hits.words.subarray(hits.bitsAt(hit), hits.bitsAt(hit) + 8);
  return hits.tooLong(hit) ? 0n : words.reduceRight((bits, word) => (bits << 32n) | BigInt(word), 0n);
}

/** What is found does not depend on whether places in the literals are chosen well. */
function scan(text: Buffer, literals: Literal[], maxLineBytes = 65_536, alwaysBits: number[] = []): Found[] {
  const found = scanWith({ alwaysBits }, text, literals, maxLineBytes);
  expect(scanWith({ alwaysBits, brief: true }, text, literals, maxLineBytes)).toEqual(found);
  return found;
}

function scanWith(
  options: { alwaysBits: number[]; brief?: boolean },
  text: Buffer,
  literals: Literal[],
  maxLineBytes: number,
): Found[] {
  const scanner = new LiteralScanner(literals, options);
  text.copy(scanner.block(text.length));
  const found: Found[] = [];
  scanner.scan(text.length, maxLineBytes, (hits) => {
    for (let hit = 0; hit < hits.count; hit++) {
      found.push({
        line: hits.line(hit),
        text: text.toString('latin1', hits.start(hit), hits.end(hit)),
        bits: bitsOf(hits, hit),
        tooLong: hits.tooLong(hit),
      });
    }
  });
  return found;
}

describe('the literal scanner', () => {
  it('numbers lines and says which literals stand in each', () => {
    const text = Buffer.from('nothing\nFailed password\n\nAccepted and Failed \nFaile d\n');
    expect(scan(text, [literal('Failed ', 0), literal('Accepted', 233)])).toEqual([
      { line: 1, text: 'Failed password', bits: 1n, tooLong: false },
      { line: 3, text: 'Accepted and Failed ', bits: 1n | (1n << 233n), tooLong: false },
    ]);
  });

  it('folds only the case of literals that ask for it', () => {
    const text = Buffer.from('FAILED x\nfailed x\nACCEPTED x\naccepted x\n');
    const found = scan(text, [literal('failed', 0, true), literal('accepted', 1)]);
    expect(found.map((hit) => hit.text)).toEqual(['FAILED x', 'failed x', 'accepted x']);
  });

  it('never lets a literal reach over the end of a line', () => {
    expect(scan(Buffer.from('Fai\nled \nFailed\n'), [literal('Failed')]).map((hit) => hit.line)).toEqual([2]);
  });

  it('reports a line over the cap without looking into it, and goes on behind it', () => {
    const text = Buffer.from(`Failed ${'x'.repeat(100)}\nFailed\n`);
    expect(scan(text, [literal('Failed')], 50).map(({ line, tooLong, bits }) => ({ line, tooLong, bits }))).toEqual([
      { line: 0, tooLong: true, bits: 0n },
      { line: 1, tooLong: false, bits: 1n },
    ]);
  });

  it('hands out every line when a filter has no literal', () => {
    const found = scan(Buffer.from('a\n\nabc\n'), [literal('abc', 1)], 65_536, [5]);
    expect(found.map((hit) => [hit.text, hit.bits])).toEqual([
      ['a', 32n],
      ['', 32n],
      ['abc', 34n],
    ]);
  });

  it('goes on after more hits than fit at once', () => {
    const text = Buffer.from('abc\n'.repeat(30_000));
    const found = scan(text, [literal('abc')]);
    expect(found.length).toBe(30_000);
    expect(found.every((hit, index) => hit.line === index)).toBe(true);
  });

  it('finds what a plain search finds, whatever the bytes', () => {
    const byte = fc.oneof(
      { arbitrary: fc.constantFrom(...Buffer.from('abcAB \n')), weight: 9 },
      { arbitrary: fc.nat(255), weight: 1 },
    );
    const needle = fc.array(fc.constantFrom(...Buffer.from('abcAB ')), { minLength: 3, maxLength: 6 });
    const needles = fc.array(fc.tuple(needle, fc.nat(255)), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(fc.array(byte, { maxLength: 400 }), needles, (bytes, wanted) => {
        const text = Buffer.from([...bytes, 10]);
        const literals = wanted.map(([needleBytes, bit]) => ({ text: Buffer.from(needleBytes), bit, foldCase: false }));
        const lines = text.toString('latin1').split('\n').slice(0, -1);
        const expected = lines.flatMap((line, index) => {
          let bits = 0n;
          for (const { text: needleText, bit } of literals) {
            if (line.includes(needleText.toString('latin1'))) bits |= 1n << BigInt(bit);
          }
          return bits === 0n ? [] : [{ line: index, text: line, bits, tooLong: false }];
        });
        expect(scan(text, literals)).toEqual(expected);
      }),
    );
  });

  it('numbers lines of every length, and tells those over the cap', () => {
    const filler = fc.oneof(
      fc.nat(20),
      fc.nat(600),
      fc.integer({ min: 1000, max: 1600 }),
      fc.constantFrom(15, 16, 17, 511, 512, 513, 1023, 1024, 1025, 5000, 20_000),
    );
    const line = fc.tuple(filler, fc.constantFrom('', '', 'abc', 'cab'), filler).map(([before, needle, after]) => {
      return 'x'.repeat(before) + needle + '.'.repeat(after);
    });
    const cap = fc.constantFrom(1024, 1500, 16_000);
    fc.assert(
      fc.property(fc.array(line, { maxLength: 60 }), cap, (lines, most) => {
        const text = Buffer.from(lines.map((one) => `${one}\n`).join(''));
        const expected = lines.flatMap((one, index) => {
          const bits = (one.includes('abc') ? 1n : 0n) | (one.includes('cab') ? 4n : 0n);
          if (one.length > most) return [{ line: index, text: one, bits: 0n, tooLong: true }];
          return bits === 0n ? [] : [{ line: index, text: one, bits, tooLong: false }];
        });
        const found = text.length === 0 ? [] : scan(text, [literal('abc'), literal('cab', 2)], most);
        expect(found).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });
});
