import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { guardTrial } from '../fixtures/guard.js';

const trial = guardTrial();
const { banned, says, start } = trial;

const waitFor = <T>(look: () => T) => vi.waitFor(look, { timeout: 15_000, interval: 20 });
const isBanned = (address: string, name?: string) => waitFor(() => expect(banned(name)).toContain(address));
const path = (name: string) => join(trial.directory, name);
/** A jail that reads what a command prints. */
const jail = (backend: string, name = 'door', more = '') => `[${name}]
enabled = true
filter = door
backend = ${backend}
maxretry = 3
findtime = 10m
bantime = 10m
action = offendingips
${more}`;
/** A program that prints what a file holds, goes on with what it gets, and writes down that it was started. */
function program(body: string): string {
  writeFileSync(path('program'), `#!/bin/sh\necho started >>${path('starts')}\n${body}\n`, { mode: 0o755 });
  return path('program');
}
const starts = () => (existsSync(path('starts')) ? readFileSync(path('starts'), 'utf8').split('\n').length - 1 : 0);
/** Processes that have this in their command line. */
const processes = (word: string) =>
  readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(word);
    } catch {
      return false;
    }
  });
const knocks = (address: string, times = 3) => trial.knock(address).repeat(times);

it('reads what a command prints, in the files that it is given too, and shows it in status', async () => {
  writeFileSync(path('lines'), knocks('203.0.113.1'));
  await start(jail(`command[run="tail -n +1 -F ${path('lines')}"]`));
  await isBanned('203.0.113.1');
  writeFileSync(path('lines'), knocks('203.0.113.2'), { flag: 'a' });
  await isBanned('203.0.113.2');
  expect(trial.guard.jailStatus('door')).toMatchObject({
    state: 'running',
    files: [`command[tail -n +1 -F ${path('lines')}]`],
    totalFailed: 6,
  });
  expect(processes(path('lines')).length).toBeGreaterThan(0);
  await trial.stop();
  await waitFor(() => expect(processes(path('lines'))).toEqual([]));
});

it('runs a shell where one is asked for, and takes all that it has started with it', async () => {
  writeFileSync(path('lines'), knocks('203.0.113.1'));
  await start(jail(`command[shell="tail -n +1 -F ${path('lines')} | cat & wait"]`));
  await isBanned('203.0.113.1');
  await trial.guard.removeJail('door');
  await waitFor(() => expect(processes(path('lines'))).toEqual([]));
});

it('starts it again when it ends, says why, and tells it up to when it has been read', async () => {
  const run = program(`echo "$F2B_SINCE" >>${path('since')}; cat ${path('lines')}; echo 'no such pod' >&2; exit 3`);
  writeFileSync(path('lines'), knocks('203.0.113.1', 1));
  await start(jail(`command[run="${run}"]`));
  await says(/ERROR \[door\] command\[.*it ended \(status 3\): no such pod; it is started again/);
  await waitFor(() => {
    trial.moveClock(1000);
    expect(starts()).toBeGreaterThan(3);
  });
  await isBanned('203.0.113.1');
  const [first, second] = readFileSync(path('since'), 'utf8').trim().split('\n').map(Date.parse);
  expect(second).toBeGreaterThanOrEqual(first!);
  expect(trial.logged.filter((line) => line.includes('no such pod'))).not.toHaveLength(0);
});

it('waits longer and longer for a command that cannot be run, and says that there is none', async () => {
  await start(jail('command[run="/nowhere/at-all"]') + trial.door().replace('[door]', '[file]'));
  await says(/ERROR \[door\] command\[\/nowhere\/at-all\]: it ended \(status 127\): .*not found/);
  expect(trial.guard.jailStatus('door')).toMatchObject({ state: 'waiting', why: /not found/ });
  trial.append(knocks('203.0.113.7'));
  await isBanned('203.0.113.7', 'file');
});

it('holds a command up that prints faster than is judged, and passes over lines that have no end', async () => {
  const huge = `head -c 3000000 /dev/zero | tr '\\0' x; echo; printf '%s' '${knocks('203.0.113.1')}'`;
  const run = program(`${huge}\nexec sleep 1000`);
  await start(jail(`command[run="${run}"]`));
  await isBanned('203.0.113.1');
  await says(/line\(s\) longer than 65536 bytes skipped whole/);
  expect(trial.guard.health().linesSkipped).toBe(1);
  expect(trial.guard.jailStatus('door')?.totalFailed).toBe(3);
});

it('shares one command among the jails that read it, also with those that come later', async () => {
  const run = program(`exec tail -n +1 -F ${path('lines')}`);
  writeFileSync(path('lines'), knocks('203.0.113.1'));
  const backend = `command[run="${run}"]`;
  await start(jail(backend) + jail(backend, 'second'));
  await isBanned('203.0.113.1');
  await isBanned('203.0.113.1', 'second');
  await trial.guard.addJail(trial.settingsOf(jail(backend, 'late'), 'late'));
  writeFileSync(path('lines'), knocks('203.0.113.2'), { flag: 'a' });
  await isBanned('203.0.113.2', 'late');
  expect(banned('late')).toEqual(['203.0.113.2']);
  expect(starts()).toBe(1);
  await trial.guard.changeJail(trial.settingsOf(trial.door()));
  trial.append(knocks('203.0.113.3'));
  await isBanned('203.0.113.3', 'door');
});

it.each([
  ['command[run="a | b"]', /without a shell/],
  ['command[walk=a]', /no option 'walk'/],
])('does not start a jail with %s', async (backend, why) => {
  await start(jail(backend));
  await says(why);
  expect(trial.guard.jailStatus('door')?.state).toBe('failed');
});
