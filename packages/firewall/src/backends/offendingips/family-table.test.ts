import { beforeEach, describe, expect, it } from 'vitest';
import { offendingIps, recordVoice } from '../../fixtures/orders.js';
import { type Network, networkOf } from '../../network.js';
import type { Iptables } from '../../tools/iptables.js';
import { ruleText } from '../../tools/rule.js';
import { simulateIptables } from '../../tools/simulated-iptables.js';
import { speakerOf } from '../../voice.js';
import { FamilyTable } from './family-table.js';
import { readParameters } from './parameters.js';
import { rulesPerAddress } from './rules.js';

/** One family's table over a packet filter in memory, which a test can look into and harm. */
function open(iptables: Iptables) {
  const wanted = new Map<string, Network>();
  const parameters = readParameters(offendingIps());
  const layout = rulesPerAddress(parameters, 'inet4', 'f2b-OFFENDINGIPS');
  const voice = recordVoice();
  const table = new FamilyTable({ family: 'inet4', wanted, layout, parameters, iptables, voice: speakerOf(voice) });
  return {
    table,
    voice,
    want: (id: string) => void wanted.set(networkOf(id).cidr, networkOf(id)),
    forget: (id: string) => void wanted.delete(networkOf(id).cidr),
  };
}

describe('one family’s table', () => {
  let iptables: Iptables;
  let changes: number;
  const rules = async (chain: string) => ((await iptables.read()).get(chain) ?? []).map(ruleText);
  const banned = async () =>
    new Set((await rules('OFFENDINGIPS')).flatMap((rule) => /^-s (\S+)/.exec(rule)?.[1] ?? []));

  beforeEach(() => {
    changes = 0;
    const simulated = simulateIptables('inet4', () => {});
    iptables = {
      read: () => simulated.read(),
      change(lines) {
        changes += 1;
        return simulated.change(lines);
      },
    };
  });

  it('asks for a change only where what is wanted is not what stands', async () => {
    const { table, want, forget } = open(iptables);
    await table.start();
    want('192.0.2.1');
    await table.sync(['192.0.2.1/32'], false);
    const before = changes;
    await table.sync(['192.0.2.1/32', '192.0.2.9/32'], false);
    expect(changes).toBe(before);
    forget('192.0.2.1');
    await table.sync(['192.0.2.1/32'], false);
    expect(changes).toBe(before + 1);
    expect(await banned()).toEqual(new Set());
  });

  it('leaves what an earlier run banned in force until the first change, and then only what is wanted', async () => {
    const earlier = open(iptables);
    await earlier.table.start();
    for (const id of ['192.0.2.1', '192.0.2.2']) earlier.want(id);
    await earlier.table.reconcile();
    await earlier.table.leave();
    const { table, want, voice } = open(iptables);
    await table.start();
    expect((await banned()).size).toBe(2);
    expect(voice.lines.join()).toContain('2 addresses of an earlier run');
    want('192.0.2.2');
    await table.sync(['192.0.2.2/32'], false);
    expect(await banned()).toEqual(new Set(['192.0.2.2/32']));
  });

  it('stays in doubt after a change that failed: the next one looks at everything', async () => {
    const { table, want } = open(iptables);
    await table.start();
    const { change } = iptables;
    iptables.change = () => Promise.reject(new Error('the lock is held'));
    want('192.0.2.1');
    await expect(table.sync(['192.0.2.1/32'], false)).rejects.toThrow('the lock is held');
    iptables.change = change;
    want('192.0.2.2');
    await table.sync(['192.0.2.2/32'], false);
    expect(await banned()).toEqual(new Set(['192.0.2.1/32', '192.0.2.2/32']));
  });

  it('says what was wrong, and only what had stood as lost', async () => {
    const { table, want } = open(iptables);
    await table.start();
    want('192.0.2.1');
    await table.sync(['192.0.2.1/32'], false);
    await iptables.change(['-F OFFENDINGIPS']);
    want('192.0.2.2');
    const findings = (await table.reconcile()).join('\n');
    expect(findings).toContain('IPv4: 1 banned address was not blocked');
    expect(findings).toContain('the first rules of OFFENDINGIPS were missing');
    expect(await table.reconcile()).toEqual([]);
  });

  it('takes away at a stop what it made, and a chain with somebody else’s rule stays', async () => {
    const { table, voice } = open(iptables);
    await table.start();
    await iptables.change(['-A OFFENDINGIPS -s 203.0.113.0/24 -j DROP']);
    await table.stop();
    expect(await rules('OFFENDINGIPS')).toContain('-s 203.0.113.0/24 -j DROP');
    expect(voice.lines.join()).toContain('stays, since others have rules in it');
    await iptables.change(['-D OFFENDINGIPS -s 203.0.113.0/24 -j DROP']);
    const next = open(iptables);
    await next.table.start();
    await next.table.stop();
    expect(await iptables.read()).toEqual(new Map([['INPUT', []]]));
  });
});
