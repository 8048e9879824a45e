import { describe, expect, it } from 'vitest';
import { renderStream } from '../render/stream.js';
import { memoryEdge } from '../syntax/memory-edge.js';
import { type ReadOptions, readSettings } from './settings.js';

const base = {
  'filter.d/f.conf': '[Definition]\nfailregex = ^bad <HOST>$\n',
  'action.d/a.conf': '[Definition]\nactionban = ban <ip>\n',
};

function read(files: Record<string, string>, options: Partial<ReadOptions> = {}) {
  const tree: Record<string, string> = {};
  for (const [name, text] of Object.entries({ ...base, ...files }))
    tree[name.startsWith('/') ? name : `/f/${name}`] = text;
  return readSettings({ directory: '/f', fs: memoryEdge(tree), allowMissingLogs: true, ...options });
}

/** The stream of a tree with one jail `j` (its lines are given), without the server's part. */
function stream(jail: string, files: Record<string, string> = {}): string[] {
  const settings = read({
    'jail.conf': `[DEFAULT]\nbackend = auto\nfilter =\naction =\n[j]\nenabled = 1\n${jail}`,
    ...files,
  });
  return renderStream(settings).slice(6);
}

/** The value of one option of jail `j` in the stream. */
function value(option: string, jail: string, files: Record<string, string> = {}): string | undefined {
  const prefix = `['set', 'j', '${option}', `;
  return stream(jail, files)
    .find((line) => line.startsWith(prefix))
    ?.slice(prefix.length, -1);
}

describe('the order of files', () => {
  it('is .conf, .d/*.conf, .local, .d/*.local; a later file wins option by option', () => {
    const [jail] = read({
      'jail.conf': '[j]\nenabled = 1\nmaxretry = 1\nfindtime = 1\nbantime = 1\nmaxmatches = 1\n',
      'jail.d/z.conf': '[j]\nmaxretry = 2\nfindtime = 2\nbantime = 2\n',
      'jail.local': '[j]\nfindtime = 3\nbantime = 3\n',
      'jail.d/b.local': '[j]\nbantime = 4\n',
    }).jails;
    expect([jail?.maxmatches?.value, jail?.maxretry?.value, jail?.findtime?.text, jail?.bantime?.text]).toEqual([
      1,
      2,
      '3',
      '4',
    ]);
    expect(jail?.bantime?.origin).toEqual({ file: '/f/jail.d/b.local', line: 2, column: 11 });
  });

  it('goes on where a file of a .d folder cannot be read, and says so', () => {
    const tree = memoryEdge({
      '/f/filter.d/f.conf': base['filter.d/f.conf'],
      '/f/jail.conf': '[j]\nenabled = 1\nfilter = f\n',
      '/f/jail.d/a.conf': '',
      '/f/jail.d/b.conf': '[j]\nmaxretry = 7\n',
    });
    const readFile = (path: string) => {
      if (path === '/f/jail.d/a.conf') throw Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' });
      return tree.readFile(path);
    };
    const { jails, findings } = readSettings({ directory: '/f', fs: { ...tree, readFile }, allowMissingLogs: true });
    expect(jails.map(({ maxretry }) => maxretry?.value)).toEqual([7]);
    expect(findings.filter(({ severity }) => severity === 'error')).toMatchObject([
      { code: 'F2B_CONFIG_UNREADABLE', origin: { file: '/f/jail.d/a.conf' }, advice: expect.stringContaining('mode') },
    ]);
  });

  it('holds for filters too, and a .local alone is enough', () => {
    const files = {
      'filter.d/g.local': '[Definition]\nfailregex = one\n',
      'filter.d/g.d/x.conf': '[Definition]\nfailregex = two\n',
    };
    expect(stream('filter = g\n', files)).toContain("['set', 'j', 'addfailregex', 'one']");
  });
});

