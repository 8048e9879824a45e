import { expect, it, onTestFinished, vi } from 'vitest';
import { guardTrial } from '../fixtures/guard.js';
import { openMemoryStore } from '../keeping/memory.js';

const trial = guardTrial();
const { append, banned, door, file, knock, logPath, now, says, settingsOf, start } = trial;

/** A jail like `door` under another name, with a log of its own unless `log` says another. */
function jail(name: string, more = '', log = `${name}.log`): string {
  return door(more).replace('[door]', `[${name}]`).replace('door.log', log);
}

const status = (name: string) => trial.guard.jailStatus(name);

/** What the dry run printed while `work` went on. */
async function printedDuring(work: () => Promise<unknown>): Promise<string> {
  const before = trial.printed.length;
  await work();
  await trial.guard.settled();
  return trial.printed.slice(before).join('\n');
}

it('changes one of three jails while lines flow, and the others lose neither lines nor failures nor bans', async () => {
  const names = ['one', 'two', 'three'];
  const many = 'maxretry = 1000000\n';
  const jails = (two: string) => {
    const all = [jail('one'), jail('two', two), jail('three')].map((text) => text.replace('maxretry = 3\n', many));
    // Each reads a log of its own and one that all three share.
    return all
      .map((text) => text.replace(/logpath = (.*)/, `logpath = $1\n          ${logPath('all.log')}`))
      .join('\n');
  };
  for (const name of [...names, 'all']) append('', `${name}.log`);
  file('filter.d/gate.conf', '[Definition]\nfailregex = ^ \\S+ door\\[\\d+\\]: (?:knock|bang) from <HOST>$\n');
  await start(jails(''));
  await trial.guard.settled();
  for (const name of names) trial.guard.byHand.ban(name, '203.0.113.99');
  await trial.guard.settled();
  let lines = 0;
  let flows = true;
  onTestFinished(() => {
    flows = false;
  });
  const flow = (async () => {
    while (flows) {
      for (const name of [...names, 'all']) append(knock(`203.0.113.${lines % 90}`), `${name}.log`);
      lines++;
      await new Promise((resolve) => setImmediate(resolve));
    }
  })();
  await vi.waitFor(() => expect(status('two')?.totalFailed).toBeGreaterThan(50), { timeout: 10_000 });
  const printed = await printedDuring(async () => {
    const changed = jails('ignoreip = 198.51.100.1\n').replace(/(\[two\][^[]*?)filter = door/, '$1filter = gate');
    await trial.guard.changeJail(settingsOf(changed, 'two'));
    const linesThen = lines;
    await vi.waitFor(() => expect(lines).toBeGreaterThan(linesThen + 50), { timeout: 10_000 });
    flows = false;
    await flow;
  });
  append(knock('203.0.113.1').replace('knock', 'bang'), 'two.log');
  await trial.guard.settled();
  expect(names.map((name) => status(name)?.totalFailed)).toEqual([2 * lines, 2 * lines + 1, 2 * lines]);
  expect(names.map((name) => banned(name))).toEqual(names.map(() => ['203.0.113.99']));
  // A filter that is another one moves no rule, of whatever jail.
  expect(printed).toBe('');
});

it('counts on with other rules: who has failed too often for them is banned by the next failure', async () => {
  append('');
  await start(door().replace('maxretry = 3', 'maxretry = 5'));
  append(knock('203.0.113.1').repeat(4));
  await vi.waitFor(() => expect(status('door')?.totalFailed).toBe(4), { timeout: 10_000 });
  await trial.guard.changeJail(settingsOf(door()));
  await trial.guard.settled();
  expect(banned()).toEqual([]);
  append(knock('203.0.113.1'));
  await says(/NOTICE \[door\] Ban 203\.0\.113\.1$/);
});

it('leaves bans their ends, and gives new ones the new bantime', async () => {
  append('');
  await start(door().replace('bantime = 10m', 'bantime = 60s'));
  append(knock('203.0.113.1').repeat(3));
  await says(/NOTICE \[door\] Ban 203\.0\.113\.1$/);
  await trial.guard.changeJail(settingsOf(door().replace('bantime = 10m', 'bantime = 20s')));
  append(knock('203.0.113.2').repeat(3));
  await says(/NOTICE \[door\] Ban 203\.0\.113\.2$/);
  trial.moveClock(25_000);
  await says(/NOTICE \[door\] Unban 203\.0\.113\.2$/);
  expect(banned()).toEqual(['203.0.113.1']);
});

it('exchanges the ignore list, and unbans nobody for it', async () => {
  append('');
  await start(door());
  append(knock('203.0.113.1').repeat(3) + knock('203.0.113.2').repeat(2));
  await says(/NOTICE \[door\] Ban 203\.0\.113\.1$/);
  await trial.guard.changeJail(settingsOf(door('ignoreip = 203.0.113.0/24\n')));
  append(knock('203.0.113.2') + knock('198.51.100.1').repeat(3));
  await says(/Ignore 203\.0\.113\.2 by ip$/);
  await says(/NOTICE \[door\] Ban 198\.51\.100\.1$/);
  expect(banned()).toEqual(['203.0.113.1', '198.51.100.1']);
});

it('gives a new action the bans in force, and touches the action that stays no more', async () => {
  file('action.d/note.conf', '[Definition]\nactionban = note add <ip>\nactionunban = note del <ip>\n');
  append('');
  await start(door());
  append(knock('203.0.113.1').repeat(3));
  await says(/NOTICE \[door\] Ban 203\.0\.113\.1$/);
  await trial.guard.settled();
  const more = door().replace('action = offendingips', 'action = offendingips\n         note');
  const printed = await printedDuring(() => trial.guard.changeJail(settingsOf(more)));
  expect(printed).toContain('note add 203.0.113.1');
  expect(printed).not.toContain('iptables');
});

it('goes on by the old settings where the new ones cannot be used', async () => {
  append('');
  await start(door());
  file('filter.d/broken.conf', '[Definition]\nfailregex = ^( from <HOST>$\n');
  const broken = settingsOf(door().replace('filter = door', 'filter = broken'));
  await expect(trial.guard.changeJail(broken)).rejects.toThrow('broken.conf');
  append(knock('203.0.113.1').repeat(3));
  await says(/NOTICE \[door\] Ban 203\.0\.113\.1$/);
  expect(status('door')?.state).toBe('running');
});

it('follows another log, and no longer the one before', async () => {
  append('', 'old.log');
  append('', 'new.log');
  await start(door().replace('door.log', 'old.log'));
  await trial.guard.settled();
  append(knock('203.0.113.1').repeat(2), 'old.log');
  await vi.waitFor(() => expect(status('door')?.totalFailed).toBe(2), { timeout: 10_000 });
  await trial.guard.changeJail(settingsOf(door().replace('door.log', 'new.log')));
  append(knock('203.0.113.2').repeat(3), 'old.log');
  append(knock('203.0.113.1'), 'new.log');
  await says(/NOTICE \[door\] Ban 203\.0\.113\.1$/);
  await trial.guard.settled();
  expect(status('door')).toMatchObject({ totalFailed: 3, files: [logPath('new.log')] });
});

it('removes a jail: its bans leave the firewall, those of the others stay, and its log is read for them alone', async () => {
  append('');
  await start(`${door()}\n${jail('gate', '', 'door.log')}`);
  append(knock('203.0.113.1').repeat(3));
  await says(/NOTICE \[door\] Ban 203\.0\.113\.1$/);
  await says(/NOTICE \[gate\] Ban 203\.0\.113\.1$/);
  await trial.guard.removeJail('gate');
  await says(/NOTICE \[gate\] Repeal Ban 203\.0\.113\.1$/);
  await says(/Jail 'gate' stopped$/);
  append(knock('203.0.113.2').repeat(3));
  await says(/NOTICE \[door\] Ban 203\.0\.113\.2$/);
  expect(trial.guard.jailNames()).toEqual(['door']);
  expect(status('gate')).toBeUndefined();
  expect(banned()).toEqual(['203.0.113.1', '203.0.113.2']);
  expect(trial.logged.filter((line) => /\[gate\] (?:Found|Ban) 203\.0\.113\.2/.test(line))).toEqual([]);
});

it('gives a jail that comes back its bans and failures, and the lines that came meanwhile', async () => {
  append('');
  const gate = jail('gate', '', 'door.log');
  await start(`${door()}\n${gate}`, { store: openMemoryStore() });
  append(knock('203.0.113.1').repeat(3) + knock('203.0.113.2').repeat(2));
  await vi.waitFor(() => expect(status('gate')?.totalFailed).toBe(5), { timeout: 10_000 });
  await trial.guard.settled();
  await trial.guard.removeJail('gate');
  append(knock('203.0.113.2') + knock('203.0.113.3').repeat(2));
  await vi.waitFor(() => expect(status('door')?.totalFailed).toBe(8), { timeout: 10_000 });
  await trial.guard.addJail(settingsOf(`${door()}\n${gate}`, 'gate'));
  await says(/NOTICE \[gate\] Restore Ban 203\.0\.113\.1$/);
  await says(/NOTICE \[gate\] Ban 203\.0\.113\.2$/);
  append(knock('203.0.113.3'));
  await says(/NOTICE \[gate\] Ban 203\.0\.113\.3$/);
  await trial.guard.settled();
  // Of its own it has counted three lines since it came back, two of them from before.
  expect(status('gate')?.totalFailed).toBe(4);
  expect(status('door')?.totalFailed).toBe(9);
});

it('adds a jail whose log others read already: what findtime covers counts, once and in order', async () => {
  append(knock('203.0.113.7', now() - 7_200_000).repeat(5) + knock('203.0.113.1', now() - 60_000).repeat(2));
  await start(door());
  await trial.guard.settled();
  expect(status('door')?.totalFailed).toBe(2);
  append(knock('203.0.113.2').repeat(2));
  await vi.waitFor(() => expect(status('door')?.totalFailed).toBe(4), { timeout: 10_000 });
  const late = jail('late', '', 'door.log')
    .replace('findtime = 10m', 'findtime = 3h')
    .replace('bantime = 10m', 'bantime = 4h');
  await trial.guard.addJail(settingsOf(`${door()}\n${late}`, 'late'));
  await says(/NOTICE \[late\] Ban 203\.0\.113\.7$/);
  append(knock('203.0.113.1') + knock('203.0.113.2'));
  await says(/NOTICE \[late\] Ban 203\.0\.113\.2$/);
  await trial.guard.settled();
  expect([status('door')?.totalFailed, status('late')?.totalFailed]).toEqual([6, 11]);
  expect(banned('late')).toEqual(['203.0.113.7', '203.0.113.1', '203.0.113.2']);
  expect(banned()).toEqual(['203.0.113.1', '203.0.113.2']);
});

it('tells of a jail that cannot be added, and lets the others be', async () => {
  append('');
  file('filter.d/broken.conf', '[Definition]\nfailregex = ^( from <HOST>$\n');
  await start(door());
  const broken = jail('broken').replace('filter = door', 'filter = broken');
  await trial.guard.addJail(settingsOf(`${door()}\n${broken}`, 'broken'));
  expect(status('broken')).toMatchObject({ state: 'failed', why: expect.stringContaining('broken.conf') });
  expect(trial.printed.join('\n')).not.toContain('broken');
  append(knock('203.0.113.1').repeat(3));
  await says(/NOTICE \[door\] Ban 203\.0\.113\.1$/);
});
