import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Firewall, type FirewallOptions, openFirewall } from '../../actor/firewall.js';
import { ban4, guard4, guard6, jump, largeRecentTable } from '../../fixtures/article-rules.js';
import { makeNamespace, type Namespace, namespacesWork } from '../../fixtures/namespace.js';
import { offendingIps, order, type RecordedVoice, recordVoice } from '../../fixtures/orders.js';
import { makeScratch } from '../../fixtures/scratch.js';
import { replaceTools } from '../../fixtures/tools.js';
import { openExec } from '../../process/exec.js';

describe.skipIf(!namespacesWork())('offendingips (needs root, iproute2 and iptables)', () => {
  let net: Namespace;
  let voice: RecordedVoice;
  let empty: string[];
  let empty6: string[];

  const open = (overlay: Partial<FirewallOptions> = {}): Firewall => {
    const jails = ['sshd', 'asterisk'].map((name) => ({ name, actions: [offendingIps({ set: 'none' })] }));
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

  it('start puts the chain at the top of INPUT, the ATTACKER rule first, for both families', async () => {
    net.sh('iptables -A INPUT -p tcp --dport 22 -j ACCEPT; ip6tables -A INPUT -p tcp --dport 22 -j ACCEPT');
    expect(await open().start()).toEqual([]);
    const input = '-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT';
    const scaffold = [`-A INPUT ${jump}`, input];
    expect(net.rules(4).filter((line) => line.startsWith('-A'))).toEqual([...scaffold, guard4]);
    expect(net.rules(6).filter((line) => line.startsWith('-A'))).toEqual([...scaffold, guard6]);
  });

  it('a ban adds LOG before DROP, an unban leaves the chain exactly as before', async () => {
    const firewall = open();
    await firewall.start();
    const before = [net.rules(4), net.rules(6)];
    const outcomes = await Promise.all([
      firewall.submit(order('ban', '192.0.2.7')),
      firewall.submit(order('ban', '198.51.100.77/24')),
      firewall.submit(order('ban', '2001:DB8:0::7')),
      firewall.submit(order('ban', '2001:db8:1::/48')),
    ]);
    expect(outcomes.flat().map(({ ok, error }) => error ?? ok)).toEqual([true, true, true, true]);
    expect(bans(4)).toEqual([...ban4('192.0.2.7/32'), ...ban4('198.51.100.0/24')]);
    expect(bans(6).map((line) => line.split(' ')[3])).toEqual([
      '2001:db8::7/128',
      '2001:db8::7/128',
      '2001:db8:1::/48',
      '2001:db8:1::/48',
    ]);
    for (const id of ['192.0.2.7', '198.51.100.77/24', '2001:DB8:0::7', '2001:db8:1::/48']) {
      expect(await firewall.submit(order('unban', id))).toMatchObject([{ ok: true }]);
    }
    expect([net.rules(4), net.rules(6)]).toEqual(before);
  });

  it('IPv4 mapped into IPv6 is banned as the IPv4 address that it is', async () => {
    const firewall = open();
    await firewall.start();
    await firewall.submit(order('ban', '::ffff:192.0.2.7'));
    expect(bans(4)).toEqual(ban4('192.0.2.7/32'));
    expect(bans(6)).toEqual([]);
  });

  it('free text, octal spellings and everybody are refused, each with its reason, and harm nobody else', async () => {
    const firewall = open();
    await firewall.start();
    const ids = ['alice', '010.0.0.1', '2', '0.0.0.0/0', '::/0', '1.2.3.4; reboot', '-j', '192.0.2.9', '1.2.3.4/33'];
    const outcomes = (await Promise.all(ids.map((id) => firewall.submit(order('ban', id))))).flat();
    expect(outcomes.map(({ ok }) => ok)).toEqual([false, false, false, false, false, false, false, true, false]);
    expect(outcomes[0]!.error!.message).toContain('neither an address nor a network');
    expect(outcomes[3]!.error!.message).toContain('every address there is');
    expect(bans(4)).toEqual(ban4('192.0.2.9/32'));
  });

  it('a thousand addresses that wait together are one change of the kernel', async () => {
    let restores = 0;
    const exec = {
      run: (request: Parameters<Namespace['exec']['run']>[0]) => {
        if (request.argv[0]!.endsWith('-restore')) restores += 1;
        return net.exec.run(request);
      },
    };
    const firewall = open({ exec });
    await firewall.start();
    const before = net.rules(4);
    restores = 0;
    const ids = Array.from({ length: 1_000 }, (_, index) => `10.1.${index >> 8}.${index & 255}`);
    const outcomes = await Promise.all(ids.map((id) => firewall.submit(order('ban', id))));
    expect(outcomes.flat().every(({ ok }) => ok)).toBe(true);
    expect(restores).toBe(1);
    expect(bans()).toHaveLength(2_000);
    await Promise.all(ids.slice(1).map((id) => firewall.submit(order('unban', id))));
    expect(restores).toBe(2);
    expect(bans()).toEqual(ban4('10.1.0.0/32'));
    await firewall.submit(order('unban', '10.1.0.0'));
    expect(net.rules(4)).toEqual(before);
    await Promise.all(ids.map((id) => firewall.submit(order('ban', id))));
    await firewall.stop();
    expect(net.rules(4)).toEqual(empty);
  });

  it('whoever was marked stays out after the unban, and a large change does not make the kernel forget him', async () => {
    net.sh('ip link set lo up');
    const marked = () => net.sh('cat /proc/net/xt_recent/ATTACKER').trim().split('\n').filter(Boolean);
    const received = () => Number(net.sh('grep ^Udp: /proc/net/snmp').split('\n')[1]!.split(' ')[2]);
    // Nobody listens on the port: a packet that gets through counts as one for no port.
    const knock = () => net.sh("bash -c 'echo x > /dev/udp/127.0.0.9/9' 2> /dev/null || true");
    const firewall = open();
    await firewall.start();
    knock();
    expect(received()).toBe(1);
    await firewall.submit(order('ban', '127.0.0.1'));
    knock();
    expect(marked()).toHaveLength(1);
    const ids = Array.from({ length: 300 }, (_, index) => `10.1.${index >> 8}.${index & 255}`);
    await Promise.all(ids.map((id) => firewall.submit(order('ban', id))));
    await Promise.all(ids.map((id) => firewall.submit(order('unban', id))));
    await firewall.submit(order('unban', '127.0.0.1'));
    expect(bans()).toEqual([]);
    expect(marked()).toHaveLength(1);
    knock();
    expect(received()).toBe(1);
  });

  it('an address that two jails banned is free when the last one lets go', async () => {
    const firewall = open();
    await firewall.start();
    await Promise.all([
      firewall.submit(order('ban', '192.0.2.7', 'sshd')),
      firewall.submit(order('ban', '192.0.2.7', 'asterisk')),
      firewall.submit(order('ban', '192.0.2.7', 'sshd')),
    ]);
    expect(bans()).toEqual(ban4('192.0.2.7/32'));
    await firewall.submit(order('unban', '192.0.2.7', 'sshd'));
    await firewall.submit(order('unban', '192.0.2.7', 'sshd'));
    expect(bans()).toEqual(ban4('192.0.2.7/32'));
    await firewall.submit(order('unban', '192.0.2.7', 'asterisk'));
    expect(bans()).toEqual([]);
  });

  it('stop takes away bans, chain and jump, and leaves what others have', async () => {
    net.sh('iptables -A INPUT -p tcp --dport 22 -j ACCEPT');
    const before = net.rules(4);
    const firewall = open();
    await firewall.start();
    await firewall.submit(order('ban', '192.0.2.7', 'sshd'));
    await firewall.submit(order('ban', '192.0.2.8', 'asterisk'));
    expect(await firewall.stop()).toEqual([]);
    expect(net.rules(4)).toEqual(before);
    expect(net.rules(6)).toEqual(empty6);
    expect(await firewall.submit(order('ban', '192.0.2.9'))).toMatchObject([{ ok: false }]);
  });

  it("the administrator's own chain, jump, guard and rules survive start and stop", async () => {
    net.sh(`
      iptables -N OFFENDINGIPS
      iptables -A INPUT -j OFFENDINGIPS
      iptables -A OFFENDINGIPS -m recent --name ATTACKER --update --seconds 3600 -j DROP
      iptables -A OFFENDINGIPS -s 203.0.113.0/24 -j DROP
      iptables -A INPUT -p tcp --dport 22 -j ACCEPT`);
    const before = net.rules(4);
    const firewall = open();
    await firewall.start();
    expect(net.rules(4)).toEqual(before);
    await firewall.submit(order('ban', '192.0.2.7'));
    expect(net.rules(4)).toHaveLength(before.length + 2);
    await firewall.stop();
    expect(net.rules(4)).toEqual(before);
  });

  it('many bans leave no trace either, whether or not the administrator has rules of his own in the chain', async () => {
    net.sh(`
      iptables -N OFFENDINGIPS
      iptables -A INPUT -j OFFENDINGIPS
      iptables -A OFFENDINGIPS -m recent --name ATTACKER --update --seconds 3600 -j DROP`);
    for (const own of ['', 'iptables -A OFFENDINGIPS -s 203.0.113.0/24 -j DROP']) {
      net.sh(own);
      const before = net.rules(4);
      const firewall = open();
      await firewall.start();
      const ids = Array.from({ length: 400 }, (_, index) => `10.1.${index >> 8}.${index & 255}`);
      await Promise.all(ids.map((id) => firewall.submit(order('ban', id))));
      expect(bans()).toHaveLength(800 + (own === '' ? 0 : 1));
      await firewall.stop();
      expect(net.rules(4)).toEqual(before);
    }
  });

  it('two jails with different parameters for one chain do not fight: the second is refused, the first bans on', async () => {
    const jails = [
      { name: 'x', actions: [offendingIps({ seconds: '60' })] },
      { name: 'y', actions: [offendingIps({ seconds: '120' })] },
      { name: 'z', actions: [offendingIps({ seconds: '120', table: 'OTHER' })] },
    ];
    const firewall = open({ jails });
    expect(await firewall.start()).toMatchObject([{ jail: 'y', error: { code: 'F2B_ACTION_PLACE' } }]);
    expect(await firewall.submit(order('ban', '192.0.2.1', 'x'))).toMatchObject([{ ok: true }]);
    expect(await firewall.check()).toEqual([]);
    await firewall.stop();
    expect(net.rules(4)).toEqual(empty);
  });

  it('the parameters decide names, prefix, seconds and block type', async () => {
    const action = offendingIps({
      table: 'PBX',
      recent: 'SIP',
      seconds: '60',
      logprefix: 'say "no" \\ ',
      blocktype: 'REJECT',
      chain: '<known/chain>',
      port: '0:65535',
    });
    const firewall = open({ jails: [{ name: 'sshd', actions: [action] }] });
    expect(await firewall.start()).toEqual([]);
    await firewall.submit(order('ban', '192.0.2.1'));
    await firewall.submit(order('ban', '2001:db8::1'));
    expect(net.rules(4).filter((line) => line.startsWith('-A'))).toEqual([
      '-A INPUT -m comment --comment f2b -j PBX',
      '-A PBX -m recent --update --seconds 60 --name SIP --mask 255.255.255.255 --rsource -m comment --comment f2b -j DROP',
      '-A PBX -s 192.0.2.1/32 -j LOG --log-prefix "say \\"no\\" \\\\ "',
      '-A PBX -s 192.0.2.1/32 -m recent --set --name SIP --mask 255.255.255.255 --rsource -j REJECT --reject-with icmp-port-unreachable',
    ]);
    expect(await firewall.check()).toEqual([]);
    await firewall.stop();
    expect(net.rules(4)).toEqual(empty);
    expect(net.rules(6)).toEqual(empty6);
  });

  it('a parameter that cannot be is one clear problem, and the other jails run', async () => {
    const firewall = open({
      jails: [
        { name: 'bad', actions: [offendingIps({ table: 'x; reboot' })] },
        { name: 'sshd', actions: [offendingIps()] },
      ],
    });
    expect(await firewall.start()).toMatchObject([
      { jail: 'bad', error: { code: 'F2B_ACTION_PARAMETER', message: expect.stringContaining('parameter table') } },
    ]);
    expect(await firewall.submit(order('ban', '192.0.2.1'))).toMatchObject([{ ok: true }]);
  });

  it('without IPv6 its addresses are refused and IPv4 goes on', async () => {
    const firewall = open({ ipv6: false });
    await firewall.start();
    expect(await firewall.submit(order('ban', '2001:db8::1'))).toMatchObject([{ ok: false }]);
    expect(await firewall.submit(order('ban', '192.0.2.1'))).toMatchObject([{ ok: true }]);
    expect(net.rules(6)).toEqual(empty6);
  });

  it('where IPv6 is broken IPv4 is banned all the same', async () => {
    const scratch = makeScratch();
    const env = replaceTools(scratch, {
      'ip6tables-save': 'echo "Address family not supported by protocol" >&2; exit 3',
    });
    const firewall = open({ exec: openExec({ prefix: net.prefix, env }) });
    expect(await firewall.start()).toMatchObject([
      { error: { message: expect.stringContaining('IPv6: ip6tables-save failed') } },
    ]);
    const orders = ['2001:db8::1', '192.0.2.1'].map((id) => firewall.submit(order('ban', id)));
    expect((await Promise.all(orders)).flat().map(({ ok }) => ok)).toEqual([false, true]);
    expect(bans()).toEqual(ban4('192.0.2.1/32'));
    scratch.remove();
  });

  it('the older iptables, which speaks to the kernel in another way, is understood as well', async () => {
    const scratch = makeScratch();
    const tools = ['iptables', 'ip6tables'].flatMap((tool) =>
      ['save', 'restore'].map((verb) => [`${tool}-${verb}`, `exec ${tool}-legacy-${verb} "$@"`] as const),
    );
    const exec = openExec({ prefix: net.prefix, env: replaceTools(scratch, Object.fromEntries(tools)) });
    const saved = () => net.sh('iptables-legacy-save | grep "^[:-]"; ip6tables-legacy-save | grep "^[:-]"');
    net.sh('iptables-legacy -A INPUT -i lo -j ACCEPT; ip6tables-legacy -A INPUT -i lo -j ACCEPT');
    const before = saved();
    const firewall = open({ exec });
    await firewall.start();
    for (const id of ['192.0.2.1', '2001:db8::/48', '192.0.2.2']) {
      expect(await firewall.submit(order('ban', id))).toMatchObject([{ ok: true }]);
    }
    expect(await firewall.check()).toEqual([]);
    await firewall.submit(order('unban', '192.0.2.1'));
    await firewall.stop();
    expect(saved()).toBe(before);
    expect(net.rules(4)).toEqual(empty);
    scratch.remove();
  });

  it('a dry run prints exactly what a real run feeds to iptables-restore, and changes nothing', async () => {
    const printed: string[] = [];
    const firewall = open({ dryRun: { print: (line) => printed.push(line) }, ipv6: false });
    await firewall.start();
    await firewall.submit(order('ban', '192.0.2.7'));
    await firewall.submit(order('unban', '192.0.2.7'));
    await firewall.stop();
    expect(net.rules(4)).toEqual(empty);
    expect(printed.slice(1)).toEqual([
      "iptables-restore -w 10 --noflush <<'EOF'",
      '*filter',
      '-N OFFENDINGIPS',
      `-I INPUT 1 ${jump}`,
      '-I OFFENDINGIPS 1 -m recent --update --seconds 3600 --name ATTACKER -m comment --comment f2b -j DROP',
      'COMMIT',
      'EOF',
      "iptables-restore -w 10 --noflush <<'EOF'",
      '*filter',
      '-A OFFENDINGIPS -s 192.0.2.7/32 -j LOG --log-prefix "Attacker\'s Back "',
      '-A OFFENDINGIPS -s 192.0.2.7/32 -m recent --set --name ATTACKER -j DROP',
      'COMMIT',
      'EOF',
      "iptables-restore -w 10 --noflush <<'EOF'",
      '*filter',
      '-D OFFENDINGIPS -s 192.0.2.7/32 -j LOG --log-prefix "Attacker\'s Back "',
      '-D OFFENDINGIPS -s 192.0.2.7/32 -m recent --set --name ATTACKER -j DROP',
      'COMMIT',
      'EOF',
      "iptables-restore -w 10 --noflush <<'EOF'",
      '*filter',
      '-D OFFENDINGIPS -m recent --update --seconds 3600 --name ATTACKER -m comment --comment f2b -j DROP',
      `-D INPUT ${jump}`,
      '-X OFFENDINGIPS',
      'COMMIT',
      'EOF',
    ]);
    net.sh(`${printed.join('\n')}\n`);
    expect(net.rules(4)).toEqual(empty);
  });
});
