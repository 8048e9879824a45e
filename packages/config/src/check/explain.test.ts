import { describe, expect, it } from 'vitest';
import { memoryEdge } from '../syntax/memory-edge.js';
import { explainJail, renderExplanation } from './explain.js';

const fs = memoryEdge({
  '/f/jail.conf':
    '[DEFAULT]\nmaxretry = 5\nfilter = f\naction = a[port=22]\n[sshd]\nenabled = true\nmaxretry = 4\nmine = %(maxretry)s!\n',
  '/f/jail.local': '[sshd]\nmaxretry = 3\n',
  '/f/filter.d/f.conf': '[Definition]\nfailregex = ^bad <HOST>$\n    ^worse <HOST>$\n',
  '/f/action.d/a.conf': '[Definition]\nactionban = ban <ip> <port>\n',
});

describe('explaining a jail', () => {
  it('gives each setting its place and the layers that it overrode', () => {
    const { settings } = explainJail({ directory: '/f', fs, jail: 'sshd', key: 'maxretry' });
    expect(settings).toEqual([
      {
        key: 'maxretry',
        value: '3',
        layers: [
          { text: '3', origin: { file: '/f/jail.local', line: 2, column: 1 }, where: '[sshd]' },
          { text: '4', origin: { file: '/f/jail.conf', line: 7, column: 1 }, where: '[sshd]' },
          { text: '5', origin: { file: '/f/jail.conf', line: 2, column: 1 }, where: '[DEFAULT]' },
        ],
      },
    ]);
  });

  it('reaches into the filter, the actions, plain variables and what is built in', () => {
    const text = renderExplanation(explainJail({ directory: '/f', fs, jail: 'sshd' })).join('\n');
    expect(text).toContain('[sshd]  # /f/jail.conf:5:1\n');
    expect(text).toContain(
      'failregex = ^bad <HOST>$\n    ^worse <HOST>$\n    # /f/filter.d/f.conf:2:1 filter.d/f [Definition]\n',
    );
    expect(text).toContain('action/a/actionban = ban <ip> 22\n    # /f/action.d/a.conf:2:1 action.d/a [Definition]\n');
    expect(text).toContain('mine = 3!\n');
    expect(text).toContain('findtime = 600\n    # built-in\n');
    expect(text).toContain('    # overrode /f/jail.conf:2:1 [DEFAULT]: 5\n');
  });

  it('says why a jail cannot run and still shows what it says', () => {
    const broken = memoryEdge({ '/f/jail.conf': '[j]\nenabled = true\nfilter = nosuch\nmaxretry = 3\n' });
    const explanation = explainJail({ directory: '/f', fs: broken, jail: 'j' });
    expect(explanation.problem).toContain("/f/jail.conf:3:10: Unable to read the filter 'nosuch'");
    expect(explanation.settings.map(({ key }) => key)).toContain('maxretry');
  });

  it('knows no other jails than those of the files', () => {
    expect(() => explainJail({ directory: '/f', fs, jail: 'nosuch' })).toThrow("No section: 'nosuch'");
  });
});
