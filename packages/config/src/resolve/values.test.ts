import { describe, expect, it } from 'vitest';
import { checkTree } from '../check/tree.js';
import { renderStream } from '../render/stream.js';
import type { ConfigEdge, Kind } from '../syntax/edge.js';
import { memoryEdge } from '../syntax/memory-edge.js';
import { readSettings } from './settings.js';

const server =
  '[Definition]\nloglevel = INFO\nlogtarget = STDOUT\nsyslogsocket = auto\nsocket = /s\npidfile = /p\ndbfile = None\ndbpurgeage = 1d\nallowipv6 = auto\n';
const base = {
  '/f/fail2ban.conf': server,
  '/f/filter.d/f.conf': '[Definition]\nfailregex = ^bad <HOST>$\n',
  '/f/action.d/a.conf': '[Definition]\nactionban = ban <ip>\n',
  '/log/a': '',
  '/log/folder/x': '',
};

/** A tree with one jail `j` that reads /log/a, its further lines given. */
function edge(lines: string, files: Record<string, string> = {}, kinds: Record<string, Kind> = {}): ConfigEdge {
  const jail = `[j]\nenabled = true\nbackend = polling\nfilter = f\naction = a\nlogpath = /log/a\n${lines}`;
  const memory = memoryEdge({ ...base, '/f/jail.conf': jail, ...files });
  return { ...memory, kind: (path) => kinds[path] ?? memory.kind(path) };
}

/** `severity CODE line:column` of each finding of the check. */
function findings(fs: ConfigEdge): string[] {
  return checkTree({ directory: '/f', fs }).findings.map(
    ({ severity, code, origin }) =>
      `${severity} ${code.replace('F2B_CONFIG_', '')}${origin ? ` ${origin.line}:${origin.column}` : ''}`,
  );
}

const jailOf = (fs: ConfigEdge) => readSettings({ directory: '/f', fs }).jails[0]!;
const dumped = (fs: ConfigEdge, option: string) =>
  renderStream(readSettings({ directory: '/f', fs, allowMissingLogs: true })).find((line) => line.includes(option));

describe('growing ban times', () => {
  it('are read once, for everybody', () => {
    const fs = edge(
      'bantime.increment = yes\nbantime.factor = 2.0 / 4 # half\nbantime.formula = ban.Time * (ban.Count + banFactor)\nbantime.maxtime = 5w\nbantime.rndtime = 10m\n',
    );
    const { growth } = jailOf(fs);
    expect(growth).toMatchObject({ factor: 0.5, multipliers: [], maxtime: 3_024_000, rndtime: 600 });
    const variables = new Map([['ban.Time', 60] as const, ['ban.Count', 3] as const, ['banFactor', 0.5] as const]);
    expect(growth?.formula?.evaluate(variables)).toBe(210);
    expect(findings(fs)).toEqual([]);
    expect(jailOf(edge('bantime.increment = true\nbantime.multipliers = 1 2  4\n')).growth?.multipliers).toEqual([
      1, 2, 4,
    ]);
  });

  it.each([
    ['bantime.factor = 2**', '9:18'],
    ['bantime.factor = 1 / 0', '9:18'],
    ["bantime.formula = __import__('os').system('id')", '9:19'],
    ['bantime.formula = ban.Time * banner_opt_factor', '9:19'],
    ['bantime.multipliers = 1 x 3', '9:23'],
  ])('are an error of %s, and the jail bans for its plain ban time', (line, place) => {
    const fs = edge(`bantime = 60\nbantime.increment = true\n${line}\n`);
    expect(findings(fs)).toEqual([`error EXPRESSION ${place}`]);
    expect(jailOf(fs)).toMatchObject({ growth: undefined, bantime: { seconds: 60 } });
  });

  it('are an error of a cap that is no time', () => {
    const fs = edge('bantime.increment = true\nbantime.maxtime = never\n');
    expect(findings(fs)).toEqual(['error TIME 8:19']);
    expect(jailOf(fs).growth).toBeUndefined();
    expect(dumped(fs, 'maxtime')).toBe("['set', 'j', 'bantime.maxtime', 'never']");
  });
});

