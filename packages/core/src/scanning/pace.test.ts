import { expect, it } from 'vitest';
import { Pace } from './pace.js';

/** A clock whose time passes only by work, and a record of when the event loop ran. */
function trial() {
  let time = 0;
  const happened: string[] = [];
  const pace = new Pace({
    elapsed: () => time,
    pause: () =>
      new Promise((resolve) =>
        setImmediate(() => {
          happened.push('loop');
          resolve();
        }),
      ),
  });
  const work = async (name: string, pieces: number, pieceTime: number) => {
    await pace.turn();
    for (let piece = 0; piece < pieces; piece++) {
      if (pace.over) await pace.turn();
      happened.push(name);
      time += pieceTime;
    }
  };
  return { work, happened };
}

it('work is cut into turns by the time that it takes, not by its pieces', async () => {
  const { work, happened } = trial();
  await work('a', 5, 3);
  expect(happened).toEqual(['loop', 'a', 'a', 'loop', 'a', 'a', 'loop', 'a']);
  happened.length = 0;
  await work('b', 100, 0.01);
  expect(happened.filter((one) => one === 'loop')).toHaveLength(1);
});

it('two that have much to do take turns, and the event loop runs between any two turns', async () => {
  const { work, happened } = trial();
  await Promise.all([work('a', 3, 10), work('b', 3, 10)]);
  expect(happened).toEqual(['loop', 'a', 'loop', 'b', 'loop', 'a', 'loop', 'b', 'loop', 'a', 'loop', 'b']);
});
