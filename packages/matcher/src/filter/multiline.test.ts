import { describe, expect, it } from 'vitest';
import { compileFilter } from './compile.js';
import { matchNextLine, newMultilineState } from './multiline.js';
import { type PlainFilter, plainSettings } from './plain-settings.js';

const now = Date.UTC(2024, 5, 15, 12);

/** Feeds lines to a filter; for each line the matched lines of its hits, and what the buffer then holds. */
function feed(plain: PlainFilter, lines: readonly string[], all = false) {
  const filter = compileFilter(plainSettings({ logtimezone: 'UTC', datepattern: '{NONE}', ...plain }));
  const state = newMultilineState(filter, now);
  return lines.map((line) => {
    const { hits, ignored } = matchNextLine(filter, state, filter.dating.cut(line, state.ranking).tuple, { all });
    return {
      ids: hits.map(({ groups }) => groups.get('ip4')),
      matched: hits.map((hit) => hit.lines.map((tuple) => tuple.join(''))),
      ignored,
      buffer: state.lines.map((tuple) => tuple.join('')),
    };
  });
}

const rsync = '^rsync\\[(?P<id>\\d+)\\]: connect from <HOST>$<SKIPLINES>^rsync\\[(?P=id)\\]: fail$';
const story = [
  'rsync[1]: connect from 1.1.1.1',
  'other',
  'rsync[2]: connect from 2.2.2.2',
  'rsync[1]: fail',
  'rsync[2]: fail',
];

describe('a match over several lines', () => {
  it('holds its own lines, leaves those that were skipped, and cannot happen twice', () => {
    const way = feed({ failregex: rsync, maxlines: 5 }, story);
    expect(way.map(({ ids }) => ids)).toEqual([[], [], [], ['1.1.1.1'], ['2.2.2.2']]);
    expect(way[3]).toMatchObject({ matched: [[story[0], story[3]]], buffer: [story[1], story[2]] });
    expect(way[4]).toMatchObject({ matched: [[story[2], story[4]]], buffer: ['other'] });
  });

  it('needs all its lines within maxlines', () => {
    const way = feed({ failregex: rsync, maxlines: 3 }, story);
    expect(way.map(({ ids }) => ids)).toEqual([[], [], [], [], ['2.2.2.2']]);
    expect(way[4]?.buffer).toEqual(['rsync[1]: fail']);
  });

  it('can skip in several places', () => {
    const failregex = '^a from <HOST>$<SKIPLINES>^b$<SKIPLINES>^c$';
    const way = feed({ failregex, maxlines: 9 }, ['a from 1.1.1.1', 'x', 'b', 'y', 'c', 'c']);
    expect(way[4]).toMatchObject({ matched: [['a from 1.1.1.1', 'b', 'c']], buffer: ['x', 'y'] });
    expect(way[5]).toMatchObject({ ids: [], buffer: ['x', 'y', 'c'] });
  });

  it('takes the lines whole that it only touches', () => {
    const way = feed({ failregex: 'from <HOST>$<SKIPLINES>^b', maxlines: 9 }, ['zz from 1.1.1.1', 'x', 'bcd']);
    expect(way[2]).toMatchObject({ matched: [['zz from 1.1.1.1', 'bcd']], buffer: ['x'] });
  });

  it('may be written with an explicit newline', () => {
    const way = feed({ failregex: '^a from <HOST>\\nb$', maxlines: 5 }, ['a from 1.1.1.1', 'b']);
    expect(way[1]).toMatchObject({ matched: [['a from 1.1.1.1', 'b']], buffer: [] });
  });

  it('may be of one line; others stay', () => {
    const way = feed({ failregex: '^failed from <HOST>$', maxlines: 3 }, [
      'failed from 1.1.1.1',
      'x',
      'failed from 2.2.2.2',
    ]);
    expect(way.map(({ ids }) => ids)).toEqual([['1.1.1.1'], [], ['2.2.2.2']]);
    expect(way[2]?.buffer).toEqual(['x']);
  });

  it('takes its lines from the failregex that follow, even when all are tried', () => {
    const way = feed({ failregex: ['^a from <HOST>$', 'a from <HOST>$'], maxlines: 5 }, ['a from 1.1.1.1', 'b'], true);
    expect(way.map(({ matched }) => matched)).toEqual([[['a from 1.1.1.1']], []]);
  });

  it('keeps the date of each of its lines out of the expression and in the match', () => {
    const way = feed({ failregex: '^ a from <HOST>$<SKIPLINES>^ b$', maxlines: 5, datepattern: '%Y-%m-%d %H:%M:%S' }, [
      '2024-05-01 10:00:00 a from 1.1.1.1',
      '2024-05-01 12:00:00 b',
    ]);
    expect(way[1]?.matched).toEqual([['2024-05-01 10:00:00 a from 1.1.1.1', '2024-05-01 12:00:00 b']]);
  });
});

describe('ignoreregex over several lines', () => {
  it('sees the matched lines, which are gone with the hit', () => {
    const way = feed({ failregex: rsync, ignoreregex: 'fail', maxlines: 5 }, story);
    expect(way.map(({ ids }) => ids)).toEqual([[], [], [], [], []]);
    expect(way.map(({ ignored }) => ignored)).toEqual([-1, -1, -1, 0, 0]);
    expect(way[4]?.buffer).toEqual(['other']);
  });

  it('does not see the skipped ones', () => {
    expect(feed({ failregex: rsync, ignoreregex: 'other', maxlines: 5 }, story)[3]?.ids).toEqual(['1.1.1.1']);
  });
});

describe('prefregex with content', () => {
  it('leaves its content as the whole buffer, so that hardly anything is buffered', () => {
    const way = feed(
      {
        prefregex: '^rsync: <F-CONTENT>.*</F-CONTENT>$',
        failregex: '^connect from <HOST>$<SKIPLINES>^fail$',
        maxlines: 5,
      },
      ['rsync: connect from 1.1.1.1', 'rsync: fail'],
    );
    expect(way.map(({ ids }) => ids)).toEqual([[], []]);
    expect(way[1]?.buffer).toEqual(['connect from 1.1.1.1', 'rsync: fail']);
  });
});
