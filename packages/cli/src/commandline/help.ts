import { Command, Option } from 'commander';
import type { OptionSpec } from './read-options.js';

/** Columns that help may take. */
const width = 110;

/** What help is printed of: the same declaration that the words are read by. */
export interface Helped {
  /** As it is called: `f2b`, `f2b regex`. */
  readonly name: string;
  /** What stands behind the name: `[OPTIONS] LOG FILTER`. */
  readonly usage: string;
  readonly about: string;
  readonly options: readonly OptionSpec[];
  readonly commands?: readonly { readonly name: string; readonly operands: string; readonly says: string }[];
  /** Paragraphs behind it all. */
  readonly notes?: string;
}

/** The text of help. (commander is loaded for this alone: reading the words takes less time without it.) */
export function helpText({ name, usage, about, options, commands = [], notes }: Helped): string {
  const program = new Command(name).usage(usage).description(about).helpOption(false).helpCommand(false);
  program.configureHelp({ helpWidth: width, subcommandTerm: (one) => `${one.name()} ${one.usage()}`.trimEnd() });
  for (const spec of options) if (spec.says !== undefined) program.addOption(new Option(flagsOf(spec), spec.says));
  for (const one of commands) {
    program.command(one.name).usage(one.operands).description(one.says).helpOption(false);
  }
  const text = program.helpInformation();
  return notes === undefined ? text : `${text}\n${notes.trimEnd()}\n`;
}

/** `-c, --conf <DIR>`. commander shows two names; what further ones there are stays an alias. */
function flagsOf({ short, long = [], value }: OptionSpec): string {
  const names = [...(short === undefined ? [] : [`-${short}`]), ...long.map((one) => `--${one}`)].slice(0, 2);
  return value === undefined ? names.join(', ') : `${names.join(', ')} <${value}>`;
}
