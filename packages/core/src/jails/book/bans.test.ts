import { describe, expect, it } from 'vitest';
import { identifierOf } from '../who/identifier.js';
import { type Ban, Bans, endOf } from './bans.js';
import { Book } from './book.js';
import { Room } from './room.js';

function banOf(id: string, time: number, bantime: number, more: Partial<Ban> = {}): Ban {
  const counts = { time, since: time, bantime, bancount: 1, failures: 5, restored: false };
  return { who: identifierOf(id), ...counts, matches: [`line of ${id}`], data: new Map([['user', id]]), ...more };
}

describe('bans in columns', () => {
  it('come back as they went in, in the order in which they came', () => {
    const bans = new Bans();
    const all = [
      banOf('192.0.2.1', 1, -1, { restored: true, bancount: 7 }),
      banOf('2001:db8::1', 2, 600),
      { ...banOf('a user', 3, 5), who: { id: 'a user', ip: '192.0.2.9', family: 'inet4' as const } },
    ];
    for (const ban of all) bans.add(ban, 0);
    expect([...bans.all()]).toEqual(all);
    expect(bans.ids()).toEqual(['192.0.2.1', '2001:db8::1', 'a user']);
    expect(bans.remove('2001:db8::1')).toEqual(all[1]);
    expect([bans.current, bans.total, bans.has('2001:db8::1')]).toEqual([2, 3, false]);
  });

  it('end in the order of their ends, whatever is prolonged, lifted and added meanwhile', () => {
    const bans = new Bans();
    const ends = new Map<string, number>();
    let seed = 3;
    const random = (below: number) => {
      seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
      return (seed >>> 8) % below;
    };
    for (let step = 0; step < 20_000; step++) {
      const id = `10.0.${random(20)}.${random(50)}`;
      const now = step * 1000;
      const add = banOf(id, now, 1 + random(6000));
      if (random(6) === 0) {
        bans.remove(id);
        ends.delete(id);
      } else {
        const result = bans.add(add, now);
        if (result.kind === 'new' || (result.kind === 'already' && result.prolonged)) ends.set(id, endOf(add));
      }
      const due = [...ends].filter(([, end]) => end < now).sort((a, b) => a[1] - b[1]);
      expect(bans.takeEnded(now).map(endOf)).toEqual(due.map(([, end]) => end));
      for (const [gone] of due) ends.delete(gone);
      expect(bans.nextEnd()).toBe(ends.size === 0 ? undefined : Math.min(...ends.values()));
    }
  });

  it('end in stretches where very many end at once', () => {
    const bans = new Bans();
    for (let i = 0; i < 2500; i++) bans.add(banOf(`10.1.${i >> 8}.${i & 255}`, 0, 60), 0);
    const stretches = [1, 2, 3, 4].map(() => bans.takeEnded(60_001).length);
    expect(stretches).toEqual([1000, 1000, 500, 0]);
  });
});

describe('the room of all books', () => {
  const failure = (id: string, time: number) => {
    return { who: identifierOf(id), time, matches: ['x'.repeat(900)], data: new Map() };
  };
  const limits = { maxretry: 9, findtime: 600, maxmatches: 5 };

  it('has one bound for all jails: the largest book gives up the texts of bans first, and nobody is unbanned for it', () => {
    const room = new Room({ tracked: 1000, text: 100_000 });
    const [large, small] = [new Book(room), new Book(room)];
    small.failures.add(failure('192.0.2.1', 1), limits);
    for (let i = 0; i < 60; i++) large.bans.add(banOf(`10.2.0.${i}`, i, 600, { matches: ['y'.repeat(900)] }), 0);
    for (let i = 0; i < 60; i++) {
      large.failures.add(failure(`10.3.0.${i}`, i), limits);
      large.settle();
    }
    expect(room.cells.bytes).toBeLessThanOrEqual(100_000);
    expect([large.bans.current, large.failures.current, room.shed.failures]).toEqual([60, 60, 0]);
    expect(large.bans.get('10.2.0.0')?.matches).toEqual([]);
    expect(large.failures.get('10.3.0.59')?.matches).toHaveLength(1);
    expect(small.failures.get('192.0.2.1')?.matches).toHaveLength(1);
  });

  it('forgets who has failed once before who is closer to a ban, but stays open for new ones', () => {
    const room = new Room({ tracked: 100, text: 1_000_000 });
    const book = new Book(room);
    for (const time of [1, 2]) for (let i = 0; i < 40; i++) book.failures.add(failure(`10.4.0.${i}`, time), limits);
    for (let i = 0; i < 1000; i++) {
      book.failures.add(failure(`10.5.${i >> 8}.${i & 255}`, 3), limits);
      book.settle();
    }
    expect(book.failures.get('10.4.0.0')?.retry).toBe(2);
    for (const time of [4, 5]) {
      for (let i = 0; i < 250; i++) {
        book.failures.add(failure(`10.6.0.${i}`, time), limits);
        book.settle();
      }
    }
    book.failures.add(failure('10.7.0.1', 6), limits);
    book.settle();
    expect(book.failures.get('10.7.0.1')?.retry).toBe(1);
    expect(room.tracked).toBeLessThanOrEqual(100);
  });

  it('of a jail that is gone is for the others', () => {
    const room = new Room();
    const book = new Book(room);
    book.failures.add(failure('192.0.2.1', 1), limits);
    book.close();
    expect([room.cells.bytes, room.tracked]).toEqual([0, 0]);
  });
});
