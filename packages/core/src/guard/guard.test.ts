import { mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { FirewallError } from '@f2b/firewall';
import { describe, expect, it } from 'vitest';
import { realEdges } from '../edges/real-edges.js';
import { guardTrial } from '../fixtures/guard.js';
import { formatLocalTime } from '../jails/when/duration.js';

const trial = guardTrial();
const { file, logPath, now, knock, append, door, start, says, banned } = trial;

describe('from a line in a log to an order to the firewall', () => {
  it('the third failure bans, in the words that other tools read', async () => {
    append('');
    await start(door());
    append(knock('203.0.113.9') + knock('203.0.113.9'));
    await says(/Found 203\.0\.113\.9 - \d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
    expect(banned()).toEqual([]);
    append(knock('203.0.113.9'));
    expect(await says(/ Ban /)).toBe('fail2ban.actions NOTICE [door] Ban 203.0.113.9');
    await trial.guard.settled();
    expect(trial.printed.join('\n')).toContain('203.0.113.9');
    expect(trial.guard.jailStatus('door')).toMatchObject({
      state: 'running',
      currentlyFailed: 0,
      totalFailed: 3,
      currentlyBanned: 1,
      totalBanned: 1,
      banned: ['203.0.113.9'],
      files: [logPath()],
    });
  });

  it('failures that were in the log before the start count if they are within findtime', async () => {
    const old = now() - 900_000;
    append(knock('203.0.113.1', old).repeat(5) + knock('203.0.113.2', now() - 100_000).repeat(3));
    await start(door());
    await trial.guard.settled();
    expect(banned()).toEqual(['203.0.113.2']);
    await says(/Added logfile: .*door\.log' \(pos = 0, hash = [0-9a-f]{40}\)/);
  });

  it('a large log is entered near findtime, not at its beginning', async () => {
    const line = knock('203.0.113.1', now() - 86_400_000);
    append(line.repeat(20_000) + knock('203.0.113.2', now() - 100_000).repeat(3));
    await start(door());
    await trial.guard.settled();
    expect(banned()).toEqual(['203.0.113.2']);
    const position = Number(/pos = (\d+)/.exec(await says(/Added logfile/))?.[1]);
    expect(position).toBeGreaterThan(line.length * 18_000);
  });

  it('with tail, what was there before is not read', async () => {
    append(knock('203.0.113.1').repeat(5));
    await start(door(`logpath = ${logPath()} tail`).replace(/logpath = \S+\n/, ''));
    append(knock('203.0.113.2').repeat(3));
    await says(/Ban 203\.0\.113\.2/);
    expect(banned()).toEqual(['203.0.113.2']);
  });

  it('ignored addresses, networks and own addresses are never banned', async () => {
    append('');
    await start(door('ignoreip = 198.51.100.0/24 203.0.113.5 2001:db8::/32\n'));
    for (const address of ['198.51.100.7', '203.0.113.5', '192.0.2.254', '2001:db8::9'])
      append(knock(address).repeat(4));
    append(knock('203.0.113.6').repeat(3));
    await says(/Ban 203\.0\.113\.6/);
    expect(banned()).toEqual(['203.0.113.6']);
    await says(/INFO \[door\] Ignore 198\.51\.100\.7 by ip$/);
    await says(/INFO \[door\] Ignore 192\.0\.2\.254 by ignoreself rule$/);
  });

  it('a ban ends on time, and the firewall is told', async () => {
    append('');
    await start(door().replace('bantime = 10m', 'bantime = 30s'));
    append(knock('203.0.113.9').repeat(3));
    await says(/NOTICE \[door\] Ban/);
    trial.moveClock(31_000);
    await says(/NOTICE \[door\] Unban 203\.0\.113\.9$/);
    await trial.guard.settled();
    expect(banned()).toEqual([]);
  });

  it('stopping may leave the bans in the kernel', async () => {
    append(knock('203.0.113.9').repeat(3));
    await start(door());
    await trial.guard.settled();
    const before = trial.printed.length;
    await trial.guard.stop({ leave: true });
    await says(/fail2ban\.jail INFO Jail 'door' stopped$/);
    expect(trial.printed.slice(before).filter((line) => line.includes('203.0.113.9'))).toEqual([]);
    expect(trial.logged.filter((line) => line.includes('Repeal'))).toEqual([]);
  });

  it('stopping takes the bans back', async () => {
    append(knock('203.0.113.9').repeat(3));
    await start(door());
    await trial.guard.settled();
    await trial.guard.stop();
    await says(/NOTICE \[door\] Repeal Ban 203\.0\.113\.9$/);
    await says(/fail2ban\.jail INFO Jail 'door' stopped$/);
  });
});

describe('a log', () => {
  it('that two jails read is read once and serves both', async () => {
    append('');
    const strict = door().replace('[door]', '[strict]').replace('maxretry = 3', 'maxretry = 1');
    let blocks = 0;
    await start(`${door()}\n${strict}`);
    trial.guard.events.on('scanned', () => blocks++);
    append(knock('203.0.113.9'));
    await says(/\[strict\] Ban/);
    await trial.guard.settled();
    expect([banned('strict'), banned('door'), blocks]).toEqual([['203.0.113.9'], [], 1]);
  });

  it('that is rotated goes on being read, old lines before new ones', async () => {
    append('');
    await start(door());
    append(knock('203.0.113.9'));
    renameSync(logPath(), logPath('door.log.1'));
    append(knock('203.0.113.9'));
    append(knock('203.0.113.9'), 'door.log.1');
    await says(/ Ban 203\.0\.113\.9/);
  });

  it('that is missing makes its jail wait, and only that', async () => {
    append('', 'other.log');
    const other = door().replace('[door]', '[other]').replace('door.log', 'other.log');
    await start(`${door()}\n${other}`);
    await says(/\[door\] .*door\.log does not exist/);
    expect([trial.guard.jailStatus('door')?.state, trial.guard.jailStatus('other')?.state]).toEqual([
      'waiting',
      'running',
    ]);
    append(knock('203.0.113.9').repeat(3), 'other.log');
    await says(/\[other\] Ban/);
    append(knock('203.0.113.8').repeat(3));
    await says(/\[door\] Ban 203\.0\.113\.8/);
    expect(trial.guard.jailStatus('door')?.state).toBe('running');
  });

  it('that is a directory is told once, and the other jails run', async () => {
    mkdirSync(logPath());
    append('', 'other.log');
    const other = door().replace('[door]', '[other]').replace('door.log', 'other.log');
    await start(`${door()}\n${other}`);
    append(knock('203.0.113.9').repeat(3), 'other.log');
    await says(/\[other\] Ban/);
    await trial.guard.settled();
    expect(trial.logged.filter((line) => /is a directory/.test(line))).toHaveLength(1);
  });
});

describe('what is wrong with one jail', () => {
  it('a broken regex costs only that jail', async () => {
    append('');
    file('filter.d/broken.conf', '[Definition]\nfailregex = ^( from <HOST>$\n');
    await start(`${door()}\n${door().replace('[door]', '[broken]').replace('filter = door', 'filter = broken')}`);
    append(knock('203.0.113.9').repeat(3));
    await says(/\[door\] Ban/);
    expect(trial.guard.jailStatus('broken')).toMatchObject({
      state: 'failed',
      why: expect.stringContaining('broken.conf'),
    });
    expect(trial.logged.filter((line) => /ERROR.*\[broken\]/.test(line))).toHaveLength(1);
  });

  it('a jail that cannot start has no action started either', async () => {
    append('');
    file('filter.d/broken.conf', '[Definition]\nfailregex = ^( from <HOST>$\n');
    file('action.d/cry.conf', '[Definition]\nactionstart = cry <name> lives\nactionban = cry <ip>\n');
    const crying = door().replace('action = offendingips', 'action = cry[name=%(__name__)s]');
    const broken = crying.replace('[door]', '[broken]').replace('filter = door', 'filter = broken');
    await start(`${crying}\n${broken}`);
    await trial.guard.settled();
    const cries = trial.printed.filter((line) => line.includes('cry')).join('\n');
    expect(cries).toContain('door lives');
    expect(cries).not.toContain('broken');
  });

  it('nonsense in a formula costs only the growth of the ban time', async () => {
    append('');
    const grown = door('bantime.increment = true\nbantime.formula = import os\n').replace('[door]', '[grown]');
    await start(`${door()}\n${grown}`);
    append(knock('203.0.113.9').repeat(3));
    await says(/\[door\] Ban/);
    await says(/\[grown\] Ban/);
  });
});

describe('a firewall that fails', () => {
  it('gets a ban again and again until it holds', async () => {
    append('');
    const seen: string[] = [];
    let failures = 2;
    await start(door(), {
      openFirewall: () => ({
        start: async () => [],
        submit: async ({ jail, kind, ticket }) => {
          seen.push(`${kind} ${ticket.id}`);
          const ok = kind !== 'ban' || failures-- <= 0;
          return [
            {
              jail,
              action: 'a',
              kind,
              id: ticket.id,
              ok,
              error: ok ? undefined : new FirewallError('F2B_ACTION_FAILED', 'no rule could be set'),
            },
          ];
        },
        check: async () => [],
        flush: async () => [],
        startJail: async () => [],
        rearrange: () => ({ fresh: new Map(), done: Promise.resolve([]) }),
        amendAction: () => false,
        stopJail: async () => [],
        stop: async () => [],
        load: () => ({ orders: 0, programs: { running: 0, waiting: 0 } }),
      }),
      edges: { clock: { ...realEdges(() => {}).clock, now, after: (delay, then) => quickly(delay, then) } },
    });
    const held = new Promise((resolve) => trial.guard.events.once('enforced', resolve));
    append(knock('203.0.113.9').repeat(3));
    await expect(held).resolves.toEqual({ jail: 'door', id: '203.0.113.9' });
    expect(seen).toEqual(['ban 203.0.113.9', 'ban 203.0.113.9', 'ban 203.0.113.9']);
    await says(/ERROR \[door\] Order ban 203\.0\.113\.9 failed at action 'a': no rule could be set\. Next try in 1 s/);
  });
});

/** A clock whose delays pass a hundred times as fast. */
function quickly(delay: number, then: () => void): () => void {
  return realEdges(() => {}).clock.after(delay / 100, then);
}

it('bans and unbans by hand need no failures and ask no ignore list', async () => {
  append('');
  await start(door('ignoreip = 203.0.113.5\n'));
  expect([
    trial.guard.byHand.ban('door', '203.0.113.5'),
    trial.guard.byHand.ban('door', '203.0.113.5'),
    trial.guard.byHand.ban('nowhere', 'x'),
  ]).toEqual([true, false, undefined]);
  expect(trial.guard.byHand.ban('door', '2001:DB8::1')).toBe(true);
  expect(trial.guard.byHand.unban('door', '2001:db8:0::1')).toBe(true);
  expect(banned()).toEqual(['203.0.113.5']);
  expect(trial.guard.byHand.attempt('door', '203.0.113.5', [])).toBe(false);
});

it('unbans all of a network that is not banned itself, and says who they were', async () => {
  append('');
  await start(door());
  const { byHand } = trial.guard;
  const all = ['203.0.113.5', '203.0.113.77', '203.0.114.1', '203.0.113.0/25', '2001:db8::7'];
  expect(byHand.banAll('door', [...all, '203.0.113.5'])).toEqual(all);
  expect(byHand.unbanAll('door', ['203.0.113.0/25', '203.0.0.0/16', '2001:db8::/32', '192.0.2.0/24'])).toEqual([
    { asked: '203.0.113.0/25', ids: ['203.0.113.0/25'] },
    { asked: '203.0.0.0/16', ids: ['203.0.113.5', '203.0.113.77', '203.0.114.1'] },
    { asked: '2001:db8::/32', ids: ['2001:db8::7'] },
    { asked: '192.0.2.0/24', ids: [] },
  ]);
  expect(byHand.banAll('door', ['198.51.100.1', '198.51.100.2'])).toHaveLength(2);
  expect(byHand.banOf('door', '198.51.100.2')?.bantime).toBe(600);
  expect(byHand.unbanEverybody('door')).toEqual(['198.51.100.1', '198.51.100.2']);
  expect([byHand.banAll('nowhere', ['x']), byHand.unbanAll('nowhere', ['x']), byHand.bans('nowhere')]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
  expect(banned()).toEqual([]);
});

it('goes by another ignore list from the next line on, without forgetting what it counted', async () => {
  append('');
  await start(door());
  append(knock('203.0.113.5').repeat(2));
  await says(/Found 203\.0\.113\.5/);
  await trial.guard.settled();
  const settings = trial.guard.jailSettings('door')!;
  await trial.guard.changeJail({ ...settings, ignoreip: [...settings.ignoreip, '203.0.113.9'] });
  append(knock('203.0.113.9').repeat(3) + knock('203.0.113.5'));
  await says(/ Ban 203\.0\.113\.5/);
  expect(banned()).toEqual(['203.0.113.5']);
  expect(trial.guard.jailSettings('nowhere')).toBeUndefined();
});

it('one ignorecommand decides per failure, and hostile text is only ever a value', async () => {
  append('');
  file('filter.d/user.conf', '[Definition]\nfailregex = ^ \\S+ door\\[\\d+\\]: <F-USER>.*</F-USER> from <HOST>$\n');
  const canary = join(trial.directory, 'canary');
  const command = `test '<F-USER>' = 'friend' && test <ip> != 203.0.113.1`;
  await start(door(`ignorecommand = ${command}\n`).replace('filter = door', 'filter = user'));
  const line = (user: string, address: string) => knock(address).replace('knock', user);
  append(line('friend', '203.0.113.7').repeat(3));
  append(line(`'$(touch ${canary})'`, '203.0.113.8').repeat(3));
  append(line(`\`touch ${canary}\`; touch ${canary}`, '203.0.113.9').repeat(3));
  await says(/ Ban 203\.0\.113\.8/);
  await says(/ Ban 203\.0\.113\.9/);
  await says(/Ignore 203\.0\.113\.7 by command/);
  expect(banned()).not.toContain('203.0.113.7');
  expect(() => realEdges(() => {}).files.stat(canary)).toThrow();
});

it('a filter over several lines finds its failure, also over the edge of two appends', async () => {
  append('');
  file(
    'filter.d/pair.conf',
    '[Definition]\nmaxlines = 5\nfailregex = ^ (?P<_m>\\S+) connect from <HOST>$<SKIPLINES>^ (?P=_m) fail$\n',
  );
  await start(door().replace('filter = door', 'filter = pair').replace('maxretry = 3', 'maxretry = 1'));
  const at = formatLocalTime(now());
  append(`${at} a connect from 203.0.113.31\n${at} other\n${at} b connect from 203.0.113.32\n`);
  await trial.guard.settled();
  append(`${at} b fail\n${at} a fail\n`);
  await says(/ Ban 203\.0\.113\.32/);
  await says(/ Ban 203\.0\.113\.31/);
});

it('host names are looked up outside of the scan, and one failure counts per address', async () => {
  append('');
  await start(door('usedns = yes\n'), { edges: { resolve: async () => ['203.0.113.21', '203.0.113.22'] } });
  append(knock('attacker.example').repeat(3));
  await says(/ Ban 203\.0\.113\.21/);
  await says(/ Ban 203\.0\.113\.22/);
});
