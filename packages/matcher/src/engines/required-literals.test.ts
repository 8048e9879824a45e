import { describe, expect, it } from 'vitest';
import { parse } from '../dialect/parser.js';
import { requiredLiterals } from './required-literals.js';

function literals(source: string): readonly string[] | undefined {
  return requiredLiterals(parse(source))[0]?.alternatives;
}

describe('literals that each match contains', () => {
  it.each([
    ['^Failed password for \\S+ from', ['Failed password for ']],
    ['(?:error|warning): x', ['error: x', 'warning: x']],
    ['a(?:bc|bd)e', ['abce', 'abde']],
    ['(foo)?bar', ['foobar', 'bar'].slice(1)],
    ['(?:invalid user|illegal user) (?:\\S+)', ['invalid user ', 'illegal user ']],
    ['x{3}', ['xxx']],
    ['(?:abc)+', ['abc']],
    ['no[tr]e', ['note', 'nore']],
    ['^(?=.*blocked)(?=.*"ip":"\\d+").*$', ['blocked']],
    ['(?<=banned )\\S+', ['banned ']],
    ['(?:(?=[^x]*refused).)+', ['refused']],
  ])('%s has them', (source, expected) => {
    expect([...(literals(source) ?? [])].sort()).toEqual([...expected].sort());
  });

  it.each(['\\S+', 'a*', '(?:abc)?', '(?:abc|\\d)', '(?!abc).', '(?:x|)'])('%s has none', (source) => {
    expect(literals(source)).toBeUndefined();
  });

  it('fold case by ASCII, with the letters outside of ASCII that Python takes as equal', () => {
    expect(requiredLiterals(parse('(?i)Rejected'))).toEqual([{ alternatives: ['rejected'], foldCase: true }]);
    expect(requiredLiterals(parse('(?i)disk'))).toEqual([
      { alternatives: ['disk', '\u0130', '\u0131', '\u017f', '\u212a'], foldCase: true },
    ]);
  });

  it('see both cases of one letter as folding, and leave other sets alone', () => {
    expect(requiredLiterals(parse('[Ff]ailed'))).toEqual([{ alternatives: ['failed'], foldCase: true }]);
  });

  it('are told in sets, those first that ordinary lines lack', () => {
    const sets = requiredLiterals(parse('^client \\S+ connection refused: \\d+ bad \\d+ session opened'));
    expect(sets.map(({ alternatives }) => alternatives)).toEqual([
      [' connection refused: '],
      [' bad '],
      [' session opened'],
      ['client '],
    ]);
  });
});
