import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exported } from '../../fixtures/journal.js';
import { ExportReader, type Fields } from './export-format.js';

function readIn(bytes: Buffer, pieces: readonly number[]): Fields[] {
  const reader = new ExportReader();
  const entries: Fields[] = [];
  let at = 0;
  for (let i = 0; at < bytes.length; i++) {
    const piece = pieces.length === 0 ? bytes.length : pieces[i % pieces.length]!;
    entries.push(...reader.read(bytes.subarray(at, at + piece)));
    at += piece;
  }
  return entries;
}

describe('the export format', () => {
  it('gives every field back, whatever its bytes and whatever pieces it comes in', () => {
    const value = fc.oneof(
      fc.string(),
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom('a\nb', '\n\n', 'A=b\n', '\t'),
    );
    const entry = fc.dictionary(fc.constantFrom('MESSAGE', '_PID', '_COMM', 'X1'), value, { minKeys: 1 });
    fc.assert(
      fc.property(
        fc.array(entry, { minLength: 1, maxLength: 5 }),
        fc.array(fc.integer({ min: 1, max: 50 }), { maxLength: 5 }),
        (entries, pieces) => {
          const bytes = Buffer.concat(entries.map(exported));
          const expected = entries.map((one) => Object.entries(one).map(([name, text]) => [name, [text]]));
          expect(readIn(bytes, pieces).map((fields) => [...fields])).toEqual(expected);
        },
      ),
    );
  });

  it('keeps several values of one field', () => {
    const [fields] = readIn(Buffer.from('MESSAGE=one\nMESSAGE=two\n\n'), []);
    expect(fields?.get('MESSAGE')).toEqual(['one', 'two']);
  });

  it.each([
    ['on a line', 'x'.repeat(200_000)],
    ['framed', '\n'.repeat(200_000)],
  ])('leaves an entry out whose field is too long (%s), and no other', (_how, MESSAGE) => {
    const bytes = Buffer.concat([{ MESSAGE: 'one' }, { MESSAGE, _PID: '1' }, { MESSAGE: 'two' }].map(exported));
    for (const pieces of [[], [1000], [65_537]]) {
      expect(readIn(bytes, pieces).map((fields) => fields.get('MESSAGE'))).toEqual([['one'], ['two']]);
    }
  });
});
