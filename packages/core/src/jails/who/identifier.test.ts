import type { GroupValue, Usedns } from '@f2b/matcher';
import { describe, expect, it } from 'vitest';
import { identify } from './identifier.js';

function id(groups: Record<string, GroupValue>, usedns: Usedns = 'warn') {
  const found = identify(new Map(Object.entries(groups)), usedns);
  if (found.kind === 'known')
    return found.who.id === found.who.ip ? found.who.id : `${found.who.id} at ${found.who.ip}`;
  return found.kind === 'lookup' ? `lookup ${found.name}` : found.kind;
}

describe('who failed', () => {
  it.each([
    [{ ip4: '192.0.2.1', ip6: '2001:db8::1' }, '192.0.2.1'],
    [{ ip6: '2001:DB8:0:0::1', dns: 'a.example' }, '2001:db8::1'],
    [{ ip6: '::ffff:192.0.2.1' }, '192.0.2.1'],
    [{ ip4: '192.0.2.77', cidr: '24' }, '192.0.2.0/24'],
    [{ ip4: '192.0.2.1', fid: '192.0.2.1' }, '192.0.2.1'],
    [{ ip4: '192.0.2.1', fid: 'bob' }, 'bob at 192.0.2.1'],
    [{ fid: '1.2.3.4/24' }, '1.2.3.0/24'],
    [{ fid: 'bob' }, 'bob'],
    [{ fid: ['a', 'b'] }, "('a', 'b')"],
    [{ dns: 'a.example' }, 'lookup a.example'],
    [{ mlfid: '1' }, 'nobody'],
  ] as [Record<string, GroupValue>, string][])('%j is %s', (groups, expected) => {
    expect(id(groups)).toBe(expected);
  });

  it('a host name is nobody with usedns no, and itself with raw', () => {
    expect(id({ dns: 'a.example' }, 'no')).toBe('refused');
    expect(id({ dns: 'a.example' }, 'raw')).toBe('a.example');
  });
});

it('what only looks like an address is nobody that could be banned', () => {
  expect([id({ ip4: '1.2.3.400' }), id({ ip6: '12:34:56' })]).toEqual(['refused', 'refused']);
});
