import { describe, expect, it } from 'vitest';
import { compileRegex } from '../engines/regex.js';
import { compileDatepattern, DateError } from './detector.js';
import { templateRegex } from './template-regex.js';
import { groupNames, readTemplates } from './templates.js';

const year = 2026;
const m = '(?P<m>0?[1-9]|1[0-2])';
const d = '(?P<d>[1-2]\\d|[0 ]?[1-9]|3[0-1])';
const y = '(?P<Y>\\d{4})';
const begin = '(?=^|\\b|\\W)';
const end = '(?=\\b|\\W|$)';

function names(pattern: string | undefined): string[] {
  return readTemplates(pattern, year).map((template) => template.name);
}

function errorOf(pattern: string): DateError {
  try {
    compileDatepattern(pattern, { thisYear: year });
  } catch (error) {
    if (error instanceof DateError) return error;
    throw error;
  }
  throw new Error(`${pattern} should not compile`);
}

describe('a datepattern becomes a regular expression', () => {
  it.each([
    ['%Y-%m-%d', `${begin}(${y}-${m}-${d})${end}`, 3],
    ['^%Y', `^(${y})${end}`, 9],
    ['{^LN-BEG}%Y', `^(?:\\W{0,2})?(${y})${end}`, 9],
    ['{UNB}%Y', `(${y})`, 0],
    ['**%Y**', `(${y})`, 0],
    ['(**%Y**)', `(${y})`, 0],
    ['%Y$', `${begin}(${y})$`, 6],
    ['\\s%Y\\s', `${begin}(\\s${y}\\s)`, 2],
    ['(?:^|x)%Y', `((?:^|x)${y})${end}`, 1],
    ['(^%Y)', `(^${y})${end}`, 9],
    ['%Y\\b', `${begin}(${y}\\b)`, 2],
    ['\\[(%Y)\\]', `${begin}\\[(${y})\\]${end}`, 3],
    ['\\(%Y\\)', `${begin}(\\(${y}\\))${end}`, 3],
    ['(?i)at%Y', `(?i)${begin}(at${y})${end}`, 3],
    ['  %Y  ', `${begin}(${y})${end}`, 3],
    ['%%', `${begin}(%)${end}`, 3],
  ])('%s with the boundaries it asks for', (pattern, regex, flags) => {
    expect(templateRegex(pattern, year)).toMatchObject({ regex, flags });
  });

  it('ignores letter case as soon as a name of a day, a month or am/pm is in it', () => {
    expect(templateRegex('%H %p', year).regex).toMatch(/^\(\?iu\)/);
    expect(templateRegex('%H', year).regex).not.toMatch(/^\(\?i/);
  });

  it('accepts years up to the decade of three years ahead for %ExY', () => {
    expect(templateRegex('%ExY', 2026).regex).toContain('(?P<Y>20[012]\\d)');
    expect(templateRegex('%ExY', 2027).regex).toContain('(?P<Y>20[0123]\\d)');
  });

  it('keeps the optional blank of a leading %k', () => {
    expect(templateRegex('%k:%M', year).regex).toContain('( ?(?P<H>[0-2]?\\d):');
  });
});

describe('the list of templates', () => {
  it('shows directives as words', () => {
    expect(names('{^LN-BEG}%b %d %ExY %k:%M:%S')).toEqual(['{^LN-BEG}MON Day ExYear %k:Minute:Second']);
  });

  it('is 31 defaults, 17 of them for {^LN-BEG} alone', () => {
    expect(names(undefined)).toHaveLength(31);
    expect(names('{^LN-BEG}')).toHaveLength(17);
    expect(names('{^LN-BEG}').every((name) => name.startsWith('{^LN-BEG}') || name.startsWith('^'))).toBe(true);
  });

  it('has one template per default for {DATE}, the text around it kept', () => {
    const all = names('^\\[{DATE}\\]');
    expect(all).toHaveLength(17);
    expect(all[8]).toBe('^\\[24hour:Minute:Second\\]');
    // A format that stands at the line start only stays so, and never matches behind a bracket.
    expect(all[12]).toBe('^\\[^MON-Day-ExYear2 %k:Minute:Second\\]');
  });

  it('reads one pattern a line and skips empty lines', () => {
    expect(names('%Y\n\n  %m  \n')).toEqual(['Year', 'Month']);
  });

  it('adds the defaults for {DEFAULT} after a pattern as well', () => {
    expect(names('%Y\n{DEFAULT}')).toHaveLength(32);
    expect(names('{DEFAULT}')).toHaveLength(31);
  });

  it('knows the epoch forms in any letter case', () => {
    expect(names('epoch')).toEqual(['Epoch']);
    expect(names('^EPOCH')).toEqual(['{^LN-BEG}Epoch']);
    expect(names('{^LN-BEG}LEPOCH')).toEqual(['{^LN-BEG}LongEpoch']);
    expect(names('tai64n')).toEqual(['TAI64N']);
    expect(names('{none}')).toEqual(['^']);
  });

  it('trusts a default date at the line start a hundred times more', () => {
    expect(readTemplates('{^LN-BEG}EPOCH', year)[0]?.weight).toBe(100);
    expect(readTemplates('^EPOCH', year)[0]?.weight).toBe(1);
    expect(readTemplates('{^LN-BEG}%Y', year)[0]?.weight).toBe(1);
  });
});

describe('mistakes in a datepattern', () => {
  it.each([
    ['%Y %q', 4],
    ['%', 1],
    ['100%', 4],
    ['{^LN-BEG}%Ey', 10],
  ])('%s: the column of the percent sign is told', (pattern, column) => {
    const error = errorOf(pattern);
    expect(error).toMatchObject({ code: 'F2B_DATE_DIRECTIVE', column });
    expect(error.message).toMatch(
      /^Failed to set datepattern '.*' \(may be an invalid format or unescaped percent char\): /,
    );
  });

  it.each(['(%Y', '%Y)', '%Y %Y', '\\%Y', '%Y*+?'])('%s makes no valid regular expression', (pattern) => {
    expect(errorOf(pattern).code).toBe('F2B_DATE_REGEX');
  });

  it('the same template twice', () => {
    expect(errorOf('%Y\n%Y').code).toBe('F2B_DATE_DUPLICATE');
  });
});

describe('the names of groups', () => {
  const regexes = [
    ...readTemplates(undefined, year).map(({ regex }) => regex),
    '([(](?P<a>[]()]|\\()(?:b)(?=(c))[^](](d))',
  ];

  it.each(regexes)('are read off the text as a compiler reads them: %s', (regex) => {
    expect(groupNames(regex)).toEqual([...compileRegex(regex).groupNames]);
  });
});
