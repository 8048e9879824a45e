import { describe, expect, it } from 'vitest';
import { compileFilter } from './compile.js';
import { matchLine } from './line.js';
import { type PlainFilter, plainSettings } from './plain-settings.js';
import { LineTrace } from './trace.js';

const now = Date.UTC(2024, 5, 15, 12);

/** Sends one line through a filter. */
function way(plain: PlainFilter, line: string, all = false) {
  const filter = compileFilter(plainSettings({ logtimezone: 'UTC', ...plain }), { thisYear: 2024 });
  const cut = filter.dating.cut(line, filter.dating.newRanking(now));
  const outcome = matchLine(filter, cut.tuple, { all });
  return { ...outcome, tuple: cut.tuple, time: filter.dating.time(cut, now) };
}

const groupsOf = (plain: PlainFilter, line: string) => Object.fromEntries(way(plain, line).hits[0]?.groups ?? []);
const date = '2024-05-01 10:00:00';

describe('the date', () => {
  it.each([
    [`${date} from 1.1.1.1`, ' from 1.1.1.1'],
    [`[${date}] from 1.1.1.1`, '[] from 1.1.1.1'],
    [`host ${date} from 1.1.1.1`, 'host  from 1.1.1.1'],
    ['<13>May  1 10:00:00 host from 1.1.1.1', '<13> host from 1.1.1.1'],
    ['1.1.1.1 - - [01/May/2024:10:00:00 +0000] "GET" from 1.1.1.1', '1.1.1.1 - - [] "GET" from 1.1.1.1'],
    ['type=X msg=audit(1714557600.123:99): from 1.1.1.1', 'type=X msg=audit(:99): from 1.1.1.1'],
  ])('of %j is cut out, and what stood around it stays', (line, left) => {
    const { tuple, hits, time } = way({ failregex: 'from <HOST>$' }, line);
    expect(tuple[0] + tuple[2]).toBe(left);
    expect(tuple.join('')).toBe(line);
    expect(Math.floor(time / 1000)).toBe(1714557600);
    expect(hits).toHaveLength(1);
  });

  it('leaves the blank behind it to the expression', () => {
    expect(way({ failregex: '^from <HOST>$' }, `${date} from 1.1.1.1`).hits).toEqual([]);
    expect(way({ failregex: '^\\s*from <HOST>$' }, `${date} from 1.1.1.1`).hits).toHaveLength(1);
  });

  it('that the calendar does not have counts as none', () => {
    expect(way({ failregex: 'from <HOST>$' }, '2024-02-30 10:00:00 from 1.1.1.1').time).toBeNaN();
  });

  it('is not looked for where the pattern is {NONE}', () => {
    const { tuple, hits } = way(
      { failregex: '^2024-05-01 10:00:00 from <HOST>$', datepattern: '{NONE}' },
      `${date} from 1.1.1.1`,
    );
    expect(tuple).toEqual(['', '', `${date} from 1.1.1.1`]);
    expect(hits).toHaveLength(1);
  });
});

describe('the failregex', () => {
  it('are tried in order, and the first that matches ends the search', () => {
    const plain = { failregex: ['nothing <HOST>', 'from <HOST>$', 'failed from <HOST>$'] };
    expect(way(plain, `${date} failed from 1.2.3.4`).hits.map(({ regex }) => regex)).toEqual([1]);
    expect(way(plain, `${date} failed from 1.2.3.4`, true).hits.map(({ regex }) => regex)).toEqual([1, 2]);
  });

  it('search a text that ends with a newline', () => {
    expect(way({ failregex: 'from <HOST>\\n' }, `${date} from 1.2.3.4`).hits).toHaveLength(1);
    expect(way({ failregex: 'from <HOST>\\Z' }, `${date} from 1.2.3.4`).hits).toEqual([]);
  });
});

describe('prefregex', () => {
  const prefregex = '^ <F-USER>\\w+</F-USER>: <F-CONTENT>.*</F-CONTENT>$';

  it('must match, and hands its content on', () => {
    expect(way({ prefregex, failregex: '^failed from <HOST>$' }, `${date} bob: failed from 1.2.3.4`).hits).toHaveLength(
      1,
    );
    expect(way({ prefregex, failregex: 'failed from <HOST>$' }, `${date} bob failed from 1.2.3.4`).hits).toEqual([]);
  });

  it('gives its groups to the failure, without the content; those of the failregex win, even when empty', () => {
    const line = `${date} bob: user= from 1.2.3.4`;
    expect(groupsOf({ prefregex, failregex: 'from <HOST>$' }, line)).toEqual({ user: 'bob', ip4: '1.2.3.4' });
    expect(groupsOf({ prefregex, failregex: 'user=<F-USER>\\S*</F-USER> from <HOST>$' }, line)).toEqual({
      user: '',
      ip4: '1.2.3.4',
    });
  });

  it('without content leaves the line as it is', () => {
    const plain = { prefregex: '^ \\w+: ', failregex: '^ bob: failed from <HOST>$' };
    expect(way(plain, `${date} bob: failed from 1.2.3.4`).hits).toHaveLength(1);
  });
});

