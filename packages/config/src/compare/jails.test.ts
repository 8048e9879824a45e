import { describe, expect, it } from 'vitest';
import { readSettings } from '../resolve/settings.js';
import type { JailSettings } from '../settings.js';
import { memoryEdge } from '../syntax/memory-edge.js';
import { changedParts, sameJail } from './jails.js';

const base = {
  '/f/filter.d/f.conf': '[Definition]\nfailregex = ^bad <HOST>$\n',
  '/f/action.d/a.conf': '[Definition]\nactionban = ban <ip> <table>\n[Init]\ntable = T\n',
  '/log/a': '',
};
const lines = ['enabled = true', 'backend = polling', 'filter = f', 'action = a', 'logpath = /log/a'];

function jail(more = '', files: Record<string, string> = {}): JailSettings {
  const fs = memoryEdge({ ...base, '/f/jail.conf': `[j]\n${lines.join('\n')}\n${more}`, ...files });
  return readSettings({ directory: '/f', fs }).jails[0]!;
}

describe('comparing two settings of a jail', () => {
  it('finds no difference in where things are written', () => {
    const moved = jail('', {
      '/f/jail.conf': `\n\n[j]\n${lines[0]}\n`,
      '/f/jail.local': `[j]\n${lines.slice(1).join('\n')}\n`,
    });
    expect(moved.logpaths[0]?.origin).not.toEqual(jail().logpaths[0]?.origin);
    expect(sameJail(jail(), moved)).toBe(true);
  });

  it('finds no difference in a default that is written out, or a time written otherwise', () => {
    expect(changedParts(jail(), jail('maxretry = 3\nfindtime = 10m\nbantime = 600\nignoreself = true\n'))).toEqual([]);
    expect(changedParts(jail('bantime = 1h'), jail('bantime = 60m # an hour'))).toEqual([]);
  });

  it('finds no difference in the files that a pattern names', () => {
    const pattern = { '/f/jail.local': '[j]\nlogpath = /log/*\n' };
    expect(changedParts(jail('', pattern), jail('', { ...pattern, '/log/b': '' }))).toEqual([]);
  });

  it.each([
    ['failregex = ^worse <HOST>$', 'filter'],
    ['maxlines = 2', 'filter'],
    ['usedns = no', 'filter'],
    ['logencoding = latin1', 'filter'],
    ['logpath = /log/a tail', 'logs'],
    ['backend = auto', 'logs'],
    ['journalmatch = _COMM=x', 'logs'],
    ['maxretry = 4', 'limits'],
    ['bantime = -1', 'limits'],
    ['bantime.increment = true', 'limits'],
    ['ignoreip = ::1', 'ignore'],
    ['ignoreself = no', 'ignore'],
    ['ignorecommand = /bin/false', 'ignore'],
    ['ignorecache = key="<ip>"', 'ignore'],
    ['action = a[table=U]', 'actions'],
    ['action = a\n  a[actname=b]', 'actions'],
    ['action = x.py[key=1]', 'actions'],
  ])('says what %s changes: %s', (line, part) => {
    const overridden = jail('', { '/f/jail.local': `[j]\n${line}\n` });
    expect(changedParts(jail(), overridden)).toEqual([part]);
    expect(sameJail(jail(), overridden)).toBe(false);
  });

  it('sees a formula by its text, and a file of the filter or the action by what it says', () => {
    const growing = (formula: string) => jail(`bantime.increment = true\nbantime.formula = ${formula}\n`);
    expect(changedParts(growing('ban.Time * 2'), growing('ban.Time * 3'))).toEqual(['limits']);
    expect(changedParts(growing('ban.Time * 2'), growing('ban.Time * 2'))).toEqual([]);
    const files = {
      '/f/filter.d/f.local': '[Definition]\nignoreregex = x\n',
      '/f/action.d/a.local': '[Init]\ntable = U\n',
    };
    expect(changedParts(jail(), jail('', files))).toEqual(['filter', 'actions']);
    expect(changedParts(jail('action = x.py[key=1]'), jail('action = x.py[key=2]'))).toEqual(['actions']);
  });
});
