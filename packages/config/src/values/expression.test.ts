import { describe, expect, it } from 'vitest';
import { ExpressionError, evaluate, parseExpression } from './expression.js';

describe('expressions', () => {
  it.each([
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

  it.each([
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
    expect(() => parseExpression(source, ['ban.Time'])).toThrow(ExpressionError);
  });
});
