import { readSettings } from '@f2b/config';
import { expect, it, vi } from 'vitest';
import { guardTrial } from '../fixtures/guard.js';
import { openMemoryStore } from '../keeping/memory.js';

const trial = guardTrial();
const { append, banned, door, file, knock, says, start } = trial;

/** A jail like `door` under another name, with the same log. */
const jail = (name: string) => door().replace('[door]', `[${name}]`);

const status = (name: string) => trial.guard.jailStatus(name);

/** The jails of a configuration that somebody has written just now. */
function written(jails: string) {
  file('jail.conf', jails);
  return readSettings({ directory: trial.directory, allowMissingLogs: true }).jails;
}

async function reload(jails: string) {
  const plan = await trial.guard.planReload({ jails: written(jails) });
  await trial.guard.reload(plan);
  return plan;
}

it('says what a reload would do, and does nothing of it', async () => {
  append('');
  await start(`${door()}\n${jail('goes')}\n${jail('stays')}`);
  await trial.guard.settled();
  const printed = trial.printed.length;
  const now = `${door().replace('maxretry = 3', 'maxretry = 4')}\n${jail('stays')}\n${jail('comes')}`;
  const plan = await trial.guard.planReload({ jails: written(now) });
  expect(plan).toMatchObject({ removed: ['goes'], unchanged: ['stays'], broken: [] });
  expect(plan.changed.map(({ name, parts }) => [name, parts])).toEqual([['door', ['limits']]]);
  expect(plan.added.map(({ settings }) => settings.name)).toEqual(['comes']);
  expect(trial.guard.jailNames()).toEqual(['door', 'goes', 'stays']);
  append(knock('203.0.113.1').repeat(3));
  await says(/NOTICE \[door\] Ban 203\.0\.113\.1$/);
  expect(trial.printed.slice(printed).join('\n')).not.toMatch(/-[NX] OFFENDINGIPS/);
});

it('says where a jail is broken: its expression, its action, two actions that fight', async () => {
  append('');
  file('filter.d/broken.conf', '[Definition]\nfailregex = ^( from <HOST>$\n');
  await start(door());
  const plan = await trial.guard.planReload({
    jails: written(
      [
        door().replace('filter = door', 'filter = broken'),
        jail('wrong').replace('offendingips', 'offendingips[seconds=soon]'),
        jail('first').replace('offendingips', 'offendingips[table=A]'),
        jail('second').replace('offendingips', 'offendingips[table=A, blocktype=REJECT]'),
      ].join('\n'),
    ),
  });
  expect(plan.broken.map(({ name, why, asBefore }) => [name, why, asBefore])).toEqual([
    ['door', expect.stringMatching(/broken\.conf:2:/), false],
    ['wrong', expect.stringContaining('seconds'), false],
    ['second', expect.stringContaining('first'), false],
  ]);
});

it('knows a jail that was broken before, and adds it once it is mended', async () => {
  append(knock('203.0.113.1'));
  file('filter.d/broken.conf', '[Definition]\nfailregex = ^( from <HOST>$\n');
  const broken = jail('late').replace('filter = door', 'filter = broken');
  await start(`${door()}\n${broken}`);
  const plan = await reload(`${door()}\n${broken}`);
  expect(plan).toMatchObject({ broken: [{ name: 'late', asBefore: true }], unchanged: ['door'] });
  expect(status('late')?.state).toBe('failed');
  expect(await reload(`${door()}\n${jail('late')}`)).toMatchObject({ broken: [], removed: [] });
  await vi.waitFor(() => expect(status('late')).toMatchObject({ state: 'running', totalFailed: 1 }), 10_000);
});

it('renames a jail: the old one lifts its bans, the new one begins with its own, and the chain stays', async () => {
  append('');
  const store = openMemoryStore();
  await start(`${door()}\n${jail('old')}`, { store });
  append(knock('203.0.113.1').repeat(3));
  await says(/NOTICE \[old\] Ban 203\.0\.113\.1$/);
  await trial.guard.settled();
  const before = trial.printed.length;
  await reload(`${door()}\n${jail('new')}`);
  await trial.guard.settled();
  expect(trial.guard.jailNames()).toEqual(['door', 'new']);
  // The lines within findtime count for the new jail as for any that is started.
  await says(/NOTICE \[new\] Ban 203\.0\.113\.1$/);
  expect(trial.printed.slice(before).join('\n')).not.toMatch(/-[NX] OFFENDINGIPS|-D INPUT/);
  await reload(`${door()}\n${jail('old')}`);
  await says(/NOTICE \[old\] Restore Ban 203\.0\.113\.1$/);
});

it('changes the parameters of an action that all jails share, and the bans hold under the new ones', async () => {
  append('');
  await start(`${door()}\n${jail('gate')}`);
  append(knock('203.0.113.1').repeat(3));
  await says(/NOTICE \[door\] Ban 203\.0\.113\.1$/);
  await trial.guard.settled();
  const before = trial.printed.length;
  await reload(`${door()}\n${jail('gate')}`.replaceAll('offendingips', 'offendingips[blocktype=REJECT]'));
  await trial.guard.settled();
  expect(trial.printed.slice(before).join('\n')).toMatch(/203\.0\.113\.1.* REJECT/);
  expect(trial.logged.filter((line) => line.includes('ERROR'))).toEqual([]);
  expect([banned(), banned('gate')]).toEqual([['203.0.113.1'], ['203.0.113.1']]);
});

it('reloads one jail alone', async () => {
  append('');
  await start(`${door()}\n${jail('gate')}`);
  const jails = written(`${door()}\n${jail('gate')}\n${jail('new')}`.replaceAll('maxretry = 3', 'maxretry = 5'));
  const plan = await trial.guard.planReload({ jails, only: 'gate' });
  expect(plan).toMatchObject({ added: [], changed: [{ name: 'gate' }], removed: [], unchanged: [] });
  expect(await trial.guard.planReload({ jails: jails.slice(0, 1), only: 'gate' })).toMatchObject({ removed: ['gate'] });
});

it('starts nothing any more where the guard ends meanwhile', async () => {
  append('');
  await start(`${door()}\n${jail('gate')}`);
  const plan = await trial.guard.planReload({ jails: written(jail('new')) });
  const reloaded = trial.guard.reload(plan);
  await trial.guard.stop();
  await reloaded;
  expect(trial.logged.filter((line) => line.includes("Jail 'new'"))).toEqual([]);
});
