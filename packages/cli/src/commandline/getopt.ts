import { CliError } from '../errors.js';

/** One option: `-s` and/or `--socket`, with a value or without. */
export interface OptionSpec {
  /** What the parser calls it in its answer. */
  readonly key: string;
  readonly short?: string;
  readonly long?: readonly string[];
  readonly value: boolean;
}

export interface ParsedOptions {
  /** In the order written; an option given twice stands twice. */
  readonly options: readonly (readonly [key: string, value: string])[];
  /** From the first word that is not an option (or after `--`) to the end, untouched. */
  readonly operands: readonly string[];
}

/**
 * Reads options as the C library's getopt_long does in its strict order, which is what fail2ban-client's users script
 * against: parsing stops at the first word that is not an option, short options cluster (`-vvf`, `-sSOCKET`), long ones
 * may be abbreviated while they stay unambiguous, and `--` ends the options.
 * @throws CliError `F2B_USAGE` for an unknown or ambiguous option, a missing value, or a value where none belongs.
 */
export function getopt(argv: readonly string[], specs: readonly OptionSpec[]): ParsedOptions {
  const options: (readonly [string, string])[] = [];
  let index = 0;
  while (index < argv.length) {
    const word = argv[index]!;
    if (word === '--') {
      index += 1;
      break;
    }
    if (!word.startsWith('-') || word === '-') break;
    index += 1;
    if (word.startsWith('--')) {
      const equals = word.indexOf('=');
      const name = word.slice(2, equals < 0 ? undefined : equals);
      const spec = longOption(name, specs);
      const inline = equals < 0 ? undefined : word.slice(equals + 1);
      if (!spec.value) {
        if (inline !== undefined) throw usage(`option --${name} takes no value`);
        options.push([spec.key, '']);
        continue;
      }
      const value = inline ?? argv[index++];
      if (value === undefined) throw usage(`option --${name} needs a value`);
      options.push([spec.key, value]);
      continue;
    }
    for (let at = 1; at < word.length; at += 1) {
      const letter = word[at]!;
      const spec = specs.find((one) => one.short === letter);
      if (!spec) throw usage(`option -${letter} is not known`);
      if (!spec.value) {
        options.push([spec.key, '']);
        continue;
      }
      const rest = word.slice(at + 1);
      const value = rest !== '' ? rest : argv[index++];
      if (value === undefined) throw usage(`option -${letter} needs a value`);
      options.push([spec.key, value]);
      break;
    }
  }
  return { options, operands: argv.slice(index) };
}

function longOption(name: string, specs: readonly OptionSpec[]): OptionSpec {
  const candidates = new Map<string, OptionSpec>();
  for (const spec of specs) {
    for (const long of spec.long ?? []) {
      if (long === name) return spec;
      if (name !== '' && long.startsWith(name)) candidates.set(long, spec);
    }
  }
  const keys = new Set([...candidates.values()].map((spec) => spec.key));
  if (keys.size === 1) return [...candidates.values()][0]!;
  if (keys.size > 1) {
    throw usage(`option --${name} is ambiguous: ${[...candidates.keys()].map((long) => `--${long}`).join(', ')}`);
  }
  throw usage(`option --${name} is not known`);
}

function usage(message: string): CliError {
  return new CliError('F2B_USAGE', message);
}
