import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ticket } from '../fixtures/orders.js';
import { makeScratch, type Scratch, until } from '../fixtures/scratch.js';
import { openIgnoreCommands } from './ignore-commands.js';

describe('an ignorecommand', () => {
  let scratch: Scratch;
  beforeEach(() => {
    scratch = makeScratch();
  });
  afterEach(() => scratch.remove());

  it('is asked with the tags that fail2ban knows: 0 ignores, 1 does not, and all else is an error', async () => {
    const commands = openIgnoreCommands({ sources: { reverse: async () => 'host.example' } });
    const tags = [
      'F-ID',
      'fid',
      'ip',
      'failures',
      'F-USER',
      'time',
      'bantime',
      'ip-rev',
      'ip-host',
      'family',
      'F-NONE',
      'nope',
    ];
    const asked = ticket('alice', {
      ip: '192.0.2.1',
      family: 'inet4',
      failures: 1,
      time: 1_714_557_600_500,
      data: { user: 'root', fid: 'alice' },
    });
    const command = `echo "${tags.map((tag) => `<${tag}>`).join('|')}<sp>x" >> ${scratch.path('trace')}; test <failures> -lt 3`;
    expect(await commands.ask(command, 'sshd', asked)).toBe(true);
    expect(await commands.ask(command, 'sshd', { ...asked, failures: 3 })).toBe(false);
    expect(scratch.lines()[0]).toBe(
      'alice|alice|192.0.2.1|1|root|1714557600.5|600|1.2.0.192.|host.example|inet4||<nope> x',
    );
    await expect(commands.ask('exit 2', 'sshd', asked)).rejects.toMatchObject({
      code: 'F2B_IGNORE_COMMAND_ANSWER',
      message: expect.stringContaining('ended with 2'),
    });
    await expect(commands.ask('kill -9 $$', 'sshd', asked)).rejects.toThrow('SIGKILL');
  });

  it('binds hostile values as an action does', async () => {
    const canary = scratch.path('canary');
    const user = `$(touch ${canary}) '; touch ${canary}; '`;
    const commands = openIgnoreCommands();
    const asked = ticket('192.0.2.1', { data: { user } });
    await commands.ask(`sh -c 'printf "%s\\n" "<F-USER>"' >> ${scratch.path('trace')}`, 'sshd', asked);
    await commands.ask(`sh -c "true <F-USER>"`, 'sshd', asked);
    expect(scratch.lines()).toEqual([user]);
    expect(scratch.has('canary')).toBe(false);
  });

  it('that takes too long is ended with all that it has started', async () => {
    const commands = openIgnoreCommands({ timeout: 300 });
    const slow = `sleep 1000 & echo $! > ${scratch.path('child')}; wait`;
    await expect(commands.ask(slow, 'sshd', ticket('192.0.2.1'))).rejects.toThrow('did not end in time');
    const pid = Number(scratch.lines('child')[0]);
    await until('the child is gone', () => !alive(pid));
  });

  it('runs a few times at once, the others wait, and what does not fit is refused', async () => {
    const commands = openIgnoreCommands({ atOnce: 3, mostWaiting: 20 });
    const gate = scratch.path('gate');
    const command = `echo x >> ${scratch.path('trace')}; until test -e ${gate}; do sleep 0.02; done`;
    const answers = Array.from({ length: 23 }, () => commands.ask(command, 'sshd', ticket('192.0.2.1')));
    await expect(commands.ask(command, 'sshd', ticket('192.0.2.1'))).rejects.toMatchObject({
      code: 'F2B_IGNORE_COMMAND_SHED',
    });
    expect([commands.running, commands.waiting]).toEqual([3, 20]);
    await until('three run', () => scratch.lines().length === 3);
    await commands.ask('true', 'sshd', ticket('192.0.2.1')).catch(() => undefined);
    expect(scratch.lines()).toHaveLength(3);
    scratch.write('gate', '');
    expect(await Promise.all(answers)).toEqual(answers.map(() => true));
    expect([commands.running, commands.waiting]).toEqual([0, 0]);
  });
});

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
