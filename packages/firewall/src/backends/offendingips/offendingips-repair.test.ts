import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Firewall, type FirewallOptions, openFirewall } from '../../actor/firewall.js';
import { ban4, guard4, jump, largeRecentTable } from '../../fixtures/article-rules.js';
import { makeNamespace, type Namespace, namespacesWork } from '../../fixtures/namespace.js';
import { offendingIps, order, type RecordedVoice, recordVoice } from '../../fixtures/orders.js';

describe.skipIf(!namespacesWork())('offendingips mends and adopts (needs root, iproute2 and iptables)', () => {
  let net: Namespace;
  let voice: RecordedVoice;
  let empty: string[];
  let empty6: string[];

  const open = (overlay: Partial<FirewallOptions> = {}): Firewall => {
    const jails = ['sshd', 'asterisk'].map((name) => ({ name, actions: [offendingIps()] }));
    return openFirewall({ jails, voice, ipv6: true, exec: net.exec, modules: largeRecentTable, ...overlay });
  };
  const bans = (family: 4 | 6 = 4) => net.rules(family).filter((line) => line.startsWith('-A OFFENDINGIPS -s'));

  beforeEach(() => {
    net = makeNamespace();
    voice = recordVoice();
    empty = net.rules(4);
    empty6 = net.rules(6);
  });
  afterEach(() => net.remove());

  it('a jump that is not first is moved to the top', async () => {
    net.sh('iptables -N OFFENDINGIPS; iptables -A INPUT -i lo -j ACCEPT; iptables -A INPUT -j OFFENDINGIPS');
    const firewall = open();
    await firewall.start();
    expect(net.rules(4).filter((line) => line.startsWith('-A INPUT'))).toEqual([
      '-A INPUT -j OFFENDINGIPS',
      '-A INPUT -i lo -j ACCEPT',
    ]);
    net.sh('iptables -I INPUT 1 -i lo -j ACCEPT');
    expect(await firewall.check()).toMatchObject([
      { what: 'IPv4: other rules stood in INPUT before the jump to OFFENDINGIPS', error: undefined },
    ]);
    expect(net.rules(4).find((line) => line.startsWith('-A INPUT'))).toBe('-A INPUT -j OFFENDINGIPS');
    expect(await firewall.check()).toEqual([]);
  });

  it('after a crash the bans that stand are adopted: none twice, the unclaimed ones go, no gap for the claimed', async () => {
    const crashed = open();
    await crashed.start();
    await Promise.all(['192.0.2.1', '192.0.2.2', '192.0.2.3'].map((id) => crashed.submit(order('ban', id))));
    net.sh('iptables -A OFFENDINGIPS -s 192.0.2.1 -j LOG --log-prefix "Attacker\'s Back "');
    const firewall = open();
    await firewall.start();
    expect(bans().filter((line) => line.includes('192.0.2.2/32'))).toEqual(ban4('192.0.2.2/32'));
    await Promise.all(
      ['192.0.2.1', '192.0.2.2'].map((id) => firewall.submit(order('ban', id, 'sshd', { restored: true }))),
    );
    expect(bans().toSorted()).toEqual([...ban4('192.0.2.1/32'), ...ban4('192.0.2.2/32')].toSorted());
    expect(net.rules(4).filter((line) => line === `-A INPUT ${jump}`)).toHaveLength(1);
    expect(net.rules(4).filter((line) => line === guard4)).toHaveLength(1);
  });

  it('after a crash a clean stop leaves nothing behind: the scaffold of the earlier run is known by its mark', async () => {
    net.sh('iptables -A INPUT -p tcp --dport 22 -j ACCEPT');
    const before = net.rules(4);
    const crashed = open();
    await crashed.start();
    await crashed.submit(order('ban', '192.0.2.1'));
    const firewall = open();
    await firewall.start();
    expect(await firewall.stop()).toEqual([]);
    expect(net.rules(4)).toEqual(before);
    expect(net.rules(6)).toEqual(empty6);
  });

  it('stop with keep leaves every ban in force, and the next run takes them over', async () => {
    const first = open();
    await first.start();
    for (const id of ['192.0.2.1', '192.0.2.2']) await first.submit(order('ban', id));
    const standing = net.rules(4);
    expect(await first.stop({ keep: true })).toEqual([]);
    expect(net.rules(4)).toEqual(standing);
    const next = open();
    await next.start();
    expect(net.rules(4)).toEqual(standing);
    await next.submit(order('ban', '192.0.2.1', 'sshd', { restored: true }));
    expect(bans(4)).toEqual(ban4('192.0.2.1/32'));
    await next.stop();
    expect(net.rules(4)).toEqual(empty);
  });

  it.each([
    ['the rules were flushed', 'iptables -F', 'the jump from INPUT to OFFENDINGIPS was missing'],
    ['the whole ruleset was flushed', 'nft flush ruleset', 'chain OFFENDINGIPS was missing'],
    ['the chain was deleted', 'iptables -F && iptables -X', 'chain OFFENDINGIPS was missing'],
    ['one rule was deleted', 'iptables -D OFFENDINGIPS 3', '1 banned address was not blocked'],
    [
      'a rule was doubled',
      'iptables -A OFFENDINGIPS -s 9.9.9.9 -j LOG --log-prefix "Attacker\'s Back "',
      'blocked without a ban',
    ],
  ])('check mends it when %s', async (_what, harm, found) => {
    const firewall = open();
    await firewall.start();
    await firewall.submit(order('ban', '192.0.2.1'));
    await firewall.submit(order('ban', '192.0.2.2'));
    const whole = net.rules(4);
    net.sh(harm);
    const repairs = await firewall.check();
    expect(repairs.every(({ error }) => error === undefined)).toBe(true);
    expect(repairs.map(({ what }) => what).join('\n')).toContain(found);
    expect(net.rules(4).toSorted()).toEqual(whole.toSorted());
    expect(await firewall.check()).toEqual([]);
  });

  it('a ban that meets a flushed firewall repairs it by itself, other bans included', async () => {
    const firewall = open();
    await firewall.start();
    await firewall.submit(order('ban', '192.0.2.1'));
    net.sh('iptables -F && iptables -X');
    expect(await firewall.submit(order('ban', '192.0.2.2'))).toMatchObject([{ ok: true }]);
    expect(bans()).toEqual([...ban4('192.0.2.1/32'), ...ban4('192.0.2.2/32')]);
    expect(voice.lines.filter((line) => line.startsWith('WARNING Repaired'))).not.toEqual([]);
  });

  it('a reban looks at the kernel, since packets still came', async () => {
    const firewall = open();
    await firewall.start();
    await firewall.submit(order('ban', '192.0.2.1'));
    net.sh('iptables -F INPUT; iptables -F OFFENDINGIPS');
    await firewall.submit(order('reban', '192.0.2.1'));
    expect(net.rules(4).filter((line) => line.startsWith('-A'))).toEqual([
      `-A INPUT ${jump}`,
      guard4,
      ...ban4('192.0.2.1/32'),
    ]);
  });
});
