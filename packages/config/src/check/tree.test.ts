import { describe, expect, it } from 'vitest';
import type { ReadOptions } from '../resolve/settings.js';
import { memoryEdge } from '../syntax/memory-edge.js';
import { checkTree } from './tree.js';

const server =
  '[Definition]\nloglevel = INFO\nlogtarget = STDOUT\nsyslogsocket = auto\nsocket = /s\npidfile = /p\ndbfile = None\ndbpurgeage = 1d\nallowipv6 = auto\n';
const filter = '[Definition]\nfailregex = ^bad <HOST>$\n';
const action = '[Definition]\nactionban = ban <ip> <table>\n[Init]\ntable = T\n';

function check(files: Record<string, string>, options: Partial<ReadOptions> = {}) {
  const tree: Record<string, string> = {
    '/var/log/a': '',
    '/etc/f/fail2ban.conf': server,
    '/etc/f/filter.d/f.conf': filter,
    '/etc/f/action.d/a.conf': action,
  };
  for (const [name, text] of Object.entries(files)) tree[`/etc/f/${name}`] = text;
  return checkTree({ directory: '/etc/f', fs: memoryEdge(tree), ...options });
}

const good = '[good]\nenabled = true\nfilter = f\naction = a\nlogpath = /var/log/a\nbackend = auto\n';

/** `file:line:column code` of every finding. */
function places(result: ReturnType<typeof checkTree>): string[] {
  return result.findings.map(
    ({ origin, code }) => `${origin?.file.replace('/etc/f/', '')}:${origin?.line}:${origin?.column} ${code}`,
  );
}

describe('checking a tree', () => {
  it('finds nothing in a good one', () => {
    const result = check({ 'jail.conf': good });
    expect(result.findings).toEqual([]);
    expect(result.ok).toBe(true);
    expect(result.counts).toEqual({ files: 4, jails: 1, skippedJails: 0 });
  });

  it('finds ten planted mistakes, each with its line and column', () => {
    const result = check({
      'jail.conf': `stray = 1\n${good}`,
      'jail.local': [
        '\ufeff[good]', // 1: a byte order mark
        'maxretyr = 3', // 2: a misspelt option
        'bantime = 10mins', // 3: no unit
        'findtime = 5 # minutes', // 4: a comment only because it is a time
        'maxretry = many', // 5: no number
        'maxretry = 3', // 6: twice
        '[nolog]',
        'enabled = yes',
        'filter = f',
        'action = a',
        '[percent]',
        'enabled = true',
        'filter = f',
        'action = a',
        'logpath = /var/log/a',
        'ignorecommand = date +%H', // 16: a lone percent sign
        '[nofilter]',
        'enabled = true',
        'filter = sshdd', // 19: no such filter
        '[good]', // 20: a section twice
        'just words', // 21: no option
      ].join('\n'),
    });
    const found = places(result);
    for (const place of [
      'jail.conf:1:1 F2B_CONFIG_NO_SECTION',
      'jail.local:1:1 F2B_CONFIG_BOM',
      'jail.local:2:1 F2B_CONFIG_UNKNOWN_OPTION',
      'jail.local:3:11 F2B_CONFIG_TIME',
      'jail.local:4:12 F2B_CONFIG_INLINE_HASH',
      'jail.local:6:1 F2B_CONFIG_DUPLICATE_OPTION',
      'jail.local:7:1 F2B_CONFIG_NO_LOG',
      'jail.local:16:23 F2B_CONFIG_PERCENT',
      'jail.local:19:10 F2B_CONFIG_NO_FILTER',
      'jail.local:20:1 F2B_CONFIG_DUPLICATE_SECTION',
      'jail.local:21:1 F2B_CONFIG_NOT_AN_OPTION',
    ]) {
      expect(found).toContain(place);
    }
    expect(result.findings.find((finding) => finding.code === 'F2B_CONFIG_UNKNOWN_OPTION')?.advice).toBe(
      "Did you mean 'maxretry'?",
    );
    expect(result.settings?.jails.map((jail) => jail.name)).toEqual(['good', 'nolog']);
    expect(result.ok).toBe(false);
  });

  it('names a misspelt section, a misspelt command and a parameter that nothing uses', () => {
    const result = check({
      'jail.conf': good,
      'filter.d/f.conf': `${filter}[Definiton]\nignoreregex = x\n`,
      'action.d/a.conf': '[Definition]\nactionban = x\nactionnban = y\nunused_thing = z\n',
    });
    expect(places(result)).toEqual([
      'action.d/a.conf:3:1 F2B_CONFIG_UNKNOWN_OPTION',
      'action.d/a.conf:4:1 F2B_CONFIG_DEAD_OPTION',
      'filter.d/f.conf:3:1 F2B_CONFIG_UNKNOWN_SECTION',
    ]);
  });

  it('warns of an indented option that the value above swallows', () => {
    const result = check({ 'jail.conf': `${good}  maxretry = 3\n` });
    expect(places(result)).toContain('jail.conf:7:3 F2B_CONFIG_SWALLOWED');
  });

  it('is plain data', () => {
    const { findings } = check({ 'jail.conf': `${good}maxretyr = 1\n` });
    expect(JSON.parse(JSON.stringify(findings))[0]).toMatchObject({
      severity: 'warning',
      code: 'F2B_CONFIG_UNKNOWN_OPTION',
      origin: { file: '/etc/f/jail.conf', line: 7, column: 1 },
    });
  });

  it('says so where the directory or the jail files are missing', () => {
    expect(checkTree({ directory: '/nowhere', fs: memoryEdge({}) }).findings[0]?.code).toBe('F2B_CONFIG_NO_DIRECTORY');
    expect(check({}).findings.map((finding) => finding.code)).toContain('F2B_CONFIG_NO_FILE');
  });
});
