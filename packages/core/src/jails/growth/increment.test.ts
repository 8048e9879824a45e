import { describe, expect, test } from 'vitest';
import { evaluate, parseExpression } from './expression.js';
import { MemoryBanHistory, readIncrement, weightOfKnownBad } from './increment.js';

const plain = {
  factor: undefined,
  formula: undefined,
  multipliers: undefined,
  maxtime: undefined,
  rndtime: undefined,
  overalljails: false,
};

describe('growing ban times', () => {
  test('double with every ban', () => {
    const increment = readIncrement(plain);
    expect([1, 2, 3, 4, 30].map((count) => increment.bantime(3, count, 0))).toEqual([6, 12, 24, 48, 3 * 2 ** 20]);
  });

  test('follow the multipliers, the last of them for ever', () => {
    const increment = readIncrement({ ...plain, multipliers: '1 5 30', factor: '2' });
    expect([0, 1, 2, 3, 9].map((count) => increment.bantime(60, count, 0))).toEqual([120, 600, 3600, 3600, 3600]);
  });

  test('follow a formula, but never below the ban time', () => {
    const formula = 'ban.Time * math.exp(float(ban.Count+1)*banFactor)/math.exp(1*banFactor)';
    const increment = readIncrement({ ...plain, formula, factor: '2.0 / 2.885385' });
    expect(increment.bantime(600, 1, 0)).toBeCloseTo(1200, 0);
    expect(readIncrement({ ...plain, formula: 'ban.Time / 10' }).bantime(600, 1, 0)).toBe(600);
  });

  test('are capped, and spread at random after the cap', () => {
    const increment = readIncrement({ ...plain, maxtime: 100, rndtime: 10 });
    expect([increment.bantime(60, 5, 0), increment.bantime(60, 5, 0.5)]).toEqual([100, 105]);
  });

  test('that run off to nonsense leave the ban time as it is', () => {
    expect(readIncrement({ ...plain, formula: 'ban.Time * (0/0)' }).bantime(60, 1, 0)).toBe(60);
    expect(Number.isFinite(readIncrement({ ...plain, formula: '2 ** 99999' }).bantime(60, 1, 0))).toBe(true);
  });
});

test('failures of known bad ones weigh 2, 3, 5, 9 and so on, up to maxretry', () => {
  expect([1, 2, 3, 4, 5].map((count) => weightOfKnownBad(count, 10))).toEqual([2, 3, 5, 9, 10]);
});

describe('expressions', () => {
  test.each([
    ['2.0 / 2.885385', 2 / 2.885385],
    ['-2 ** 2', -4],
    ['2 ** -1', 0.5],
    ['7 // 2 + 7 % 4', 6],
    ['-7 % 3', 2],
    ['1 << 3 if 2 > 1 else 0', 8],
    ['min(3, max(1, 2)) * (1 + 1)', 4],
    ['int(-1.5) + round(2.5)', 1],
    ['1e3', 1000],
  ])('%s', (source, value) => {
    expect(evaluate(source)).toBeCloseTo(value);
  });

  test.each([
    "__import__('os').system('id')",
    'ban.Time.__class__',
    'process.exit',
    '1 +',
    '(1',
    '1 2',
    '',
    'constructor(1)',
    'toString',
    '('.repeat(10_000),
    '-'.repeat(3000),
  ])('%.30s is refused with its column', (source) => {
    expect(() => parseExpression(source, ['ban.Time'])).toThrow(/F2B_EXPRESSION|column/);
  });
});

test('the book of bans adds up over jails, and forgets the oldest when it is full', () => {
  const book = new MemoryBanHistory(2);
  book.record('a', 'x', { bancount: 1, timeofban: 1, bantime: 10 });
  book.record('a', 'y', { bancount: 2, timeofban: 5, bantime: 20 });
  expect(book.find('a', undefined)).toEqual({ bancount: 3, timeofban: 5, bantime: 30 });
  book.record('b', 'x', { bancount: 1, timeofban: 6, bantime: 10 });
  book.record('c', 'x', { bancount: 1, timeofban: 7, bantime: 10 });
  expect([book.find('a', 'x'), book.find('c', 'x')?.bancount]).toEqual([undefined, 1]);
});