describe('ignoreregex', () => {
  const prefregex = '^ pre: <F-CONTENT>.*</F-CONTENT>$';
  const line = `${date} pre: failed from 1.2.3.4`;
  const many = ['^a from <HOST>$', '^b from <HOST>$', '^c from <HOST>$', '^failed from <HOST>$'];

  it('drops what a failregex matched, by the text that the failregex saw', () => {
    const plain = { prefregex, failregex: '^failed from <HOST>$', ignoreregex: ['no', '^failed from 1'] };
    expect(way(plain, line)).toMatchObject({ hits: [], ignored: 1 });
    expect(way(plain, line, true)).toMatchObject({ hits: [], ignored: 1 });
  });

  it('also sees the line before prefregex, when it is fewer than the failregex minus two', () => {
    expect(way({ prefregex, failregex: many, ignoreregex: '^ pre:' }, line)).toMatchObject({ hits: [], ignored: 0 });
    expect(way({ prefregex, failregex: many.slice(1), ignoreregex: '^ pre:' }, line)).toMatchObject({ ignored: -1 });
    expect(way({ prefregex, failregex: many, ignoreregex: '^failed' }, line)).toMatchObject({ hits: [], ignored: 0 });
  });
});

describe('groups', () => {
  it('alt_ fills what is missing or empty, in alphabetical order of the names', () => {
    const failregex =
      'a=<F-ALT_USER_2>\\S*</F-ALT_USER_2> b=<F-ALT_USER_10>\\S*</F-ALT_USER_10> c=<F-USER>\\S*</F-USER> from <HOST>$';
    expect(groupsOf({ failregex }, 'a=x b=y c= from 1.2.3.4')).toMatchObject({ user: 'y', alt_user_2: 'x' });
    expect(groupsOf({ failregex }, 'a=x b= c= from 1.2.3.4')).toMatchObject({ user: 'x' });
    expect(groupsOf({ failregex }, 'a=x b= c=z from 1.2.3.4')).toMatchObject({ user: 'z' });
    expect(groupsOf({ failregex: '<F-ALT_USER1>\\w+</F-ALT_USER1> <HOST>' }, 'bob 1.2.3.4')).toMatchObject({
      user1: 'bob',
    });
  });

  it('tuple_ combines, with null for what took no part', () => {
    const failregex =
      '<F-ID>\\w+</F-ID>@<F-TUPLE_ID_1>\\w+</F-TUPLE_ID_1>(?:@<F-TUPLE_ID_2>\\w+</F-TUPLE_ID_2>)? <F-USER>\\w*</F-USER>';
    expect(groupsOf({ failregex }, 'a@b@c x')).toMatchObject({ user: 'x', tuple_id_1: 'b' });
    const named = 'id (?P<tuple_fid_2>x)?(?P<tuple_fid_1>y)? <ADDR>';
    expect(groupsOf({ failregex: named }, 'id xy 1.2.3.4')).toMatchObject({ fid: [null, 'y', 'x'] });
    expect(groupsOf({ failregex: named }, 'id y 1.2.3.4')).toMatchObject({ fid: [null, 'y', null] });
  });

  it('named like properties of objects are groups like others', () => {
    expect(groupsOf({ failregex: '(?P<__proto__>\\w+) (?P<constructor>\\w+) <HOST>' }, 'a b 1.2.3.4')).toMatchObject({
      constructor: 'b',
    });
  });
});

describe('a trace', () => {
  it('tells every step in order', () => {
    const filter = compileFilter(
      plainSettings({
        prefregex: '^ (?P<x>p): <F-CONTENT>.*</F-CONTENT>',
        failregex: ['^no <HOST>', '^yes <HOST>'],
        ignoreregex: 'never',
      }),
    );
    const trace = new LineTrace();
    matchLine(filter, ['', date, ' p: yes 1.2.3.4'], { trace });
    expect(
      trace.steps.map((step) =>
        step.kind === 'tried'
          ? [step.option, step.index, step.found?.end ?? null]
          : step.kind === 'subject'
            ? step.text
            : '',
      ),
    ).toEqual([
      ' p: yes 1.2.3.4\n',
      ['prefregex', 0, 15],
      'yes 1.2.3.4\n',
      ['failregex', 0, null],
      ['failregex', 1, 11],
      ['ignoreregex', 0, null],
    ]);
  });
});
