import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteSearch } from './byte-search.js';

const letters = fc.constantFrom('a', 'b', 'A', 'é', '\0', '\xff', ' ');
const text = (minLength: number, maxLength: number) =>
  fc.array(letters, { minLength, maxLength }).map((all) => all.join(''));

/** Where the plain way finds the first term. */
function plainly(
  terms: readonly { text: string; foldCase: boolean }[],
  subject: string,
  from: number,
  to: number,
): number {
  const fold = (all: string) => all.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  const inside = subject.slice(0, to);
  const found = terms.map(({ text: term, foldCase }) =>
    foldCase ? fold(inside).indexOf(fold(term), from) : inside.indexOf(term, from),
  );
  return Math.min(...found.map((at) => (at < 0 ? Number.POSITIVE_INFINITY : at)));
}

describe('the byte search', () => {
  it('finds the first of its terms, as comparing each at each place does', () => {
    const term = fc.record({ text: text(2, 6), foldCase: fc.boolean() });
    fc.assert(
      fc.property(
        fc.array(term, { minLength: 1, maxLength: 6 }),
        text(0, 40),
        fc.nat(45),
        fc.nat(45),
        (terms, subject, from, to) => {
          const end = Math.min(to, subject.length);
          const found = new ByteSearch(terms).find(Buffer.from(subject, 'latin1'), from, end);
          const expected = plainly(terms, subject, from, end);
          expect(found).toBe(expected === Number.POSITIVE_INFINITY ? -1 : expected);
        },
      ),
      { numRuns: 3000 },
    );
  });

  it('refuses terms that are too short to search for', () => {
    expect(() => new ByteSearch([])).toThrow(RangeError);
    expect(() => new ByteSearch([{ text: 'x', foldCase: false }])).toThrow(RangeError);
  });
});
