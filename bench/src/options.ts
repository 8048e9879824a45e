import { parseArgs } from 'node:util';

/** The parts of the suite. */
export const parts = [
  'sshd',
  'gateway',
  'asterisk',
  'nginx',
  'sizes',
  'filters',
  'jails',
  'live',
  'startup',
  'dump',
] as const;
export type Part = (typeof parts)[number];

export interface SuiteOptions {
  readonly lines: number;
  readonly rounds: number;
  readonly only: readonly Part[];
  readonly quick: boolean;
  readonly micro: boolean;
  /** Where logs are generated. */
  readonly directory: string | undefined;
  /** Write the results into this folder, not only to the terminal. */
  readonly write: boolean;
}

const full = { lines: 8_000_000, rounds: 3 };
const quickly = { lines: 100_000, rounds: 1 };

/**
 * Reads what stands behind `npm run bench --`. Only a run of everything at full length writes its results down unless `--write` asks for it.
 * @throws Error that says what is wrong
 */
export function readSuiteOptions(args: readonly string[]): SuiteOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      lines: { type: 'string' },
      rounds: { type: 'string' },
      only: { type: 'string', multiple: true },
      quick: { type: 'boolean', default: false },
      micro: { type: 'boolean', default: false },
      directory: { type: 'string' },
      write: { type: 'boolean', default: false },
    },
  });
  const defaults = values.quick ? quickly : full;
  const only = values.only?.map(partNamed);
  return {
    lines: values.lines === undefined ? defaults.lines : whole('--lines', values.lines),
    rounds: values.rounds === undefined ? defaults.rounds : whole('--rounds', values.rounds),
    only: only ?? parts,
    quick: values.quick,
    micro: values.micro,
    directory: values.directory,
    write: values.write || (!values.quick && only === undefined),
  };
}

/** The options that give the same run again, without `--only` and where files go. */
export function optionsText({ lines, rounds, quick }: SuiteOptions): string {
  const defaults = quick ? quickly : full;
  return [
    quick ? '--quick' : '',
    lines === defaults.lines ? '' : `--lines ${lines}`,
    rounds === defaults.rounds ? '' : `--rounds ${rounds}`,
  ]
    .filter((option) => option !== '')
    .join(' ');
}

function partNamed(name: string): Part {
  const part = parts.find((one) => one === name);
  if (part === undefined) throw new Error(`--only ${name}: choose one of ${parts.join(', ')}`);
  return part;
}

function whole(option: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new Error(`${option} ${text}: give a whole number, 1 or more`);
  return value;
}
