import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { behindFirstNewline, behindLastNewline, byteNewline, type Newline, wholeUnits } from './newline.js';

const kinds: readonly [string, Newline][] = [
  ['one byte', byteNewline],
  ['UTF-16LE', { unit: 2, newlineAt: 0 }],
  ['UTF-16BE', { unit: 2, newlineAt: 1 }],
];

/** Where newlines end, unit by unit. */
function behindNewlines(bytes: Buffer, { unit, newlineAt }: Newline): number[] {
  const found: number[] = [];
  for (let at = 0; at + unit <= bytes.length; at += unit) {
    const value = unit === 1 ? bytes[at] : newlineAt === 0 ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at);
    if (value === 0x0a) found.push(at + unit);
  }
  return found;
}

describe.each(kinds)('newlines of %s', (_name, newline) => {
  it('are found first and last, within bounds, and nowhere else', () => {
    // Bytes that often look like half of a newline.
    const byte = fc.constantFrom(0x0a, 0x00, 0x0a, 0x00, 0x41, 0xff);
    const bounds = fc.tuple(fc.nat(40), fc.nat(40));
    fc.assert(
      fc.property(fc.array(byte, { maxLength: 40 }), bounds, (values, [one, other]) => {
        const bytes = Buffer.from(values);
        const from = wholeUnits(Math.min(one, other, bytes.length), newline);
        const to = Math.min(Math.max(one, other), bytes.length);
        const within = behindNewlines(bytes.subarray(0, to), newline).filter((behind) => behind > from);
        expect(behindFirstNewline(bytes, newline, from, to)).toBe(within[0] ?? 0);
        expect(behindLastNewline(bytes, newline, from, to)).toBe(within.at(-1) ?? 0);
      }),
    );
  });
});
