import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** A program that finds attacks in a log, as somebody would run it. */
export interface Contender {
  readonly name: string;
  /** Lines that it gets at most: the slow ones need only a part of the log to show their rate. */
  readonly mostLines: number;
  /** The kinds of log it can read. */
  readonly kinds: readonly string[];
  readonly available: boolean;
  command(log: string, filter: string): readonly string[];
  /** Whether it could do its work: an exit status of its own may mean that there were no attacks. */
  succeeded(status: number): boolean;
}

/** The program whose figures these are. */
export const f2bProgram = fileURLToPath(new URL('../../packages/cli/bin/f2b.js', import.meta.url));

const has = (program: string) => spawnSync('/bin/sh', ['-c', 'command -v "$0"', program]).status === 0;
const sshguardParser = '/usr/libexec/sshguard/sshg-parser';
const slowLines = 200_000;
const everyKind = ['sshd', 'asterisk', 'nginx'];

/** Literals of which each attack in the generated logs contains one, for a program that knows nothing of filters. */
const literals: Readonly<Record<string, string>> = {
  sshd: 'Failed password|Invalid user|maximum authentication attempts',
  asterisk: 'handle_request_register: Registration from',
  'nginx-http-auth': 'password mismatch|was not found in',
};

export const f2b: Contender = {
  name: 'f2b regex',
  mostLines: Number.POSITIVE_INFINITY,
  kinds: everyKind,
  available: true,
  command: (log, filter) => [process.execPath, f2bProgram, 'regex', '-o', 'row', log, filter],
  succeeded: (status) => status === 0,
};

export const fail2banRegex: Contender = {
  name: 'fail2ban-regex',
  mostLines: slowLines,
  kinds: everyKind,
  available: has('fail2ban-regex'),
  command: (log, filter) => ['fail2ban-regex', '-o', 'row', log, filter],
  succeeded: (status) => status === 0,
};

export const ripgrep: Contender = {
  name: 'ripgrep, literals, counting',
  mostLines: Number.POSITIVE_INFINITY,
  kinds: everyKind,
  available: has('rg'),
  command: (log, filter) => ['rg', '--count', '--no-mmap', literals[filter]!, log],
  succeeded: (status) => status <= 1,
};

export const sshguard: Contender = {
  name: "sshguard's parser",
  mostLines: 1_000_000,
  kinds: ['sshd'],
  available: has(sshguardParser),
  command: (log) => ['/bin/sh', '-c', `exec ${sshguardParser} < "$0"`, log],
  succeeded: (status) => status === 0,
};

/** f2b first, then the peers. */
export const contenders: readonly Contender[] = [f2b, fail2banRegex, sshguard, ripgrep];

/** The command as a person would type it, with names in place of the paths of this run. */
export function shown(one: Contender, filter: string): string {
  return one
    .command('LOG', filter)
    .map((word) =>
      word === process.execPath ? '' : word === f2bProgram ? 'f2b' : /^[\w@./=-]+$/.test(word) ? word : `'${word}'`,
    )
    .filter((word) => word !== '')
    .join(' ');
}
