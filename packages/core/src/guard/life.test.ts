import { renameSync } from 'node:fs';
import { openPool } from '@f2b/matcher';
import { expect, it, vi } from 'vitest';
import { guardTrial } from '../fixtures/guard.js';
import { openMemoryStore } from '../keeping/memory.js';

const trial = guardTrial();
const { append, banned, door, file, knock, logPath, now, says, start } = trial;

it('a restart goes on where the last process stopped: every line counts once, with what was counted before', async () => {
  const store = openMemoryStore();
  append(knock('203.0.113.1').repeat(3) + knock('203.0.113.2').repeat(2));
  await start(door(), { store });
  await trial.guard.settled();
  const end = now() + 600_000;
  await trial.stop();
  append(knock('203.0.113.2') + knock('203.0.113.3').repeat(2));
  renameSync(logPath(), logPath('door.log.1'));
  append(knock('203.0.113.3'));
  await start(door(), { store });
  await trial.guard.settled();
  await says(/NOTICE \[door\] Restore Ban 203\.0\.113\.1$/);
  await says(/NOTICE \[door\] Ban 203\.0\.113\.3$/);
  // Two failures before the stop, and one after it.
  await says(/NOTICE \[door\] Ban 203\.0\.113\.2$/);
  expect(trial.guard.jailStatus('door')).toMatchObject({ totalFailed: 4, currentlyFailed: 0, currentlyBanned: 3 });
  trial.moveClock(end - now() + 5000);
  await says(/NOTICE \[door\] Unban 203\.0\.113\.1$/);
});

it('a pattern gains a hundred files while the jail runs, and all are read', async () => {
  append(knock('203.0.113.100'), 'a-start.log');
  await start(door().replace('door.log', 'a-*.log'));
  await trial.guard.settled();
  for (let i = 0; i < 100; i++) append(knock(`203.0.113.${i}`).repeat(3), `a-${i}.log`);
  trial.moveClock(20_000);
  await vi.waitFor(() => expect(banned()).toHaveLength(100), { timeout: 20_000, interval: 20 });
  expect(trial.guard.jailStatus('door')?.files).toHaveLength(101);
});

it.each([3_600_000, -3_600_000])('a clock that jumps by %d ms loses no failure and no unban', async (jump) => {
  append('');
  await start(door().replace('bantime = 10m', 'bantime = 30s'));
  await trial.guard.settled();
  append(knock('203.0.113.1').repeat(2));
  await vi.waitFor(() => expect(trial.guard.jailStatus('door')?.totalFailed).toBe(2), { timeout: 10_000 });
  trial.moveClock(jump);
  append(knock('203.0.113.2').repeat(3));
  await says(/ Ban 203\.0\.113\.2$/);
  trial.moveClock(31_000);
  await vi.waitFor(() => expect(banned()).toEqual([]), { timeout: 20_000, interval: 20 });
});

it('a log in another time zone counts as now, and says so once', async () => {
  append('');
  await start(door());
  await trial.guard.settled();
  append(knock('203.0.113.1', now() - 7_200_000).repeat(3));
  await says(/ Ban 203\.0\.113\.1$/);
  expect(trial.logged.filter((line) => /timezone problem/.test(line))).toHaveLength(1);
});

it('hostile lines of every kind harm nobody but their sender', async () => {
  append('');
  await start(door());
  await trial.guard.settled();
  const hostile = [
    '\0'.repeat(100),
    '\u001b[2J',
    '\u2028',
    '\ud800',
    '%s%n',
    '$(reboot)',
    '[]()*+?',
    'x'.repeat(70_000),
    '\r',
  ];
  for (const text of hostile) append(`${knock('203.0.113.9').trimEnd()} ${text}\n${text}\n`);
  append(`${knock('::ffff:203.0.113.7')}${knock('203.0.113.7').repeat(2)}`);
  append(knock('203.0.113.400').repeat(5) + knock('fe80::1%eth0').repeat(5));
  await says(/ Ban 203\.0\.113\.7$/);
  expect(banned()).toEqual(['203.0.113.7']);
});

it('a flood of overlong lines is told, not shouted', async () => {
  append('');
  await start(door());
  await trial.guard.settled();
  for (let i = 0; i < 20; i++) {
    append(`${'x'.repeat(70_000)}\n`);
    await trial.guard.settled();
  }
  append(knock('203.0.113.9').repeat(3));
  await says(/ Ban 203\.0\.113\.9$/);
  expect(trial.logged.filter((line) => /skipped whole/.test(line))).toHaveLength(1);
  expect(trial.guard.health()).toMatchObject({ linesRead: 23, linesSkipped: 20, linesRefused: 0, blocksRedone: 0 });
});

it('two jails ban and unban one address each for itself', async () => {
  append('');
  file('filter.d/gate.conf', '[Definition]\nfailregex = ^ gate door\\[\\d+\\]: knock from <HOST>$\n');
  const gate = door()
    .replace('[door]', '[gate]')
    .replace('filter = door', 'filter = gate')
    .replace('bantime = 10m', 'bantime = 30s');
  await start(`${door()}\n${gate}`);
  append(knock('203.0.113.9').repeat(3));
  await says(/\[gate\] Ban 203\.0\.113\.9$/);
  await says(/\[door\] Ban 203\.0\.113\.9$/);
  trial.moveClock(31_000);
  await says(/\[gate\] Unban 203\.0\.113\.9$/);
  expect([banned('door'), banned('gate')]).toEqual([['203.0.113.9'], []]);
});

it('a worker that dies in the middle of a burst costs no line, and none counts twice', async () => {
  const pool = openPool({ workers: 1 });
  append('');
  await start(door('maxretry = 1000000\n').replace('maxretry = 3\n', ''), { pool });
  // After this the worker is there, and done with whatever it had to do first.
  append(knock('203.0.113.9').repeat(10_000));
  await trial.guard.settled();
  let knocks = 10_000;
  // A worker that ended between two blocks has had none to lose: then once more.
  for (let burst = 0; burst < 20 && trial.guard.health().blocksRedone === 0; burst++) {
    append(knock('203.0.113.9').repeat(60_000));
    knocks += 60_000;
    let over = false;
    const settled = trial.guard.settled().then(() => {
      over = true;
    });
    while (pool.load === 0 && !over) await new Promise((resolve) => setImmediate(resolve));
    await pool.workerThreads[0]?.terminate();
    await settled;
  }
  expect(trial.guard.jailStatus('door')?.totalFailed).toBe(knocks);
  expect(trial.guard.health().blocksRedone).toBeGreaterThan(0);
  await trial.stop();
  await pool.close();
});
