import { describe, expect, it, vi } from 'vitest';
import { guardTrial } from '../../packages/core/src/fixtures/guard.js';
import { counts, knocks, manyTries } from './counting.js';

const trial = guardTrial();
const status = (jail = 'door') => trial.guard.jailStatus(jail);
const other = (more = '') =>
  trial.door(more).replace('[door]', '[other]').replace(trial.logPath(), trial.logPath('other.log'));

describe('lines of an enemy', () => {
  it('E1 are judged by their form alone: nobody is counted whom the host did not write there', async () => {
    await trial.start(trial.door(manyTries));
    const real = trial.knock('192.0.2.1');
    const stamp = real.slice(0, 19);
    for (const text of [
      `${stamp} gate door[77]: name "knock from 203.0.113.9" refused`,
      `${stamp} gate door[77]: knock from 203.0.113.9 and more`,
      `${stamp} gate door[77]: knock from 203.0.113.9\u0000`,
      `${stamp} gate door[x]: knock from 203.0.113.9`,
      `knock from 203.0.113.9`,
      `\u001b[2K\u001b[1G${stamp} gate door[77]: knock from 203.0.113.9\u001b[0m`,
      `${'('.repeat(5000)} knock from 203.0.113.9`,
    ])
      trial.append(`${text}\n`);
    trial.append(Buffer.from([0xff, 0xfe, 0xc3, 0x28, 0x0a]));
    trial.append(real);
    await counts(trial, 1);
    expect(trial.logged.filter((line) => line.includes('203.0.113.9') && line.includes('Found'))).toEqual([]);
  });

  it('E2 that an expression takes too long for are refused and told; the jail and the others go on', async () => {
    trial.file(
      'filter.d/slow.conf',
      '[Definition]\nfailregex = ^ \\S+ door\\[\\d+\\]: (?P<x>(?:a|aa)+)(?P=x)+b from <HOST>$\n',
    );
    await trial.start(`${trial.door(manyTries)}\n${other(manyTries).replace('filter = door', 'filter = slow')}`);
    const stamp = trial.knock('192.0.2.1').slice(0, 19);
    trial.append(`${stamp} gate door[77]: ${'a'.repeat(3000)}c b from 192.0.2.7\n`, 'other.log');
    trial.append(`${stamp} gate door[77]: aab from 192.0.2.8\n`, 'other.log');
    trial.append(knocks(trial, 2));
    await counts(trial, 1, 'other');
    await counts(trial, 2);
    await trial.says(/other\.log: 1 line\(s\) not judged/);
  });

  it('E3 of 100,000 addresses take a bounded place in the book, and the next ones are judged', async () => {
    await trial.start(trial.door());
    for (let i = 0; i < 10; i++) {
      trial.append(knocks(trial, 10_000));
      await trial.guard.settled();
    }
    await counts(trial, 100_000);
    trial.append(trial.knock('192.0.2.1').repeat(3));
    await vi.waitFor(() => expect(trial.banned()).toEqual(['192.0.2.1']));
    // Behind findtime nothing of them is kept.
    trial.moveClock(11 * 60_000);
    await trial.guard.settled();
    expect(status()?.currentlyFailed).toBe(0);
  }, 120_000);
});

describe('failures', () => {
  it('E4 in several logs of a jail count together, each log in its order', async () => {
    const both = trial.door().replace(trial.logPath(), `${trial.logPath()}\n ${trial.logPath('other.log')}`);
    await trial.start(both);
    for (let i = 0; i < 200; i++) trial.append(trial.knock(`10.1.0.${i}`), i % 2 === 0 ? 'door.log' : 'other.log');
    trial.append(trial.knock('192.0.2.1').repeat(2));
    trial.append(trial.knock('192.0.2.1'), 'other.log');
    await vi.waitFor(() => expect(trial.banned()).toEqual(['192.0.2.1']));
    await counts(trial, 203);
    const found = trial.logged.flatMap((line) => /Found 10\.1\.0\.(\d+) /.exec(line)?.[1] ?? []).map(Number);
    for (const rest of [0, 1]) {
      const ofLog = found.filter((number) => number % 2 === rest);
      expect(ofLog).toEqual(ofLog.toSorted((a, b) => a - b));
    }
  });

  it('E5 during a reload in the middle of a burst count once', async () => {
    await trial.start(trial.door(manyTries));
    for (let i = 0; i < 50; i++) {
      trial.append(knocks(trial, 20));
      if (i % 10 === 5) await trial.guard.changeJail(trial.settingsOf(trial.door(`maxretry = ${100_000 + i}`)));
    }
    await counts(trial, 1000);
  });

  it('E6 at exactly maxretry ban; one fewer does not; one that findtime has passed over does not count', async () => {
    const now = trial.now();
    const at = (address: string, ...secondsAgo: number[]) =>
      secondsAgo.map((ago) => [ago, trial.knock(address, now - ago * 1000)] as const);
    const lines = [
      ...at('192.0.2.1', 590, 300, 1),
      ...at('192.0.2.2', 300, 1),
      ...at('192.0.2.3', 700, 300, 1),
    ].toSorted(([a], [b]) => b - a);
    trial.append(lines.map(([, text]) => text).join(''));
    await trial.start(trial.door());
    await counts(trial, 7);
    expect(trial.banned()).toEqual(['192.0.2.1']);
  });

  it('E7 in the moment of an unban lead to a new ban, and the firewall ends up with it', async () => {
    await trial.start(trial.door());
    for (let round = 0; round < 5; round++) {
      trial.append(trial.knock('192.0.2.1').repeat(3));
      await vi.waitFor(() => expect(trial.banned()).toEqual(['192.0.2.1']), { timeout: 10_000 });
      trial.moveClock(round % 2 === 0 ? 10 * 60_000 + 1000 : 0);
      if (round % 2 === 1) trial.guard.byHand.unban('door', '192.0.2.1');
      await vi.waitFor(() => expect(trial.banned()).toEqual([]), { timeout: 10_000 });
    }
    trial.append(trial.knock('192.0.2.1').repeat(3));
    await vi.waitFor(() => expect(trial.banned()).toEqual(['192.0.2.1']), { timeout: 10_000 });
    await trial.guard.settled();
    const orders = trial.printed.filter((line) => line.includes('192.0.2.1') && !line.startsWith('#'));
    expect(orders.length).toBeGreaterThanOrEqual(11);
  });

  it.each([
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['2001:DB8:0:0::1', '2001:db8::1'],
    ['192.0.2.001', undefined],
    ['0xc0.0.2.1', undefined],
    ['3221225985', undefined],
    ['192.0.2', undefined],
    ['fe80::1%eth0', undefined],
  ])('E8 of %s are those of %s', async (written, who) => {
    await trial.start(trial.door());
    trial.append(trial.knock(written).repeat(3));
    trial.append(trial.knock('192.0.2.77').repeat(3));
    await vi.waitFor(() => expect(trial.banned()).toContain('192.0.2.77'), { timeout: 10_000 });
    // Whatever was asked of a name server has been answered.
    await trial.guard.settled();
    expect(trial.banned()).toEqual(who === undefined ? ['192.0.2.77'] : [who, '192.0.2.77']);
  });
});
