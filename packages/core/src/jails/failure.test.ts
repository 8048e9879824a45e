import type { Groups, LineTuple } from '@f2b/matcher';
import { describe, expect, it } from 'vitest';
import { FailureMaker, type MatchedLine } from './failure.js';
import { guardRules, testRules } from './failure-rules.js';
import { LineTime } from './when/time.js';

const now = Date.parse('2026-11-23T10:00:00Z');
const reading = { now, inOperation: false };

function guardMaker(): FailureMaker {
  const time = new LineTime('door');
  return new FailureMaker(guardRules({ usedns: 'no', findtime: 600, time, warn: () => {} }));
}

function testMaker(keepsLines = true): FailureMaker<LineTuple> {
  return new FailureMaker(testRules({ usedns: 'no', keepsLines }));
}

function line(text: string, more: Partial<MatchedLine> = {}): MatchedLine {
  return { time: now - 1000, date: 'own', tuple: ['', '09:59:59', ` ${text}`], ...more };
}

function groups(values: Record<string, string>): Groups {
  return new Map(Object.entries(values));
}

describe('the one maker of failures', () => {
  it.each([
    ['the guard', guardMaker()],
    ['a test', testMaker()],
  ])('gives %s the same: who, when, of which lines', (_whose, maker) => {
    const first = maker.line(line('connect'), groups({ mlfid: '7', nofail: 'connect', ip4: '192.0.2.1' }), reading);
    expect(first.kind).toBe('nofail');
    const made = maker.line(line('failed'), groups({ mlfid: '7', user: 'root' }), reading);
    expect(made).toMatchObject({ kind: 'failure', time: now - 1000, who: { kind: 'known', who: { id: '192.0.2.1' } } });
    expect(made.groups.get('user')).toBe('root');
    expect(made.lines.map((one) => (typeof one === 'string' ? one : one.join('')))).toEqual([
      '09:59:59 connect',
      '09:59:59 failed',
    ]);
  });

  it('waits for the line of a session that names somebody', () => {
    const maker = guardMaker();
    expect(maker.line(line('failed'), groups({ mlfid: '7' }), reading).who).toEqual({ kind: 'nobody' });
    const made = maker.line(line('connect'), groups({ mlfid: '7', nofail: 'connect', ip4: '192.0.2.1' }), reading);
    expect(made).toMatchObject({ kind: 'failure', lines: ['09:59:59 failed', '09:59:59 connect'] });
  });

  it('keeps all lines of a match over several, within a session too', () => {
    const lines: LineTuple[] = [
      ['', 'a', ' one'],
      ['', 'b', ' two'],
    ];
    const made = guardMaker().line(line('two', { lines }), groups({ mlfid: '7', ip4: '192.0.2.1' }), reading);
    expect(made.lines).toEqual(['a one', 'b two']);
  });

  it('drops what is older than findtime for the guard, and never for a test', () => {
    const old = line('failed', { time: now - 3_600_000 });
    const address = groups({ ip4: '192.0.2.1' });
    expect(guardMaker().line(old, address, reading).kind).toBe('dropped');
    expect(testMaker().line(old, address, reading)).toMatchObject({ kind: 'failure', time: now - 3_600_000 });
  });

  it('puts the date of the line before in front of one without, as fail2ban-regex shows it', () => {
    const undated = line('', {
      time: Number.NaN,
      date: 'none',
      tuple: ['failed', '', ''],
      preceding: { time: now - 2000, text: '09:59:58' },
    });
    const made = testMaker().line(undated, groups({ ip4: '192.0.2.1' }), reading);
    expect(made).toMatchObject({ time: now - 2000, lines: [['', '09:59:58', 'failed']] });
    const older = { ...undated, preceding: { time: now - 61_000, text: '09:58:59' } };
    expect(testMaker().line(older, groups({ ip4: '192.0.2.1' }), reading).time).toBeNaN();
  });

  it('says of a further expression of the same line what it makes, without going on with the session', () => {
    const maker = testMaker();
    const found = groups({ mlfid: '7', ip4: '192.0.2.1' });
    expect(maker.look(line('failed'), found, reading)).toMatchObject({ kind: 'failure', lines: [] });
    expect(maker.sessions.size).toBe(0);
  });
});
