import { FirewallError } from '@f2b/firewall';
import { describe, expect, it } from 'vitest';
import type { Failure } from '../jails/book/failures.js';
import type { GuardedJail } from '../jails/guarded-jail.js';
import type { Dns } from '../jails/who/dns.js';
import { Questions } from './questions.js';

const failure: Failure = {
  who: { id: '192.0.2.1', ip: '192.0.2.1', family: 'inet4' },
  time: 0,
  matches: [],
  data: new Map(),
} as unknown as Failure;

/** Asks an ignorecommand that behaves as it is told; answers what the judge was told, and what was said. */
async function asked(ask: () => Promise<boolean>) {
  const told: boolean[] = [];
  const said: string[] = [];
  const jail = {
    name: 'sshd',
    settings: { ignorecommand: { value: 'x' } },
    judge: {
      rules: { bantime: 600 },
      answered: (_question: unknown, ignored: boolean) => {
        told.push(ignored);
        return [];
      },
    },
    apply: () => {},
  } as unknown as GuardedJail;
  const clock = { now: () => 0, elapsed: () => 0, after: () => () => {}, pause: async () => {} };
  const questions = new Questions({} as Dns, { clock, ignoreCommand: ask }, (_jail, code, what) => {
    said.push(`${code} ${what}`);
  });
  questions.ask(jail, { kind: 'ignorecommand', failure });
  await questions.idle();
  return { told, said };
}

describe('an ignorecommand without a clear answer', () => {
  it('ignores nobody where it was asked and said neither yes nor no', async () => {
    const { told, said } = await asked(async () => {
      throw new FirewallError('F2B_IGNORE_COMMAND_ANSWER', 'ended with 2');
    });
    expect(told).toEqual([false]);
    expect(said).toEqual(['F2B_IGNORE_COMMAND ended with 2']);
  });

  it('counts nobody where it could not be asked, and says so', async () => {
    const { told, said } = await asked(async () => {
      throw new FirewallError('F2B_IGNORE_COMMAND_SHED', '20000 wait');
    });
    expect(told).toEqual([true]);
    expect(said).toEqual(['F2B_IGNORE_COMMAND 20000 wait']);
  });
});
