import { readFileSync, writeFileSync } from 'node:fs';
import type { ActionSettings } from '@f2b/config';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Firewall, type FirewallOptions, openFirewall } from '../actor/firewall.js';
import { order, type RecordedVoice, recordVoice, scriptAction } from '../fixtures/orders.js';
import { makeScratch, type Scratch, until } from '../fixtures/scratch.js';

describe('the programs of an action of action.d', () => {
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

  it('a command that fails is logged under one identifier, its output line by line', async () => {
    const firewall = open(scriptAction({ actionban: 'echo one; echo two >&2; printf "\\033[2Jx"; exit 3' }));
    await firewall.start();
    const [outcome] = await firewall.submit(order('ban', '192.0.2.1'));
    expect(outcome).toMatchObject({
      ok: false,
      error: { code: 'F2B_ACTION_FAILED', message: expect.stringContaining("actionban for '192.0.2.1' returned 3") },
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
});

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
