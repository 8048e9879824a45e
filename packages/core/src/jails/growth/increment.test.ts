import type { FormulaSetting } from '@f2b/config';
import { describe, expect, it } from 'vitest';
import { incrementOf, MemoryBanHistory, restoredBantime, weightOfKnownBad } from './increment.js';

const plain = {
  factor: 1,
  formula: undefined,
  multipliers: [],
  maxtime: undefined,
  rndtime: undefined,
  overalljails: false,
};

const formula = (
  evaluate: (value: (name: 'ban.Time' | 'ban.Count' | 'banFactor') => number) => number,
): FormulaSetting => ({
  text: '',
  evaluate: (variables) => evaluate((name) => variables.get(name)!),
});

describe('growing ban times', () => {
  it('double with every ban', () => {
    const increment = incrementOf(plain);
    expect([1, 2, 3, 4, 30].map((count) => increment.bantime(3, count, 0))).toEqual([6, 12, 24, 48, 3 * 2 ** 20]);
  });

  it('follow the multipliers, the last of them for ever', () => {
    const increment = incrementOf({ ...plain, multipliers: [1, 5, 30], factor: 2 });
    expect([0, 1, 2, 3, 9].map((count) => increment.bantime(60, count, 0))).toEqual([120, 600, 3600, 3600, 3600]);
  });

  it('follow a formula, but never below the ban time', () => {
    const increment = incrementOf({
      ...plain,
      factor: 2,
      formula: formula((value) => value('ban.Time') * (value('ban.Count') + value('banFactor'))),
    });
    expect(increment.bantime(600, 1, 0)).toBe(1800);
    const tenth = formula((value) => value('ban.Time') / 10);
    expect(incrementOf({ ...plain, formula: tenth }).bantime(600, 1, 0)).toBe(600);
  });

  it('are capped, and spread at random after the cap', () => {
    const increment = incrementOf({ ...plain, maxtime: 100, rndtime: 10 });
    expect([increment.bantime(60, 5, 0), increment.bantime(60, 5, 0.5)]).toEqual([100, 105]);
  });

  it('that run off to nonsense leave the ban time as it is', () => {
    expect(incrementOf({ ...plain, formula: formula(() => Number.NaN) }).bantime(60, 1, 0)).toBe(60);
    expect(
      Number.isFinite(incrementOf({ ...plain, formula: formula(() => Number.POSITIVE_INFINITY) }).bantime(60, 1, 0)),
    ).toBe(true);
  });
});

it('failures of known bad ones weigh 2, 3, 5, 9 and so on, up to maxretry', () => {
  expect([1, 2, 3, 4, 5].map((count) => weightOfKnownBad(count, 10))).toEqual([2, 3, 5, 9, 10]);
});

it('the book of bans adds up over jails, and forgets the oldest when it is full', () => {
  const book = new MemoryBanHistory(2);
  book.record('a', 'x', { bancount: 1, timeofban: 1, bantime: 10 });
  book.record('a', 'y', { bancount: 2, timeofban: 5, bantime: 20 });
  expect(book.find('a', undefined)).toEqual({ bancount: 3, timeofban: 5, bantime: 30 });
  book.record('b', 'x', { bancount: 1, timeofban: 6, bantime: 10 });
  book.record('c', 'x', { bancount: 1, timeofban: 7, bantime: 10 });
  expect([book.find('a', 'x'), book.find('c', 'x')?.bancount]).toEqual([undefined, 1]);
});

describe('a ban that an earlier process made', () => {
  it.each([
    ['lasts as long as it was to', 600, 600, 600],
    ['is shortened where bantime was lowered', 3600, 600, 600],
    ['is not lengthened where it was raised', 60, 600, 60],
    ['is for ever where all bans are', -1, -1, -1],
    ['ends where bans have an end now', -1, 600, 600],
    ['keeps its end where bans have none now', 60, -1, 60],
    ['gets the ban time of the jail where nobody wrote it down', -2, 600, 600],
  ])('%s', (_, written, bantime, expected) => {
    expect(restoredBantime(written, { bantime, increment: undefined })).toBe(expected);
  });

  it('may have grown up to bantime.maxtime', () => {
    const grown = (maxtime: number | undefined) => ({ bantime: 60, increment: incrementOf({ ...plain, maxtime }) });
    expect([600, 3600, -1].map((written) => restoredBantime(written, grown(1000)))).toEqual([600, 1000, 1000]);
    expect([600, -1].map((written) => restoredBantime(written, grown(undefined)))).toEqual([600, -1]);
  });
});
