import { expect, it } from 'vitest';
import { guardTrial } from '../fixtures/guard.js';
import { openMemoryStore } from '../keeping/memory.js';

const trial = guardTrial();
const knocks = (address: string) => trial.append(trial.knock(address).repeat(3));
const simulated = () => trial.door('simulate = true');

it('finds and counts, says whom it would ban, and bans nobody', async () => {
  const store = openMemoryStore();
  const guard = await trial.start(simulated(), { store });
  const told: boolean[] = [];
  guard.events.on('ban', (event) => told.push(event.simulated));
  knocks('203.0.113.5');
  await trial.says(/fail2ban.actions NOTICE \[door\] Simulated: would ban 203.0.113.5/);
  await guard.settled();
  expect(guard.jailStatus('door')).toMatchObject({
    simulated: true,
    totalFailed: 3,
    currentlyBanned: 1,
    banned: ['203.0.113.5'],
  });
  expect(told).toEqual([true]);
  expect(trial.printed.join('\n')).not.toContain('203.0.113.5');
  expect(trial.logged.join('\n')).not.toMatch(/\] Ban /);
  expect(store.bans('door')).toEqual([]);
  expect(store.failuresSince('door', 0)).toEqual([]);
});

it('says when a simulated ban would have ended', async () => {
  await trial.start(simulated());
  knocks('203.0.113.5');
  await trial.says(/would ban 203/);
  trial.moveClock(11 * 60_000);
  await trial.says(/Simulated: would unban 203.0.113.5/);
  expect(trial.banned()).toEqual([]);
});

it('does not ban for real whom it banned in the simulation', async () => {
  const grows = 'bantime.increment = true';
  const guard = await trial.start(trial.door(`simulate = true\n${grows}`));
  knocks('203.0.113.5');
  await trial.says(/would ban 203/);
  expect(guard.story('203.0.113.5').jails[0]?.outlook).toMatchObject({ bancount: 1, nextBantime: 1200 });
  await guard.changeJail(trial.settingsOf(trial.door(grows)));
  expect(trial.banned()).toEqual([]);
  // Nor longer, later on.
  expect(guard.story('203.0.113.5').jails[0]?.outlook).toMatchObject({ bancount: 0, nextBantime: 600 });
  knocks('203.0.113.6');
  await trial.says(/\[door\] Ban 203.0.113.6/);
  await guard.settled();
  expect(trial.printed.join('\n')).toContain('203.0.113.6');
  expect(trial.printed.join('\n')).not.toContain('203.0.113.5');
});

it('takes back what was enforced when a simulation begins', async () => {
  const guard = await trial.start(trial.door());
  knocks('203.0.113.5');
  await trial.says(/\[door\] Ban 203/);
  await guard.settled();
  const before = trial.printed.length;
  await guard.changeJail(trial.settingsOf(simulated()));
  await guard.settled();
  expect(trial.printed.slice(before).join('\n')).toMatch(/203\.0\.113\.5|-F|-X|destroy/);
  expect(guard.jailStatus('door')).toMatchObject({ simulated: true, unenforced: [] });
});
