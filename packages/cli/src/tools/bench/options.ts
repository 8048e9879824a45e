import type { OptionSpec, ParsedOptions } from '../../commandline/read-options.js';
import { CliError } from '../../errors.js';
import { logKinds } from './logs/kinds.js';

export type LogKindName = keyof typeof logKinds;

/** What the command line of `f2b bench` asks for. */
export interface BenchOptions {
  readonly config: string | undefined;
  readonly datepattern: string | undefined;
  readonly generate: LogKindName | undefined;
  readonly lines: number;
  /** Share of attacks in a generated log, 0 to 1. */
  readonly hits: number;
  readonly seed: number;
  readonly rounds: number;
  /** Threads that scan; undefined: as many as `f2b regex` would use. */
  readonly workers: number | undefined;
  readonly json: boolean;
}

export function isLogKind(name: string): name is LogKindName {
  return Object.hasOwn(logKinds, name);
}

export const benchSpecs: readonly OptionSpec[] = [
  {
    key: 'generate',
    short: 'g',
    long: ['generate'],
    value: 'KIND',
    says: 'generate a log: sshd, asterisk or nginx',
  },
  { key: 'lines', short: 'n', long: ['lines'], value: 'N', says: 'lines to generate (500000)' },
  { key: 'hits', long: ['hits'], value: 'SHARE', says: 'share of attacks among them (0.05, or 5%)' },
  { key: 'seed', long: ['seed'], value: 'S', says: 'the same seed gives the same log (1)' },
  { key: 'rounds', short: 'r', long: ['rounds'], value: 'N', says: 'timed rounds, after warming up (5)' },
  { key: 'workers', long: ['workers'], value: 'N', says: 'threads that scan (as many as cores, at most 4)' },
  {
    key: 'datepattern',
    short: 'd',
    long: ['datepattern'],
    value: 'PATTERN',
    says: 'how dates look, for every filter',
  },
  { key: 'config', short: 'c', long: ['config'], value: 'DIR', says: 'configuration directory of jails and filters' },
  { key: 'json', long: ['json'], says: 'figures for scripts' },
  { key: 'help', short: 'h', long: ['help'], says: 'this text' },
];

/**
 * What the options of `f2b bench` ask for.
 * @throws CliError `F2B_USAGE`
 */
export function benchOptionsOf(parsed: ParsedOptions['options']): BenchOptions {
  const values = new Map(parsed);
  const generate = values.get('generate');
  if (generate !== undefined && !isLogKind(generate)) {
    throw usage(`--generate ${generate}: choose one of ${Object.keys(logKinds).join(', ')}`);
  }
  const workers = values.get('workers');
  return {
    config: values.get('config'),
    datepattern: values.get('datepattern'),
    generate,
    lines: whole('--lines', values.get('lines') ?? '500000', 1, 100_000_000),
    hits: share('--hits', values.get('hits') ?? '0.05'),
    seed: whole('--seed', values.get('seed') ?? '1', 0, 0xffff_ffff),
    rounds: whole('--rounds', values.get('rounds') ?? '5', 1, 1000),
    workers: workers === undefined ? undefined : whole('--workers', workers, 1, 64),
    json: values.has('json'),
  };
}

function whole(option: string, text: string, least: number, most: number): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (!Number.isInteger(value) || value < least || value > most) {
    throw usage(`option ${option}: '${text}' is no whole number from ${least} to ${most}`);
  }
  return value;
}

function share(option: string, text: string): number {
  const percent = text.trim().endsWith('%');
  const bare = percent ? text.trim().slice(0, -1) : text;
  const value = bare.trim() === '' ? Number.NaN : Number(bare) / (percent ? 100 : 1);
  if (!(value >= 0 && value <= 1)) throw usage(`option ${option}: '${text}' is no share; write 0.05 or 5%`);
  return value;
}

function usage(message: string): CliError {
  return new CliError('F2B_USAGE', `bench: ${message}`);
}
