import { describe, expect, it } from 'vitest';
import { expandTags, expandTagsMapped } from './tags.js';

describe("fail2ban's tags", () => {
  it('make <HOST> an address or a name, and with usedns = no an address only', () => {
    const address = expandTags('<ADDR>');
    expect(expandTags('<HOST>', { usedns: 'no' })).toBe(address);
    expect(expandTags('<HOST>', { usedns: 'warn' })).toBe(`(?:${address}|${expandTags('<DNS>')})`);
  });

  it.each([
    ['<F-USER>\\S+|.*?</F-USER>', '(?P<user>\\S+|.*?)'],
    ['<F-ID>x</F-ID>', '(?P<fid>x)'],
    ['<F-PORT>1</F-PORT>', '(?P<fport>1)'],
    ['<F-ID/> <F-PORT/>', '(?P<fid>\\S+) (?P<fport>\\w+)'],
    ['<F-ALT_USER_1>a</F-ALT_USER_1>', '(?P<alt_user_1>a)'],
    ['<F-NOFAIL></F-NOFAIL></F-NOFAIL>', '(?P<nofail>))'],
    ['a</F-USER>', 'a</F-USER>'],
    ['<F-user>a</F-user>', '<F-user>a</F-user>'],
    ['<host> <PORT> <FID> </HOST> <HOST/> <F-HOST/> <IP4/>', '<host> <PORT> <FID> </HOST> <HOST/> <F-HOST/> <IP4/>'],
    ['<SKIPLINES>a<SKIPLINES>', '\\n(?P<skiplines0>(?:(?:.*\\n)*?))a\\n(?P<skiplines1>(?:(?:.*\\n)*?))'],
  ])('turn %s into %s', (written, expanded) => {
    expect(expandTags(written)).toBe(expanded);
  });

  it.each([
    ['((?i)a|b)c', '(?i:a|b)c'],
    ['(?:(?i)a)', '(?i:a)'],
    ['(((?im)a))', '((?im:a))'],
    ['\\((?i)a', '\\((?i)a'],
    ['(?P<x>(?i)a)', '(?P<x>(?i)a)'],
  ])('keep a global flag to its bracket: %s', (written, expanded) => {
    expect(expandTags(written)).toBe(expanded);
  });

  it('lead from the expanded text back to what was written', () => {
    const written = '^((?i)from) <HOST> port (';
    const { text, writtenAt } = expandTagsMapped(written);
    expect(writtenAt(text.indexOf(' port ('))).toBe(written.indexOf(' port ('));
    expect(writtenAt(text.indexOf('from'))).toBe(written.indexOf('from'));
    expect(writtenAt(text.indexOf('(?P<ip6>'))).toBe(written.indexOf('<HOST>'));
  });
});
