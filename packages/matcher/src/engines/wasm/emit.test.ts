import { describe, expect, it } from 'vitest';
import { parse } from '../../dialect/parser.js';
import { compile } from '../compile.js';
import { ExactMatcher } from '../exact.js';
import { gaveUp, notFound } from './frame.js';
import { wasFound } from './search.js';
import { compileSearch } from './text-search.js';

function search(source: string, subject: string): number[] | number {
  const expression = parse(source);
  const offsets = new Int32Array(2 * (expression.groupCount + 1));
  const answer = compileSearch(expression)!(subject, offsets);
  return answer === wasFound ? [...offsets] : answer;
}

describe('a generated matcher', () => {
  it.each([
    ['a branch that the next character decides', '(?:ab|cd)e', ['abe', 'cde', 'ade', '']],
    ['a branch that it does not', '(a|ab)(c|bcd)', ['abcd', 'ac', 'abd']],
    ['a run that gives way', '\\w+1(\\d*)', ['abc112', 'a1', 'abc']],
    ['a run with a bound', 'a{2,3}b', ['ab', 'aab', 'aaaab']],
    ['a run that does not give way', '\\w++1', ['a1', '1']],
    ['a lazy loop', '(.*?)b(?:cd)*?e', ['aabcdcde', 'be', 'bcde']],
    ['a loop over several characters', '(?:ab)+c', ['ababc', 'abab', 'c']],
    ['optional copies', '(?:ab){1,3}?(a?)', ['abababa', 'ab', 'a']],
    ['a group that an earlier choice puts back', '(?:(a)b|a)c?(?(1)d|e)', ['abd', 'ae', 'abe', 'acd']],
    ['an atomic group', '(?>a+|b)a', ['aaa', 'ba']],
    ['a look ahead', '(?=.*b)\\w', ['aab', 'aac']],
    ['a look ahead for a text', '(?:(?! from )[^x])*', ['a from b', 'ax']],
    ['a look back', '(?<=ab)c', ['abc', 'bc', 'c']],
    ['a back-reference', '(\\w+)-\\1$', ['ab-ab', 'ab-aba', '-']],
    [
      'a back-reference in any case',
      '(?i)(.+)-\\1$',
      ['Ab-aB', 'ab-ac', 'É-é', '×-÷', '@-`', '[-{', 'k-K', 'Ab1-aB1', 'ß-ß', 'ab-a'],
    ],
    ['a back-reference in any ASCII case', '(?ai)(.+)-\\1$', ['Ab-aB', 'É-é', 'z-Z', '@-`', 'ab-ac']],
    ['a group inside a negative look', '(?!(?:(a)b|(c+)d))(\\w)(?<!(x)y)', ['ab', 'ac', 'ccd', 'cce', 'xy', 'y']],
    ['a group that was never taken', '(?!(a)b)\\w(?(1)x|y)', ['ay', 'ax', 'ab']],
    ['word boundaries', '\\bfoo\\b', ['a foo b', 'afoo', 'foo']],
    ['characters beyond Latin-1', '[α-ω]+(\\w)', ['αβγ', 'aβ1', 'ß']],
  ])('does %s as the exact matcher does', (_what, source, subjects) => {
    const exact = new ExactMatcher(compile(parse(source)));
    for (const subject of subjects) {
      expect([subject, search(source, subject)]).toEqual([
        subject,
        exact.search(subject) ? [...exact.marks] : notFound,
      ]);
    }
  });

  it('gives up where the steps run out, and never says that there is no match', () => {
    expect(search('(?:a|aa)+$', `${'a'.repeat(2000)}!`)).toBe(gaveUp);
  });

  it.each(['(?:a?)*b', '(?!(a)\\1)c', '(?:ab){20}'])('is declined for %s', (source) => {
    expect(compileSearch(parse(source))).toBeUndefined();
  });
});
