import { describe, expect, it } from 'vitest';
import { parse } from '../dialect/parser.js';
import { compile } from './compile.js';
import { Op } from './program.js';

function operations(source: string): string[] {
  const names = new Map<number, string>(Object.entries(Op).map(([name, number]) => [number, name]));
  return [...compile(parse(source)).ops].map((op) => names.get(op)!);
}

describe('what the exact matcher’s program is made of', () => {
  it('a text is one operation, and what begins a match is known', () => {
    const program = compile(parse('from'));
    expect(operations('from')).toEqual(['text', 'match']);
    expect(program.texts).toEqual(['from']);
    expect(program.first).toBeDefined();
    expect(compile(parse('(?:from)?')).first).toBeUndefined();
  });

  it('a loop is remembered at each place, so that no state is entered twice', () => {
    expect(operations('(?:ab|cd)*x')).toContain('memo');
    expect(compile(parse('(?:ab|cd)*x')).memoStates).toBeGreaterThan(0);
  });

  it('lookarounds and atomic groups are programs of their own, the same one once', () => {
    const { subs } = compile(parse('(?=a)(?!b)(?<=cd)(?>e*)f'));
    expect(subs.map(({ kind, negative }) => [kind, negative])).toEqual([
      ['lookahead', false],
      ['lookahead', true],
      ['lookbehind', false],
      ['atomic', false],
    ]);
  });

  it.each([
    ['(a*)*b', false],
    ['(?:a|aa)+(?=b)', false],
    ['(a*)*\\1b', true],
    ['(?:[ab]{1,1000}c){1,1000}', true],
  ])('%s has a budget: %s', (source, budgeted) => {
    expect(compile(parse(source)).budgeted).toBe(budgeted);
  });

  it('only an expression that begins at the start is anchored', () => {
    expect(['^a', '(?:^a|^b)', 'a^', '^a|b', '(?:^)?a'].map((source) => compile(parse(source)).anchored)).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
  });
});
