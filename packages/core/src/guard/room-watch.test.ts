import { describe, expect, it } from 'vitest';
import { Book } from '../jails/book/book.js';
import { defaultRoomBounds, Room } from '../jails/book/room.js';
import { identifierOf } from '../jails/who/identifier.js';
import { boundsIn, RoomWatch } from './room-watch.js';

const megabyte = 1024 * 1024;
const limits = { maxretry: 5, findtime: 600, maxmatches: 5 };

/** A process with so much memory, of which the books' own bytes and `others` are used. */
function trial(limit: number, heapLimit = 4096 * megabyte) {
  const told: string[] = [];
  const room = new Room();
  const book = new Book(room);
  let others = 100 * megabyte;
  let garbage = 0;
  let now = 0;
  const memory = {
    limit: () => limit,
    heapLimit: () => heapLimit,
    used: () => others + garbage + room.cells.bytes,
    collect() {
      garbage = 0;
    },
  };
  const watch = new RoomWatch(room, memory, { elapsed: () => now }, (what) => told.push(what));
  let failed = 0;
  return {
    book,
    room,
    told,
    watch,
    fail(count: number) {
      for (let i = 0; i < count; i++) {
        const who = identifierOf(`10.${failed >> 16}.${(failed >> 8) & 255}.${failed & 255}`);
        failed++;
        book.failures.add({ who, time: 0, matches: [`line ${failed} `.repeat(12)], data: new Map() }, limits);
        book.settle();
      }
    },
    pass(garbageNow: number, othersNow = others) {
      now += 10_000;
      garbage = garbageNow;
      others = othersNow;
      watch.check();
    },
  };
}

describe('the room that the books get', () => {
  it('is the whole on a machine with memory, and less where a group, a heap or a machine has less; never none', () => {
    expect(boundsIn(8192 * megabyte, 4096 * megabyte)).toEqual(defaultRoomBounds);
    const group = boundsIn(256 * megabyte, 4096 * megabyte);
    expect(group.text).toBeLessThan(64 * megabyte);
    expect(group.tracked).toBeGreaterThan(10_000);
    expect(boundsIn(8192 * megabyte, 64 * megabyte).tracked).toBeLessThan(100_000);
    expect(boundsIn(64 * megabyte, 32 * megabyte)).toEqual({ tracked: 2000, text: megabyte });
  });
});

describe('a guard that is short of memory', () => {
  it('gives up nothing for garbage that can be collected', () => {
    const { watch, fail, pass, told } = trial(512 * megabyte);
    fail(1000);
    pass(400 * megabyte);
    expect([watch.shortage, told]).toEqual([undefined, []]);
  });

  it('gives up lines and single failures when the limit comes near, says so once, and what to set', () => {
    const { book, watch, fail, pass, told } = trial(512 * megabyte);
    fail(20_000);
    pass(0, 450 * megabyte);
    pass(0);
    expect(book.failures.current).toBeLessThanOrEqual(15_000);
    expect(watch.shortage).toMatch(/lines of \d+ failures and bans and \d{4} identifiers/);
    expect(told).toHaveLength(1);
    expect(told[0]).toMatch(/^Memory is short: .*MemoryMax/);
  });
});
