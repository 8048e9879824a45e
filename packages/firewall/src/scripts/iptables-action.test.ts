import { existsSync } from 'node:fs';
import type { ActionSettings } from '@f2b/config';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openFirewall } from '../actor/firewall.js';
import { makeNamespace, type Namespace, namespacesWork } from '../fixtures/namespace.js';
import { order, type RecordedVoice, recordVoice, scriptAction } from '../fixtures/orders.js';
import { makeScratch, type Scratch } from '../fixtures/scratch.js';

/** The action file of the article that this project grew from, as its author wrote it. */
const asWritten = {
  actionstart: '',
  actionstop: '',
  actioncheck: 'iptables -n -L INPUT | grep -q <table>',
  actionban: [
    'iptables -A <table> -s <ip> -j LOG --log-prefix "Attacker\'s Back "',
    'iptables -A <table> -s <ip> -m recent --set --name ATTACKER -j DROP',
  ].join('\n'),
  actionunban: [
    'iptables -D <table> -s <ip> -j LOG --log-prefix "Attacker\'s Back "',
    'iptables -D <table> -s <ip> -j DROP',
  ].join('\n'),
};
const mended = {
  ...asWritten,
  actionunban: asWritten.actionban.replaceAll('iptables -A', 'iptables -D'),
};

describe.skipIf(!namespacesWork())('iptables through action.d (needs root, iproute2 and iptables)', () => {
  let net: Namespace;
  let scratch: Scratch;
  let voice: RecordedVoice;
  let before: string[];

  const open = (action: ActionSettings) =>
    openFirewall({ jails: [{ name: 'ssh-iptables', actions: [action] }], voice, ipv6: true, exec: net.exec });

  beforeEach(() => {
    net = makeNamespace();
    scratch = makeScratch();
    voice = recordVoice();
    net.sh(`
      iptables -N OFFENDINGIPS
      iptables -A INPUT -j OFFENDINGIPS
      iptables -A OFFENDINGIPS -m recent --name ATTACKER --update --seconds 3600 -j DROP`);
    before = net.rules();
  });
  afterEach(() => {
    net.remove();
    scratch.remove();
  });

  it("the article's action bans; its unban leaves the DROP behind and says so", async () => {
    const firewall = open(scriptAction(asWritten, { table: 'OFFENDINGIPS' }, 'iptables'));
    await firewall.start();
    expect(await firewall.submit(order('ban', '192.0.2.7', 'ssh-iptables'))).toMatchObject([{ ok: true }]);
    expect(net.rules().slice(before.length)).toEqual([
      `-A OFFENDINGIPS -s 192.0.2.7/32 -j LOG --log-prefix "Attacker\\'s Back "`,
      '-A OFFENDINGIPS -s 192.0.2.7/32 -m recent --set --name ATTACKER --mask 255.255.255.255 --rsource -j DROP',
    ]);
    expect(await firewall.submit(order('unban', '192.0.2.7', 'ssh-iptables'))).toMatchObject([{ ok: false }]);
    expect(net.rules().slice(before.length)).toEqual([
      '-A OFFENDINGIPS -s 192.0.2.7/32 -m recent --set --name ATTACKER --mask 255.255.255.255 --rsource -j DROP',
    ]);
    expect(voice.lines.some((line) => /ERROR .* -- stderr: .*does a matching rule exist/.test(line))).toBe(true);
  });

  it('with the unban mended the chain is exactly as before, and stop lifts what is left', async () => {
    const firewall = open(scriptAction(mended, { table: 'OFFENDINGIPS' }, 'iptables'));
    await firewall.start();
    for (const id of ['192.0.2.7', '192.0.2.8']) await firewall.submit(order('ban', id, 'ssh-iptables'));
    expect(await firewall.submit(order('unban', '192.0.2.7', 'ssh-iptables'))).toMatchObject([{ ok: true }]);
    expect(net.rules()).toHaveLength(before.length + 2);
    expect(await firewall.stop()).toEqual([]);
    expect(net.rules()).toEqual(before);
  });

  it('hostile matches of a real ban never run and the ban stands', async () => {
    const canary = scratch.path('canary');
    const match = `Failed password for $(touch ${canary}) \`touch ${canary}\` '; touch ${canary}; ' from 192.0.2.7`;
    const actionban = `${mended.actionban}\nprintf '%s' "<matches>" > ${scratch.path('mail')}`;
    const firewall = open(scriptAction({ ...mended, actionban }, { table: 'OFFENDINGIPS' }, 'iptables'));
    await firewall.start();
    await firewall.submit(order('ban', '192.0.2.7', 'ssh-iptables', { matches: [match] }));
    expect(net.rules()).toHaveLength(before.length + 2);
    expect(scratch.lines('mail')).toEqual([match]);
    expect(existsSync(canary)).toBe(false);
  });
});
