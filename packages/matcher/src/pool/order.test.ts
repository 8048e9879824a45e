import { describe, expect, it } from 'vitest';
import { SubmissionOrder } from './order.js';
import { Room } from './room.js';

function deferred<T>() {
  let resolve!: (value: T) => void;
  let reject!: (error: Error) => void;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

describe('the order of submission', () => {
  it('holds for the results of one key, and leaves other keys alone', async () => {
    const order = new SubmissionOrder();
    const [a, b, other] = [deferred<string>(), deferred<string>(), deferred<string>()];
    const seen: string[] = [];
    const all = [
      order.after('x', a.promise).then((value) => seen.push(value)),
      order.after('x', b.promise).then((value) => seen.push(value)),
      order.after('y', other.promise).then((value) => seen.push(value)),
    ];
    b.resolve('b');
    other.resolve('other');
    await all[2];
    expect(seen).toEqual(['other']);
    a.resolve('a');
    await Promise.all(all);
    expect(seen).toEqual(['other', 'a', 'b']);
  });

  it('goes on after a failure, which only its own submitter hears of', async () => {
    const order = new SubmissionOrder();
    const [a, b] = [deferred<string>(), deferred<string>()];
    const first = order.after('x', a.promise);
    const second = order.after('x', b.promise);
    b.resolve('b');
    a.reject(new Error('no'));
    await expect(first).rejects.toThrow('no');
    expect(await second).toBe('b');
  });
});

describe('room', () => {
  it('is given to those who wait in the order in which they came', async () => {
    const room = new Room(1);
    await room.take();
    const came: number[] = [];
    const waiting = [1, 2].map((one) => room.take().then(() => came.push(one)));
    expect([room.free, room.load]).toEqual([false, 3]);
    room.give();
    await waiting[0];
    expect(came).toEqual([1]);
    room.give();
    await waiting[1];
    expect(came).toEqual([1, 2]);
    room.give();
    expect([room.free, room.load]).toEqual([true, 0]);
  });
});