describe('a comment behind a time', () => {
  it('is cut off as in fail2ban, with a warning', () => {
    const fs = edge('bantime = 604800  # 7 days\nfindtime = 180 # 3 minutes\n');
    expect(jailOf(fs)).toMatchObject({ bantime: { seconds: 604_800 }, findtime: { seconds: 180 } });
    expect(findings(fs)).toEqual(['warning INLINE_HASH 7:11', 'warning INLINE_HASH 8:12']);
    expect(dumped(fs, "'bantime'")).toBe("['set', 'j', 'bantime', '604800  # 7 days']");
  });

  it('makes a whole number none, as in fail2ban', () => {
    expect(findings(edge('maxretry = 5 # five\n'))).toContain('error NUMBER 7:12');
  });
});

describe('limits that cannot be meant', () => {
  it.each([
    ['bantime = 0', 'bantime', 0],
    ['findtime = -5', 'findtime', -5],
  ] as const)('are said: %s', (line, option, seconds) => {
    expect(findings(edge(`${line}\n`))).toEqual([`warning RANGE 7:${line.indexOf('=') + 3}`]);
    expect(jailOf(edge(`${line}\n`))[option]?.seconds).toBe(seconds);
  });

  it('are said, and the next sensible number holds: counts', () => {
    const fs = edge('maxretry = 100000000000000000000\nmaxmatches = -4\n');
    expect(findings(fs)).toEqual(['warning RANGE 7:12', 'warning RANGE 8:14']);
    expect(jailOf(fs)).toMatchObject({ maxretry: { value: 1_000_000 }, maxmatches: { value: 0 } });
    expect(dumped(fs, 'maxretry')).toBe("['set', 'j', 'maxretry', 100000000000000000000]");
    expect(jailOf(edge('maxretry = -1\n')).maxretry?.value).toBe(1);
    expect(findings(edge('bantime = -1\nmaxretry = 1\nmaxmatches = 0\n'))).toEqual([]);
  });

  it('are said: ports', () => {
    expect(findings(edge('port = ssh,99999\n'))).toEqual(['warning RANGE 7:8']);
    expect(findings(edge('port = 5061:5060\n'))).toEqual(['warning RANGE 7:8']);
    expect(findings(edge('port = 0:65535,http,80,5060:5061\n'))).toEqual([]);
  });
});

describe('ignoreip', () => {
  it.each(['10.0.0.0/33', '::1/129', '1.2.3', '010.6.0.1', '1.2.3.256', '1:2:3', 'host.example/24', '<nobody>'])(
    'leaves out %s, which names nobody',
    (word) => {
      const fs = edge(`ignoreip = 192.0.2.1 ${word} ::1\n`);
      expect(findings(fs)).toEqual(['warning IGNOREIP 7:12']);
      expect(jailOf(fs).ignoreip).toEqual(['192.0.2.1', '::1']);
      expect(dumped(fs, 'addignoreip')).toBe(`['set', 'j', 'addignoreip', '192.0.2.1', '${word}', '::1']`);
    },
  );

  it('takes addresses, networks, masks, names and files', () => {
    const words =
      '127.0.0.1/8 ::1 fe80::1%%eth0 2001:db8::/32 ::ffff:192.0.2.1 192.0.2.0/255.255.255.0 gate.example.org _x-1 müller.example file:/log/a file:///log/a';
    expect(findings(edge(`ignoreip = ${words}\n`))).toEqual([]);
    expect(jailOf(edge(`ignoreip = ${words}\n`)).ignoreip).toEqual(words.replace('%%', '%').split(' '));
  });

  it('ends at a #, with one finding', () => {
    const fs = edge('ignoreip = 127.0.0.1/8 ::1 #and any other private IPs\n  192.0.2.7\n');
    expect(findings(fs)).toEqual(['warning IGNOREIP 7:12']);
    expect(jailOf(fs).ignoreip).toEqual(['127.0.0.1/8', '::1', '192.0.2.7']);
  });

  it('says a file that is not there, and the tab that opens fail2ban 1.0 to everybody', () => {
    expect(findings(edge('ignoreip = file:/log/nowhere\n'))).toEqual(['warning IGNOREIP 7:12']);
    expect(findings(edge('ignoreip = 127.0.0.0/8\t203.0.113.5\n'))).toEqual(['hint IGNOREIP 7:12']);
  });
});

