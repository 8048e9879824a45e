import { describe, expect, it } from 'vitest';
import { scriptAction } from '../fixtures/orders.js';
import { StaticTags } from './static-tags.js';

function replace(script: string, params: Record<string, string>, family: 'inet4' | 'inet6' | '' = '') {
  return new StaticTags(scriptAction({}, params)).replace(script, family);
}

describe('static tags', () => {
  it('are replaced again and again, names may be composed, and unknown ones stay', () => {
    const params = { type: 'multi', chain_multi: '<name>-x', name: 'sshd' };
    expect(replace('cat < <chain_<type>> <ip> <matches> <br><sp>|', params)).toBe('cat < sshd-x <ip> <matches> \n |');
  });

  it("a parameter's form for the ticket's family goes first", () => {
    const params = { block: 'v4', 'block?family=inet6': 'v6', tool: 'ipt <block>' };
    expect(replace('<tool>', params, 'inet4')).toBe('ipt v4');
    expect(replace('<tool>', params, 'inet6')).toBe('ipt v6');
    expect(new StaticTags(scriptAction({}, params)).conditional).toBe(true);
  });

  it('a parameter may be used as often as the script likes', () => {
    expect(replace('<a> '.repeat(100), { a: 'x' })).toBe('x '.repeat(100));
  });

  it.each([
    ['itself', { a: '<a>' }],
    ['each other', { a: 'x<b>', b: 'y<a>' }],
    ['a growing text', { a: '<b><b><b><b>', b: '<c><c><c><c>'.repeat(500), c: 'x'.repeat(10_000) }],
  ])('tags that lead to %s end with an error that names the tag', (_what, params) => {
    expect(() => replace('<a>', params)).toThrow(/tag <[abc]> cannot be replaced/);
  });
});
