import { describe, expect, it } from 'vitest';
import { MergedTree } from '../merge/tree.js';
import { parseConfig } from '../syntax/parse.js';
import { traced } from '../syntax/traced.js';
import { type InterpolationContext, interpolate } from './percent.js';

/** What `option` of `[a]` comes to; each text is a file on top of those before it. */
function value(option: string, files: readonly string[], more: Partial<InterpolationContext> = {}): string {
  const tree = new MergedTree();
  for (const [index, text] of files.entries()) tree.add(parseConfig(Buffer.from(text), `/${index}.conf`));
  return interpolate({ tree, section: 'a', ...more }, option, tree.find('a', option)!).text;
}

describe('references with percent signs', () => {
  it.each<[rule: string, files: string[], expected: string]>([
    [
      'a name means the section’s own option, else the default’s',
      ['[DEFAULT]\ny = 1\nz = 2\n[a]\nx = %(y)s%(z)s\nz = 3\n'],
      '13',
    ],
    ['names know no case', ['[a]\nx = %(Why)s\nwHy = 1\n'], '1'],
    ['a doubled sign is one, and begins no reference', ['[a]\nx = 5%%(y)s\n'], '5%(y)s'],
    [
      'a reference in another section’s text is looked up here',
      ['[a]\nx = %(b/y)s\nz = here\n[b]\ny = %(z)s\nz = there\n'],
      'here',
    ],
    ['default/ passes by what the section says', ['[DEFAULT]\ny = 1\n[a]\nx = %(default/y)s\ny = 2\n'], '1'],
    [
      'known/ is what the file below said, layer by layer',
      ['[a]\nx = 1\n', '[a]\nx = %(known/x)s 2\n', '[a]\nx = %(known/x)s 3\n'],
      '1 2 3',
    ],
    ['__name__ is the section', ['[a]\nx = <%(__name__)s>\n'], '<a>'],
  ])('%s', (_rule, files, expected) => {
    expect(value('x', files)).toBe(expected);
  });

  it('finds what was handed over before anything in the tree, and the filter’s known before the jail’s', () => {
    const vars = new Map([['y', traced('given', undefined)]]);
    expect(value('x', ['[a]\nx = %(y)s\ny = 1\n'], { vars })).toBe('given');
    const known = (option: string) => (option === 'x' ? traced('100%', undefined) : undefined);
    expect(value('x', ['[a]\nx = %(known/x)s\n'], { known })).toBe('100%');
  });

  it.each([
    ['F2B_CONFIG_UNKNOWN_REFERENCE', 'a %(nowhere)s', 7],
    ['F2B_CONFIG_PERCENT', 'date +%H', 11],
    ['F2B_CONFIG_PERCENT', '%(y)d', 5],
    ['F2B_CONFIG_TOO_DEEP', '%(x)s', undefined],
  ])('%s for %j, at its place', (code, text, column) => {
    const origin = column === undefined ? expect.anything() : expect.objectContaining({ line: 2, column });
    expect(() => value('x', [`[a]\nx = ${text}\ny = 1\n`])).toThrow(expect.objectContaining({ code, origin }));
  });

  it('references that double at each step are refused before they fill the memory', () => {
    const chain = Array.from({ length: 9 }, (_, i) => `o${i} = ${`%(o${i + 1})s`.repeat(9)}\n`).join('');
    expect(() => value('o0', [`[a]\n${chain}o9 = 123456789\n`])).toThrow(
      expect.objectContaining({ code: 'F2B_CONFIG_TOO_LARGE' }),
    );
  });
});
