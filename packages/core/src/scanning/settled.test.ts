import { describe, expect, it } from 'vitest';
import type { Block, FilePlace } from '../sources/source.js';
import { SettledInOrder } from './settled.js';

function settling() {
  const told: string[] = [];
  let settledCount = 0;
  const order = new SettledInOrder(({ portion }, place) => {
    told.push(`${(portion as Block).start} to ${(place as FilePlace).offset}`);
  });
  const begin = (start: number) => {
    const settled = () => ({ kind: 'file', offset: 100 * ++settledCount }) as FilePlace;
    return order.begin({ kind: 'bytes', start, settled } as Block);
  };
  return { told, begin };
}

describe('a portion is settled', () => {
  it('when it has been judged and every question that arose from it is answered', () => {
    const { told, begin } = settling();
    const portion = begin(1);
    const first = portion.hold();
    portion.judged();
    const second = portion.hold();
    first();
    // Said twice, it counts once.
    first();
    expect(told).toEqual([]);
    second();
    expect(told).toEqual(['1 to 100']);
  });

  it('only after all before it: questions are answered in any order', () => {
    const { told, begin } = settling();
    const [one, two, three] = [begin(1), begin(2), begin(3)];
    const answer = one.hold();
    for (const portion of [three, one, two]) portion.judged();
    expect(told).toEqual([]);
    answer();
    expect(told).toEqual(['1 to 100', '2 to 200', '3 to 300']);
  });
});
