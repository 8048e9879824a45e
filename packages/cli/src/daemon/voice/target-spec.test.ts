import { describe, expect, it } from 'vitest';
import { parseLevel, syslogSeverity } from './levels.js';
import { absoluteTarget, parseTarget } from './target-spec.js';

describe('parseLevel', () => {
  it('reads names in any case, numbers, and the old numbers 1 to 4', () => {
    expect(['INFO', 'notice', 'HeavyDebug', '22', '1', '2', '3', '4'].map(parseLevel)).toEqual([
      20, 25, 5, 22, 40, 30, 20, 10,
    ]);
  });

  it.each(['BOGUS', '', '-1', 'constructor', '1e3'])('refuses %j in fail2ban’s words', (text) => {
    expect(() => parseLevel(text)).toThrow(`Invalid log level '${text}'`);
  });
});

describe('syslogSeverity', () => {
  it('is RFC 3164’s, worst first', () => {
    expect([50, 40, 30, 25, 20, 18, 10, 5].map(syslogSeverity)).toEqual([2, 3, 4, 5, 6, 6, 7, 7]);
  });
});

describe('parseTarget', () => {
  it('knows the names in any case and takes everything else for a file', () => {
    expect(
      ['STDOUT', 'stderr', 'SysOut', 'syslog', '/var/log/x', 'stdout.log'].map((text) => parseTarget(text).kind),
    ).toEqual(['stdout', 'stderr', 'sysout', 'syslog', 'file', 'file']);
  });

  it('reads options in brackets', () => {
    expect(parseTarget('SYSLOG[facility=LOCAL3]')).toMatchObject({ kind: 'syslog', facility: 19 });
    expect(parseTarget('/var/log/x.log[datetime=off, padding="on"]')).toMatchObject({
      kind: 'file',
      file: '/var/log/x.log',
      datetime: false,
      padding: true,
    });
  });

  it.each([
    ['', /empty/],
    ['[padding=on]', /empty/],
    ['SYSLOG[facility=NOPE]', /NOPE is not known/],
    ['STDOUT[colour=on]', /option colour is not known/],
    ['STDOUT[padding]', /name=value/],
    ['STDOUT[padding=maybe]', /on or off/],
  ])('refuses %j', (text, message) => {
    expect(() => parseTarget(text)).toThrow(message);
  });
});

describe('absoluteTarget', () => {
  it('names a file from the root, keeps its options, and leaves everything else as it is', () => {
    expect(absoluteTarget('f2b.log')).toBe(`${process.cwd()}/f2b.log`);
    expect(absoluteTarget('logs/f2b.log[datetime=off]')).toBe(`${process.cwd()}/logs/f2b.log[datetime=off]`);
    for (const same of ['/var/log/f2b.log', 'stdout', 'SYSLOG[facility=AUTH]', 'f2b.log[colour=red]', '']) {
      expect(absoluteTarget(same)).toBe(same);
    }
  });
});
