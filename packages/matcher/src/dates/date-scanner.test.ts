import { describe, expect, it } from 'vitest';
import { DateScanner } from './date-scanner.js';
import { never, quickFormat, wasRead } from './quick-formats.js';
import { compileScan } from './scan-program.js';
import { parseSyntax } from './syntax.js';
import { readTemplates, type Template } from './templates.js';

function scannerOf(regex: string): DateScanner | undefined {
  const parsed = parseSyntax(regex);
  const program = parsed && compileScan(parsed);
  return program && new DateScanner(program);
}

function defaultScanner(template: Template): DateScanner {
  const scanner = scannerOf(template.regex);
  if (scanner === undefined) throw new Error(`${template.name} is not for the scanner`);
  return scanner;
}

const templates = readTemplates(undefined, 2026);

/** Pieces of dates that promise much and keep nothing, for lines that hurt. */
const hostile = [
  '2024-12-12 12:12:12.123456 ',
  '2024-05-01 10:00:00   ',
  ' ',
  'Jan Feb Mar ',
  'Sun Jan 23 21:59:5',
  '12/12/2012:12:12:1',
  '1',
  '12',
  '1.1.1.1 ',
  'PDT PDT PDT Apr ',
  'audit(1106513999.123:1',
  '@400000003a45a1e80b43f1d',
  '20120131 12:12:1',
  '01/Jan/2012:01:01:01 +',
  '<12/12/12@12:12:1',
];

describe('the date scanner', () => {
  it('takes steps in proportion to the line, whatever the line is made of', () => {
    for (const template of templates) {
      const scanner = defaultScanner(template);
      for (const piece of hostile) {
        const steps = [4096, 65_536].map((length) => {
          const line = piece
            .repeat(Math.ceil(length / piece.length))
            .slice(0, length)
            .replace(/\d$/, 'x');
          const before = scanner.stepCount;
          scanner.search(line, 0, line.length);
          return scanner.stepCount - before;
        });
        // Sixteen times the line: at most about sixteen times the steps, and never more than a hundred for a character.
        expect(steps[1], `${template.name} on ${piece}`).toBeLessThanOrEqual(17 * (steps[0] ?? 0) + 1000);
        expect(steps[1], `${template.name} on ${piece}`).toBeLessThan(100 * 65_536);
      }
    }
  });

  it('has a bound of its steps for one position, of which a date needs a fraction', () => {
    for (const template of templates) {
      const parsed = parseSyntax(template.regex);
      const program = parsed && compileScan(parsed);
      expect(program?.cost).toBeLessThan(2000);
    }
  });

  it.each([
    ['(?:a+)+b', 'a repeated repetition'],
    ['(\\d+)x', 'an unlimited run that can be entered anywhere'],
    ['^.*x.*y', 'two runs that both back off'],
    ['(\\s*\\s*)x', 'two runs of the same'],
    ['(?:a?){40}a{40}', 'more ways than are bearable'],
  ])('leaves %s to the general engine: %s', (regex) => {
    expect(scannerOf(regex)).toBeUndefined();
  });

  it.each([
    ['^[^\\[]*\\[(x)', true],
    ['(x\\s*y)', true],
    ['(?i)^\\s*(x)', true],
    ['^.*(x)', true],
    ['^.*?(x)', false],
  ])('takes unlimited runs where they cannot hurt: %s', (regex, taken) => {
    expect(scannerOf(regex) !== undefined).toBe(taken);
  });

  it('prefers what comes first and gives back what it must', () => {
    const scanner = scannerOf('(a|ab)(c|bcd)?(d?)$');
    expect(scanner?.search('abcd', 0, 4)).toBe(true);
    expect([...(scanner?.offsets ?? [])]).toEqual([0, 4, 0, 1, 1, 4, 4, 4]);
  });

  it('forgets groups of ways that led nowhere', () => {
    const scanner = scannerOf('(?:(x)1|(x)2)');
    expect(scanner?.search('x2', 0, 2)).toBe(true);
    expect([...(scanner?.offsets ?? [])]).toEqual([0, 2, -1, -1, 0, 1]);
  });

  it('looks around, refers back and decides by groups', () => {
    expect(scannerOf('(?<=\\bat )(\\d\\d)(?!\\d)')?.search('at 12', 0, 5)).toBe(true);
    expect(scannerOf('(?<=\\bat )(\\d\\d)(?!\\d)')?.search('cat 12', 0, 6)).toBe(false);
    expect(scannerOf('(?P<s>[-/])1(?P=s)2')?.search('x/1/2', 0, 5)).toBe(true);
    expect(scannerOf('(?P<s>[-/])1(?P=s)2')?.search('x/1-2', 0, 5)).toBe(false);
    expect(scannerOf('(?P<o>\\[)?1(?(o)\\])(?=$)')?.search('[1]', 0, 3)).toBe(true);
    expect(scannerOf('^(?P<o>\\[)?1(?(o)\\])(?=$)')?.search('[1', 0, 2)).toBe(false);
  });

  it('treats letters beyond ASCII as Python does', () => {
    expect(scannerOf('(?i)(sep)')?.search('ſep', 0, 3)).toBe(true);
    expect(scannerOf('(?=^|\\b|\\W)(1)')?.search('é1', 0, 2)).toBe(false);
    expect(scannerOf('(?=^|\\b|\\W)(1)')?.search('«1', 0, 2)).toBe(true);
    expect(scannerOf('(?=^|\\b|\\W)(1)')?.search('𝐀1', 0, 3)).toBe(false);
    expect(scannerOf('(.)$')?.search('😀', 0, 2)).toBe(true);
  });
});

describe('the shortcut for usual dates', () => {
  const dates = [
    '2024-05-01 10:00:00',
    '[2024-05-01 10:00:00]',
    '2024/12/31T23:59:59,123456+02:00',
    '2024.01.01 00:00:00.1Z',
    '2024-05-01 10:00:00 +0200',
    'May  1 10:00:00',
    'DEC 31 23:59:59',
    'Feb 01 00:00:00.5',
    'Jun 10 12:00:00 2024',
  ];
  const ends = [
    '',
    ' host',
    ' 2',
    '.',
    ',x',
    'x',
    '_',
    'é',
    ' +0',
    'Z',
    '-08',
    '  Z',
    '\tGMT',
    ']',
    '0',
    ' 20',
    '+02',
    ':',
  ];
  const changes = ['', '0', '3', '9', ' ', ':', 'x', 'é', '-'];

  it('says what the scanner says, or nothing', () => {
    let taken = 0;
    for (const template of templates) {
      const quick = quickFormat(template);
      if (quick === undefined) continue;
      const scanner = defaultScanner(template);
      for (const date of dates) {
        for (const end of ends) {
          for (let at = -1; at < date.length; at++) {
            for (const change of at < 0 ? ['none'] : changes) {
              const line = (at < 0 ? date : date.slice(0, at) + change + date.slice(at + 1)) + end;
              const groups: number[] = [];
              const bytes = Uint8Array.from(`${line}\n`, (char) => Math.min(char.charCodeAt(0), 255));
              const read = quick.read(bytes, 0, line.length, groups);
              if (read === never) expect(scanner.search(line, 0, line.length), line).toBe(false);
              if (read === wasRead) taken++;
              else continue;
              expect(scanner.search(line, 0, line.length), line).toBe(true);
              if (groups.join() !== scanner.offsets.join()) expect(groups, line).toEqual([...scanner.offsets]);
            }
          }
        }
      }
    }
    expect(taken).toBeGreaterThan(1000);
  });
});
