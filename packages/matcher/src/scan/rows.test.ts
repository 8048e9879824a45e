import { describe, expect, it } from 'vitest';
import { compileFilter } from '../filter/compile.js';
import { plainSettings } from '../filter/plain-settings.js';
import { unpackResult } from './result.js';
import { BlockScanner } from './scanner.js';

const now = Date.parse('2026-11-22T12:00:00Z');
const filter = compileFilter(
  plainSettings({
    failregex: '^ \\S+ sshd(?P<mlfid>\\[\\d+\\]): Failed for <F-USER>.*?</F-USER>(?P<port> port \\d+)? from <HOST>$',
  }),
  { thisYear: 2026 },
);
const line = (text: string) => `2026-11-22T10:00:00+00:00 gw1 sshd[7]: ${text}\n`;
const log = Buffer.from(
  [
    line('Failed for root from 192.0.2.1'),
    line("Failed for o'brien from 192.0.2.1"),
    line('Failed for a\\b from 2001:DB8:0::1'),
    line('Failed for  port 22 from 2001:DB8:0::1'),
    line('Failed for x from 192.0.2.400'),
    line('Failed for ü from 192.0.2.1'),
  ].join(''),
);
const scan = (rows: boolean) => unpackResult(new BlockScanner([filter]).scan(log, { now, rows }));

describe('rows written by the scan', () => {
  const ready = scan(true).rows!;
  const rowOf = (index: number) =>
    Buffer.from(ready.bytes)
      .subarray(index === 0 ? 0 : ready.end(index - 1), ready.end(index))
      .toString();

  it('show the identifier in its one form, the time, and every group, those that took no part included', () => {
    expect(rowOf(0)).toBe(
      "['192.0.2.1',\t1795341600,\t{'mlfid': '[7]', 'user': 'root', 'port': None, 'ip4': '192.0.2.1', 'ip6': None, 'dns': None, 'users': {'root'}}],\n",
    );
    expect(rowOf(3)).toContain("['2001:db8::1',");
    expect(ready.session(0)).not.toBe(0);
    expect(ready.session(3)).toBe(ready.session(0));
  });

  it('are left to the full way where a text needs care or nobody can be banned by it', () => {
    expect([1, 2, 4, 5].map(rowOf)).toEqual(['', '', '', '']);
    expect(ready.matchesWithoutRow().map((match) => match.line)).toEqual([1, 2, 4, 5]);
  });

  it('hold the same groups as a scan without rows', () => {
    const whole = scan(false).matches;
    expect(ready.count).toBe(whole.length);
    for (const [index, match] of whole.entries()) {
      expect(new Map(ready.match(index).groups)).toEqual(match.groups);
      expect(ready.match(index).tuple[1]).toBe(match.tuple[1]);
    }
  });
});
