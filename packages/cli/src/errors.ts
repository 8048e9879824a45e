import type { ErrorTable } from '@f2b/config';

/**
 * Every error that `packages/cli` raises, and what the daemon refuses a request with. `message` is one line for a person:
 * what was wrong, where, what to do now. A stack trace is never shown for these.
 */
export const cliErrors = {
  F2B_USAGE: {
    means: 'A command was written in a way that it does not take.',
    advice: 'See `f2b --help`, or `-h` behind the command.',
  },
  F2B_NO_CONFIG_DIRECTORY: {
    means: 'The directory that `-c` names does not exist.',
    advice: 'Mend the path.',
  },
  F2B_NO_SOCKET: {
    means: 'There is no control socket where f2b looks for it.',
    advice: 'Start the daemon, or name its socket with `-s`.',
  },
  F2B_SOCKET_PERMISSION: {
    means: 'The control socket may not be used.',
    advice: 'Be root, or who runs the daemon.',
  },
  F2B_SOCKET_REFUSED: {
    means: 'A control socket is there, but nobody listens.',
    advice: 'Start the daemon; it takes the stale socket away.',
  },
  F2B_SOCKET_TIMEOUT: {
    means: 'The daemon did not answer in time.',
    advice: 'See whether it is busy or hangs; wait longer with `--timeout`.',
  },
  F2B_SOCKET_BROKEN: {
    means: 'What answers on the control socket is not f2b.',
    advice: 'Stop fail2ban, or name another socket with `-s`.',
  },
  F2B_SOCKET_CLOSED: {
    means: 'The daemon ended, or closed the connection, before it answered.',
    advice: 'Look at its log, and ask again.',
  },
  F2B_SOCKET_UNUSABLE: {
    means: 'The daemon cannot make its control socket.',
    advice: "Mend what the message names: the directory, or what stands in the socket's place.",
  },
  F2B_RELOAD_REFUSED: {
    means: 'A reload found a mistake in the configuration that was not there before; nothing was changed.',
    advice:
      'Mend what the message names, by file, line and column, and reload again; `f2b config check` lists all that is wrong.',
  },
  F2B_ALREADY_RUNNING: {
    means: 'Another daemon answers on the control socket.',
    advice: 'Stop it first, or use another socket with `-s`.',
  },
  F2B_REPLY: {
    means: 'The daemon refused a request or failed at it.',
    advice: "Look at the sentence behind it, which is the daemon's own.",
  },
  F2B_BAD_REQUEST: {
    means: 'A client wrote something on the control socket that is no request.',
    advice: 'Use the `f2b` command.',
  },
  F2B_INVALID_COMMAND: {
    means: 'The daemon does not know a command.',
    advice: 'See `f2b --help` for those that there are.',
  },
  F2B_UNKNOWN_JAIL: {
    means: 'The daemon has no jail of that name.',
    advice: '`f2b status` lists the jails.',
  },
  F2B_JAIL_FAILED: {
    means: 'A jail does not run.',
    advice: 'Mend what the message names, then restart.',
  },
  F2B_JAIL_STARTING: {
    means: 'A jail is just being started.',
    advice: 'Ask again in a moment.',
  },
  F2B_LOG_LEVEL: {
    means: 'A log level is not known.',
    advice: 'Write one of those that the message lists.',
  },
  F2B_LOG_TARGET: {
    means: 'A log target cannot be used.',
    advice: 'Name a file, `STDOUT`, `STDERR` or `SYSLOG`.',
  },
  F2B_NO_FILTER: {
    means: 'What was given is no jail, no filter, no file, and as an expression it says nobody to ban.',
    advice: 'Mend the name; the message says which one is near.',
  },
  F2B_NO_FAILREGEX: {
    means: 'The filter that was given has no failregex, so that no line could match.',
    advice: 'Look for a misspelt section or option, or for a file that `before` names and that is not there.',
  },
  F2B_NO_JAIL: {
    means: 'The configuration has no jail of that name.',
    advice: 'Take one of those that the message names.',
  },
  F2B_NO_SETTING: {
    means: 'Nothing in a jail sets what was asked for.',
    advice: '`f2b config show JAIL` lists what is set.',
  },
  F2B_SPOOL: {
    means: 'Lines that `f2b regex` is to list have to wait for the end of the log, and there is no room for them.',
    advice: 'Make room in the temporary directory, or name another one in `TMPDIR`.',
  },
  F2B_LOG_UNREADABLE: {
    means: 'The log that was to be read cannot be.',
    advice: 'Mend its path or its permissions.',
  },
  F2B_BENCH: {
    means: 'A measurement failed.',
    advice: 'Look at the sentence behind it, which has the cause.',
  },
  F2B_START_FAILED: {
    means: 'The daemon ended before it was ready.',
    advice: 'Look at its sentence, and at its log.',
  },
} as const satisfies ErrorTable;
export type CliErrorCode = keyof typeof cliErrors;

/** Exit code of every failure: fail2ban-client's. */
export const failed = 255;

export class CliError extends Error {
  constructor(
    readonly code: CliErrorCode,
    message: string,
  ) {
    super(message);
    this.name = 'CliError';
  }
}

/**
 * The whole message of anything thrown, its lines joined to one. What is hidden in it is the business of whoever shows it. core has
 * its own, which leaves the lines as they are; a command that only asks the daemon does not load core.
 */
export function reasonOf(thrown: unknown): string {
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  if (!text.includes('\n')) return text;
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join(' ');
}
