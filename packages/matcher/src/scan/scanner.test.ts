import { describe, expect, it } from 'vitest';
import type { ScanContext } from '../failures.js';
import { compileFilter } from '../filter/compile.js';
import { type PlainFilter, plainSettings } from '../filter/plain-settings.js';
import { listedTexts } from './listed.js';
import { unpackResult } from './result.js';
import { BlockScanner, type ScannerOptions } from './scanner.js';

const now = Date.UTC(2024, 5, 15, 12);

function scanner(filters: readonly PlainFilter[], options: ScannerOptions = {}) {
  return new BlockScanner(
    filters.map((plain) => compileFilter(plainSettings({ logtimezone: 'UTC', ...plain }), { thisYear: 2024 })),
    options,
  );
}

function scan(
  filters: readonly PlainFilter[],
  log: string | Uint8Array,
  context: Partial<ScanContext> = {},
  options = {},
) {
  const bytes = typeof log === 'string' ? Buffer.from(log) : log;
  return unpackResult(scanner(filters, options).scan(bytes, { now, ...context }));
}

const failed = { failregex: '^ failed(?: for <F-USER>.*</F-USER>)? from <HOST>$' };
const date = '2024-05-01 10:00:00';
const ids = (result: { matches: readonly { groups: ReadonlyMap<string, unknown> }[] }) =>
  result.matches.map(({ groups }) => groups.get('ip4'));

describe('a scanned block', () => {
  it('gives the failures in line order, with everything a judge needs', () => {
    const log = `${date} failed from 192.0.2.1\nnoise\n${date} failed for bob from 192.0.2.2\n`;
    const result = scan([failed], log);
    expect(result).toMatchObject({ lines: 3, bytes: log.length, overlong: { count: 0 }, refused: { count: 0 } });
    expect(
      result.matches.map(({ filter, regex, line, offset, time, date: kind }) => [
        filter,
        regex,
        line,
        offset,
        time,
        kind,
      ]),
    ).toEqual([
      [0, 0, 0, 0, 1714557600000, 'own'],
      [0, 0, 2, log.indexOf('\n2') + 1, 1714557600000, 'own'],
    ]);
    expect(result.matches[1]?.tuple).toEqual(['', date, ' failed for bob from 192.0.2.2']);
    expect([...(result.matches[1]?.groups ?? [])]).toEqual([
      ['user', 'bob'],
      ['ip4', '192.0.2.2'],
    ]);
  });

  it('may be empty, or hold no newline at its end', () => {
    expect(scan([failed], '')).toMatchObject({ lines: 0, matches: [] });
    expect(ids(scan([failed], `x\n${date} failed from 192.0.2.1`))).toEqual(['192.0.2.1']);
    expect(scan([failed], 'x\ny')).toMatchObject({ lines: 2 });
    expect(scan([failed], 'x\ny\n')).toMatchObject({ lines: 2 });
    expect(scan([failed], '\n\n')).toMatchObject({ lines: 2 });
  });

  it('gives the same result whatever was scanned before', () => {
    const one = scanner([failed]);
    const log = Buffer.from(`${date} failed from 192.0.2.1\n`);
    const first = one.scan(log, { now });
    one.scan(Buffer.from('May  1 10:00:00 failed from 192.0.2.9\n'.repeat(50)), { now });
    expect(one.scan(log, { now })).toEqual(first);
  });

  it('is read once for many filters; a line may fail several', () => {
    const result = scan(
      [
        failed,
        { failregex: 'from <HOST>$' },
        { failregex: 'never <HOST>' },
        { failregex: '^\\S* <ADDR>$', datepattern: '{NONE}' },
      ],
      `${date} failed from 192.0.2.1\nx 192.0.2.2\n${date} other from 192.0.2.3\n`,
    );
    expect(result.matches.map(({ filter, line }) => [line, filter])).toEqual([
      [0, 0],
      [0, 1],
      [1, 3],
      [2, 1],
    ]);
  });
});

