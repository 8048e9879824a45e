import { describe, expect, it } from 'vitest';
import { compileRegex } from './regex.js';

/** Expressions that backtracking engines choke on, each with a line that hurts: a piece to repeat and an end that spoils the match. */
const classics: readonly (readonly [source: string, piece: string, end: string])[] = [
  ['(a+)+$', 'a', '!'],
  ['^(a|a)*$', 'a', '!'],
  ['^(a|aa)+$', 'a', '!'],
  ['(.*)*x', 'a', ''],
  ['(?:.*a){12}x', 'a', ''],
  ['(a*)*(a*)*b', 'a', 'c'],
  ['^(([a-z])+.)+[A-Z]([a-z])+$', 'a', ''],
  ['(\\w+\\s?)+$', 'ab ', '!'],
  ['^(?:\\S*|.*?) failed', 'a ', ''],
  ['\\s+$', ' ', 'x'],
  ['.*.*=.*', 'x', ''],
  ['(?:(?:(?:a?)*)*)*b', 'a', ''],
  ['a{0,50}a{0,50}a{0,50}b', 'a', ''],
  ['(?:a{1,5}){1,5}b', 'a', ''],
  ['(x+x+)+y', 'x', ''],
  ['(?i)(?:ſ|s)+k$', 's', 'x'],
  // Lookarounds: each position asks a question about the rest of the line.
  ['(?:(?!.*b)a)*c', 'a', ''],
  ['(?:(?=.*c)a)*b', 'a', ''],
  ['(?:(?=(a+)+$)a)*b', 'a', '!'],
  ['(?:(?=(.*)).)*$', 'a', ''],
  ['(?:(?=(?:(b)|.)*).)*$', 'a', ''],
  ['(?:(?! from ).)* from (?:(?! from ).)*$', 'x from ', 'y'],
  ['(?<=a)(?:(?<=a)a|(?<!b)a)*c', 'a', ''],
  ['.*(?=(?=(?=.*x)))', 'a', ''],
  // Atomic groups and possessive quantifiers within loops.
  ['(?:(?>a*)b?)*c', 'a', ''],
  ['(?:a*+b?)*c', 'ab', ''],
  ['(?:(?>a|aa)*)*b', 'a', ''],
  ['(?>(?>a?)+)+b', 'a', ''],
  // Conditionals: the memory tells set from unset.
  ['(?:(a)|b)*(?(1)c|d)', 'ab', ''],
  ['^(x)?(?:a+)+(?(1)y|z)$', 'a', ''],
];
const sizes = [1024, 4096, 16_384, 65_536];

describe('work on lines built to hurt', () => {
  it.each(classics)('grows no faster than the line for %s', (source, piece, end) => {
    const regex = compileRegex(source);
    expect(regex.engine).not.toBe('budgeted');
    const perCharacter = sizes.map((size) => {
      const line = `${piece.repeat((size - end.length) / piece.length)}${end}\n`;
      const counter = { steps: 0 };
      regex.exec(line, counter);
      return counter.steps / line.length;
    });
    // A constant part weighs more on short lines; growth would show on the long ones.
    expect(Math.max(...perCharacter.slice(1))).toBeLessThanOrEqual(perCharacter[0]! * 1.05);
  });
});

describe('back-references', () => {
  it('are given up with a clear error instead of hanging', () => {
    const regex = compileRegex('(a*)*\\1b');
    expect(regex.engine).toBe('budgeted');
    expect(() => regex.exec(`${'a'.repeat(5000)}c`, { steps: 0 })).toThrow(
      expect.objectContaining({ code: 'F2B_REGEX_BUDGET', message: expect.stringContaining('back-reference') }),
    );
  });

  it('cost nothing where they are not reached', () => {
    const regex = compileRegex('^x(a+)+ (\\w+) \\2');
    expect(regex.exec(`${'a'.repeat(60_000)}\n`)).toBeNull();
    expect(regex.exec('xaaa foo foo\n')?.group(2)).toBe('foo');
  });
});
