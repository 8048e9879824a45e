import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Frames } from './frames.js';

const end = Buffer.from('<END>');

describe('frames', () => {
  it('are the same however the bytes arrive', () => {
    const text = fc.array(fc.constantFrom('<', 'E', 'N', 'D', '>', 'x', '<END>'), { maxLength: 40 });
    fc.assert(
      fc.property(text, fc.array(fc.nat({ max: 7 }), { maxLength: 60 }), (parts, sizes) => {
        const whole = parts.join('');
        const frames = new Frames();
        const seen: string[] = [];
        const take = () => {
          for (let frame = frames.next(end); frame !== undefined; frame = frames.next(end)) seen.push(frame.toString());
        };
        let at = 0;
        for (const size of [...sizes, whole.length]) {
          frames.push(Buffer.from(whole.slice(at, at + size)));
          at += size;
          take();
        }
        const expected = whole.split('<END>');
        expect(seen).toEqual(expected.slice(0, -1));
        expect(frames.length).toBe(expected.at(-1)!.length);
      }),
    );
  });
});
