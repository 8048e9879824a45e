import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { networkOf } from './network.js';

describe('a ban identifier as a network', () => {
  it.each([
    ['192.0.2.7', 'inet4', '192.0.2.7/32'],
    ['192.0.2.7/24', 'inet4', '192.0.2.0/24'],
    ['::ffff:192.0.2.7', 'inet4', '192.0.2.7/32'],
    ['::ffff:192.0.2.7/120', 'inet4', '192.0.2.0/24'],
    ['::FFFF:c000:207', 'inet4', '192.0.2.7/32'],
    ['2001:DB8:0:0::1', 'inet6', '2001:db8::1/128'],
    ['2001:db8::1/48', 'inet6', '2001:db8::/48'],
    ['fe80::1%eth0', 'inet6', 'fe80::1/128'],
  ])('%s is %s %s', (id, family, cidr) => {
    expect(networkOf(id)).toEqual({ family, cidr });
  });

  it.each([
    '',
    'alice',
    '2',
    '127.1',
    '0x7f.0.0.1',
    '010.0.0.1',
    '1.2.3.400',
    '12:34:56',
    'dead:beef',
    '192.0.2.7/33',
    '192.0.2.7/',
    '2001:db8::/129',
    '192.0.2.7 -j ACCEPT',
    '192.0.2.7\n-F',
    '!192.0.2.7',
    ':'.repeat(45),
    '::ffff:1.2.3.4/95',
  ])('%j is no network', (id) => {
    expect(() => networkOf(id)).toThrow(/neither an address nor a network/);
  });

  it.each(['0.0.0.0/0', '::/0', '::ffff:0.0.0.0/96'])('%s would be everybody', (id) => {
    expect(() => networkOf(id)).toThrow(/every address there is/);
  });

  it('what comes out is read again as the same network', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), fc.integer({ min: 97, max: 128 }), (address, bits) => {
        const width = address.includes(':') ? bits : bits - 96;
        const once = networkOf(`${address}/${width}`);
        expect(networkOf(once.cidr)).toEqual(once);
      }),
    );
  });
});
