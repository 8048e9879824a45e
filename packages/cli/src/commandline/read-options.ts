import { CliError } from '../errors.js';

/** One option, as it is declared once: for whoever reads it and for whoever prints help. */
export interface OptionSpec {
  /** What the reader calls it in its answer. */
  readonly key: string;
  readonly short?: string;
  readonly long?: readonly string[];
  /** How help calls its value; undefined: it takes none. */
  readonly value?: string;
  /** What it is for, a line of help; undefined: accepted, but not shown. */
  readonly says?: string;
}

/**
 * Where options may stand. `strict`: before the first word that is none, as with the C library's getopt in fail2ban-client. `anywhere`: between the
 * words and behind them too, as with Python's optparse in fail2ban-regex.
 */
export type Order = 'strict' | 'anywhere';

export interface ParsedOptions {
  /** In the order written; an option given twice stands twice. */
  readonly options: readonly (readonly [key: string, value: string])[];
  /** The words that are no options. */
  readonly operands: readonly string[];
}

/** An option that there is not; `options` are those that there are, for a hint. */
export class UnknownOption extends CliError {
  readonly option: string;
  readonly options: readonly string[];

  constructor(option: string, specs: readonly OptionSpec[], whose: string) {
    super('F2B_USAGE', `${whose}option ${option} is not known`);
    this.option = option;
    this.options = specs.flatMap(({ long = [] }) => long.map((name) => `--${name}`));
  }
}

/**
 * Reads options as fail2ban's users script them: short ones cluster (`-vvf`, `-sSOCKET`), long ones may be abbreviated while they stay
 * unambiguous, and `--` ends the options.
 * @param whose begins a message: `regex: `
 * @throws CliError `F2B_USAGE` for an unknown or ambiguous option, a missing value, or a value where none belongs.
 */
export function readOptions(
  words: readonly string[],
  specs: readonly OptionSpec[],
  order: Order = 'strict',
  whose = '',
): ParsedOptions {
  const options: (readonly [string, string])[] = [];
  const operands: string[] = [];
  const usage = (message: string) => new CliError('F2B_USAGE', whose + message);
  let index = 0;
  const takeValue = (name: string, inline: string | undefined): string => {
    const value = inline ?? words[index++];
    if (value === undefined) throw usage(`option ${name} needs a value`);
    return value;
  };
  while (index < words.length) {
    const word = words[index]!;
    if (word === '--') {
      index += 1;
      break;
    }
    if (!word.startsWith('-') || word === '-') {
      if (order === 'strict') break;
      operands.push(word);
      index += 1;
      continue;
    }
    index += 1;
    if (word.startsWith('--')) {
      const equals = word.indexOf('=');
      const name = equals < 0 ? word : word.slice(0, equals);
      const inline = equals < 0 ? undefined : word.slice(equals + 1);
      const spec = longOption(name.slice(2), specs, whose);
      if (spec.value === undefined && inline !== undefined) throw usage(`option ${name} takes no value`);
      options.push([spec.key, spec.value === undefined ? '' : takeValue(name, inline)]);
      continue;
    }
    for (let at = 1; at < word.length; at += 1) {
      const spec = specs.find(({ short }) => short === word[at]);
      if (spec === undefined) throw new UnknownOption(`-${word[at]}`, specs, whose);
      if (spec.value === undefined) options.push([spec.key, '']);
      else {
        options.push([spec.key, takeValue(`-${word[at]}`, word.slice(at + 1) || undefined)]);
        break;
      }
    }
  }
  return { options, operands: [...operands, ...words.slice(index)] };
}

function longOption(name: string, specs: readonly OptionSpec[], whose: string): OptionSpec {
  const candidates = new Map<string, OptionSpec>();
  for (const spec of specs) {
    for (const long of spec.long ?? []) {
      if (long === name) return spec;
      if (name !== '' && long.startsWith(name)) candidates.set(long, spec);
    }
  }
  const keys = new Set([...candidates.values()].map((spec) => spec.key));
  if (keys.size === 1) return [...candidates.values()][0]!;
  if (keys.size === 0) throw new UnknownOption(`--${name}`, specs, whose);
  const all = [...candidates.keys()].map((long) => `--${long}`).join(', ');
  throw new CliError('F2B_USAGE', `${whose}option --${name} is ambiguous: ${all}`);
}
