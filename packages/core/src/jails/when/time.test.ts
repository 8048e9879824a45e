import type { VoiceMessage } from '@f2b/config';
import { describe, expect, it } from 'vitest';
import { LineTime } from './time.js';

const now = 1_714_557_600_000;

function read(offset: number | 'none' | 'empty', inOperation: boolean, lineTime = new LineTime('j')) {
  const warnings: VoiceMessage[] = [];
  const dated = typeof offset === 'number';
  const timed = lineTime.of(
    {
      time: dated ? now + offset * 1000 : Number.NaN,
      date: dated ? 'own' : offset,
      tuple: dated ? ['', `T${offset}`, ' text'] : ['', '', 'text'],
    },
    { now, inOperation },
    600,
    (warning) => warnings.push(warning),
  );
  return { offset: timed === undefined ? 'dropped' : (timed.time - now) / 1000, tuple: timed?.tuple, warnings };
}

describe('in operation, a date more than a minute off is the present', () => {
  it.each([
    [-59, -59, 0],
    [-60, -60, 0],
    [-61, 0, 1],
    [59, 0, 0],
    [3600, 0, 1],
    [-601, 0, 1],
  ])('%d seconds off is taken for %d', (offset, taken, warnings) => {
    const result = read(offset, true);
    expect([result.offset, result.warnings.length]).toEqual([taken, warnings]);
  });

  it('the warning names latency up to nearly an hour, and the time zone beyond or ahead', () => {
    expect(read(-61, true).warnings[0]?.message).toContain('1m 1s before the current time');
    expect(read(-61, true).warnings[0]?.message).toContain('latency problem');
    expect(read(-3300, true).warnings[0]?.message).toContain('timezone problem');
    expect(read(61, true).warnings[0]?.message).toContain('timezone problem');
  });

  it('one warning a day is enough', () => {
    const lineTime = new LineTime('j');
    expect(read(-100, true, lineTime).warnings).toHaveLength(1);
    expect(read(-100, true, lineTime).warnings).toHaveLength(0);
  });
});

describe('while old content is read', () => {
  it.each([
    [-61, -61],
    [-600, -600],
    [-601, 'dropped'],
    ['none', 'dropped'],
    ['empty', 0],
  ] as const)('%s is taken for %s', (offset, taken) => {
    expect(read(offset, false).offset).toBe(taken);
  });

  it('a date in the future counts from now', () => {
    expect(read(30, false).offset).toBe(0);
  });
});

describe('a line without a date', () => {
  it('has the last date of the jail, if that is younger than a minute, and its text in front', () => {
    const lineTime = new LineTime('j');
    read(-30, true, lineTime);
    const result = read('none', true, lineTime);
    expect(result.offset).toBe(-30);
    expect(result.tuple).toEqual(['', 'T-30', 'text']);
  });

  it('is of now in operation', () => {
    expect(read('none', true).offset).toBe(0);
  });
});
