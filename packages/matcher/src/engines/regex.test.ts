import { describe, expect, it } from 'vitest';
import { expandTags } from '../dialect/tags.js';
import { compileRegex } from './regex.js';

function groups(source: string, subject: string): (string | undefined)[] | null {
  const regex = compileRegex(source);
  const match = regex.exec(subject);
  return match && Array.from({ length: regex.groupCount + 1 }, (_, index) => match.group(index));
}

describe('which engine an expression gets', () => {
  it.each([
    ['^a(b|c)*d$', 're2'],
    [expandTags('from <HOST>$'), 're2'],
    ['(a)?b(?(1)c|d)', 're2'],
    ['(?!x)\\w+ (?<=\\s)y', 're2'],
    ['a(?= b|$)', 're2'],
    ['(?:(?! from ).)*x', 'gate+exact'],
    ['(?>a*)b', 'gate+exact'],
    ['(a*)*b', 'gate+exact'],
    ['(a)\\1', 'budgeted'],
    ['(?:[ab]{1,1000}c){1,1000}', 'budgeted'],
  ])('%s', (source, engine) => {
    expect(compileRegex(source).engine).toBe(engine);
  });

  it('says why', () => {
    expect(compileRegex('a(?!bc)').why).toBe('the lookahead at column 2 is beyond RE2');
    expect(compileRegex('abc').why).toBe('RE2 says exactly the same');
  });
});

describe('Python semantics', () => {
  it.each<[string, string, (string | undefined)[] | null]>([
    ['(.*)$', 'abc\n', ['abc', 'abc']],
    ['(?s)(.*)$', 'abc\n', ['abc\n', 'abc\n']],
    ['abc\\Z', 'abc\n', null],
    ['c$\\n', 'c\n', ['c\n']],
    ['(?:(a)|b)*', 'ab', ['ab', 'a']],
    ['(a*)*', 'b', ['', '']],
    ['(?i)straße', 'STRAßE', ['STRAßE']],
    ['(?i)[k]s', '\u212aſ', ['\u212aſ']],
    ['\\d+\\s\\w', '٣\u2028é', ['٣\u2028é']],
    ['^.$', '😀\n', ['😀']],
    ['(?<=😀)b', 'a😀b', ['b']],
    ['a\\b', 'aé', null],
    ['(?a)a\\b', 'aé', ['a']],
    ['(?=(\\w+))\\w', 'foo', ['f', 'foo']],
    ['(?:(?=(\\w))(?=.(b))?.)+', 'abc', ['abc', 'c', 'b']],
    ['(\\w+) (?i:\\1)', 'Foo fOO', ['Foo fOO', 'Foo']],
    ['.', '\r', ['\r']],
    ['a\\0b', 'a\0b', ['a\0b']],
    ['^a.b$', 'a\ud800b\n', ['a\ud800b']],
    ['(?:(?!z.).)*$', 'a\udfffb\n', ['a\udfffb']],
    ['[^\\x00-\\x7f]', 'a\ufffdb', ['\ufffd']],
  ])('%s on %j', (source, subject, expected) => {
    expect(groups(source, subject)).toEqual(expected);
    expect(compileRegex(source).test(subject)).toBe(expected !== null);
  });

  it('holds ^ and $ at every line only with multiline', () => {
    expect(compileRegex('^b$').test('a\nb\nc\n')).toBe(false);
    expect(compileRegex('^b$', { multiline: true }).test('a\nb\nc\n')).toBe(true);
  });

  it('answers on lines of 64 KiB that the fast search gives up on', () => {
    const regex = compileRegex('^(?:\\S*|.*?)*: failed for (\\S+)$');
    expect(regex.exec(`${'a '.repeat(32_000)}: failed for root\n`)?.group(1)).toBe('root');
    expect(regex.exec(`${'a '.repeat(32_000)}: failed for root or so\n`)).toBeNull();
  });
});

describe('how far an expression gets', () => {
  it('is the longest way into the subject, and the piece that stopped it', () => {
    const source = '^Failed \\w+ for (\\S+) from';
    const { at, from, to } = compileRegex(source).furthest('Failed password for root by 192.0.2.1\n');
    expect('Failed password for root by'.slice(0, at)).toBe('Failed password for root ');
    expect(source.slice(from, to)).toBe(' from');
  });
});
