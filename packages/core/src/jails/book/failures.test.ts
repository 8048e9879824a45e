import { describe, expect, it } from 'vitest';
import { identifierOf } from '../who/identifier.js';
import { Book } from './book.js';
import { Failures } from './failures.js';
import { Room, type RoomBounds } from './room.js';

function bookIn(bounds: RoomBounds) {
  const book = new Book(new Room(bounds));
  return { failures: book.failures, settle: () => book.settle() };
}

const limits = { maxretry: 100, findtime: 600, maxmatches: 5 };

function fail(id: string, seconds: number, ...matches: string[]) {
  return { who: identifierOf(id), time: seconds * 1000, matches, data: new Map() };
}

describe('the count of failures is a rate estimate over findtime', () => {
  it.each([
    [
      [0, 100, 200],
      [1, 2, 3],
    ],
    [
      [0, 300, 700],
      [1, 2, 3],
    ],
    [
      [0, 0, 0, 900],
      [1, 2, 3, 3],
    ],
    [
      [0, 601],
      [1, 2],
    ],
    [
      [0, 500, 1000, 1500, 2000],
      [1, 2, 2, 2, 2],
    ],
    [
      [0, 1, 2, 3, 4, 700, 1400],
      [1, 2, 3, 4, 5, 5, 3],
    ],
    [
      [100, 50],
      [1, 2],
    ],
  ])('failures at %j seconds count %j', (times, counts) => {
    const book = new Failures();
    const seen = times.map((time) => {
      book.add(fail('192.0.2.1', time), limits);
      return book.get('192.0.2.1')?.retry;
    });
    expect(seen).toEqual(counts);
  });

  it('the number of failures itself is never scaled down', () => {
    const book = new Failures();
    for (const time of [0, 0, 0, 900]) book.add(fail('192.0.2.1', time), limits);
    expect(book.get('192.0.2.1')).toMatchObject({ retry: 3, failures: 4 });
  });

  it('an older failure moves no times', () => {
    const book = new Failures();
    for (const time of [100, 50]) book.add(fail('192.0.2.1', time), limits);
    expect(book.get('192.0.2.1')?.time).toBe(100_000);
  });
});

it('the entry comes out exactly at maxretry, and counting restarts from zero', () => {
  const book = new Failures();
  const strict = { ...limits, maxretry: 3 };
  expect(book.add(fail('192.0.2.1', 0), strict)).toBeUndefined();
  expect(book.add(fail('192.0.2.1', 1), strict)).toBeUndefined();
  expect(book.add(fail('192.0.2.1', 2), strict)).toMatchObject({ retry: 3, failures: 3, time: 2000 });
  expect(book.current).toBe(0);
  expect(book.total).toBe(3);
  expect(book.add(fail('192.0.2.1', 3), strict)).toBeUndefined();
});

it('who has not failed within findtime is forgotten, at its very edge too', () => {
  const book = new Failures();
  book.add(fail('192.0.2.1', 0), limits);
  book.add(fail('192.0.2.2', 1), limits);
  book.forget(600_000, 600);
  expect([book.get('192.0.2.1'), book.get('192.0.2.2')?.retry]).toEqual([undefined, 1]);
});

it('only the latest matches are kept, none with maxmatches 0', () => {
  const book = new Failures();
  for (let i = 0; i < 4; i++) book.add(fail('192.0.2.1', i, `line ${i}`), { ...limits, maxmatches: 2 });
  expect(book.get('192.0.2.1')?.matches).toEqual(['line 2', 'line 3']);
  book.add(fail('192.0.2.1', 5, 'line 5'), { ...limits, maxmatches: 0 });
  expect(book.get('192.0.2.1')?.matches).toEqual([]);
});

it('a hundred thousand attackers a minute do not grow the book past its bound, and the latest are in it', () => {
  const { failures: book, settle } = bookIn({ tracked: 1000, text: 1_000_000 });
  for (let i = 0; i < 100_000; i++) {
    book.add(fail(`2001:db8::${(i >> 16).toString(16)}:${(i & 0xffff).toString(16)}`, i / 1000), limits);
    settle();
  }
  expect(book.current).toBeLessThanOrEqual(1000);
  expect(book.current + book.evicted).toBe(100_000);
  expect(book.get('2001:db8::1:869f')?.retry).toBe(1);
});

it('long lines cost the oldest entries their matches but never their count', () => {
  const { failures: book, settle } = bookIn({ tracked: 1000, text: 10_000 });
  for (let i = 0; i < 10; i++) {
    book.add(fail(`192.0.2.${i}`, i, 'x'.repeat(4000)), limits);
    settle();
  }
  expect(book.get('192.0.2.0')).toMatchObject({ retry: 1, matches: [] });
  expect(book.get('192.0.2.9')?.matches).toHaveLength(1);
  expect(book.current).toBe(10);
});
