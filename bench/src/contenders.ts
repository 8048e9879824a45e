import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type MeasuredKind, measuredLogs } from './logs/kinds.js';
import { type Output, outputNames, outputs, typed } from './outputs.js';

/** A program that finds attacks in a log, as somebody would run it. */
export interface Contender {
  /** Of the program. */
  readonly program: string;
  /** What it prints of the failures; undefined where it knows no such choice. */
  readonly output: Output | undefined;
  /** Lines that it gets at most: the slow ones need only a part of the log to show their rate. */
  readonly mostLines: number;
  /** Whether it can be run here, and can read this kind of log. */
  reads(kind: MeasuredKind): boolean;
  command(log: string, kind: MeasuredKind): readonly string[];
  /** Whether it could do its work: an exit status of its own may mean that there were no attacks. */
  succeeded(status: number): boolean;
}

/** The program whose figures these are. */
export const f2bProgram = fileURLToPath(new URL('../../packages/cli/bin/f2b.js', import.meta.url));
const searchProgram = fileURLToPath(new URL('./search-process.js', import.meta.url));

const has = (program: string) => spawnSync('/bin/sh', ['-c', 'command -v "$0"', program]).status === 0;
export const hasFail2ban = has('fail2ban-regex');
const sshguardParser = '/usr/libexec/sshguard/sshg-parser';
const slowLines = 200_000;

const succeeded = (status: number) => status === 0;

/** `f2b regex` on any log and filter. */
export function f2bRegex(output: Output, log: string, filter: string): string[] {
  return [process.execPath, f2bProgram, 'regex', ...outputs[output], log, filter];
}

/** `fail2ban-regex` on any log and filter. */
export function fail2banRegex(output: Output, log: string, filter: string): string[] {
  return ['fail2ban-regex', ...outputs[output], log, filter];
}

const ours = outputNames.map(
  (output): Contender => ({
    program: 'f2b regex',
    output,
    mostLines: Number.POSITIVE_INFINITY,
    reads: (kind) => measuredLogs[kind].outputs.includes(output),
    command: (log, kind) => f2bRegex(output, log, measuredLogs[kind].filter),
    succeeded,
  }),
);

const theirs = outputNames.map(
  (output): Contender => ({
    program: 'fail2ban-regex',
    output,
    mostLines: slowLines,
    reads: (kind) => hasFail2ban && measuredLogs[kind].outputs.includes(output),
    command: (log, kind) => fail2banRegex(output, log, measuredLogs[kind].filter),
    succeeded,
  }),
);

const sshguard: Contender = {
  program: "sshguard's parser",
  output: undefined,
  mostLines: 1_000_000,
  // It takes a syslog's line with a date of the old kind only.
  reads: (kind) => kind === 'sshd' && has(sshguardParser),
  command: (log) => ['/bin/sh', '-c', `exec ${sshguardParser} < "$0"`, log],
  succeeded,
};

const ripgrep: Contender = {
  program: 'ripgrep, literals, counting',
  output: undefined,
  mostLines: Number.POSITIVE_INFINITY,
  reads: () => has('rg'),
  command: (log, kind) => ['rg', '--count', '--no-mmap', measuredLogs[kind].literals, log],
  succeeded: (status) => status <= 1,
};

const node = (mode: 'read' | 'search', program: string): Contender => ({
  program,
  output: undefined,
  mostLines: Number.POSITIVE_INFINITY,
  reads: (kind) => kind === 'sshd',
  command: (log, kind) => [process.execPath, searchProgram, mode, log, measuredLogs[kind].literals],
  succeeded,
});

/** f2b first, then the peers, then what bounds any program in Node. */
export const contenders: readonly Contender[] = [
  ...ours,
  ...theirs,
  sshguard,
  ripgrep,
  node('search', 'Node, literals, counting'),
  node('read', 'Node, reading only'),
];

/** The program and what it prints. */
export function nameOf({ program, output }: Contender): string {
  return output === undefined ? program : `${program}, ${typed(output)}`;
}

/** The command as a person would type it, with names in place of the paths of this run. */
export function shown(one: Contender, kind: MeasuredKind): string {
  const names = new Map([
    [process.execPath, 'node'],
    [f2bProgram, 'f2b'],
    [searchProgram, 'bench/dist/search-process.js'],
  ]);
  return one
    .command('LOG', kind)
    .map((word) => names.get(word) ?? (/^[\w@./=-]+$/.test(word) ? word : `'${word}'`))
    .join(' ')
    .replace(/^node f2b/, 'f2b');
}
