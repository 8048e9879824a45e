import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { commandHelp, generalHelp } from './help.js';
import { commands } from './table.js';

const program = fileURLToPath(new URL('../../bin/f2b.js', import.meta.url));
const f2b = (...args: string[]) => spawnSync(process.execPath, [program, ...args], { encoding: 'utf8' });

describe('help', () => {
  it('lists every command and its words', () => {
    const text = generalHelp();
    for (const { name, operands } of commands)
      expect(text).toMatch(new RegExp(`^ +${name}${operands === '' ? ' ' : ' \\S'}`, 'm'));
    expect(text).toContain('-c, --conf <DIR>');
    expect(text.split('\n').every((line) => line.length <= 110)).toBe(true);
  });

  it.each(commands.map((one) => [one.name, one] as const))('of %s shows all its options', async (_, listed) => {
    const { command } = await listed.load();
    const text = commandHelp(listed, command);
    expect(text).toContain(`Usage: f2b ${listed.name}`);
    for (const { long = [], says } of command.options ?? []) {
      if (long[0] !== undefined && says !== undefined) expect(text).toContain(`--${long[0]}`);
    }
  });

  it.each([
    [['-h']],
    [['help']],
    [['regex', '-h']],
    [['regex', '--help']],
    [['help', 'bench']],
    [['config', 'check', '-h']],
    [['status', '--help']],
  ])('%j prints it', (words) => {
    const { status, stdout, stderr } = f2b(...words);
    expect(stderr).toBe('');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^Usage: f2b/);
  });
});

describe('a misspelt word', () => {
  it.each([
    [['statsu'], /'statsu' is no command; did you mean 'status'\?/],
    [['set', 'sshd', 'maxretry', '3'], /'set' is a command of fail2ban-client, .*: fail2ban-client set …/],
    [['--timout', '3', 'ping'], /option --timout is not known; did you mean --timeout\?/],
    [
      ['regex', '--print-all-mised', 'x', 'y'],
      /regex: option --print-all-mised is not known; did you mean --print-all-missed\?/,
    ],
    [['bench', '--round', '3', '--zzz'], /bench: option --zzz is not known$/m],
  ])('%j gets a hint where one is near', (words, message) => {
    const { status, stderr } = f2b(...words);
    expect(stderr).toMatch(message);
    expect(status).toBe(255);
  });
});

describe('f2b explain', () => {
  it('takes no option out of the line', () => {
    const { stdout } = f2b('explain', 'from <HOST>$', '--', '--json');
    expect(stdout).toMatch(/^Line\n {2}--json\n/);
    expect(JSON.parse(f2b('explain', 'from <HOST>$', '--json', 'x from 192.0.2.1').stdout)).toMatchObject({
      id: '192.0.2.1',
    });
  });
});
