import { describe, expect, it } from 'vitest';
import { parse } from '../dialect/parser.js';
import { compile } from './compile.js';
import { ExactMatcher } from './exact.js';

/** Offsets of the match and its groups; undefined where there is no match. */
function search(source: string, subject: string): number[] | undefined {
  const matcher = new ExactMatcher(compile(parse(source)));
  return matcher.search(subject) ? [...matcher.marks] : undefined;
}

describe('the exact matcher', () => {
  it.each<[rule: string, source: string, subject: string, marks: number[] | undefined]>([
    ['takes the leftmost match', 'b+', 'abbab', [1, 3]],
    ['takes the first branch that leads on, not the longest', '(a|ab)(c|bcd)?', 'abcd', [0, 4, 0, 1, 1, 4]],
    ['gives a lazy loop as little as it can', 'a+?b?', 'aab', [0, 1]],
    ['never takes back what a possessive loop has', 'a*+a', 'aaa', undefined],
    ['never takes back what an atomic group has', '(?>a|ab)c', 'abc', undefined],
    ['empties a group that a later turn of the loop does not fill', '(?:(a)|b)*', 'ab', [0, 2, 0, 1]],
    ['ends a loop whose turn consumed nothing', '(a?)*b', 'aab', [0, 3, 2, 2]],
    ['keeps what a lookahead captured', '(?=(\\w+))\\w', 'foo', [0, 1, 0, 3]],
    ['forgets what a negative lookahead captured', '(?!(x)y)x', 'xz', [0, 1, -1, -1]],
    ['looks back as far as the lookbehind is wide', '(?<=ab)c', 'xabc', [3, 4]],
    ['asks whether a group took part', '(a)?b(?(1)c|d)', 'bd', [0, 2, -1, -1]],
    ['repeats what a group holds', '(\\w+) \\1', 'so so', [0, 5, 0, 2]],
    ['counts', '(?:ab){2,3}c', 'abababc', [0, 7]],
  ])('%s: %s on %j', (_rule, source, subject, marks) => {
    expect(search(source, subject)).toEqual(marks);
  });

  it('has nothing left of one search in the next', () => {
    const matcher = new ExactMatcher(compile(parse('(a)?b')));
    expect([matcher.search('ab'), [...matcher.marks]]).toEqual([true, [0, 2, 0, 1]]);
    expect([matcher.search('b'), [...matcher.marks]]).toEqual([true, [0, 1, -1, -1]]);
    expect([matcher.search('c'), [...matcher.marks]]).toEqual([false, [-1, -1, -1, -1]]);
  });
});
