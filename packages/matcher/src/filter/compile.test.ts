import { describe, expect, it } from 'vitest';
import { compileFilter } from './compile.js';
import { type PlainFilter, plainSettings } from './plain-settings.js';
import { FilterError } from './problems.js';

const at = (line: number, column = 13) => ({ file: '/etc/fail2ban/filter.d/x.conf', line, column });

function problemsOf(plain: PlainFilter, change: object = {}) {
  try {
    compileFilter({ ...plainSettings(plain), ...change });
  } catch (error) {
    if (error instanceof FilterError) return error.problems;
    throw error;
  }
  return [];
}

describe('a filter that cannot be compiled', () => {
  it('tells of every broken expression at once, with its place', () => {
    const failregex = [
      { source: '^ok <HOST>$', origin: at(3) },
      { source: 'from <HOST> [a-', origin: at(4) },
      { source: '(from <HOST>', origin: at(5) },
    ];
    const ignoreregex = [{ source: '*', origin: at(7) }];
    const problems = problemsOf({ failregex: [] }, { failregex, ignoreregex });
    expect(problems.map(({ option, index, origin }) => [option, index, origin?.line])).toEqual([
      ['failregex', 1, 4],
      ['failregex', 2, 5],
      ['ignoreregex', 0, 7],
    ]);
    expect(problems[1]?.what).toMatch(
      /^Unable to compile regular expression '\(from \(\?:.*':\n.*unterminated subpattern/,
    );
    expect(problems.every(({ advice }) => advice.length > 0)).toBe(true);
  });

  it('points at the column in what was written, not in what the tags became', () => {
    const failregex = [{ source: 'from <HOST> and x**', origin: at(4) }];
    expect(problemsOf({ failregex: [] }, { failregex })[0]?.origin).toEqual(at(4, 13 + 'from <HOST> and x*'.length));
  });

  it('says all of it in the message', () => {
    expect(() =>
      compileFilter({ ...plainSettings({ failregex: [] }), failregex: [{ source: 'x', origin: at(9) }] }),
    ).toThrow("/etc/fail2ban/filter.d/x.conf:9:13: No failure-id group in 'x'. Say who is to be banned: put <HOST>");
  });

  it('is one whose failregex names nobody, in itself or in prefregex', () => {
    expect(problemsOf({ failregex: 'user (?P<user>\\w+) (?P<host>\\S+)' })[0]?.code).toBe('F2B_FILTER_NO_ID');
    for (const id of ['<HOST>', '<ADDR>', '<F-ID>x</F-ID>', '<F-MLFID>x</F-MLFID>', '<DNS>', '<IP4>', '<IP6>']) {
      expect(problemsOf({ failregex: `a ${id}` })).toEqual([]);
      expect(problemsOf({ prefregex: `^${id}`, failregex: 'a' })).toEqual([]);
    }
  });

  it('is one with an empty expression, two hosts, a bad datepattern, zone, encoding or maxlines', () => {
    expect(problemsOf({ failregex: ' ' })[0]).toMatchObject({
      code: 'F2B_FILTER_EMPTY_REGEX',
      what: 'Cannot add empty regex.',
    });
    expect(problemsOf({ failregex: '<HOST> <HOST>' })[0]?.what).toMatch(/redefinition of group name/);
    const failregex = '<HOST>';
    expect(problemsOf({ failregex, datepattern: '%Q' })[0]).toMatchObject({ option: 'datepattern' });
    expect(problemsOf({ failregex, logtimezone: 'Europe/Berlin' })[0]).toMatchObject({ option: 'logtimezone' });
    expect(problemsOf({ failregex, logencoding: 'klingon' })[0]).toMatchObject({ option: 'logencoding' });
    expect(problemsOf({ failregex, maxlines: 0 })[0]).toMatchObject({ option: 'maxlines' });
  });
});

describe('a compiled filter', () => {
  it('expands <HOST> without names where usedns is no', () => {
    const [withNames, without] = ['warn', 'no'].map((usedns) =>
      compileFilter(plainSettings({ failregex: '<HOST>', usedns })),
    );
    expect(withNames?.failregex[0]?.regex.groupNames).toContain('dns');
    expect(without?.failregex[0]?.regex.groupNames).not.toContain('dns');
  });

  it('compiles failregex, and only those, line by line when maxlines is above 1', () => {
    const filter = compileFilter(plainSettings({ failregex: '^<HOST>$', ignoreregex: '^x$', maxlines: 3 }));
    expect(filter.failregex[0]?.regex.test('a\n1.2.3.4\nb\n')).toBe(true);
    expect(filter.ignoreregex[0]?.regex.test('a\nx\nb\n')).toBe(false);
  });

  it('shares expressions that other filters hold too', () => {
    const known = new Map();
    const [a, b] = [1, 2].map(() => compileFilter(plainSettings({ failregex: ['a <HOST>', 'b <HOST>'] }), { known }));
    expect(a?.failregex[1]?.regex).toBe(b?.failregex[1]?.regex);
  });
});

describe('the present of a filter', () => {
  it('is at least the real one: a played present makes no date unreadable', () => {
    const year = new Date().getFullYear();
    const settings = plainSettings({ failregex: 'from <HOST>$', logtimezone: 'UTC' });
    const read = (thisYear: number, line: string) => {
      const { dating } = compileFilter(settings, { thisYear });
      const now = Date.UTC(2005, 7, 14);
      const cut = dating.cut(line, dating.newRanking(now));
      return dating.kind(cut, dating.time(cut, now));
    };
    expect(read(2005, `${year}-01-02 03:04:05 from 192.0.2.1`)).toBe('own');
    expect(read(2005, `${year + 20}-01-02 03:04:05 from 192.0.2.1`)).not.toBe('own');
    expect(read(year + 20, `${year + 20}-01-02 03:04:05 from 192.0.2.1`)).toBe('own');
  });
});
