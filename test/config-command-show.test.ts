import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { temporaryRoot, writeTree } from './config-fail2ban.js';
import { f2b } from './f2b-process.js';

const article = fileURLToPath(new URL('fixtures/article', import.meta.url));
const { root, remove } = temporaryRoot();
afterAll(remove);

describe("f2b config show, on the article's tree", () => {
  it('shows each setting of the jail with the place that set it', () => {
    const { code, lines } = f2b('-c', article, 'config', 'show', 'ssh-iptables');
    expect(code).toBe(0);
    expect(lines[0]).toBe(`[ssh-iptables]  # ${article}/jail.conf:18:1`);
    const below = (setting: string) => lines[lines.indexOf(setting) + 1];
    expect(below('bantime = 43200')).toBe(`    # ${article}/jail.conf:7:1 [DEFAULT]`);
    expect(below('logpath = /var/log/secure')).toBe(`    # ${article}/jail.conf:22:1 [ssh-iptables]`);
    expect(below('usedns = warn')).toBe('    # built-in');
    expect(below('action/iptables/table = OFFENDINGIPS')).toBe(
      `    # ${article}/actions.d/iptables.conf:13:1 actions.d/iptables [Init]`,
    );
    expect(lines.filter((line) => line.includes('Failed (?:password|publickey) for .* from <HOST>'))).toHaveLength(1);
  });

  it('shows one setting alone, also one of an action by its short name', () => {
    expect(f2b('-c', article, 'config', 'show', 'ssh-iptables', 'maxretry').lines).toEqual([
      `[ssh-iptables]  # ${article}/jail.conf:18:1`,
      'maxretry = 5',
      `    # ${article}/jail.conf:13:1 [DEFAULT]`,
    ]);
    expect(f2b('-c', article, 'config', 'show', 'ssh-iptables', 'actioncheck').lines[1]).toBe(
      'action/iptables/actioncheck = iptables -n -L INPUT | grep -q OFFENDINGIPS',
    );
  });

  it('says that a jail is not enabled, and explains it all the same', () => {
    const { code, lines } = f2b('-c', article, 'config', 'show', 'asterisk-iptables');
    expect(lines[0]).toMatch(/\(not enabled\)$/);
    expect(lines).toContain('filter = asterisk');
    expect(code).toBe(0);
  });

  it('names the jails, or the nearest one, where there is none of that name', () => {
    expect(f2b('-c', article, 'config', 'show', 'sshd').stderr).toContain('has ssh-iptables, asterisk-iptables');
    expect(f2b('-c', article, 'config', 'show', 'ssh-iptable')).toMatchObject({
      code: 255,
      stderr: expect.stringContaining("did you mean 'ssh-iptables'?"),
    });
    expect(f2b('-c', article, 'config', 'show', 'ssh-iptables', 'maxretyr')).toMatchObject({
      code: 255,
      stderr: expect.stringContaining("did you mean 'maxretry'?"),
    });
  });
});

describe('f2b config show, with layers', () => {
  const tree = writeTree(
    {
      'jail.conf':
        '[DEFAULT]\nmaxretry = 5\n[sshd]\nenabled = true\nfilter = app\naction = ban\nlogpath = /nowhere\nmaxretry = 4\n',
      'jail.d/a.conf': '[sshd]\nmaxretry = 3\n',
      'jail.local': '[sshd]\nmaxretry = 2\n',
      'filter.d/app.conf': '[Definition]\nfailregex = ^x <HOST>$\n',
      'action.d/ban.conf': '[Definition]\nactionban = echo <ip>\n',
    },
    root,
  );

  it('shows what the holding place overrode, nearest first', () => {
    expect(f2b('-c', tree, 'config', 'show', 'sshd', 'maxretry').lines.slice(1)).toEqual([
      'maxretry = 2',
      `    # ${tree}/jail.local:2:1 [sshd]`,
      `    # overrode ${tree}/jail.d/a.conf:2:1 [sshd]: 3`,
      `    # overrode ${tree}/jail.conf:8:1 [sshd]: 4`,
      `    # overrode ${tree}/jail.conf:2:1 [DEFAULT]: 5`,
    ]);
  });

  it('says the same as JSON, the option before or behind the words', () => {
    const behind = f2b('-c', tree, 'config', 'show', 'sshd', 'maxretry', '--json').lines.join('\n');
    expect(JSON.parse(behind)).toMatchObject({
      jail: 'sshd',
      enabled: true,
      settings: [
        {
          key: 'maxretry',
          value: '2',
          layers: [
            { text: '2', origin: { file: `${tree}/jail.local`, line: 2, column: 1 }, where: '[sshd]' },
            {},
            {},
            {},
          ],
        },
      ],
    });
    expect(f2b('config', '--json', 'show', '-c', tree, 'sshd', 'maxretry').lines.join('\n')).toBe(behind);
  });

  it('explains why a jail cannot run', () => {
    const broken = writeTree({ 'jail.conf': '[a]\nenabled = true\nfilter = nosuch\n' }, root);
    const { code, lines } = f2b('-c', broken, 'config', 'show', 'a');
    expect(lines[1]).toMatch(new RegExp(`^! ${broken}/jail.conf:3:10: Unable to read the filter 'nosuch'`));
    expect(code).toBe(0);
  });
});
