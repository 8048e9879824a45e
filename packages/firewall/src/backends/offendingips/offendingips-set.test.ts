import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Firewall, type FirewallOptions, openFirewall } from '../../actor/firewall.js';
import { ban4, guard4, largeRecentTable } from '../../fixtures/article-rules.js';
import { makeNamespace, type Namespace, namespacesWork } from '../../fixtures/namespace.js';
import { offendingIps, order, type RecordedVoice, recordVoice } from '../../fixtures/orders.js';
import { makeScratch } from '../../fixtures/scratch.js';
import { replaceTools } from '../../fixtures/tools.js';
import type { Order } from '../../orders.js';
import { openExec } from '../../process/exec.js';

const now = 1_718_452_800_000;
const ofSet = (set = 'f2b-OFFENDINGIPS') => [
  `-A OFFENDINGIPS -m set --match-set ${set} src -m comment --comment f2b -j LOG --log-prefix "Attacker\\'s Back "`,
  `-A OFFENDINGIPS -m set --match-set ${set} src -m comment --comment f2b -m recent --set --name ATTACKER --mask 255.255.255.255 --rsource -j DROP`,
];
const addresses = (count: number, net = '10.1') =>
  Array.from({ length: count }, (_, index) => `${net}.${index >> 8}.${index & 255}`);

