import { expect, it } from 'vitest';
import { LoopDelay } from './loop-delay.js';

/** A clock that is set by hand; what is due is done when it is told to. */
function handClock() {
  let elapsed = 0;
  let waiting: { readonly due: number; readonly then: () => void }[] = [];
  return {
    clock: {
      elapsed: () => elapsed,
      after(delay: number, then: () => void) {
        const entry = { due: elapsed + delay, then };
        waiting.push(entry);
        return () => {
          waiting = waiting.filter((one) => one !== entry);
        };
      },
    },
    get waiting() {
      return waiting.length;
    },
    pass(time: number) {
      elapsed += time;
      const due = waiting.filter((one) => one.due <= elapsed);
      waiting = waiting.filter((one) => one.due > elapsed);
      for (const { then } of due) then();
    },
  };
}

it('tells the longest that a timer had to wait while there was work', () => {
  const hand = handClock();
  const delay = new LoopDelay(hand.clock);
  delay.work();
  hand.pass(20);
  delay.work();
  hand.pass(55);
  hand.pass(20);
  expect(delay.longest).toBe(35);
});

it('sets no timer while there is nothing to do', () => {
  const hand = handClock();
  const delay = new LoopDelay(hand.clock);
  expect(hand.waiting).toBe(0);
  delay.work();
  for (let i = 0; i < 10; i++) hand.pass(20);
  expect(hand.waiting).toBe(0);
  delay.work();
  expect(hand.waiting).toBe(1);
  delay.stop();
  expect(hand.waiting).toBe(0);
});
