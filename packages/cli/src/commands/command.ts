import type { Flags } from '../commandline/flags.js';
import type { OptionSpec } from '../commandline/getopt.js';

/** One command line, understood. */
export interface Invocation {
  readonly flags: Flags;
  /** The words after the command. */
  readonly args: readonly string[];
  /** f2b's own options of this command (`options` below), by key. */
  readonly options: ReadonlyMap<string, string>;
}

/** What a file in `commands/` exports. It is loaded only when its command is asked for. */
export interface Command {
  /** Options that stand behind the command's name, beside fail2ban's flags, which may stand there too. */
  readonly options?: readonly OptionSpec[];
  /** Reads its words itself, options and all, instead of `options`: `args` holds them as they stand. */
  readonly ownWords?: boolean;
  /** Runs to the end. @returns the exit code. @throws CliError, which the caller prints. */
  run(invocation: Invocation): Promise<number>;
}

/** Exit code of every failure: fail2ban-client's. */
export const failed = 255;