describe('includes', () => {
  it('are read around the file, each with its .local, missing ones left out', () => {
    const files = {
      'filter.d/f.conf':
        '[INCLUDES]\nbefore = b.conf\n  nosuch.conf\nafter = a.conf\n[Definition]\nfailregex = %(x)s%(y)s%(z)s\nx = 1\ny = 1\n',
      'filter.d/b.conf': '[Definition]\nx = 0\ny = 0\nz = 0\n',
      'filter.d/b.local': '[Definition]\nz = local\n',
      'filter.d/a.conf': '[Definition]\ny = 2\n',
    };
    expect(stream('filter = f\n', files)).toContain("['set', 'j', 'addfailregex', '12local']");
  });

  it('that lead back to the file end there', () => {
    const files = {
      'filter.d/f.conf': '[INCLUDES]\nbefore = g.conf\n[Definition]\nfailregex = f\n',
      'filter.d/g.conf': '[INCLUDES]\nafter = f.conf\n',
    };
    expect(stream('filter = f\n', files)).toContain("['set', 'j', 'addfailregex', 'f']");
  });

  it('that double at every step are refused before they fill the memory', () => {
    const files: Record<string, string> = { 'filter.d/f.conf': '[INCLUDES]\nbefore = i0.conf\n i0.conf\n' };
    for (let step = 0; step < 40; step++)
      files[`filter.d/i${step}.conf`] = `[INCLUDES]\nbefore = i${step + 1}.conf\n i${step + 1}.conf\n`;
    const settings = read({ 'jail.conf': '[j]\nenabled = 1\nfilter = f\n[k]\nenabled = 1\nfilter =\n', ...files });
    expect(settings.skipped[0]?.name).toBe('j');
    expect(settings.findings.map((finding) => finding.code)).toContain('F2B_CONFIG_INCLUDE_LOOP');
    expect(settings.jails.map((jail) => jail.name)).toEqual(['k']);
  });
});

describe('the syntax of a file', () => {
  it('takes = and :, any case of names, comments, continuations', () => {
    const jail =
      'FailRegex: ^a# <HOST>$ ; inline\n   # full comment\n   ^b;c <HOST>$\n\n   ^after blank$\n\t^tab # no comment\n';
    expect(stream(jail)).toContain(
      "['multi-set', 'j', 'addfailregex', ['^a# <HOST>$', '^b;c <HOST>$', '^after blank$', '^tab # no comment']]",
    );
  });

  it('takes CRLF files and skips a byte order mark', () => {
    const settings = read({ 'jail.conf': '\ufeff[j]\r\nenabled = 1\r\nmaxretry = 3\r\n' });
    expect(settings.jails[0]?.maxretry?.value).toBe(3);
    expect(settings.findings.map((finding) => finding.code)).toContain('F2B_CONFIG_BOM');
  });

  it('takes the text up to the last bracket as the name of a section', () => {
    expect(read({ 'jail.conf': '[a]b] rest\nenabled = 1\n' }).jails[0]?.name).toBe('a]b');
  });

  it('joins sections that stand twice, lets the last of two options win, and says both', () => {
    const settings = read({ 'jail.conf': '[j]\nenabled = 1\nmaxretry = 1\nmaxretry = 2\n[j]\nfindtime = 5\n' });
    expect(settings.jails[0]).toMatchObject({ maxretry: { value: 2 }, findtime: { seconds: 5 } });
    expect(
      settings.findings.filter((finding) => finding.severity === 'error').map(({ origin }) => origin?.line),
    ).toEqual([4, 5]);
  });
});

