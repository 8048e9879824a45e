import { describe, expect, it } from 'vitest';
import { bucketCount, chooseFingerprints } from './fingerprints.js';
import type { Literal } from './literal.js';

const literal = (text: string, foldCase = false): Literal => ({ text: Buffer.from(text), bit: 0, foldCase });

/** The share of a text's places that the first look stops at. */
function letThrough(literals: readonly Literal[], sample: Uint8Array, text: Uint8Array): number {
  const lows = Array.from({ length: 3 }, () => new Uint8Array(16));
  const highs = Array.from({ length: 3 }, () => new Uint8Array(16));
  for (const [index, { at, bucket }] of chooseFingerprints(literals, sample).entries()) {
    for (let i = 0; i < 3; i++) {
      const byte = literals[index]!.text[at + i]!;
      lows[i]![byte & 15]! |= 1 << bucket;
      highs[i]![byte >> 4]! |= 1 << bucket;
    }
  }
  let count = 0;
  for (let at = 0; at + 3 <= text.length; at++) {
    let buckets = 255;
    for (let i = 0; i < 3; i++) buckets &= lows[i]![text[at + i]! & 15]! & highs[i]![text[at + i]! >> 4]!;
    if (buckets !== 0) count++;
  }
  return count / text.length;
}

describe('fingerprints', () => {
  const log = Buffer.from('Mar  4 06:25:09 gate sshd[981]: Accepted publickey for anna from 192.0.2.77\n'.repeat(40));

  it('lie in their literal, in one of the buckets', () => {
    const literals = ['abc', ' connection', 'Failed password'].map((text) => literal(text));
    for (const [index, { at, bucket }] of chooseFingerprints(literals, log).entries()) {
      expect(at).toBeGreaterThanOrEqual(0);
      expect(at).toBeLessThanOrEqual(literals[index]!.text.length - 3);
      expect(bucket).toBeLessThan(bucketCount);
    }
  });

  it('avoid what the sample is full of', () => {
    const inLog = (text: string, at: number) =>
      log
        .toString()
        .toLowerCase()
        .includes(text.slice(at, at + 3));
    for (const [text, foldCase] of [
      ['from 192.0.2 refused', false],
      ['accepted quietly', true],
    ] as const) {
      // A single literal has but few of the sample looked at: so many stand for one.
      const literals = Array.from({ length: 12 }, () => literal(text, foldCase));
      for (const { at } of chooseFingerprints(literals, log)) expect(inLog(text, at), `${text} at ${at}`).toBe(false);
    }
  });

  it('are chosen without a sample, too', () => {
    expect(chooseFingerprints([literal('abc'), literal('bcd')], new Uint8Array(0))).toHaveLength(2);
    expect(chooseFingerprints([], log)).toEqual([]);
  });

  it('of many literals let few places through', () => {
    const words =
      'refused rejected denied mismatch unknown invalid illegal attempt exceeded blocked probing relay banned abuse';
    const literals = words
      .split(' ')
      .flatMap((word) => [literal(` ${word}`), literal(`${word}: `), literal(`"${word}"`)]);
    expect(letThrough(literals, log, log)).toBeLessThan(0.01);
  });
});
