import { describe, expect, it } from 'vitest';
import type { GroupValue } from './groups.js';
import { chooseIdentifier, readUsedns, tupleText, type Usedns } from './identifier.js';

function accused(groups: Record<string, GroupValue>, usedns: Usedns = 'warn') {
  const { identifier, ip } = chooseIdentifier(new Map(Object.entries(groups)), usedns);
  const name = identifier.kind === 'dns' ? identifier.name : identifier.kind === 'none' ? '' : identifier.text;
  return [identifier.kind, name, ip] as const;
}

describe('the identifier of a failure', () => {
  it('is the address that was captured, in canonical form', () => {
    expect(accused({ ip4: '192.0.2.5' })).toEqual(['address', '192.0.2.5', undefined]);
    expect(accused({ ip6: '2001:DB8:0::1' })).toEqual(['address', '2001:db8::1', undefined]);
    expect(accused({ ip6: '::ffff:102:304' })).toEqual(['address', '1.2.3.4', undefined]);
  });

  it('is the network when a length was captured too', () => {
    expect(accused({ ip4: '192.0.2.5', cidr: '24' })).toEqual(['address', '192.0.2.0/24', undefined]);
    expect(accused({ ip4: '192.0.2.5', cidr: '33' })).toEqual(['address', '192.0.2.5', undefined]);
  });

  it('is <F-ID> when that differs from the address, which then is <ip>', () => {
    expect(accused({ ip4: '192.0.2.5', fid: '192.0.2.5' })).toEqual(['address', '192.0.2.5', undefined]);
    expect(accused({ ip4: '192.0.2.5', fid: '192.0.2.5/24' })).toEqual(['address', '192.0.2.0/24', '192.0.2.5']);
    expect(accused({ ip4: '192.0.2.5', fid: 'bob' })).toEqual(['text', 'bob', '192.0.2.5']);
    expect(accused({ ip4: '192.0.2.5', fid: ['a', null] })).toEqual(['tuple', "('a', None)", '192.0.2.5']);
  });

  it('is read as an address where <F-ID> looks like one, unless usedns is raw', () => {
    expect(accused({ fid: '1.2.3.4/255.255.255.0' })).toEqual(['address', '1.2.3.0/24', undefined]);
    expect(accused({ fid: '1.2.3.4/24' }, 'raw')).toEqual(['text', '1.2.3.4/24', undefined]);
  });

  it('is a name to resolve, the name itself, or nobody, as usedns says', () => {
    expect(accused({ dns: 'mail.example' }, 'warn')).toEqual(['dns', 'mail.example', undefined]);
    expect(accused({ dns: 'mail.example' }, 'yes')).toEqual(['dns', 'mail.example', undefined]);
    expect(accused({ dns: 'mail.example' }, 'raw')).toEqual(['text', 'mail.example', undefined]);
    expect(chooseIdentifier(new Map([['dns', 'mail.example']]), 'no').identifier).toEqual({
      kind: 'none',
      pending: false,
    });
  });

  it('is awaited where a line names only its session', () => {
    expect(chooseIdentifier(new Map([['mlfid', '4711']]), 'warn').identifier).toEqual({ kind: 'none', pending: true });
  });

  it.each(['1.2.3.400', '999.999.999.999', '01.2.3.4'])(
    '%s looked like IPv4 to <HOST> and is marked invalid',
    (text) => {
      expect(chooseIdentifier(new Map([['ip4', text]]), 'warn').identifier).toEqual({
        kind: 'text',
        text,
        valid: false,
      });
    },
  );

  it.each(['12:34:56', 'dead:beef'])('%s looked like IPv6 to <HOST> and is marked invalid', (text) => {
    expect(chooseIdentifier(new Map([['ip6', text]]), 'warn').identifier).toEqual({ kind: 'text', text, valid: false });
  });

  it('is valid text where <F-ID> asked for text', () => {
    expect(chooseIdentifier(new Map([['fid', '1.2.3.400']]), 'warn').identifier).toMatchObject({ valid: true });
  });
});

describe('a tuple', () => {
  it('is shown in the notation that fail2ban writes to its log', () => {
    expect(tupleText(['a', null, "it's"])).toBe(`('a', None, "it's")`);
    expect(tupleText(['a'])).toBe("('a',)");
    expect(tupleText([`'"\\`])).toBe(`('\\'"\\\\',)`);
  });
});

describe('usedns', () => {
  it('knows four words and takes every other for no', () => {
    expect(['yes', 'WARN', ' raw ', 'no', 'maybe', ''].map(readUsedns)).toEqual([
      'yes',
      'warn',
      'raw',
      'no',
      'no',
      'no',
    ]);
  });
});
