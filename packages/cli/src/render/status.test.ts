import { describe, expect, it } from 'vitest';
import { renderStatus } from './status.js';

const overview = [
  ['Number of jail', 2],
  ['Jail list', 'dum, sshd'],
];
const jail = (files: string[], banned: string[]) => [
  [
    'Filter',
    [
      ['Currently failed', 0],
      ['Total failed', 3],
      ['File list', files],
    ],
  ],
  [
    'Actions',
    [
      ['Currently banned', banned.length],
      ['Total banned', 1],
      ['Banned IP list', banned],
    ],
  ],
];

describe('renderStatus', () => {
  it('draws the overview', () => {
    expect(renderStatus(undefined, overview)).toBe('Status\n|- Number of jail:\t2\n`- Jail list:\tdum, sshd');
  });

  it('draws one jail, lists joined by a blank, an empty list as a line that ends with the tab', () => {
    expect(renderStatus('dum', jail(['/var/log/d1.log', '/var/log/d2.log'], []))).toBe(
      [
        'Status for the jail: dum',
        '|- Filter',
        '|  |- Currently failed:\t0',
        '|  |- Total failed:\t3',
        '|  `- File list:\t/var/log/d1.log /var/log/d2.log',
        '`- Actions',
        '   |- Currently banned:\t0',
        '   |- Total banned:\t1',
        '   `- Banned IP list:\t',
      ].join('\n'),
    );
  });

  it('draws all jails below the overview', () => {
    expect(renderStatus('--all', [overview, { sshd: jail([], ['192.0.2.1']), dum: jail(['/x'], []) }])).toBe(
      [
        'Status',
        '|- Number of jail:\t2',
        '|- Jail list:\tdum, sshd',
        '`- Status for the jails:',
        '   |- Jail: dum',
        '   |  |- Filter',
        '   |  |  |- Currently failed:\t0',
        '   |  |  |- Total failed:\t3',
        '   |  |  `- File list:\t/x',
        '   |  `- Actions',
        '   |     |- Currently banned:\t0',
        '   |     |- Total banned:\t1',
        '   |     `- Banned IP list:\t',
        '   `- Jail: sshd',
        '      |- Filter',
        '      |  |- Currently failed:\t0',
        '      |  |- Total failed:\t3',
        '      |  `- File list:\t',
        '      `- Actions',
        '         |- Currently banned:\t1',
        '         |- Total banned:\t1',
        '         `- Banned IP list:\t192.0.2.1',
      ].join('\n'),
    );
  });

  it('shows a file name with a terminal escape in it as text', () => {
    expect(renderStatus('x', [['Filter', [['File list', ['/var/log/\x1b[2J']]]]])).toContain('/var/log/\\x1b[2J');
  });
});
