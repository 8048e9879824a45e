import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { ActionSettings } from '@f2b/config';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Firewall, type FirewallOptions, openFirewall } from '../actor/firewall.js';
import { order, type RecordedVoice, recordVoice, scriptAction, ticket } from '../fixtures/orders.js';
import { makeScratch, type Scratch, until } from '../fixtures/scratch.js';

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

  /** An action whose bans need a file to be there, as rules need their chain. */
  const withChain = (more: Parameters<typeof scriptAction>[0] = {}) => {
    const chain = scratch.path('chain');
    return scriptAction({
      actionstart: `${trace('start')}; : > ${chain}`,
      actionstop: `${trace('stop')}; rm -f ${chain}`,
      actioncheck: `${trace('check')}; test -e ${chain}`,
      actionban: `${trace('ban <ip>')}; test -e ${chain}`,
      actionunban: `${trace('unban <ip>')}; test -e ${chain}`,
      ...more,
    });
  };
  const banTwoAndBreak = async (action: ActionSettings): Promise<Firewall> => {
    const firewall = open(action);
    await firewall.start();
    await firewall.submit(order('ban', '192.0.2.1'));
    await firewall.submit(order('ban', '192.0.2.2'));
    rmSync(scratch.path('chain'));
    rmSync(scratch.path('trace'));
    return firewall;
  };

  it('a failing ban is checked, the environment restored with a restart, the other bans made again', async () => {
    const firewall = await banTwoAndBreak(withChain());
    expect(await firewall.submit(order('ban', '192.0.2.3'))).toMatchObject([{ ok: true }]);
    const restored = ['stop', 'start', 'check', 'ban 192.0.2.1', 'ban 192.0.2.2'];
    expect(scratch.lines()).toEqual(['ban 192.0.2.3', 'check', ...restored, 'ban 192.0.2.3']);
    expect(voice.lines).toContain('ERROR Invariant check failed. Trying to restore a sane environment');
  });

  it('actionrepair goes before a restart, and actionreban before actionban', async () => {
    const repair = `${trace('repair')}; : > ${scratch.path('chain')}`;
    const firewall = await banTwoAndBreak(withChain({ actionrepair: repair, actionreban: trace('reban <ip>') }));
    await firewall.submit(order('ban', '192.0.2.3'));
    const restored = ['repair', 'check', 'reban 192.0.2.1', 'reban 192.0.2.2'];
    expect(scratch.lines()).toEqual(['ban 192.0.2.3', 'check', ...restored, 'ban 192.0.2.3']);
    await firewall.submit(order('reban', '192.0.2.3'));
    expect(scratch.lines().at(-1)).toBe('reban 192.0.2.3');
  });

  it('where the repair does not help the ban has failed, with one clear reason', async () => {
    const firewall = await banTwoAndBreak(
      withChain({
        actionstart: `${trace('start')}; test -e ${scratch.path('once')} || : > ${scratch.path('chain')}; : > ${scratch.path('once')}`,
      }),
    );
    const [outcome] = await firewall.submit(order('ban', '192.0.2.3'));
    expect(outcome).toMatchObject({ ok: false, error: { code: 'F2B_ACTION_UNREPAIRABLE' } });
    expect(scratch.lines()).toEqual(['ban 192.0.2.3', 'check', 'stop', 'start', 'check']);
    expect(voice.lines.some((line) => /^ERROR Failed to execute ban jail 'sshd' action 'script' info/.test(line))).toBe(
      true,
    );
  });

  it('a failing unban restores the environment only where actionrepair_on_unban says so', async () => {
    const firewall = await banTwoAndBreak(withChain());
    expect(await firewall.submit(order('unban', '192.0.2.1'))).toMatchObject([{ ok: false }]);
    expect(scratch.lines()).toEqual(['unban 192.0.2.1', 'check']);
    const repairing = await banTwoAndBreak(withChain({ actionrepair_on_unban: true }));
    expect(await repairing.submit(order('unban', '192.0.2.1'))).toMatchObject([{ ok: true }]);
    const restored = ['stop', 'start', 'check', 'ban 192.0.2.2'];
    expect(scratch.lines()).toEqual(['unban 192.0.2.1', 'check', ...restored, 'unban 192.0.2.1']);
  });

  it('check notices a broken environment without waiting for a failure, and repeats bans that had failed', async () => {
    const firewall = await banTwoAndBreak(withChain());
    expect(await firewall.check()).toMatchObject([{ actions: [{ jail: 'sshd', action: 'script' }], error: undefined }]);
    expect(scratch.lines()).toEqual(['check', 'stop', 'start', 'check', 'ban 192.0.2.1', 'ban 192.0.2.2']);
    expect((await firewall.check()).length).toBe(0);
    const actionban = `${trace('ban <ip>')}; test -e ${scratch.path('open')}`;
    const flaky = open(scriptAction({ actionban, actioncheck: 'true' }));
    await flaky.start();
    expect(await flaky.submit(order('ban', '192.0.2.9'))).toMatchObject([{ ok: false }]);
    writeFileSync(scratch.path('open'), '');
    expect(await flaky.check()).toMatchObject([{ error: undefined }]);
    expect(await flaky.check()).toEqual([]);
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

  it('a command that fails is logged under one identifier, its output line by line', async () => {
    const firewall = open(scriptAction({ actionban: 'echo one; echo two >&2; printf "\\033[2Jx"; exit 3' }));
    await firewall.start();
    const [outcome] = await firewall.submit(order('ban', '192.0.2.1'));
    expect(outcome).toMatchObject({
      ok: false,
      error: { code: 'F2B_ACTION_FAILED', message: expect.stringContaining('returned 3') },
    });
    const errors = voice.lines.filter((line) => line.startsWith('ERROR 00000001 -- '));
    expect(errors.map((line) => line.slice('ERROR 00000001 -- '.length))).toEqual([
      'exec: echo one; echo two >&2; printf "\\033[2Jx"; exit 3',
      "stdout: 'one'",
      "stdout: '\\x1b[2Jx'",
      "stderr: 'two'",
      'returned 3',
    ]);
  });

  it('a command that takes too long is ended with its whole process group', async () => {
    const firewall = open(
      scriptAction(
        {
          actionban: `trap "" TERM; sleep 1000 & echo $! > ${scratch.path('child')}; echo $$ > ${scratch.path('shell')}; wait`,
        },
        { timeout: '1' },
      ),
    );
    await firewall.start();
    const [outcome] = await firewall.submit(order('ban', '192.0.2.1'));
    expect(outcome).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining('timed out after 1 seconds') },
    });
    for (const name of ['child', 'shell']) {
      const pid = Number(scratch.lines(name)[0]);
      await until(`process ${pid} (${name}) is gone`, () => !alive(pid));
    }
  });

  it('a child left in the background does not hold up the action', async () => {
    const firewall = open(scriptAction({ actionban: `sleep 1000 & echo $! > ${scratch.path('child')}` }));
    await firewall.start();
    expect(await firewall.submit(order('ban', '192.0.2.1'))).toMatchObject([{ ok: true }]);
    const pid = Number(scratch.lines('child')[0]);
    expect(alive(pid)).toBe(true);
    process.kill(pid);
  });

  it('a slow action keeps neither another action nor another jail waiting, and its own orders stay in order', async () => {
    const gate = scratch.path('gate');
    const slow = scriptAction(
      { actionban: `until test -e ${gate}; do sleep 0.02; done; ${trace('slow <ip>')}` },
      {},
      'mail',
    );
    const quick = scriptAction({ actionban: trace('quick <ip>') }, {}, 'block');
    const firewall = openFirewall({
      jails: [
        { name: 'sshd', actions: [slow, quick] },
        { name: 'asterisk', actions: [quick] },
      ],
      voice,
      ipv6: true,
    });
    await firewall.start();
    const slowly = [firewall.submit(order('ban', '192.0.2.1')), firewall.submit(order('ban', '192.0.2.2'))];
    await firewall.submit(order('ban', '192.0.2.3', 'asterisk'));
    await until('the quick action of the same jail has banned', () => scratch.lines().includes('quick 192.0.2.2'));
    expect(scratch.lines().some((line) => line.startsWith('slow'))).toBe(false);
    writeFileSync(gate, '');
    await Promise.all(slowly);
    expect(scratch.lines().filter((line) => line.startsWith('slow'))).toEqual(['slow 192.0.2.1', 'slow 192.0.2.2']);
  });

  it('stop does not work off what waits at a slow action', async () => {
    const gate = scratch.path('gate');
    const firewall = open(
      scriptAction({
        actionban: `${trace('ban <ip>')}; until test -e ${gate}; do sleep 0.02; done`,
        actionunban: trace('unban <ip>'),
        actionstop: trace('stop'),
      }),
    );
    await firewall.start();
    const orders = ['192.0.2.1', '192.0.2.2', '192.0.2.3'].map((id) => firewall.submit(order('ban', id)));
    await until('the first ban runs', () => scratch.lines().length > 0);
    const stopped = firewall.stop();
    writeFileSync(gate, '');
    expect(await stopped).toEqual([]);
    expect((await Promise.all(orders)).flat().map(({ ok }) => ok)).toEqual([true, false, false]);
    expect(scratch.lines()).toEqual(['ban 192.0.2.1', 'unban 192.0.2.1', 'stop']);
  });

  it('an action that cannot start is a problem of its own; its bans try again', async () => {
    const firewall = open(
      scriptAction({ actionstart: `test -e ${scratch.path('ready')}`, actionban: trace('ban <ip>') }),
    );
    expect(await firewall.start()).toMatchObject([{ jail: 'sshd', action: 'script' }]);
    expect(await firewall.submit(order('ban', '192.0.2.1'))).toMatchObject([{ ok: false }]);
    writeFileSync(scratch.path('ready'), '');
    expect(await firewall.submit(order('ban', '192.0.2.2'))).toMatchObject([{ ok: true }]);
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
    await firewall.reloadJail({ name: 'sshd', actions: [named('c'), named('a')] }, [ticket('192.0.2.1')]);
    expect(scratch.lines()).toEqual(['b un 192.0.2.1', 'stop b', 'reload a', 'start c', 'c 192.0.2.1']);
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

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