describe('ignorecache', () => {
  it('is read, with the defaults of fail2ban', () => {
    expect(jailOf(edge('ignorecache = key="<ip>", max-time=1h\n')).ignorecache).toEqual({
      key: '<ip>',
      maxCount: 100,
      maxTime: 3_600_000,
    });
  });

  it('costs only itself where it cannot be used', () => {
    for (const value of ['max-count=3', 'key="<ip>", max-count=0']) {
      const fs = edge(`ignorecache = ${value}\n`);
      expect(findings(fs)).toEqual(['error IGNORECACHE 7:15']);
      expect(jailOf(fs).ignorecache).toBeUndefined();
    }
  });
});

describe('logs that cannot be followed', () => {
  const withLog = (logpath: string, kinds: Record<string, Kind> = {}) =>
    edge('', { '/f/jail.local': `[j]\nlogpath = ${logpath}\n` }, kinds);

  it.each([
    ['/log/folder', 'directory'],
    ['/log/pipe', 'other'],
  ] as const)('keep the jail from running: %s', (path, kind) => {
    const fs = withLog(path, { [path]: kind });
    expect(findings(fs)).toEqual(['warning LOG_KIND 2:11', 'error NO_LOG 2:11']);
    expect(checkTree({ directory: '/f', fs }).counts).toMatchObject({ jails: 0, skippedJails: 1 });
    expect(jailOf(fs)).toBeUndefined();
  });

  it('are a warning beside one that can', () => {
    const fs = withLog('/log/folder\n  /log/a');
    expect(findings(fs)).toEqual(['warning LOG_KIND 2:11']);
    expect(checkTree({ directory: '/f', fs }).ok).toBe(true);
  });

  it('are nothing to speak of where a pattern meets them', () => {
    expect(findings(withLog('/log/*'))).toEqual([]);
  });

  it('are missing where logpath is empty', () => {
    expect(findings(withLog(''))).toEqual(['error NO_LOG 2:10']);
    const journal = edge('', {
      '/f/jail.local': '[j]\nbackend = auto\njournalmatch = _COMM=x\nlogpath =\n',
    });
    expect(findings(journal)).toEqual(['hint JOURNAL_INSTEAD 4:10']);
  });

  it('are said where a backslash is meant to continue the line', () => {
    expect(findings(withLog('/log/nowhere \\'))).toEqual(['warning LOG_OPTION 2:11', 'error NO_LOG 2:11']);
  });
});

describe('jails without logs', () => {
  const missing = (lines: string) => edge('', { '/f/jail.local': `[j]\nlogpath = /log/nowhere\n${lines}` });

  it('are left out without an error where skip_if_nologs says so', () => {
    const fs = missing('skip_if_nologs = true\n');
    expect(findings(fs)).toEqual(['warning NO_LOG 2:11']);
    expect(checkTree({ directory: '/f', fs })).toMatchObject({ ok: true, counts: { jails: 0, skippedJails: 1 } });
    expect(dumped(fs, 'config-error')).toBe(`['config-error', "Jail 'j' skipped, because of missing log files."]`);
    expect(dumped(fs, "'add'")).toBeUndefined();
  });

  it('read the journal with backend = auto and a journalmatch, unless systemd_if_nologs forbids it', () => {
    const journal = 'backend = auto\njournalmatch = _COMM=x\n';
    expect(dumped(missing(journal), "'add'")).toBe("['add', 'j', 'systemd']");
    expect(dumped(missing(`${journal}systemd_if_nologs = no\n`), "'add'")).toBe("['add', 'j', 'auto']");
    expect(dumped(missing(`${journal}skip_if_nologs = yes\n`), "'add'")).toBe("['add', 'j', 'systemd']");
    expect(dumped(missing(`${journal}systemd_if_nologs = no\nskip_if_nologs = yes\n`), 'config-error')).toContain(
      'missing log',
    );
  });
});

