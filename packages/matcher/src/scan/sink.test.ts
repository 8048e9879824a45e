import { describe, expect, it } from 'vitest';
import type { Piece } from '../failures.js';
import { compileFilter } from '../filter/compile.js';
import { plainSettings } from '../filter/plain-settings.js';
import { listedTexts } from './listed.js';
import { unpackResult } from './result.js';
import { BlockScanner } from './scanner.js';

const now = Date.parse('2026-11-22T12:00:00Z');
const filter = compileFilter(
  plainSettings({
    failregex: '^ \\S+ sshd(?P<mlfid>\\[\\d+\\]): Failed for <F-USER>.*?</F-USER>(?P<port> port \\d+)? from <HOST>$',
  }),
  { thisYear: 2026 },
);
const line = (text: string) => `2026-11-22T10:00:00+00:00 gw1 sshd[7]: ${text}\n`;
const log = Buffer.from(
  [
    line('Failed for root from 192.0.2.1'),
    line("Failed for o'brien from 192.0.2.1"),
    line('Failed for a\\b from 2001:DB8:0::1'),
    line('Failed for  port 22 from 2001:DB8:0::1'),
    line('Failed for x from 192.0.2.400'),
    line('Failed for ü from 192.0.2.1'),
    line('well'),
  ].join(''),
);
const group = (name: string, missing: string): Piece => ({
  column: 'group',
  name,
  spelling: 'python',
  before: `${name} '`,
  after: "' ",
  missing,
  needed: true,
});
const pieces: readonly Piece[] = [
  { column: 'id' },
  { column: 'text', text: ' at ' },
  { column: 'time', decimal: true },
  { column: 'text', text: ' ' },
  group('user', 'nobody '),
  group('port', 'no port '),
  { column: 'date', spelling: 'plain' },
];
const scan = (asked: readonly (readonly Piece[] | undefined)[] | undefined) =>
  unpackResult(new BlockScanner([filter]).scan(log, { now, sink: { pieces: asked } })).found!;
const all = [0, 1, 2, 3, 4, 5];

describe('what a sink is told', () => {
  const found = scan([pieces]);
  const writtenOf = (index: number) =>
    Buffer.from(found.written)
      .subarray(index === 0 ? 0 : found.end(index - 1), found.end(index))
      .toString();

  it('is written as it asked: identifier in its one form, time, groups, the date', () => {
    expect(writtenOf(0)).toBe("192.0.2.1 at 1795341600 user 'root' no port 2026-11-22T10:00:00+00:00");
    expect(writtenOf(3)).toBe("2001:db8::1 at 1795341600 user '' port ' port 22' 2026-11-22T10:00:00+00:00");
    expect(found.session(0)).not.toBe(0);
    expect(found.session(3)).toBe(found.session(0));
  });

  it('is left to be judged where a text needs care or nobody can be banned by it', () => {
    expect(all.map((index) => found.isPlain(index))).toEqual([true, false, false, true, false, false]);
    expect([1, 2, 4, 5].map(writtenOf)).toEqual(['', '', '', '']);
    expect(all.map((index) => found.line(index))).toEqual(all);
  });

  it('says where what was written lacks something', () => {
    expect(found.isWhole(0)).toBe(false);
    expect(scan(undefined).isWhole(0)).toBe(true);
  });

  it('is columns alone where nothing is to be written, and no match is plain that a format cannot say', () => {
    expect(all.map((index) => scan(undefined).isPlain(index))).toEqual([true, true, true, true, false, false]);
    expect(scan(undefined).written).toHaveLength(0);
    expect(all.some((index) => scan([undefined]).isPlain(index))).toBe(false);
  });

  it('holds the same matches as a scan without a sink', () => {
    const whole = unpackResult(new BlockScanner([filter]).scan(log, { now })).matches;
    expect(found.count).toBe(whole.length);
    for (const [index, match] of whole.entries()) {
      expect(new Map(found.match(index).groups)).toEqual(match.groups);
      expect(found.match(index).tuple).toEqual(match.tuple);
    }
  });
});

describe('a survey of every line', () => {
  const two = compileFilter(
    plainSettings({
      prefregex: '^ \\S+ app: <F-CONTENT>.+</F-CONTENT>$',
      failregex: ['^bad \\S+ from <HOST>$', 'from <HOST>$', '^good <HOST>$'],
      ignoreregex: ['fine', 'friend'],
    }),
    { thisYear: 2026 },
  );
  const lines = [
    'app: bad x from 192.0.2.1',
    'app: bad friend from 192.0.2.1',
    'app: nothing',
    'other: bad x from 192.0.2.1',
    'app: bad ü from 192.0.2.1',
    'app: good 192.0.2.400',
    `app: bad ${'x'.repeat(3000)} from 192.0.2.1`,
    'app: bad fine from 192.0.2.2',
  ].map((text, index) => `2026-11-22T1${index}:00:00+00:00 gw1 ${text}\n`);
  const bytes = Buffer.from(`#comment\n\n${lines.join('')}no date\n`);
  const statistics = { keepIgnored: 1, keepMissed: Number.POSITIVE_INFINITY, skipComments: true };
  const scanned = (all: boolean) =>
    unpackResult(new BlockScanner([two]).scan(bytes, { now, all, statistics, sink: { pieces: undefined } }));
  const texts = (listed: Parameters<typeof listedTexts>[0]) =>
    [...listedTexts(listed)].map(({ line, text }) => `${line} ${text}`);

  it('counts what became of each, whether it was matched in place or as text', () => {
    const counted = scanned(true).statistics![0]!;
    expect([counted.lines, counted.prefregex, ...counted.ignoreregex]).toEqual([9, 7, 1, 1]);
    expect([...counted.dates.values()]).toEqual([8]);
    expect(texts(counted.missed)).toEqual(
      [`4 ${lines[2]}`, `5 ${lines[3]}`, '10 no date\n'].map((one) => one.trimEnd()),
    );
    expect(counted.ignored.count).toBe(2);
    expect(texts(counted.ignored)).toEqual([`3 ${lines[1]!.trimEnd()}`]);
  });

  it('tells of every failregex that matches, or of the first', () => {
    const hits = ({ found }: ReturnType<typeof scanned>) =>
      Array.from({ length: found!.count }, (_, index) => [found!.line(index), found!.regex(index)].join(':'));
    expect(hits(scanned(true))).toEqual(['2:0', '2:1', '6:0', '6:1', '7:2', '8:0', '8:1']);
    expect(hits(scanned(false))).toEqual(['2:0', '6:0', '7:2', '8:0']);
  });

  it('gives the same a line at a time as all at once', () => {
    const scanner = new BlockScanner([two]);
    const context = { now, all: true, statistics, sink: { pieces: undefined } };
    const run = scanner.begin(context);
    let offset = 0;
    for (const one of ['#comment\n', '\n', ...lines, 'no date\n']) {
      run.take(Buffer.from(one), offset);
      offset += Buffer.byteLength(one);
    }
    const stepwise = unpackResult(run.taken());
    const { found: _columns, ...whole } = scanned(true);
    const { found: _others, ...steps } = stepwise;
    expect(steps).toEqual(whole);
  });
});
