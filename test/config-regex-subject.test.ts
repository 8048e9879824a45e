import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { temporaryRoot, writeTree } from './config-fail2ban.js';
import { f2b } from './f2b-process.js';

const { root, remove } = temporaryRoot();
afterAll(remove);

const tree = writeTree(
  {
    'fail2ban.conf': '[Definition]\n',
    'filter.d/door.conf':
      '[Definition]\nmode = calm\npattern-calm = ^knock <HOST>\npattern-strict = ^(?:knock|peep) <HOST>\nfailregex = <pattern-<mode>>\n',
    'jail.conf': [
      '[plain]',
      'filter = door',
      '[calm]',
      'filter = door[mode=calm]',
      '[own]',
      'filter = door',
      'failregex = ^jail <HOST>',
      '[bare]',
      'filter =',
      'failregex = ^jail <HOST>',
      '',
    ].join('\n'),
  },
  root,
);

/** The addresses that are found in a text when this is tried out. */
function found(regex: string, ...lines: readonly string[]): readonly string[] {
  const { lines: ids, stderr } = f2b('regex', '-c', tree, '-o', 'id', `${lines.join('\n')}\n`, regex);
  expect(stderr).toBe('');
  return ids.filter((line) => line !== '');
}

describe('options in brackets behind a jail, for f2b regex', () => {
  it('go to its filter, although the jail does not hand them on', () => {
    expect(found('plain[mode=strict]', 'peep 203.0.113.5')).toEqual(['203.0.113.5']);
    expect(found('plain', 'peep 203.0.113.5')).toEqual([]);
  });

  it('win over those that the jail gives its filter', () => {
    expect(found('calm[mode=strict]', 'peep 203.0.113.5')).toEqual(['203.0.113.5']);
  });

  it('may be what only the filter knows', () => {
    expect(found('plain[pattern-calm="^peep <HOST>"]', 'peep 203.0.113.5')).toEqual(['203.0.113.5']);
  });

  it('have their tags replaced', () => {
    expect(found('plain[failregex="<known/failregex> tail"]', 'knock 203.0.113.5 tail', 'knock 203.0.113.6')).toEqual([
      '203.0.113.5',
    ]);
  });

  it('stand beside the failregex of the jail itself', () => {
    expect(found('own[failregex="^line <HOST>"]', 'line 203.0.113.5', 'jail 203.0.113.6')).toEqual([
      '203.0.113.5',
      '203.0.113.6',
    ]);
  });

  it('take the place of the own ones of a jail without filter', () => {
    expect(found('bare[failregex="^line <HOST>"]', 'line 203.0.113.5')).toEqual(['203.0.113.5']);
  });
});

describe('f2b regex says what is wrong in the files that it tries out', () => {
  it('in a filter: lines without meaning, an option twice, a missing include', () => {
    const filter = join(root, 'mistaken.conf');
    writeFileSync(
      filter,
      [
        '[INCLUDES]',
        'before = nowhere.conf',
        '[Definition]',
        'failregex = ^knock <HOST>',
        'datepattern = {^LN-BEG}%%Y',
        '^[^\\[]*\\[({DATE})',
        'maxlines = 1',
        'maxlines = 2',
        '',
      ].join('\n'),
    );
    const { stderr, code } = f2b('regex', '-c', tree, '-o', 'id', 'knock 203.0.113.5', filter);
    expect(stderr).toContain(`${filter}:6:1: error: this line is neither`);
    expect(stderr).toContain(`${filter}:8:1: error: 'maxlines' stands twice`);
    expect(stderr).toContain(`${filter}:2:10: warning: the included file ${root}/nowhere.conf does not exist`);
    expect(code).toBe(0);
  });

  it('in the tree of a jail, but not what concerns other jails', () => {
    const broken = writeTree(
      {
        'fail2ban.conf': '[Definition]\n',
        'filter.d/door.conf': '[Definition]\nfailregex = ^knock <HOST>\nnonsense\n',
        'jail.conf': '[door]\nfilter = door\n[other]\nfilter = nosuch\n',
      },
      root,
    );
    const { stderr, lines } = f2b('regex', '-c', broken, '-o', 'id', 'knock 203.0.113.5', 'door');
    expect(stderr.split('\n').filter((line) => line !== '')).toEqual([
      expect.stringContaining(`${broken}/filter.d/door.conf:3:1: error: `),
    ]);
    expect(lines).toEqual(['203.0.113.5']);
  });
});