describe('words where one is easily written for another', () => {
  const withLocal = (text: string) => edge('', { '/f/jail.local': text });
  const advice = (fs: ConfigEdge, code: string) =>
    checkTree({ directory: '/f', fs }).findings.find((one) => one.code === `F2B_CONFIG_${code}`);

  it('name the right one: [Default], filter = x.conf', () => {
    expect(advice(withLocal('[Default]\nbantime = 5\n'), 'UNKNOWN_SECTION')).toMatchObject({
      origin: { file: '/f/jail.local', line: 1 },
      advice: 'Did you mean [DEFAULT]?',
    });
    expect(advice(withLocal('[j]\nfilter = f.conf\n'), 'NO_FILTER')).toMatchObject({
      origin: { line: 2, column: 10 },
      advice: expect.stringContaining("Write 'f'"),
    });
  });

  it('name the place where two actions are glued together', () => {
    const fs = withLocal('[j]\nmine = a[x="1, 2"]\nother = a[actname=b]\naction = %(mine)s%(other)s\n');
    expect(advice(fs, 'SPEC')).toMatchObject({
      origin: { file: '/f/jail.local', line: 4 },
      advice: expect.stringContaining("'a' is glued to the action in front of it"),
    });
  });
});

describe('files of the tree that cannot be read', () => {
  it('stop the reading with their place, if they are directories or pipes', () => {
    const fs = (kind: Kind) => edge('', { '/f/jail.local': '' }, { '/f/jail.local': kind });
    expect(() => readSettings({ directory: '/f', fs: fs('other') })).toThrow(/\/f\/jail\.local:1:1: .*pipe/);
    const directory = edge('', { '/f/jail.local/x': '' });
    expect(() => readSettings({ directory: '/f', fs: directory })).toThrow(/\/f\/jail\.local:1:1: .*cannot be read/);
    expect(findings(directory)).toEqual(['error UNREADABLE 1:1']);
  });

  it('are said, if they are links to nothing, as fail2ban reads on', () => {
    const memory = edge('', { '/f/jail.local': '' }, { '/f/jail.local': 'dangling' });
    const fs: ConfigEdge = {
      ...memory,
      readFile: (path) => {
        if (path === '/f/jail.local') throw Object.assign(new Error('ENOENT: no such file'), { code: 'ENOENT' });
        return memory.readFile(path);
      },
    };
    expect(findings(fs)).toEqual(['error UNREADABLE 1:1']);
    expect(jailOf(fs).name).toBe('j');
  });

  it('cost a filter, if they are its own', () => {
    const fs = edge('', { '/f/filter.d/f.local': '' }, { '/f/filter.d/f.local': 'other' });
    expect(findings(fs)).toEqual(['error UNREADABLE 1:1']);
    expect(readSettings({ directory: '/f', fs }).skipped.map((jail) => jail.name)).toEqual(['j']);
  });
});

describe("a jail that reads f2b's own log", () => {
  const recidive = (jail: string, ini = '') =>
    edge('', {
      '/f/fail2ban.conf': server.replace('STDOUT', '/log/f2b.log'),
      '/f/filter.d/recidive.conf': base['/f/filter.d/f.conf'],
      '/f/jail.local': `[j]\nfilter = recidive\n${jail}`,
      ...(ini === '' ? {} : { '/f/f2b.ini': ini }),
    });

  it('needs no log before the daemon has made it', () => {
    const fs = recidive('logpath = /log/f2b.log\n');
    expect(findings(fs)).toEqual([]);
    expect(jailOf(fs)).toMatchObject({ backend: { value: 'polling' }, logpaths: [{ pattern: '/log/f2b.log' }] });
  });

  it('is told where it cannot read it: as JSON, or in the journal', () => {
    expect(findings(recidive('logpath = /log/f2b.log\n', 'logformat = json\n'))).toEqual(['warning OWN 3:11']);
    expect(findings(recidive('backend = systemd\n'))).toEqual(['warning JOURNAL 3:11']);
  });
});

it('a tree without fail2ban.conf is said, and read', () => {
  const { '/f/fail2ban.conf': _, ...rest } = base;
  const fs = memoryEdge({ ...rest, '/f/jail.conf': '[j]\nenabled = true\nfilter = f\naction = a\nlogpath = /log/a\n' });
  const settings = readSettings({ directory: '/f', fs });
  expect(settings.findings[0]).toMatchObject({ severity: 'warning', code: 'F2B_CONFIG_NO_FILE' });
  expect(settings.jails).toHaveLength(1);
});
