import { describe, expect, it } from 'vitest';
import { Dns } from './dns.js';
import { identifierOf } from './identifier.js';
import { IgnoreList } from './ignore.js';

function list(
  ignoreip: readonly string[],
  more: { ignoreself?: boolean; resolve?: (name: string) => Promise<string[]> } = {},
) {
  const problems: string[] = [];
  const files = new Map<string, { text: string; mtimeMs: number }>();
  const ignore = new IgnoreList(
    { ignoreself: more.ignoreself ?? true, ignoreip },
    {
      ownAddresses: () => ['192.0.2.254', 'fe80::1%eth0'],
      dns: new Dns(more.resolve ?? (async () => [])),
      problem: (_code, what) => problems.push(what),
      lists: {
        stamp(path) {
          const file = files.get(path);
          if (file === undefined) throw new Error('ENOENT');
          return { mtimeMs: file.mtimeMs, inode: 1, size: file.text.length };
        },
        read: (path) => files.get(path)?.text ?? '',
      },
    },
  );
  return { ignore, problems, files, by: (id: string, now = 0) => ignore.check(identifierOf(id), now) };
}

it('addresses and networks of both families are found, whatever their spelling', () => {
  const { by } = list(['203.0.113.1', '10.0.0.0/8', '172.16.0.0/255.240.0.0', '2001:db8::/32', '2001:DB8:1::0:5/128']);
  expect(
    ['203.0.113.1', '::ffff:203.0.113.1', '10.255.0.1', '172.31.255.255', '2001:db8:ffff::1'].map((id) => by(id)),
  ).toEqual(['ip', 'ip', 'ip', 'ip', 'ip']);
  expect(['203.0.113.2', '11.0.0.0', '172.32.0.0', '2001:db9::1', 'bob'].map((id) => by(id))).toEqual(
    new Array(5).fill(undefined),
  );
});

it('a network inside an ignored one is ignored, one around it is not', () => {
  const { by } = list(['10.1.0.0/16']);
  expect([by('10.1.2.0/24'), by('10.0.0.0/8')]).toEqual(['ip', undefined]);
});

it('prefix lengths that end inside a byte divide exactly there', () => {
  const { by } = list(['203.0.113.64/27', '2001:db8::/33']);
  expect([by('203.0.113.95'), by('203.0.113.96'), by('203.0.113.63')]).toEqual(['ip', undefined, undefined]);
  expect([by('2001:db8:7fff::1'), by('2001:db8:8000::1')]).toEqual(['ip', undefined]);
});

it('everybody can be ignored', () => {
  const { by } = list(['0.0.0.0/0', '::/0']);
  expect([by('203.0.113.1'), by('2001:db8::1'), by('0.0.0.0')]).toEqual(['ip', 'ip', 'ip']);
});

it('own addresses are ignored unless told otherwise', () => {
  expect(list([]).by('192.0.2.254')).toBe('ignoreself rule');
  expect(list([]).by('fe80::1')).toBe('ignoreself rule');
  expect(list([], { ignoreself: false }).by('192.0.2.254')).toBeUndefined();
});

describe('host names', () => {
  it('are asked for again at every refresh, and once for all lists that are refreshed together', async () => {
    let asked = 0;
    const dns = new Dns(async () => [`192.0.2.${++asked}`]);
    const lists = { stamp: () => ({ mtimeMs: 0, inode: 0, size: 0 }), read: () => '' };
    const sources = { ownAddresses: () => [], lists, dns, problem() {} };
    const jails = [1, 2].map(() => new IgnoreList({ ignoreself: false, ignoreip: ['home.example'] }, sources));
    // The first answer came a moment after the guard began to count its five minutes.
    for (const now of [50, 300_000, 600_000]) for (const list of jails) await list.refreshNames(now);
    expect(asked).toBe(3);
    for (const list of jails) expect(list.check(identifierOf('192.0.2.3'), 600_000)).toBe('dns');
  });

  it('are known once they were asked for, and a failing name server leaves the last answer', async () => {
    let answer = async () => ['203.0.113.77'];
    const { ignore, by, problems } = list(['friend.example'], { resolve: () => answer() });
    expect(by('203.0.113.77')).toBeUndefined();
    await ignore.refreshNames(0);
    expect(by('203.0.113.77')).toBe('dns');
    answer = async () => {
      throw new Error('SERVFAIL');
    };
    await ignore.refreshNames(600_000);
    expect(by('203.0.113.77')).toBe('dns');
    expect(problems.join()).toContain('SERVFAIL');
  });
});

describe('lists in files', () => {
  it('hold addresses, networks and free text, and are read again when they change', () => {
    const { files, by } = list(['file:/etc/allow']);
    files.set('/etc/allow', { text: '# mine\n203.0.113.1, 10.0.0.0/8 ; partner\nbob\n', mtimeMs: 1 });
    expect([by('203.0.113.1'), by('10.9.9.9'), by('bob'), by('partner')]).toEqual([
      'file:/etc/allow',
      'file:/etc/allow',
      'file:/etc/allow',
      undefined,
    ]);
    files.set('/etc/allow', { text: '203.0.113.2\n', mtimeMs: 2 });
    expect(by('203.0.113.2', 500)).toBeUndefined();
    expect([by('203.0.113.2', 1500), by('203.0.113.1', 1500)]).toEqual(['file:/etc/allow', undefined]);
  });

  it('that vanish are told once a minute, and the last good list holds', () => {
    const { files, by, problems } = list(['file:///etc/allow']);
    files.set('/etc/allow', { text: '203.0.113.1', mtimeMs: 1 });
    by('203.0.113.1', 0);
    files.clear();
    expect([by('203.0.113.1', 2000), by('203.0.113.1', 4000)]).toEqual(['file:/etc/allow', 'file:/etc/allow']);
    expect(problems).toHaveLength(1);
  });
});

describe('name lookups', () => {
  it('are made once per name, failures included, and bounded in number', async () => {
    let asked = 0;
    const dns = new Dns(async (name) => {
      asked++;
      if (name === 'bad.example') throw new Error('NXDOMAIN');
      return ['203.0.113.1'];
    });
    await Promise.all([dns.lookup('a.example', 0), dns.lookup('a.example', 0), dns.lookup('bad.example', 0)]);
    expect(await dns.lookup('bad.example', 1000)).toEqual({ kind: 'unknown', why: 'no address' });
    expect(asked).toBe(2);
    await dns.lookup('a.example', 301_000);
    expect(asked).toBe(3);
    const flood = await Promise.all(Array.from({ length: 500 }, (_, i) => dns.lookup(`n${i}.example`, 0)));
    expect(flood.filter(({ kind }) => kind === 'busy').length).toBeGreaterThan(400);
  });
});
