import { describe, expect, it } from 'vitest';
import { RegexSyntaxError } from '../errors.js';
import { parse } from './parser.js';

function refusal(source: string): string {
  try {
    parse(source);
  } catch (error) {
    if (error instanceof RegexSyntaxError) return `${error.reason} @${error.column}`;
    throw error;
  }
  return 'accepted';
}

describe('what Python refuses', () => {
  it.each([
    ['a(b', 'missing ), unterminated subpattern @2'],
    ['a)b', 'unbalanced parenthesis @2'],
    ['*a', 'nothing to repeat @1'],
    ['^*', 'nothing to repeat @2'],
    ['a**', 'multiple repeat @3'],
    ['a{3,2}', 'min repeat greater than max repeat @2'],
    ['[a', 'unterminated character set @1'],
    ['[b-a]', 'bad character range b-a @2'],
    ['[\\d-a]', 'bad character range \\d-a @2'],
    ['\\p{L}', 'bad escape \\p @1'],
    ['a\\', 'bad escape (end of pattern) @2'],
    ['\\x1', 'incomplete escape \\x1 @1'],
    ['(?P<a>x)(?P<a>y)', "redefinition of group name 'a' as group 2; was group 1 @13"],
    ['(?P<a-b>x)', "bad character in group name 'a-b' @5"],
    ['(?<n>x)', 'unknown extension ?<n @2'],
    ['(?P=n)', "unknown group name 'n' @5"],
    ['\\1', 'invalid group reference 1 @1'],
    ['(a\\1)', 'cannot refer to an open group @3'],
    ['(?(2)a)(b)', 'invalid group reference 2 @4'],
    ['(a)(?(1)a|b|c)', 'conditional backref with more than two branches @12'],
    ['(?<=a+)b', 'look-behind requires fixed-width pattern @1'],
    ['(?<=(a)\\1)', 'cannot refer to group defined in the same lookbehind subpattern @8'],
    ['a(?i)b', 'global flags not at the start of the expression @2'],
    ['(?P<u>(?i)a)', 'global flags not at the start of the expression @7'],
    ['(?i-i:a)', 'bad inline flags: flag turned on and off @7'],
  ])('%s is refused, with the column', (source, expected) => {
    expect(refusal(source)).toBe(expected);
  });

  it('is told with the expression and the place, and no stack to read', () => {
    expect(() => parse('a(b')).toThrow('missing ), unterminated subpattern at column 2 of the expression "a(b"');
  });
});

describe('what Python takes', () => {
  it.each([
    'a{,3}b{2,}c{d}',
    '{',
    ']',
    '(?:a*)*',
    '(?:^)*',
    '[]a][^]a][a-]',
    '(?#comment)a',
    '(?x) a # blanks and this do not count',
    '(a)?(?(1)b|c)',
    '(?P<ünïcode>x)(?P=ünïcode)',
    'a++b*+c?+d{2}+(?>e)',
    '(?<=ab|cd)e',
    '(?s-i:.)(?aim:x)',
  ])('%s is accepted', (source) => {
    expect(refusal(source)).toBe('accepted');
  });

  it('names groups by index', () => {
    const { groupCount, groupNames } = parse('(a)(?P<user>b)(?:c)(?P<host>d)');
    expect(groupCount).toBe(3);
    expect([...groupNames]).toEqual([undefined, undefined, 'user', 'host']);
  });

  it('keeps where in the source each piece stood', () => {
    const { root } = parse('ab(?!c)');
    expect(root).toMatchObject({
      kind: 'concat',
      items: [
        { from: 0, to: 1 },
        { from: 1, to: 2 },
        { kind: 'look', from: 2, to: 7 },
      ],
    });
  });
});