describe('hostile lines', () => {
  const invalid = (text: string) => Buffer.from(text, 'latin1');

  it('with bytes that are no UTF-8 are matched all the same', () => {
    const result = scan([failed], invalid(`${date} failed for b\xff\xfe\xc3b from 192.0.2.1\n`));
    expect(ids(result)).toEqual(['192.0.2.1']);
    expect(result.matches[0]?.groups.get('user')).toBe('b\ufffd\ufffd\ufffdb');
    expect(result.undecodable).toEqual({ count: 1, first: [{ offset: 0 }] });
  });

  it.each([
    ['NUL', '\0'],
    ['U+2028', '\u2028'],
    ['U+0085', '\u0085'],
    ['a carriage return', '\r'],
    ['a form feed', '\f'],
    ['ANSI colours', '\x1b[31m'],
    ['an astral character', '\u{1f600}'],
    ['a combining mark', 'e\u0301'],
  ])('with %s in the user name do not hide', (_name, text) => {
    const result = scan([failed], `${date} failed for x${text}y from 192.0.2.1\n`);
    expect(ids(result)).toEqual(['192.0.2.1']);
    expect(result.matches[0]?.groups.get('user')).toBe(`x${text}y`);
  });

  it('that are too long are skipped whole, counted and named; their neighbours are not', () => {
    const long = `${date} failed for ${'x'.repeat(1_000_000)} from 192.0.2.66\n`;
    const log = `${date} failed from 192.0.2.1\n${long}${date} failed from 192.0.2.2\n`;
    const result = scan([failed], log);
    expect(ids(result)).toEqual(['192.0.2.1', '192.0.2.2']);
    expect(result.matches[1]?.line).toBe(2);
    expect(result.lines).toBe(3);
    expect(result.overlong).toEqual({ count: 1, first: [{ offset: log.indexOf('\n') + 1, bytes: long.length }] });
  });

  it('are too long by the byte', () => {
    const line = `${date} failed from 192.0.2.1`;
    expect(ids(scan([failed], `${line}\n`, {}, { maxLineBytes: line.length }))).toEqual(['192.0.2.1']);
    expect(scan([failed], `${line}\n`, {}, { maxLineBytes: line.length - 1 })).toMatchObject({
      matches: [],
      overlong: { count: 1 },
    });
    expect(scan([failed], line, {}, { maxLineBytes: line.length - 1 })).toMatchObject({
      matches: [],
      overlong: { count: 1 },
    });
  });

  it('that use up the steps of an expression with a back-reference are reported, and other expressions see them', () => {
    const filters = [{ failregex: ['^ (x+)(x+)(x+)-\\3\\2\\1\\1 from <HOST>$', 'from <HOST>$'] }];
    const result = scan(filters, `${date} ${'x'.repeat(3000)}-${'x'.repeat(3000)} from 192.0.2.1\n`);
    expect(ids(result)).toEqual(['192.0.2.1']);
    expect(result.refused).toMatchObject({
      count: 1,
      first: [{ filter: 0, option: 'failregex', index: 0, line: 0, offset: 0 }],
    });
  });
});

describe('line ends', () => {
  it('lose every carriage return before the newline', () => {
    const result = scan([failed], `${date} failed from 192.0.2.1\r\n${date} failed from 192.0.2.2\r\r\n`);
    expect(ids(result)).toEqual(['192.0.2.1', '192.0.2.2']);
    expect(result.matches[1]?.tuple[2]).toBe(' failed from 192.0.2.2');
  });

  it.each(['utf-16le', 'utf-16be'])('in %s are two bytes', (logencoding) => {
    // U+0A05 and U+050A hold the newline's byte, and are no newlines.
    const text = `${date} failed for \u0a05\u050a from 192.0.2.1\r\nnoise\n${date} failed from 192.0.2.2\n`;
    const bytes = Buffer.from(text, 'utf16le');
    const result = scan([{ ...failed, logencoding }], logencoding === 'utf-16le' ? bytes : bytes.swap16());
    expect(result).toMatchObject({ lines: 3 });
    expect(result.matches.map(({ groups, line }) => [groups.get('ip4'), groups.get('user'), line])).toEqual([
      ['192.0.2.1', '\u0a05\u050a', 0],
      ['192.0.2.2', undefined, 2],
    ]);
  });

  it('cannot be read two ways in one scan', () => {
    expect(() => scanner([failed, { ...failed, logencoding: 'utf-16' }])).toThrow(/both as utf-16le and as utf-8/);
    expect(() => scanner([{ ...failed, maxlines: 2 }])).toThrow(/maxlines/);
  });
});

