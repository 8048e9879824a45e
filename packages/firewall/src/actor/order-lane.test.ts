import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { Lane } from './order-lane.js';

it('what is put in comes out in order, never two batches at a time, and what waits is one batch', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 8 }),
      async (scheduler, puts) => {
        const out: number[] = [];
        let running = 0;
        const lane = new Lane<number>(async (batch) => {
          running += 1;
          expect(running).toBe(1);
          await scheduler.schedule(Promise.resolve(), 'work');
          out.push(...batch);
          running -= 1;
        });
        let next = 0;
        const producers = puts.map((count) =>
          scheduler.schedule(Promise.resolve(), 'put').then(() => {
            for (let put = 0; put < count; put += 1) lane.put(next++);
          }),
        );
        await scheduler.waitAll();
        await Promise.all(producers);
        await scheduler.waitAll();
        while (out.length < next) await scheduler.waitIdle();
        expect(out).toEqual(Array.from({ length: next }, (_, index) => index));
      },
    ),
  );
});

it('orders that are put in together are one batch, those that come while it works are the next', async () => {
  const batches: (readonly string[])[] = [];
  let release = () => {};
  const lane = new Lane<string>((batch) => {
    batches.push(batch);
    return batches.length === 1 ? new Promise((resolve) => (release = resolve)) : Promise.resolve();
  });
  lane.put('a');
  lane.put('b');
  await Promise.resolve();
  lane.put('c');
  lane.put('d');
  expect(lane.waiting).toBe(2);
  release();
  await new Promise((resolve) => setImmediate(resolve));
  expect(batches).toEqual([
    ['a', 'b'],
    ['c', 'd'],
  ]);
});

it('a lane that gathers takes a lone order at once, and waits for more only when more came in while it worked', async () => {
  const batches: (readonly string[])[] = [];
  const gathered: (() => void)[] = [];
  const worked: (() => void)[] = [];
  const lane = new Lane<string>(
    (batch) => {
      batches.push(batch);
      return new Promise((resolve) => worked.push(resolve));
    },
    () => new Promise((resolve) => gathered.push(resolve)),
  );
  lane.put('alone');
  await Promise.resolve();
  expect(batches).toEqual([['alone']]);
  lane.put('b');
  worked[0]!();
  await vi.waitFor(() => expect(gathered).toHaveLength(1));
  lane.put('c');
  expect(batches).toHaveLength(1);
  gathered[0]!();
  await vi.waitFor(() => expect(batches[1]).toEqual(['b', 'c']));
  worked[1]!();
  await new Promise((resolve) => setImmediate(resolve));
  lane.put('alone again');
  await vi.waitFor(() => expect(batches[2]).toEqual(['alone again']));
  expect(gathered).toHaveLength(1);
});
