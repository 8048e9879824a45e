import { byteNewline, type Newline } from '@f2b/matcher';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { LineCutter } from './lines.js';

const littleEndian: Newline = { unit: 2, newlineAt: 0 };
const bigEndian: Newline = { unit: 2, newlineAt: 1 };

function cut(pieces: readonly Buffer[], newline: Newline, most = 40): { runs: Buffer[]; tooLong: number } {
  let tooLong = 0;
  const cutter = new LineCutter(newline, most, () => tooLong++);
  const runs = [...pieces.map((piece) => cutter.push(piece)), cutter.end()].filter((run) => run !== undefined);
  return { runs, tooLong };
}

function piecesOf(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length]!;
    pieces.push(bytes.subarray(at, at + size));
    at += size;
  }
  return pieces;
}

it.each([
  ['bytes', byteNewline, (text: string) => Buffer.from(text)],
  ['UTF-16LE', littleEndian, (text: string) => Buffer.from(text, 'utf16le')],
  ['UTF-16BE', bigEndian, (text: string) => Buffer.from(text, 'utf16le').swap16()],
])('hands out whole lines, all of them, in whatever pieces they come (%s)', (_name, newline, encode) => {
  const line = fc.string({ unit: fc.constantFrom('a', 'ż', 'Ċ', '\u0a0a', ' '), maxLength: 9 });
  const sizes = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(fc.array(line, { minLength: 1, maxLength: 12 }), sizes, (lines, pieces) => {
      const bytes = encode(lines.map((one) => `${one}\n`).join(''));
      const { runs, tooLong } = cut(piecesOf(bytes, pieces), newline);
      expect(Buffer.concat(runs)).toEqual(bytes);
      expect(tooLong).toBe(0);
      const end = encode('\n');
      for (const run of runs) expect(run.subarray(-end.length)).toEqual(end);
    }),
  );
});

it('passes over a line that is too long, whatever its length, and keeps nothing of it', () => {
  for (const sizes of [[1], [7], [1000]]) {
    const bytes = Buffer.from(`one\n${'x'.repeat(500)}\ntwo\n`);
    const { runs, tooLong } = cut(piecesOf(bytes, sizes), byteNewline);
    // In one piece it is not cut apart: the scan skips it.
    const text = Buffer.concat(runs).toString();
    if (sizes[0] === 1000) expect(text).toBe(bytes.toString());
    else expect([text, tooLong]).toEqual(['one\ntwo\n', 1]);
  }
});

it('ends the last line where the stream does', () => {
  expect(cut([Buffer.from('one\ntw'), Buffer.from('o')], byteNewline).runs.map(String)).toEqual(['one\n', 'two\n']);
  expect(cut([Buffer.from('x'.repeat(100))], byteNewline)).toEqual({ runs: [], tooLong: 1 });
});
