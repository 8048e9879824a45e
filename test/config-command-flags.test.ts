import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installedFail2ban, journalInstead, temporaryRoot, writeTree } from './config-fail2ban.js';
import { f2b, run } from './f2b-process.js';

const { root, remove } = temporaryRoot();
afterAll(remove);
const log = join(root, 'app.log');
writeFileSync(log, '');

const server =
  '[Definition]\nloglevel = INFO\nlogtarget = STDOUT\nsyslogsocket = auto\nsocket = /nowhere/f2b.sock\npidfile = /p\ndbfile = None\ndbpurgeage = 1d\nallowipv6 = auto\n';

function tree(jails: string, more: Readonly<Record<string, string>> = {}): string {
  return writeTree(
    {
      'fail2ban.conf': server,
      'filter.d/app.conf': '[Definition]\nfailregex = ^app: failure from <HOST>$\n',
      'action.d/ban.conf': '[Definition]\nactionban = echo <ip>\n',
      'jail.conf': `[DEFAULT]\naction = ban\nlogpath = ${log}\nbackend = polling\n${jails}`,
      ...more,
    },
    root,
  );
}

const good = '[good]\nenabled = true\nfilter = app\n';
const broken = '[bad]\nenabled = true\nfilter = nosuch\n';
const badRegex = { 'filter.d/app.conf': '[Definition]\nfailregex = ^app: (failure from <HOST>$\n' };

describe('f2b -d', () => {
  it('prints the stream, and ends with 0 as long as one jail is good, or none is bad', () => {
    const mixed = f2b('-c', tree(good + broken), '-d');
    expect(mixed.lines).toContain("['start', 'good']");
    expect(mixed.lines).toContain(
      `['config-error', "Jail 'bad' skipped, because of wrong configuration: Unable to read the filter 'nosuch'"]`,
    );
    expect(mixed.stderr).toMatch(/ERROR +\S+jail\.conf:\d+:\d+: Unable to read the filter 'nosuch'/);
    expect(mixed.code).toBe(0);
    expect(f2b('-c', tree(broken), '-d').code).toBe(255);
    expect(f2b('-c', tree(''), '-d').code).toBe(0);
  });

  it('does not ask for the logs to be there, and does not run the command behind it', () => {
    const { code, lines } = f2b('-c', tree(`${good}logpath = /nowhere/x.log\n`), '-d', 'status');
    expect(lines).toContain("['start', 'good']");
    expect(code).toBe(0);
  });

  it('goes on with the test where both are asked for', () => {
    const fine = f2b('-c', tree(good), '-d', '-t');
    expect(fine.lines.slice(-2)).toEqual(["['start', 'good']", 'OK: configuration test is successful']);
    expect(fine.code).toBe(0);
    const wrong = f2b('-c', tree(good, badRegex), '-d', '-t');
    expect(wrong.lines.at(-1)).toBe("['start', 'good']");
    expect(wrong.code).toBe(255);
  });

  it('loads neither an expression engine nor the thread pool, which -t does', () => {
    const directory = tree(good);
    const loaded = (flag: string): string[] => {
      const { lines } = run(process.execPath, [
        '--input-type=module',
        '-e',
        `process.argv = [process.argv[0], 'f2b', '-c', ${JSON.stringify(directory)}, '${flag}'];
         import { createRequire } from 'node:module';
         process.on('exit', () => console.log(JSON.stringify(Object.keys(createRequire(import.meta.url).cache))));
         await import(${JSON.stringify(new URL('../packages/cli/dist/main.js', import.meta.url).href)});`,
      ]);
      return (JSON.parse(lines.at(-1)!) as string[]).filter((name) => /node_modules\/(?:re2|piscina)\//.test(name));
    };
    expect(loaded('-d')).toEqual([]);
    expect(loaded('-t')).not.toEqual([]);
  });
});

describe('f2b -t', () => {
  it('says that all is well, and ends with 0', () => {
    expect(f2b('-c', tree(good), '-t')).toMatchObject({ code: 0, lines: ['OK: configuration test is successful'] });
    expect(f2b('-c', tree(good), '--test').code).toBe(0);
  });

  it.each([
    ['a filter that is missing', good + broken, {}, /jail\.conf:\d+:\d+: Unable to read the filter/],
    ['no log at all', `${good}logpath = /nowhere/x.log\n`, {}, /Have not found any log file for 'good' jail/],
    ['an expression that does not compile', good, badRegex, /app\.conf:2:19: failregex does not compile: missing \)/],
    ['an expression without an address', `${good}failregex = ^app: failure$\n`, {}, /No failure-id group/],
    ['a time that is none', `${good}bantime = soon\n`, {}, /jail\.conf:\d+:11: /],
  ])('fails for %s, says where, and ends with 255', (_, jails, more, message) => {
    const { code, lines, stderr } = f2b('-c', tree(jails, more), '-t');
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/ERROR +ERROR: test configuration failed\n$/);
    expect(lines).toEqual(['']);
    expect(code).toBe(255);
  });

  it('runs the command behind it only when the test is passed', () => {
    const passed = f2b('-c', tree(good), '-t', 'status');
    expect(passed.lines).toEqual(['']);
    expect(passed.stderr).toContain('/nowhere/f2b.sock');
    const failed = f2b('-c', tree(broken), '-t', 'status');
    expect(failed.stderr).not.toContain('/nowhere/f2b.sock');
    expect(failed.code).toBe(255);
  });

  it('says less with -q', () => {
    const warned = tree(`${good}maxretyr = 3\n`);
    expect(f2b('-c', warned, '-t').stderr).toContain("Did you mean 'maxretry'?");
    expect(f2b('-c', warned, '-q', '-t')).toMatchObject({ code: 0, stderr: '' });
  });
});

