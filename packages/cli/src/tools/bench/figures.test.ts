import { describe, expect, it } from 'vitest';
import { readOptions } from '../../commandline/read-options.js';
import { type Advised, adviceFrom } from './advice.js';
import { benchOptionsOf, benchSpecs } from './options.js';
import type { Dissection, ExpressionCost } from './result.js';
import { spreadStretches } from './sample.js';
import { median, spreadOf } from './statistics.js';
import { textTable } from './text-table.js';

describe('statistics', () => {
  it('take the middle value, or the mean of the two in the middle, whatever their order', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([4, 1, 9, 2])).toBe(3);
    expect(spreadOf([10, 9, 100])).toEqual({ median: 10, least: 9, most: 100 });
  });

  it('refuse to speak of no values', () => {
    expect(() => median([])).toThrow(RangeError);
  });
});

describe('a sample of a log', () => {
  it('is the whole of a small file, without gap or overlap', () => {
    const stretches = spreadStretches(2_500_000, 16_000_000);
    expect(stretches.map(({ start }) => start)).toEqual([0, 1_048_576, 2_097_152]);
    expect(stretches.reduce((sum, { length }) => sum + length, 0)).toBe(2_500_000);
  });

  it('is spread over the whole of a large file', () => {
    const size = 1_000_000_000;
    const stretches = spreadStretches(size, 16 * 1024 * 1024);
    expect(stretches).toHaveLength(16);
    expect(stretches.at(-1)!.start).toBeGreaterThan(size * 0.9);
    expect(stretches.every(({ start, length }) => start + length <= size)).toBe(true);
  });

  it('is nothing of an empty file', () => {
    expect(spreadStretches(0, 1000)).toEqual([]);
  });
});

describe('a table in text', () => {
  it('lines numbers up at their right ends and names at their left', () => {
    expect(
      textTable(
        ['filter', 'hits'],
        [
          ['a', '5'],
          ['longer name', '12345'],
        ],
      ),
    ).toEqual(['filter        hits', 'a                5', 'longer name  12345']);
  });
});

describe('options of f2b bench', () => {
  const read = (words: string[]) => {
    const { options, operands } = readOptions(words, benchSpecs, 'anywhere', 'bench: ');
    return { options: benchOptionsOf(options), operands };
  };

  it('may stand anywhere, and shares may be percents', () => {
    const { options, operands } = read(['a.log', '--hits', '0.5%', 'sshd', '-r', '3', '--json']);
    expect(operands).toEqual(['a.log', 'sshd']);
    expect(options).toMatchObject({ hits: 0.005, rounds: 3, json: true, generate: undefined });
  });

  it.each([
    [['--generate', 'postfix'], /choose one of sshd, asterisk, nginx/],
    [['--rounds', '0'], /no whole number from 1/],
    [['--hits', '5'], /is no share/],
    [['--lines', ''], /no whole number/],
    [['--fast'], /bench: option --fast is not known/],
  ])('%j are refused in words', (words, message) => {
    expect(() => read(words)).toThrow(message);
  });
});

describe('advice', () => {
  const expression = (more: Partial<ExpressionCost>): ExpressionCost => ({
    option: 'failregex',
    index: 0,
    source: 'x',
    engine: 're2',
    compiled: true,
    why: '',
    literals: ['words'],
    anchored: true,
    hits: 1,
    tried: 1,
    share: 0.1,
    microsecondsPerTry: 1,
    microsecondsPerLine: 1,
    ...more,
  });
  const dissection = (expressions: readonly ExpressionCost[], dates = 0.1): Dissection => ({
    sampleBytes: 1,
    sampleLines: 1,
    candidates: 1,
    whole: 1,
    stages: { read: 0, literals: 0, dates, gate: 0, captures: 0, rest: 1 - dates },
    expressions,
  });
  const about: Advised = { hits: 5, hasDatepattern: false, maxlines: 1 };

  it('has nothing to say of an expression with literals, anchored, that matches', () => {
    expect(adviceFrom(dissection([expression({})]), about)).toEqual([]);
  });

  it('blames no expression for what maxlines makes useless', () => {
    const advice = adviceFrom(dissection([expression({ literals: undefined, anchored: false })]), {
      ...about,
      maxlines: 2,
    });
    expect(advice.join()).toMatch(/^maxlines is above 1[^,]*$/);
  });

  it('names what has no literal, is not anchored, goes back to earlier text or never matched', () => {
    const advice = adviceFrom(
      dissection([
        expression({ literals: undefined }),
        expression({ index: 1, anchored: false }),
        expression({ index: 2, engine: 'budgeted' }),
        expression({ index: 3, hits: 0 }),
      ]),
      about,
    ).join('\n');
    expect(advice).toMatch(/failregex 1 has no literal/);
    expect(advice).toMatch(/failregex 2 is not anchored/);
    expect(advice).toMatch(/failregex 3 has a back-reference/);
    expect(advice).toMatch(/failregex 4 matched nothing/);
  });

  it('does not ask for literals that prefregex has', () => {
    const prefregex = expression({ option: 'prefregex', hits: undefined });
    expect(adviceFrom(dissection([prefregex, expression({ literals: undefined })]), about)).toEqual([]);
  });

  it('asks for a datepattern where dates take most of the time and there is none', () => {
    expect(adviceFrom(dissection([expression({})], 0.7), about)).toEqual([expect.stringContaining('datepattern')]);
    expect(adviceFrom(dissection([expression({})], 0.7), { ...about, hasDatepattern: true })).toEqual([]);
  });
});
