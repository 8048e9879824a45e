import type { Flags } from '../commandline/flags.js';
import type { OptionSpec, Order, ParsedOptions } from '../commandline/read-options.js';

/** One command line, understood. */
export interface Invocation {
  readonly flags: Flags;
  /** The words after the command that are no options. */
  readonly args: readonly string[];
  /** The options behind the command, by key, in the order written. */
  readonly options: ParsedOptions['options'];
}

/** What a file in `commands/` exports. It is loaded only when its command is asked for. */
export interface Command {
  /** Options that stand behind the command's name. */
  readonly options?: readonly OptionSpec[];
  /** Where they may stand; default: `strict`. */
  readonly order?: Order;
  /** Whether `options` are all that it takes there, instead of standing beside fail2ban-client's flags. */
  readonly alone?: boolean;
  /** What its help says behind the options. */
  readonly notes?: string;
  /** Runs to the end. @returns the exit code. @throws CliError, which the caller prints. */
  run(invocation: Invocation): Promise<number>;
}

/** Whether an option was written. */
export function has({ options }: Invocation, key: string): boolean {
  return options.some(([one]) => one === key);
}