describe('encodings', () => {
  it('of filters that share a log may differ', () => {
    const filters = ['utf-8', 'latin-1', 'koi8-r'].map((logencoding) => ({ ...failed, logencoding }));
    const result = scan(filters, Buffer.from(`${date} failed for b\xe9 from 192.0.2.1\n`, 'latin1'));
    expect(result.matches.map(({ groups }) => groups.get('user'))).toEqual(['b\ufffd', 'b\xe9', 'bИ']);
  });

  it('do not hide lines whose expression needs letters outside ASCII', () => {
    const failregex = '^ fehlgeschlagen für <HOST>$';
    const line = `${date} fehlgeschlagen für 192.0.2.1\n`;
    expect(ids(scan([{ failregex }], line))).toEqual(['192.0.2.1']);
    expect(ids(scan([{ failregex, logencoding: 'latin-1' }], Buffer.from(line, 'latin1')))).toEqual(['192.0.2.1']);
    expect(ids(scan([{ failregex, logencoding: 'cp1252' }], Buffer.from(line, 'latin1')))).toEqual(['192.0.2.1']);
  });
});

describe('a match without a date of its own', () => {
  it('names the nearest dated line before it', () => {
    const log = `${date} x\n2024-05-01 11:00:00 y\n failed from 192.0.2.1\n failed from 192.0.2.2\n${date} z\n`;
    const result = scan([failed], log);
    expect(result.matches.map(({ date: kind, time, preceding }) => [kind, time, preceding])).toEqual([
      ['none', Number.NaN, { time: 1714561200000, text: '2024-05-01 11:00:00' }],
      ['none', Number.NaN, { time: 1714561200000, text: '2024-05-01 11:00:00' }],
    ]);
  });

  it('does not search the whole log for one', () => {
    const result = scan([failed], `${date} x\n${'y\n'.repeat(1000)} failed from 192.0.2.1\n failed from 192.0.2.2\n`);
    expect(result.matches.map(({ preceding }) => preceding)).toEqual([undefined, undefined]);
  });

  it('says when the log is known to have none', () => {
    expect(scan([{ ...failed, datepattern: '{NONE}' }], ' failed from 192.0.2.1\n').matches[0]?.date).toBe('empty');
  });
});

describe('what is only found when asked for', () => {
  it('is the time of the last dated line', () => {
    const log = `${date} x\n2024-05-01 11:00:00 y\nz\n`;
    expect(scan([failed], log).lastTime).toBeNaN();
    expect(scan([failed], log, { lastTime: true }).lastTime).toBe(1714561200000);
    expect(scan([failed], 'x\n', { lastTime: true }).lastTime).toBeNaN();
  });

  it('are all failregex that match a line', () => {
    const filters = [{ failregex: ['failed from <HOST>$', 'from <HOST>$'] }];
    const log = `${date} failed from 192.0.2.1\n`;
    expect(scan(filters, log).matches.map(({ regex }) => regex)).toEqual([0]);
    expect(scan(filters, log, { all: true }).matches.map(({ regex }) => regex)).toEqual([0, 1]);
  });

  it('are the statistics of every line', () => {
    const log = `# comment\n\n${date} failed from 192.0.2.1\n${date} failed from 10.0.0.1\nMay  1 10:00:00 other\nx\n`;
    const filters = [{ ...failed, ignoreregex: ['no', ' 10\\.'] }];
    const statistics = { keepIgnored: 5, keepMissed: 5, skipComments: true };
    const counted = scan(filters, log, { statistics }).statistics![0]!;
    expect(counted).toMatchObject({ lines: 4, ignoreregex: [0, 1], ignored: { count: 1 }, missed: { count: 2 } });
    expect([...listedTexts(counted.ignored)]).toEqual([{ line: 3, text: `${date} failed from 10.0.0.1` }]);
    expect([...listedTexts(counted.missed)]).toEqual([
      { line: 4, text: 'May  1 10:00:00 other' },
      { line: 5, text: 'x' },
    ]);
    expect([...counted.dates.values()]).toEqual([2, 1]);
    const few = { keepIgnored: 1, keepMissed: 1, skipComments: false };
    expect(scan(filters, log, { statistics: few }).statistics?.[0]?.lines).toBe(6);
  });
});
