import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import type { ActionSettings } from '@f2b/config';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Firewall, type FirewallOptions, openFirewall } from '../actor/firewall.js';
import { order, type RecordedVoice, recordVoice, scriptAction } from '../fixtures/orders.js';
import { makeScratch, type Scratch } from '../fixtures/scratch.js';

describe('an action of action.d', () => {
  let scratch: Scratch;
  let voice: RecordedVoice;

  beforeEach(() => {
    scratch = makeScratch();
    voice = recordVoice();
  });
  afterEach(() => scratch.remove());

  const open = (action: ActionSettings, overlay: Partial<FirewallOptions> = {}): Firewall =>
    openFirewall({ jails: [{ name: 'sshd', actions: [action] }], voice, ipv6: true, ...overlay });
  /** A command that leaves one line in the trace. */
  const trace = (text: string) => `echo "${text}" >> ${scratch.path('trace')}`;

  it('starts at once, bans, unbans and stops', async () => {
    const action = scriptAction(
      {
        actionstart: trace('start'),
        actionstop: trace('stop'),
        actionban: trace('ban <ip> <name>'),
        actionunban: trace('unban <ip>'),
      },
      { name: 'sshd' },
    );
    const firewall = open(action);
    await firewall.start();
    expect(scratch.lines()).toEqual(['start']);
    expect(await firewall.submit(order('ban', '192.0.2.1'))).toEqual([
      { jail: 'sshd', action: 'script', kind: 'ban', id: '192.0.2.1', ok: true, error: undefined },
    ]);
    await firewall.submit(order('ban', '192.0.2.2'));
    await firewall.submit(order('unban', '192.0.2.1'));
    expect(await firewall.stop()).toEqual([]);
    const trail = ['start', 'ban 192.0.2.1 sshd', 'ban 192.0.2.2 sshd', 'unban 192.0.2.1', 'unban 192.0.2.2', 'stop'];
    expect(scratch.lines()).toEqual(trail);
  });

  it('with parameters per family it starts each family with its first ban, and stops those it started', async () => {
    const action = scriptAction(
      {
        actionstart: trace('start <tool>'),
        actionstop: trace('stop <tool>'),
        actionban: trace('<tool> <ip>'),
        actionflush: trace('flush <tool>'),
        actionunban: trace('unban <ip>'),
      },
      { tool: 'ipt', 'tool?family=inet6': 'ip6t' },
    );
    const firewall = open(action);
    await firewall.start();
    expect(scratch.lines()).toEqual([]);
    await firewall.submit(order('ban', '2001:db8::1'));
    expect(await firewall.flush()).toEqual([]);
    await firewall.submit(order('ban', '2001:db8::1'));
    await firewall.submit(order('ban', '192.0.2.1'));
    await firewall.stop();
    expect(scratch.lines()).toEqual([
      'start ip6t',
      'ip6t 2001:db8::1',
      'flush ip6t',
      'ip6t 2001:db8::1',
      'start ipt',
      'ipt 192.0.2.1',
      'flush ip6t',
      'flush ipt',
      'stop ip6t',
      'stop ipt',
    ]);
  });

  it('actionstart_on_demand decides otherwise, and the same start command runs once for both families', async () => {
    const action = scriptAction(
      { actionstart: trace('start'), actionstart_on_demand: false, actionban: trace('<tool> <ip>') },
      { tool: 'ipt', 'tool?family=inet6': 'ip6t' },
    );
    await open(action).start();
    expect(scratch.lines()).toEqual(['start']);
  });

  it('nothing is unbanned or flushed in a family that has banned nothing', async () => {
    const firewall = open(
      scriptAction({ actionban: 'false', actionunban: trace('unban'), actionflush: trace('flush') }),
    );
    await firewall.start();
    await firewall.submit(order('ban', '192.0.2.1'));
    await firewall.submit(order('unban', '192.0.2.1'));
    await firewall.stop();
    expect(scratch.lines()).toEqual([]);
  });

  it('restored tickets pass by an action with norestored, and prolong runs where it is defined', async () => {
    const commands = { actionban: trace('ban <ip> <restored>'), actionprolong: trace('prolong <ip> <bantime>') };
    const mail = open(scriptAction({ ...commands, norestored: true }));
    await mail.start();
    await mail.submit(order('ban', '192.0.2.1', 'sshd', { restored: true }));
    await mail.submit(order('prolong', '192.0.2.1', 'sshd', { bantime: 1200 }));
    const block = open(scriptAction(commands));
    await block.start();
    await block.submit(order('ban', '192.0.2.1', 'sshd', { restored: true }));
    expect(scratch.lines()).toEqual(['prolong 192.0.2.1 1200', 'ban 192.0.2.1 1']);
  });

  it('the dynamic tags tell what the ticket knows, and a name is looked up only for a script that asks', async () => {
    const asked: string[] = [];
    const tags = [
      'ip fid family ip-rev ip-host failures time bantime bancount restored F-USER F-ID F-NONE ipfailures ipjailfailures',
      'jail.name jail.banned nope',
    ].join(' ');
    const firewall = open(
      scriptAction({
        actionban: trace(tags.replace(/\S+/g, '<$&>')),
        actionunban: trace('<ipmatches>|<ipjailmatches>'),
      }),
      {
        reverse: async (address) => {
          asked.push(address);
          return '$(touch canary).example';
        },
        counts: () => ({ banned: 7, bannedTotal: 8, found: 9, foundTotal: 10 }),
        remembered: async (_ip, jail) => (jail === undefined ? { matches: ['one'], failures: 11 } : undefined),
      },
    );
    await firewall.start();
    const data = { user: 'al ice', fid: 'sess-1' };
    const overlay = { ip: '192.0.2.1', family: 'inet4', data, matches: ['two'] } as const;
    await firewall.submit(order('ban', 'sess-1', 'sshd', overlay));
    expect(asked).toEqual(['192.0.2.1']);
    await firewall.submit(order('unban', 'sess-1', 'sshd', overlay));
    expect(asked).toHaveLength(1);
    expect(scratch.lines()).toEqual([
      '192.0.2.1 sess-1 inet4 1.2.0.192. $(touch canary).example 5 1718452800.0 600 1 0 al ice sess-1  11 5 sshd 7 <nope>',
      'one|two',
    ]);
  });

  it('a resolver that never answers costs its timeout and no more', async () => {
    const firewall = open(scriptAction({ actionban: trace('<ip-host>') }), {
      reverse: () => new Promise(() => {}),
      reverseTimeout: 20,
    });
    await firewall.start();
    expect(await firewall.submit(order('ban', '192.0.2.1'))).toMatchObject([{ ok: true }]);
    expect(scratch.lines()).toEqual(['None']);
  });

  it('no log line, user name or identifier ever becomes a command', async () => {
    const canary = scratch.path('canary');
    const hostile = [`$(touch ${canary})`, `\`touch ${canary}\``, `'; touch ${canary}; '`, `"; touch ${canary}; "`];
    hostile.push(
      `x touch ${canary}`,
      `\n touch ${canary} \n`,
      `& touch ${canary} &`,
      `| touch ${canary}`,
      `-e\0${canary}`,
    );
    const action = scriptAction({
      actionban: `who=<F-USER>\n${trace('<matches>')}\necho '<matches>' <fid> <ip> "<ipmatches>" > /dev/null; sh -c 'echo <matches>' > /dev/null; true`,
    });
    const firewall = open(action);
    await firewall.start();
    for (const text of hostile) {
      const overlay = { ip: text, family: undefined, matches: [text, text], data: { user: text } };
      expect(await firewall.submit(order('ban', text, 'sshd', overlay))).toMatchObject([{ ok: true }]);
    }
    expect(scratch.lines()).not.toEqual([]);
    expect(scratch.has('canary')).toBe(false);
    for (const line of voice.lines) expect(line).not.toMatch(/\n/);
  });

  it('says whose ban and whose unban failed', async () => {
    const firewall = open(scriptAction({ actionban: 'true', actionunban: 'exit 3' }));
    await firewall.start();
    await firewall.submit(order('ban', '192.0.2.1'));
    await firewall.submit(order('ban', '192.0.2.2'));
    const [outcome] = await firewall.submit(order('unban', '192.0.2.1'));
    expect(outcome?.error?.message).toMatch(/^actionunban for '192\.0\.2\.1' returned 3;/);
    expect(await firewall.flush()).toMatchObject([
      { error: { message: expect.stringMatching(/^actionunban for '192\.0\.2\.2' returned 3;/) } },
    ]);
  });
  it('a reload keeps what stays, stops what goes, and gives the new action the bans in force', async () => {
    const named = (name: string) =>
      scriptAction(
        {
          actionstart: trace(`start ${name}`),
          actionstop: trace(`stop ${name}`),
          actionreload: trace(`reload ${name}`),
          actionban: trace(`${name} <ip>`),
          actionunban: trace(`${name} un <ip>`),
        },
        {},
        name,
      );
    const firewall = openFirewall({ jails: [{ name: 'sshd', actions: [named('a'), named('b')] }], voice, ipv6: true });
    await firewall.start();
    await firewall.submit(order('ban', '192.0.2.1'));
    rmSync(scratch.path('trace'));
    const { fresh, done } = firewall.rearrange([{ name: 'sshd', actions: [named('c'), named('a')] }]);
    expect(fresh).toEqual(new Map([['sshd', ['c']]]));
    await firewall.submit({ ...order('ban', '192.0.2.1'), actions: ['c'] });
    expect(await done).toEqual([]);
    const lines = scratch.lines();
    // The reload of one and the end of another need not wait for each other.
    expect(lines.filter((line) => line !== 'reload a')).toEqual(['b un 192.0.2.1', 'stop b', 'start c', 'c 192.0.2.1']);
    expect(lines).toContain('reload a');
    await firewall.stop();
    expect(scratch.lines().slice(5)).toEqual(['a un 192.0.2.1', 'stop a', 'c un 192.0.2.1', 'stop c']);
  });

  it('a dry run prints the command with its values and runs nothing', async () => {
    const printed: string[] = [];
    const firewall = open(scriptAction({ actionstart: trace('start'), actionban: `${trace('<matches>')}` }), {
      dryRun: { print: (line) => printed.push(line) },
    });
    await firewall.start();
    await firewall.submit(order('ban', '192.0.2.1', 'sshd', { matches: ["it's \u001b[2J $(reboot)"] }));
    expect(scratch.lines()).toEqual([]);
    execFileSync('bash', ['-c', printed.join('\n')]);
    expect(scratch.lines()).toEqual(['start', "it's \u001b[2J $(reboot)"]);
    expect(printed.join('\n')).not.toContain('\u001b');
  });
});
