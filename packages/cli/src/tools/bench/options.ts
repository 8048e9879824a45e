import { parseArgs } from 'node:util';
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
  readonly help: boolean;
}

export function isLogKind(name: string): name is LogKindName {
  return Object.hasOwn(logKinds, name);
}

/**
 * Reads the words of `f2b bench`; options may stand anywhere, `--` ends them.
 * @throws CliError `F2B_USAGE`
 */
export function readBenchOptions(words: readonly string[]): { options: BenchOptions; operands: readonly string[] } {
  const { values, positionals } = parsed(words);
  const generate = values.generate;
  if (generate !== undefined && !isLogKind(generate)) {
    throw usage(`--generate ${generate}: choose one of ${Object.keys(logKinds).join(', ')}`);
  }
  const options = {
    config: values.config,
    datepattern: values.datepattern,
    generate,
    lines: whole('--lines', values.lines, 1, 100_000_000),
    hits: share('--hits', values.hits),
    seed: whole('--seed', values.seed, 0, 0xffff_ffff),
    rounds: whole('--rounds', values.rounds, 1, 1000),
    workers: values.workers === undefined ? undefined : whole('--workers', values.workers, 1, 64),
    json: values.json,
    help: values.help,
  };
  return { options, operands: positionals };
}

function parsed(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      allowPositionals: true,
      options: {
        config: { type: 'string', short: 'c' },
        datepattern: { type: 'string', short: 'd' },
        generate: { type: 'string', short: 'g' },
        lines: { type: 'string', short: 'n', default: '500000' },
        hits: { type: 'string', default: '0.05' },
        seed: { type: 'string', default: '1' },
        rounds: { type: 'string', short: 'r', default: '5' },
        workers: { type: 'string' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    throw usage((error as Error).message.split(/[.\n]/, 1)[0] ?? '');
  }
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