describe.skipIf(!namespacesWork())('the set of offendingips (needs root, iproute2, iptables and ipset)', () => {
  let net: Namespace;
  let voice: RecordedVoice;
  let untouched: string;

  const state = () =>
    net.sh('iptables-save -t filter | grep "^[:-]"; ip6tables-save -t filter | grep "^[:-]"; ipset save');
  const open = (params: Record<string, string> = {}, overlay: Partial<FirewallOptions> = {}): Firewall =>
    openFirewall({
      jails: [{ name: 'sshd', actions: [offendingIps(params)] }],
      voice,
      ipv6: true,
      exec: net.exec,
      clock: () => now,
      modules: largeRecentTable,
      ...overlay,
    });
  const submitAll = (firewall: Firewall, kind: Order['kind'], ids: readonly string[]) =>
    Promise.all(ids.map((id) => firewall.submit(order(kind, id)))).then((outcomes) => outcomes.flat());
  const chain = () => net.rules(4).filter((line) => line.startsWith('-A OFFENDINGIPS'));
  /** Entry to its remaining seconds. */
  const members = (set = 'f2b-OFFENDINGIPS') =>
    new Map(
      [...net.sh(`ipset save ${set}`).matchAll(/^add \S+ (\S+) timeout (\d+)$/gm)].map(([, entry, left]) => [
        entry!,
        Number(left),
      ]),
    );

  beforeEach(() => {
    net = makeNamespace();
    voice = recordVoice();
    untouched = state();
  });
  afterEach(() => net.remove());

  it('takes the place of rules per address from the 64th on, in one step, and goes without a trace', async () => {
    const firewall = open();
    await firewall.start();
    await submitAll(firewall, 'ban', addresses(63));
    expect(chain()).toHaveLength(1 + 2 * 63);
    expect(await submitAll(firewall, 'ban', ['10.2.0.1'])).toMatchObject([{ ok: true }]);
    expect(chain()).toEqual([guard4, ...ofSet()]);
    expect([...members().keys()].sort()).toEqual([...addresses(63), '10.2.0.1'].sort());
    await submitAll(firewall, 'unban', addresses(60));
    expect([...members().keys()].sort()).toEqual(['10.1.0.60', '10.1.0.61', '10.1.0.62', '10.2.0.1']);
    expect(await firewall.check()).toEqual([]);
    expect(voice.lines.filter((line) => /ERROR|WARN/.test(line))).toEqual([]);
    await firewall.stop();
    expect(state()).toBe(untouched);
  });

  it('each ban ends in the kernel when it ends in the book: after its time, never, or at the longest the kernel can', async () => {
    const firewall = open({ set: 'ipset' });
    await firewall.start();
    await firewall.submit(order('ban', '192.0.2.1', 'sshd', { time: now, bantime: 600 }));
    await firewall.submit(order('ban', '192.0.2.2', 'sshd', { time: now, bantime: -1 }));
    await firewall.submit(order('ban', '192.0.2.3', 'sshd', { time: now, bantime: 10_000_000 }));
    await firewall.submit(order('ban', '198.51.100.9/24', 'sshd', { time: now, bantime: 60 }));
    const {
      '192.0.2.1': ten,
      '192.0.2.2': never,
      '192.0.2.3': long,
      '198.51.100.0/24': net24,
    } = Object.fromEntries(members());
    expect([never, ten! > 590 && ten! <= 600, long! > 2_147_000, net24! > 50 && net24! <= 60]).toEqual([
      0,
      true,
      true,
      true,
    ]);
    await firewall.submit(order('prolong', '192.0.2.1', 'sshd', { time: now, bantime: 6_000 }));
    expect(members().get('192.0.2.1')).toBeGreaterThan(5_990);
    net.sh(
      'ipset -exist add f2b-OFFENDINGIPS 192.0.2.1 timeout 30; ipset -exist add f2b-OFFENDINGIPS 192.0.2.2 timeout 30',
    );
    await firewall.check();
    expect(members().get('192.0.2.1')).toBeGreaterThan(5_990);
    expect(members().get('192.0.2.2')).toBe(0);
  });

  it('IPv6 has a set of its own, prefixes and all', async () => {
    const firewall = open({ set: 'ipset' });
    await firewall.start();
    const bans = ['2001:db8::1', '2001:db8:1::/48', '192.0.2.1'];
    expect((await submitAll(firewall, 'ban', bans)).every(({ ok }) => ok)).toBe(true);
    expect([...members('f2b-OFFENDINGIPS-6').keys()].sort()).toEqual(['2001:db8:1::/48', '2001:db8::1']);
    expect([...members().keys()]).toEqual(['192.0.2.1']);
    await firewall.stop();
    expect(state()).toBe(untouched);
  });

  it.each([
    ['a flushed set', 'ipset flush'],
    ['flushed rules', 'iptables -F'],
    ['rules and set gone', 'iptables -F; iptables -X; ipset destroy f2b-OFFENDINGIPS'],
    ['a stranger in the set', 'ipset add f2b-OFFENDINGIPS 203.0.113.9; ipset del f2b-OFFENDINGIPS 10.1.0.7'],
  ])('repairs %s, and says so', async (_what, harm) => {
    const firewall = open();
    await firewall.start();
    await submitAll(firewall, 'ban', addresses(80));
    const [rules, held] = [net.rules(4), [...members().keys()].sort()];
    net.sh(harm);
    expect((await firewall.check()).length).toBeGreaterThan(0);
    expect(net.rules(4).sort()).toEqual(rules.sort());
    expect([...members().keys()].sort()).toEqual(held);
    expect(await firewall.check()).toEqual([]);
    net.sh(harm);
    expect(await submitAll(firewall, 'reban', ['10.1.0.7'])).toMatchObject([{ ok: true }]);
    expect([...members().keys()].sort()).toEqual(held);
    await firewall.stop();
    expect(state()).toBe(untouched);
  });

  it('what a run leaves the next one takes over, and only what is unclaimed goes', async () => {
    const first = open();
    await first.start();
    await submitAll(first, 'ban', addresses(100));
    await first.stop({ keep: true });
    expect(members().size).toBe(100);
    const second = open();
    await second.start();
    expect(members().size).toBe(100);
    expect(chain()).toEqual([guard4, ...ofSet()]);
    await submitAll(second, 'ban', addresses(40));
    expect([...members().keys()].sort()).toEqual(addresses(40).sort());
    await second.stop();
    expect(state()).toBe(untouched);
  });

  it('goes back to rules per address, and on to a set, as the configuration says, without letting anybody in', async () => {
    const withSet = open({ set: 'ipset' });
    await withSet.start();
    await submitAll(withSet, 'ban', addresses(3));
    await withSet.stop({ keep: true });
    const without = open({ set: 'none' });
    await without.start();
    expect(chain().sort()).toEqual([guard4, ...addresses(3).flatMap((id) => ban4(`${id}/32`))].sort());
    expect(net.sh('ipset save')).toBe(
      untouched
        .split('\n')
        .filter((line) => line.startsWith('create'))
        .join('\n'),
    );
    await submitAll(without, 'ban', addresses(2));
    await without.stop({ keep: true });
    const again = open({ set: 'ipset' });
    await again.start();
    expect(chain()).toEqual([guard4, ...ofSet()]);
    expect([...members().keys()].sort()).toEqual(addresses(2));
    await submitAll(again, 'ban', addresses(1));
    expect([...members().keys()]).toEqual(addresses(1));
    await again.stop();
    expect(state()).toBe(untouched);
  });

  it('a full set is an error that says what to raise; a larger one takes its place in one step', async () => {
    const small = open({ set: 'ipset', setsize: '4' });
    await small.start();
    const outcomes = await submitAll(small, 'ban', addresses(2_000));
    const message = outcomes.find(({ ok }) => !ok)?.error?.message;
    expect(message).toMatch(/set f2b-OFFENDINGIPS is full with 4 addresses; raise setsize/);
    await small.stop({ keep: true });
    const large = open({ set: 'ipset', setsize: '5000' });
    await large.start();
    expect((await submitAll(large, 'ban', addresses(2_000))).every(({ ok }) => ok)).toBe(true);
    expect(members().size).toBe(2_000);
    await large.stop();
    expect(state()).toBe(untouched);
  });

  it('somebody else’s set of that name is left alone: rules per address do the work', async () => {
    net.sh('ipset create f2b-OFFENDINGIPS hash:ip,port; ipset add f2b-OFFENDINGIPS 192.0.2.1,tcp:22');
    const before = state();
    const firewall = open();
    await firewall.start();
    expect((await submitAll(firewall, 'ban', addresses(70))).every(({ ok }) => ok)).toBe(true);
    expect(chain()).toHaveLength(1 + 2 * 70);
    expect(voice.lines.join('\n')).toMatch(/of type hash:ip,port.*not f2b's.*they get rules of their own/);
    await firewall.stop();
    expect(state()).toBe(before);
    expect(await open({ set: 'ipset' }).start()).toMatchObject([{ error: { code: 'F2B_FIREWALL_SET_FOREIGN' } }]);
  });

  it('without ipset installed bans hold as rules, which is said once; where a set is asked for, it is an error', async () => {
    const scratch = makeScratch();
    const env = replaceTools(scratch, {
      ipset: 'echo "exec of ipset failed: No such file or directory" >&2; exit 255',
    });
    const exec = openExec({ prefix: net.prefix, env });
    const firewall = open({}, { exec });
    await firewall.start();
    expect((await submitAll(firewall, 'ban', addresses(70))).every(({ ok }) => ok)).toBe(true);
    await submitAll(firewall, 'ban', addresses(10, '10.2'));
    expect(chain()).toHaveLength(1 + 2 * 80);
    expect(voice.lines.filter((line) => /apt-get install ipset/.test(line))).toHaveLength(1);
    await firewall.stop();
    expect(state()).toBe(untouched);
    expect((await open({ set: 'ipset' }, { exec }).start())[0]!.error.message).toMatch(/apt-get install ipset/);
    scratch.remove();
  });

  it('an administrator’s own rules in the chain, and his own guard, stay where they are', async () => {
    net.sh(`
      iptables -N OFFENDINGIPS
      iptables -A INPUT -j OFFENDINGIPS
      iptables -A OFFENDINGIPS -m recent --name ATTACKER --update --seconds 3600 -j DROP
      iptables -A OFFENDINGIPS -s 203.0.113.0/24 -j DROP`);
    const before = state();
    const firewall = open();
    await firewall.start();
    await submitAll(firewall, 'ban', addresses(100));
    expect(chain().filter((line) => line.includes('--match-set'))).toHaveLength(2);
    await firewall.stop();
    expect(state()).toBe(before);
  });

  it('logs as told, and marks nobody where seconds is 0', async () => {
    const firewall = open({ set: 'ipset', loglimit: '10/minute', seconds: '0' });
    await firewall.start();
    expect(chain()).toEqual([
      '-A OFFENDINGIPS -m set --match-set f2b-OFFENDINGIPS src -m comment --comment f2b -m limit --limit 10/min -j LOG --log-prefix "Attacker\\\'s Back "',
      '-A OFFENDINGIPS -m set --match-set f2b-OFFENDINGIPS src -m comment --comment f2b -j DROP',
    ]);
    expect(await firewall.check()).toEqual([]);
    await firewall.stop();
    const silent = open({ loglimit: 'none', seconds: '0' });
    await silent.start();
    await submitAll(silent, 'ban', ['192.0.2.1']);
    expect(chain()).toEqual(['-A OFFENDINGIPS -s 192.0.2.1/32 -j DROP']);
    expect(await silent.check()).toEqual([]);
    await silent.stop();
    expect(state()).toBe(untouched);
  });

  it.each([
    '10/minute',
    '90/minute',
    '1/second',
    '120/minute',
    '7/hour',
    '24/day',
    '1440/day',
    '10000/second',
    '61/minute',
  ])('a rate of %s is found again in the listing', async (loglimit) => {
    const firewall = open({ loglimit });
    await firewall.start();
    await submitAll(firewall, 'ban', ['192.0.2.1']);
    expect(await firewall.check()).toEqual([]);
    await firewall.stop();
    expect(state()).toBe(untouched);
  });

  it('a dry run prints what a real run would feed to ipset and iptables-restore', async () => {
    const printed: string[] = [];
    const dry = open({ setfrom: '2' }, { dryRun: { print: (line) => printed.push(line) }, ipv6: false });
    await dry.start();
    await submitAll(dry, 'ban', addresses(3));
    net.sh(`${printed.join('\n')}\n`);
    expect(chain()).toEqual([guard4, ...ofSet()]);
    expect(members().size).toBe(3);
    await dry.stop();
    net.sh(`iptables -F; iptables -X; ipset destroy; ${printed.join('\n')}\n`);
    expect(state()).toBe(untouched);
  });
});
