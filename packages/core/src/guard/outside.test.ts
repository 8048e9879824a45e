import { openFirewall } from '@f2b/firewall';
import { expect, it, vi } from 'vitest';
import { guardTrial } from '../fixtures/guard.js';
import { openMemoryStore } from '../keeping/memory.js';
import type { Step, Store } from '../keeping/store.js';

const trial = guardTrial();
const { append, banned, door, knock, says, start } = trial;

/** A name server that never answers. */
const silent = () => new Promise<never>(() => {});

it('starts, guards and bans while the names in ignoreip have no answer', async () => {
  append('');
  const names = Array.from({ length: 12 }, (_, i) => `admin${i}.example`).join(' ');
  await start(door(`ignoreip = ${names}\n`), { edges: { resolve: silent } });
  append(knock('203.0.113.1').repeat(3));
  // Failures wait a little for the first answers, and then no longer.
  await vi.waitFor(() => expect(trial.guard.figures().queues.questions).toBeGreaterThan(0), { timeout: 10_000 });
  trial.moveClock(2001);
  await says(/NOTICE \[door\] Ban 203\.0\.113\.1$/);
  append(knock('203.0.113.2').repeat(3));
  await says(/NOTICE \[door\] Ban 203\.0\.113\.2$/);
});

it('does not count who a name in ignoreip leads to, though the answer comes behind the first failures', async () => {
  let answer: (addresses: readonly string[]) => void = () => {};
  const resolve = () => new Promise<readonly string[]>((done) => (answer = done));
  append(knock('203.0.113.1').repeat(3) + knock('203.0.113.2').repeat(3));
  await start(door('ignoreip = admin.example\n'), { edges: { resolve } });
  await vi.waitFor(() => expect(trial.guard.figures().queues.questions).toBe(6), { timeout: 10_000 });
  expect(trial.guard.jailStatus('door')?.totalFailed).toBe(0);
  answer(['203.0.113.1']);
  await says(/NOTICE \[door\] Ban 203\.0\.113\.2$/);
  await says(/Ignore 203\.0\.113\.1 by dns$/);
  expect(banned()).toEqual(['203.0.113.2']);
});

it('stops though a look-up never ends, says so, and has the lines behind it read again', async () => {
  const store = openMemoryStore();
  append('');
  await start(door('usedns = yes\n'), { store, edges: { resolve: silent } });
  append(knock('attacker.example').repeat(3));
  await vi.waitFor(() => expect(trial.guard.figures().queues.questions).toBe(3), { timeout: 10_000 });
  const stopped = trial.stop();
  await vi.waitFor(
    () => {
      trial.moveClock(2001);
      expect(trial.logged.join('\n')).toMatch(/3 look-ups of names or ignorecommands are unanswered/);
    },
    { timeout: 10_000 },
  );
  await stopped;
  await start(door('usedns = yes\n'), { store, edges: { resolve: async () => ['203.0.113.21'] } });
  await says(/NOTICE \[door\] Ban 203\.0\.113\.21$/);
  await trial.guard.settled();
  expect(trial.guard.jailStatus('door')?.totalFailed).toBe(3);
});

it('bans on while the store fails, says so once, and writes everything when it can', async () => {
  const memory = openMemoryStore();
  const kept: Step[] = [];
  let broken = true;
  const store: Store = {
    ...memory,
    commit(step) {
      if (broken) throw new Error('database is locked');
      kept.push(step);
      memory.commit(step);
    },
  };
  append('');
  await start(door(), { store });
  append(knock('203.0.113.1').repeat(3));
  await says(/NOTICE \[door\] Ban 203\.0\.113\.1$/);
  await says(/ERROR .*cannot be written: database is locked\. Enforcement goes on/);
  await vi.waitFor(() => expect(trial.printed.join('\n')).toContain('203.0.113.1'), { timeout: 10_000 });
  append(knock('203.0.113.2').repeat(3));
  await says(/NOTICE \[door\] Ban 203\.0\.113\.2$/);
  expect(trial.guard.figures().queues.store).toBeGreaterThanOrEqual(8);
  trial.moveClock(1001);
  broken = false;
  trial.moveClock(2001);
  await says(/What waited to be remembered has been written/);
  expect(kept.flatMap(({ failures }) => failures)).toHaveLength(6);
  expect(memory.bans('door').map(({ who }) => who.id)).toEqual(['203.0.113.1', '203.0.113.2']);
  expect(trial.logged.filter((line) => line.includes('database is locked'))).toHaveLength(1);
  expect(trial.guard.figures().queues.store).toBe(0);
});

it('knows its jails while they are being started', async () => {
  append('');
  const starting = start(door());
  expect(trial.guard.jailNames()).toEqual(['door']);
  expect(trial.guard.jailStatus('door')).toMatchObject({ state: 'starting', banned: [] });
  await starting;
  expect(trial.guard.jailStatus('door')?.state).toBe('running');
});

it('shows which bans an action has refused, until it takes them', async () => {
  append('');
  let refuses = true;
  await start(door(), {
    openFirewall: (options) => {
      const firewall = openFirewall(options);
      return {
        ...firewall,
        start: () => firewall.start(),
        startJail: (jail) => firewall.startJail(jail),
        check: () => firewall.check(),
        stop: () => firewall.stop(),
        load: () => ({ orders: 2, programs: { running: 1, waiting: 3 } }),
        submit: async (order) => {
          const outcomes = await firewall.submit(order);
          return refuses
            ? outcomes.map((outcome) => ({ ...outcome, ok: false, why: 'no rule could be set' }))
            : outcomes;
        },
      };
    },
  });
  append(knock('203.0.113.1').repeat(3));
  await vi.waitFor(() => expect(trial.guard.jailStatus('door')?.unenforced).toEqual(['203.0.113.1']), {
    timeout: 10_000,
  });
  const unmet = { jail: 'door', id: '203.0.113.1', actions: ['offendingips'] };
  expect(trial.guard.figures()).toMatchObject({
    unmet: [unmet],
    queues: { enforcement: 1, orders: 2, programs: 3 },
  });
  refuses = false;
  trial.moveClock(1001);
  await vi.waitFor(() => expect(trial.guard.jailStatus('door')?.unenforced).toEqual([]), { timeout: 10_000 });
  expect(trial.guard.figures().queues.enforcement).toBe(0);
});
