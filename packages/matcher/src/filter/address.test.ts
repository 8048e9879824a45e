import { describe, expect, it } from 'vitest';
import { parseAddress, parseHost, parseNetwork } from './address.js';

describe('an address', () => {
  it.each([
    ['192.0.2.5', '192.0.2.5'],
    ['0.0.0.0', '0.0.0.0'],
    ['[192.0.2.5]', '192.0.2.5'],
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['[2001:db8::1]', '2001:db8::1'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
    ['::', '::'],
    ['::1', '::1'],
    ['fe80::', 'fe80::'],
    ['::102:304', '::1.2.3.4'],
    ['2001:db8::1.2.3.4', '2001:db8::102:304'],
    ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0'],
    ['::2:3:4:5:6:7:8', '0:2:3:4:5:6:7:8'],
  ])('%s is written %s', (text, canonical) => {
    expect(parseHost(text)?.text).toBe(canonical);
  });

  it.each(['::ffff:1.2.3.4', '::ffff:102:304', '::FFFF:1.2.3.4', '0:0:0:0:0:ffff:102:304'])(
    '%s is an IPv4 address in IPv6 clothes',
    (text) => {
      expect(parseHost(text)).toMatchObject({ family: 'inet4', text: '1.2.3.4', prefix: 32 });
    },
  );

  it.each([
    '',
    '1.2.3',
    '1.2.3.4.5',
    '1.2.3.400',
    '01.2.3.4',
    '00.2.3.4',
    ' 1.2.3.4',
    '1.2.3.4 ',
    '1.2.3.4:80',
    '1..2.3',
    '.1.2.3.4',
    '12:34:56',
    'dead:beef',
    'fe80::1%eth0',
    ':::',
    ':1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7:8::',
    '1::2::3',
    '12345::',
    '::1.2.3',
    '::1.2.3.4:5',
    '1:2:3:4:5:6:7:1.2.3.4',
    'g::1',
    'example.com',
    '１.2.3.4',
    '1.2.3.4\n',
    '1.2.3.4\0',
  ])('%j is none', (text) => {
    expect(parseHost(text)).toBeUndefined();
  });
});

describe('a network', () => {
  it.each([
    ['1.2.3.4/24', '1.2.3.0/24'],
    ['1.2.3.4/024', '1.2.3.0/24'],
    ['1.2.3.4/32', '1.2.3.4'],
    ['1.2.3.4/255.255.0.0', '1.2.0.0/16'],
    ['2001:db8::1/32', '2001:db8::/32'],
    ['2001:db8::/ffff:ffff::', '2001:db8::/32'],
    ['[2001:db8::1/64]', '2001:db8::/64'],
    ['::ffff:1.2.3.4/120', '::ffff:1.2.3.0/120'],
  ])('%s is written %s', (text, canonical) => {
    expect(parseAddress(text)?.text).toBe(canonical);
  });

  it('of length 0 is written without its length, as fail2ban does, but knows it', () => {
    expect(parseAddress('1.2.3.4/0')).toMatchObject({ text: '0.0.0.0', prefix: 0 });
    expect(parseAddress('::1/0')).toMatchObject({ text: '::', prefix: 0 });
  });

  it('with a length out of range is the host alone', () => {
    expect(parseAddress('1.2.3.4/33')?.text).toBe('1.2.3.4');
    expect(parseAddress('1.2.3.4/-1')?.text).toBe('1.2.3.4');
    expect(parseNetwork('1.2.3.4', 99_999)?.text).toBe('1.2.3.4');
  });

  it.each(['1.2.3.4/255.0.255.0', '1.2.3.4/', '1.2.3.4/x', '1.2.3.4/24/8', '/24', '1.2.3.4/-', '1.2.3.4/2-4'])(
    '%s is none',
    (text) => {
      expect(parseAddress(text)).toBeUndefined();
    },
  );
});