const version = installedFail2ban();

describe.skipIf(!version)('beside fail2ban-client (needs fail2ban installed)', () => {
  const stock = join(root, 'stock');

  beforeAll(() => {
    cpSync('/etc/fail2ban', stock, { recursive: true });
    const jails = [...readFileSync(join(stock, 'jail.conf'), 'utf8').matchAll(/^\[([^\]]+)\]/gm)].map(
      ([, name]) => name!,
    );
    const all = jails.filter((name) => name !== 'DEFAULT' && name !== 'INCLUDES');
    mkdirSync(join(stock, 'jail.d'), { recursive: true });
    writeFileSync(join(stock, 'jail.d', 'all.conf'), all.map((name) => `[${name}]\nenabled = true\n`).join(''));
  });

  /** fail2ban 1.1 lets an unconditional bracket argument override a `?family=` value, 1.0 does not; each prints its own version. */
  const comparable = (line: string) =>
    line
      .replace(/\['blocktype\?family=inet6', '[^']*'\]/, "['blocktype?family=inet6', …]")
      .replaceAll(/Fail2Ban\/[\d.]+/g, 'Fail2Ban/…');

  it.each(['-d', '--dp'])('%s prints the same lines for the stock tree with every jail enabled', (flag) => {
    const theirs = run('fail2ban-client', ['-c', stock, flag]);
    const ours = f2b('-c', stock, flag);
    expect(ours.lines.length).toBeGreaterThan(1000);
    expect(ours.lines.map(comparable)).toEqual(journalInstead(theirs.lines).map(comparable));
    expect(ours.code).toBe(theirs.code);
  });

  it.each([
    ['-d', good],
    ['-d', broken],
    ['-d', good + broken],
    ['-d', ''],
    ['-t', good],
    ['-t', broken],
    ['-t', good + broken],
    ['-t', `${good}logpath = /nowhere/x.log\n`],
  ])('%s prints the same and ends with the same code for %j', (flag, jails) => {
    const directory = tree(jails);
    const theirs = run('fail2ban-client', ['-c', directory, flag]);
    const ours = f2b('-c', directory, flag);
    expect(ours.lines).toEqual(theirs.lines);
    expect(ours.code).toBe(theirs.code);
  });

  it.each([
    '600',
    '1d12h',
    '1h 30m 5',
    '-1',
    '1.5h',
    '1y',
    '1mo',
    '2w',
    '0.0001d',
    '60*60',
    '7/2',
    '4/2',
    '10//3',
    '1y6mo',
  ])('--str2sec %s', (text) => {
    const theirs = run('fail2ban-client', ['--str2sec', text]);
    expect(f2b('--str2sec', text)).toMatchObject({ code: theirs.code, lines: theirs.lines });
  });

  it.each(['10mins', '', 'abc'])('--str2sec refuses %j, as fail2ban does', (text) => {
    expect(run('fail2ban-client', ['--str2sec', text]).code).toBe(255);
    const { code, lines } = f2b('--str2sec', text);
    expect(code).toBe(255);
    expect(lines[0]).toMatch(/^ERROR: /);
  });
});