describe('interpolation', () => {
  it.each([
    ['%(x)s', 'x = 1\n', "'1'"],
    ['%%H', '', "'%H'"],
    ['%(__name__)s', '', "'j'"],
    ['%(X)s', 'x = 1\n', "'1'"],
    ['%(o/foo)s', 'bar = A\n[o]\nfoo = %(bar)s\nbar = O\n', "'A'"],
    ['%(default/d)s', 'd = own\n[DEFAULT]\nd = general\n', "'general'"],
    ['%(fail2ban_confpath)s', '', "'/f'"],
  ])('resolves %s', (text, more, expected) => {
    expect(value('ignorecommand', `ignorecommand = ${text}\n${more}`)).toBe(expected);
  });

  it('takes ten levels and refuses eleven', () => {
    const chain = (levels: number): string =>
      `ignorecommand = %(v1)s\n${Array.from({ length: levels }, (_, at) => `v${at + 1} = ${at + 1 < levels ? `%(v${at + 2})s` : 'end'}\n`).join('')}`;
    expect(value('ignorecommand', chain(10))).toBe("'end'");
    expect(stream(chain(11))[0]).toMatch(/^\['config-error', "Jail 'j' skipped/);
  });

  it('lets known mean the layer below, however many layers use it', () => {
    const files = {
      'jail.d/a.conf': '[j]\nignorecommand = %(known/ignorecommand)s b\n',
      'jail.local': '[j]\nignorecommand = %(known/ignorecommand)s c\n',
    };
    expect(value('ignorecommand', 'ignorecommand = a\n', files)).toBe("'a b c'");
  });

  it('lets known in a jail mean the filter, whose text is final', () => {
    const files = { 'filter.d/f.conf': '[Definition]\nfailregex = one\n  two\ndatepattern = %%Y-%%m\n' };
    const lines = stream(
      'filter = f\nfailregex = %(known/failregex)s\n  three\ndatepattern = %(known/datepattern)s\n',
      files,
    );
    expect(lines).toContain("['multi-set', 'j', 'addfailregex', ['one', 'two', 'three']]");
    expect(lines).toContain("['set', 'j', 'datepattern', '%Y-%m']");
  });

  it('refuses what grows past all bounds', () => {
    const bomb = Array.from({ length: 9 }, (_, at) => `v${at} = ${`%(v${at + 1})s`.repeat(20)}\n`).join('');
    const settings = read({ 'jail.conf': `[j]\nenabled = 1\nignorecommand = %(v0)s\n${bomb}v9 = xxxxxxxxxx\n` });
    expect(settings.findings.map((finding) => finding.code)).toContain('F2B_CONFIG_TOO_LARGE');
  });

  it('names the place of a lone percent sign', () => {
    const { findings } = read({ 'jail.conf': '[j]\nenabled = 1\nignorecommand = date +%H\n' });
    expect(findings.find((finding) => finding.code === 'F2B_CONFIG_PERCENT')).toMatchObject({
      origin: { file: '/f/jail.conf', line: 3, column: 23 },
      jail: 'j',
    });
  });
});

describe('filters', () => {
  it('let bracket arguments win over [Init], [Init] over [Definition], that over [DEFAULT]', () => {
    const files = {
      'filter.d/f.conf':
        '[DEFAULT]\na = 1\nb = 1\nc = 1\nd = 1\n[Definition]\nb = 2\nc = 2\nd = 2\nfailregex = <a><b><c><d>\n[Init]\nc = 3\nd = 3\n',
    };
    expect(stream('filter = f[d=4]\n', files)).toContain("['set', 'j', 'addfailregex', '1234']");
  });

  it('compose tags', () => {
    const files = {
      'filter.d/f.conf':
        '[Definition]\nfailregex = <mdre-<mode>> <lt_<logtype>/x> <HOST>\nmdre-soft = s\nmdre-hard = h\n[lt_file]\nx = F\n[lt_journal]\nx = J\n',
    };
    expect(stream('filter = f[mode=hard]\n', files)).toContain("['set', 'j', 'addfailregex', 'h F <HOST>']");
    expect(stream('backend = systemd[x=1]\nfilter = f[mode=soft]\n'.replace('backend', 'Backend'), files)).toContain(
      "['set', 'j', 'addfailregex', 's J <HOST>']",
    );
  });

  it('keep the place of each expression through references', () => {
    const { jails } = read({
      'jail.conf': '[j]\nenabled = 1\nfilter = f\n',
      'filter.d/f.conf':
        '[Definition]\nfailregex = ^one$\n    %(more)s\n    <extra>\nmore = ^two$\n  ^three$\nextra = ^four$\n',
    });
    expect(jails[0]?.filter.failregex.map(({ source, origin }) => `${source} ${origin?.line}`)).toEqual([
      '^one$ 2',
      '^two$ 5',
      '^three$ 6',
      '^four$ 7',
    ]);
  });

  it('that refer to themselves cost only their jail', () => {
    const settings = read({
      'jail.conf': '[j]\nenabled = 1\nfilter = f\n',
      'filter.d/f.conf': '[Definition]\nfailregex = <a>\na = <b>\nb = <a>\n',
    });
    expect(settings.findings.map((finding) => finding.code)).toContain('F2B_CONFIG_SELF_REFERENCE');
  });

  it('that do not exist leave out their jail in fail2ban own words', () => {
    expect(stream('filter = nosuch\n')).toEqual([
      "['config-error', \"Jail 'j' skipped, because of wrong configuration: Unable to read the filter 'nosuch'\"]",
    ]);
    expect(stream('filter = ../../../etc/passwd\n')[0]).toContain('Unable to read the filter');
  });
});

describe('actions', () => {
  it('get name and actname, then [Init], conditional parameters as families', () => {
    const settings = read({
      'jail.conf': '[j]\nenabled = 1\naction = a[x="1, 2", name=j-web]\n',
      'action.d/a.conf':
        '[Definition]\nactionban = <x> <q> <bt> <maxretry>\n[Init]\nq = 5\nbt = 4\n[Init?family=inet6]\nbt = 6\n',
    });
    const action = settings.jails[0]!.actions[0]!;
    expect(action.name).toBe('a-web');
    expect(action.commands.get('actionban')).toBe('1, 2 5 <bt> <maxretry>');
    expect(action.params).toEqual([
      ['x', '1, 2'],
      ['name', 'j-web'],
      ['actname', 'a-web'],
      ['q', '5'],
      ['bt', '4'],
      ['bt?family=inet6', '6'],
    ]);
  });

  it('let an unconditional argument override the value for a family', () => {
    const files = { 'action.d/a.conf': '[Definition]\nactionban = x\n[Init]\nbt = 4\n[Init?family=inet6]\nbt = 6\n' };
    expect(stream('action = a[bt=own]\n', files).join()).toContain(
      "['bt', 'own'], ['name', 'j'], ['actname', 'a'], ['bt?family=inet6', 'own']",
    );
    expect(stream('action = a[bt=own, bt?family=inet6="v6"]\n', files).join()).toContain("['bt?family=inet6', 'v6']");
  });

  it('built in need no file, and a file of the name goes first', () => {
    const jail = { 'jail.conf': '[j]\nenabled = 1\naction = offendingips[seconds=60]\n' };
    expect(read(jail).jails[0]?.actions[0]).toMatchObject({
      name: 'offendingips',
      builtin: true,
      params: [
        ['seconds', '60'],
        ['name', 'j'],
        ['actname', 'offendingips'],
      ],
    });
    expect(
      read({ ...jail, 'action.d/offendingips.conf': '[Definition]\nactionban = x\n' }).jails[0]?.actions[0]?.builtin,
    ).toBe(false);
    expect(read(jail, { builtinActions: new Set() }).skipped[0]?.why).toBe("Unable to read action 'offendingips'");
  });

  it('are found in actions.d too', () => {
    expect(stream('action = old\n', { 'actions.d/old.conf': '[Definition]\nactionban = x\n' })).toContain(
      "['set', 'j', 'addaction', 'old']",
    );
  });

  it('in Python show as fail2ban shows them and are reported', () => {
    const settings = read({ 'jail.conf': '[j]\nenabled = 1\naction = smtp.py[host="x:25", dest="é"]\n' });
    expect(renderStream(settings)).toContain(
      "['set', 'j', 'addaction', 'smtp', '/f/action.d/smtp.py', '{\"host\": \"x:25\", \"dest\": \"\\\\u00e9\"}']",
    );
    expect(settings.findings.map((finding) => finding.code)).toContain('F2B_CONFIG_PYTHON_ACTION');
  });
});

describe('logs', () => {
  const files = { '/var/log/a1.log': '', '/var/log/a2.log': '', '/var/log/.hidden.log': '' };

  it('are globbed, with head or tail behind a blank', () => {
    expect(
      stream('logpath = /var/log/a1.log   tail\n  /var/log/*2.log\n', files).filter((line) =>
        line.includes('addlogpath'),
      ),
    ).toEqual([
      "['set', 'j', 'addlogpath', '/var/log/a1.log', 'tail']",
      "['set', 'j', 'addlogpath', '/var/log/a2.log', 'head']",
    ]);
  });

  it('that are missing cost only their jail, with the place', () => {
    const settings = read(
      { 'jail.conf': '[j]\nenabled = 1\nlogpath = /nosuch\n[k]\nenabled = 1\nlogpath = /var/log/*.log\n', ...files },
      { allowMissingLogs: false },
    );
    expect(settings.jails.map((jail) => jail.name)).toEqual(['k']);
    expect(settings.findings.find((finding) => finding.code === 'F2B_CONFIG_NO_LOG')).toMatchObject({
      severity: 'error',
      jail: 'j',
      origin: { line: 3, column: 11 },
    });
  });

  it('are no matter of a backend that does not exist: the daemon says so, too, and not the check alone', () => {
    const { findings } = read({ 'jail.conf': '[j]\nenabled = 1\nbackend = comand[run="x"]\n' });
    expect(findings.filter(({ severity }) => severity === 'error')).toMatchObject([
      { code: 'F2B_CONFIG_CHOICE', jail: 'j', origin: { line: 3, column: 11 } },
    ]);
  });

  it('that are missing give way to the journal where the jail knows what to read there', () => {
    const jail = '[j]\nenabled = 1\nbackend = auto\nlogpath = /nosuch\njournalmatch = _COMM=sshd\n';
    for (const allowMissingLogs of [false, true, 'report'] as const) {
      const { jails, findings } = read({ 'jail.conf': jail }, { allowMissingLogs });
      expect(jails[0]?.backend.value).toBe('systemd');
      expect(findings.filter(({ code }) => /JOURNAL|LOG/.test(code))).toMatchObject([
        { severity: 'hint', code: 'F2B_CONFIG_JOURNAL_INSTEAD', jail: 'j', origin: { line: 4, column: 11 } },
      ]);
    }
    expect(
      read({ 'jail.conf': `${jail}systemd_if_nologs = false\n` }, { allowMissingLogs: false }).skipped,
    ).toHaveLength(1);
  });
});

describe('the server', () => {
  it('understands the numeric log levels of old, and prints them as written', () => {
    const settings = read({
      'jail.conf': '[j]\n',
      'fail2ban.conf': '[Definition]\nloglevel = 3\nlogtarget = SYSLOG\n',
    });
    expect(settings.server.loglevel.value).toBe('INFO');
    expect(renderStream(settings)).toContain("['set', 'loglevel', '3']");
    expect(settings.findings.map((finding) => finding.what)).toContain(
      "'allowipv6' not defined in 'Definition'. Using default one: 'auto'",
    );
  });
});

describe('f2b.ini', () => {
  const jail = { 'jail.conf': '[j]\n' };

  it('sets what fail2ban has no word for', () => {
    expect(read({ ...jail, 'f2b.ini': 'workers = 2\nblock_bytes = 256k\nlogformat = json\n' }).own).toEqual({
      workers: 2,
      blockBytes: 262144,
      maxLineBytes: 65536,
      logformat: 'json',
    });
  });

  it('refuses what it does not know, with a suggestion and the line', () => {
    const { findings, own } = read({ ...jail, 'f2b.ini': '; comment\nworker = 2\nlogformat = xml\n' });
    expect(findings.filter((finding) => finding.code === 'F2B_CONFIG_OWN')).toMatchObject([
      { origin: { file: '/f/f2b.ini', line: 2 }, advice: "Did you mean 'workers'?" },
      { origin: { file: '/f/f2b.ini', line: 3 } },
    ]);
    expect(own.logformat).toBe('classic');
  });
});
