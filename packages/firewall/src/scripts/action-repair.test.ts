import { rmSync, writeFileSync } from 'node:fs';
import type { ActionSettings } from '@f2b/config';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Firewall, type FirewallOptions, openFirewall } from '../actor/firewall.js';
import { order, type RecordedVoice, recordVoice, scriptAction } from '../fixtures/orders.js';
import { makeScratch, type Scratch } from '../fixtures/scratch.js';

describe('an action of action.d whose environment is broken', () => {
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
});
