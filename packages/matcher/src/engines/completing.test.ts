import { describe, expect, it } from 'vitest';
import { parse } from '../dialect/parser.js';
import { completingLiterals } from './completing.js';

function told(source: string): string[][] | undefined {
  return completingLiterals(parse(source, { multiline: true }))?.map(({ alternatives }) => [...alternatives]);
}

describe('what the line needs that completes a match', () => {
  it('is what stands behind the last piece that can take a newline', () => {
    expect(told('^begin (\\S+)\\s+middle\\n(?:.*\\n)*?end from (\\S+)$')).toEqual([['end from ']]);
    expect(told('^begin "[^"]*" status 4\\d\\d')).toEqual([['" status 4']]);
    expect(told('^ *\\w+: refused (\\S+) now$')?.flat()).toContain(' now');
  });

  it('is not what a match may end with anywhere', () => {
    expect(told('^\\s*refused (\\S+)\\s*$')).toEqual([['refused ']]);
    expect(told('^\\s*refused (\\S+)(?:\\s+x)?$')).toEqual([]);
  });

  it('stands in a group, too', () => {
    expect(told('(?P<a>begin\\nmiddle (\\S+))$')).toEqual([['middle ']]);
  });

  it('is not known of an expression that sees the end of the text, or beyond its line', () => {
    expect(told('refused (\\S+)\\Z')).toBeUndefined();
    expect(told('\\Arefused (\\S+)')).toBeUndefined();
    expect(told('refused (\\S+)$(?!\\nagain)')).toBeUndefined();
    expect(told('refused (\\S+)$(?>\\s*)')).toBeUndefined();
    expect(told('refused (\\S+)(?!\\S)')).toEqual([['refused ']]);
  });
});
