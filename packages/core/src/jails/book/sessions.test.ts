import { describe, expect, it } from 'vitest';
import { identify } from '../who/identifier.js';
import { Sessions } from './sessions.js';

/** The lines of a service as groups, the way a filter with `<F-MLFID>` captures them. */
const vocabulary: Record<string, Record<string, string>> = {
  connect: { nofail: 'connect', ip4: '192.0.2.1' },
  'connect(2)': { nofail: 'connect', ip4: '192.0.2.2' },
  failed: {},
  'failed user a': { user: 'a' },
  'bad user x from 3': { user: 'x', ip4: '192.0.2.3' },
  close: { mlfforget: 'close' },
  quit: { nofail: 'quit', mlfforget: 'quit' },
  'accepted user a': { mlfgained: 'accepted', mlfforget: 'accepted', user: 'a' },
  'accepted user b': { mlfgained: 'accepted', mlfforget: 'accepted', user: 'b' },
  'note a': { nofail: 'note', user: 'a' },
  'note b': { nofail: 'note', user: 'b' },
};

function replay(lines: readonly string[], sessions = new Sessions(), mlfid = '77', now = 0): string[] {
  return lines.map((line) => {
    const groups = new Map(Object.entries({ mlfid, ...vocabulary[line] }));
    const failure = sessions.line(mlfid, groups, [line], now);
    if (failure === undefined) return '-';
    const found = identify(failure.groups, 'no');
    if (found.kind !== 'known') {
      failure.postpone();
      return '-';
    }
    return `${found.who.id.slice(-1)}[${failure.matches.join(', ')}]`;
  });
}

describe('lines of one session', () => {
  it.each([
    ['connect, failed, failed', ['-', '1[connect, failed]', '1[failed]']],
    ['failed, failed, connect, failed', ['-', '-', '1[failed, failed, connect]', '1[failed]']],
    ['failed, connect, quit', ['-', '1[failed, connect]', '-']],
    [
      'connect, failed, close, failed, connect(2)',
      ['-', '1[connect, failed]', '1[close]', '-', '2[failed, connect(2)]'],
    ],
    ['connect, failed user a, accepted user a', ['-', '1[connect, failed user a]', '-']],
    ['connect, failed user a, accepted user b', ['-', '1[connect, failed user a]', '1[accepted user b]']],
    ['failed user a, accepted user a, connect', ['-', '-', '-']],
    ['connect, note a, note a, note b', ['-', '-', '-', '1[connect, note a, note a, note b]']],
    ['quit, connect, failed', ['-', '-', '1[connect, failed]']],
    ['bad user x from 3, failed, close', ['3[bad user x from 3]', '3[failed]', '3[close]']],
  ])('%s', (lines, results) => {
    expect(replay(lines.split(', '))).toEqual(results);
  });
});

it('sessions do not mix', () => {
  const sessions = new Sessions();
  expect(replay(['connect'], sessions, '1')).toEqual(['-']);
  expect(replay(['connect(2)'], sessions, '2')).toEqual(['-']);
  expect(replay(['failed'], sessions, '1')).toEqual(['1[connect, failed]']);
  expect(replay(['failed'], sessions, '2')).toEqual(['2[connect(2), failed]']);
});

it('a session is forgotten five minutes after its first line, however busy it is', () => {
  const sessions = new Sessions();
  replay(['connect'], sessions, '1', 0);
  expect(replay(['failed'], sessions, '1', 299_000)).toEqual(['1[connect, failed]']);
  expect(replay(['failed'], sessions, '1', 301_000)).toEqual(['-']);
});

it('the hundred-and-first session costs the oldest its place', () => {
  const sessions = new Sessions();
  for (let i = 0; i <= 100; i++) replay(['connect'], sessions, `s${i}`);
  expect(sessions.size).toBe(100);
  expect(replay(['failed'], sessions, 's0')).toEqual(['-']);
});

it('one endless session keeps a bounded number of lines', () => {
  const sessions = new Sessions();
  for (let i = 0; i < 10_000; i++) replay(['note a'], sessions);
  const failure = sessions.line('77', new Map(Object.entries({ mlfid: '77', ip4: '192.0.2.1' })), ['failed'], 0);
  expect(failure?.matches.length).toBeLessThanOrEqual(101);
});

describe('a session that is only begun', () => {
  const first = new Map([
    ['mlfid', '77'],
    ['user', 'a'],
    ['ip4', '192.0.2.1'],
  ]);

  it.each(Object.keys(vocabulary))('goes on with "%s" as one whose first line was read', (second) => {
    const begun = new Sessions();
    begun.begin('77', first, 0);
    const read = new Sessions();
    read.line('77', first, ['first'], 0);
    const groups = new Map(Object.entries({ mlfid: '77', ...vocabulary[second] }));
    const [failure, expected] = [begun, read].map((sessions) => sessions.line('77', groups, ['second'], 1));
    expect(failure?.groups).toEqual(expected?.groups);
    expect(begun.size).toBe(read.size);
  });

  it('is known until it is too old, or forgotten', () => {
    const sessions = new Sessions();
    sessions.begin('77', first, 0);
    expect(sessions.has('77', 1)).toBe(true);
    expect(sessions.has('78', 1)).toBe(false);
    expect(sessions.has('77', 6 * 60_000)).toBe(false);
    sessions.begin('77', first, 0);
    sessions.forget('77');
    expect(sessions.has('77', 1)).toBe(false);
  });
});
