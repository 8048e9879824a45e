import { writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { guardTrial } from '../../packages/core/src/fixtures/guard.js';
import { counts, knocks, manyTries } from './counting.js';

const trial = guardTrial();
const hour = 3_600_000;
const warnings = () => trial.logged.filter((line) => line.includes(' WARNING '));

let zone: string | undefined;
beforeEach(() => {
  zone = process.env.TZ;
});
afterEach(() => {
  if (zone === undefined) delete process.env.TZ;
  else process.env.TZ = zone;
});

/** Sets the guard's clock to a moment. */
const setClock = (to: number) => trial.moveClock(to - trial.now());

describe('T22 the clock', () => {
  it.each([
    ['forward', hour],
    ['back', -hour],
  ])('jumps an hour %s: failures before and after it count, bans hold and end', async (_way, by) => {
    await trial.start(trial.door());
    trial.append(trial.knock('192.0.2.1').repeat(3));
    await vi.waitFor(() => expect(trial.banned()).toEqual(['192.0.2.1']));
    trial.moveClock(by);
    await trial.guard.settled();
    trial.append(trial.knock('192.0.2.2').repeat(3));
    await vi.waitFor(() => expect(trial.banned()).toContain('192.0.2.2'));
    expect(trial.guard.jailStatus('door')?.totalFailed).toBe(6);
    // Ten minutes later by whichever clock.
    trial.moveClock(Math.max(0, -by) + 11 * 60_000);
    await vi.waitFor(() => expect(trial.banned()).toEqual([]));
  });

  it.each([
    ['ends: two o’clock comes twice', Date.UTC(2026, 9, 25, 0, 59, 30)],
    ['begins: two o’clock does not come', Date.UTC(2026, 2, 29, 0, 59, 30)],
  ])('summer time %s, and every failure counts', async (_what, before) => {
    process.env.TZ = 'Europe/Berlin';
    setClock(before);
    await trial.start(trial.door(manyTries));
    for (let minute = 0; minute < 6; minute++) {
      trial.append(knocks(trial, 2));
      await counts(trial, 2 * minute + 2);
      trial.moveClock(20_000);
    }
  });

  it('passes New Year, with dates that have no year', async () => {
    process.env.TZ = 'UTC';
    setClock(Date.UTC(2026, 11, 31, 23, 59, 40));
    const line = (address: string) => {
      const text = new Date(trial.now()).toUTCString();
      const [, day, month, , time] = /^\w+, (\d+) (\w+) (\d+) (\S+)/.exec(text) ?? [];
      return `${month} ${String(Number(day)).padStart(2)} ${time} gate door[77]: knock from ${address}\n`;
    };
    trial.append('');
    await trial.start(trial.door(manyTries));
    for (let i = 1; i <= 4; i++) {
      trial.append(line(`192.0.2.${i}`));
      await counts(trial, i);
      trial.moveClock(10_000);
    }
    expect(warnings()).toEqual([]);
  });

  it('passes New Year while nothing runs: failures of the last minutes of the old year count', async () => {
    process.env.TZ = 'UTC';
    setClock(Date.UTC(2027, 0, 1, 0, 2, 0));
    const text = [1, 2].map((i) => `Dec 31 23:59:5${i} gate door[77]: knock from 192.0.2.${i}\n`).join('');
    writeFileSync(trial.logPath(), text);
    await trial.start(trial.door(manyTries));
    await counts(trial, 2);
  });
});

describe('T23 a log in another zone', () => {
  it('is explained once, with the line that mends it; its failures count meanwhile', async () => {
    process.env.TZ = 'UTC';
    await trial.start(trial.door(manyTries));
    await trial.guard.settled();
    for (let i = 1; i <= 8; i++) {
      trial.append(trial.knock(`192.0.2.${i}`, trial.now() + 5.5 * hour));
      await counts(trial, i);
    }
    const said = warnings().filter((line) => line.includes('logtimezone'));
    expect(said).toEqual([expect.stringMatching(/\[door\].*5h 30m ahead of.*logtimezone = UTC\+0530$/)]);
  });

  it('is read as it is meant once that line is there', async () => {
    process.env.TZ = 'UTC';
    trial.append('');
    await trial.start(trial.door(`${manyTries}logtimezone = UTC+0530\n`));
    await trial.guard.settled();
    for (let i = 1; i <= 4; i++) {
      trial.append(trial.knock(`192.0.2.${i}`, trial.now() + 5.5 * hour));
      await counts(trial, i);
    }
    expect(warnings()).toEqual([]);
  });
});
