import type { ErrorTable } from '@f2b/config';

/** Codes of the errors and problems that the guard reports. */
export const coreErrors = {
  F2B_IGNORE_FILE: {
    means: 'A file that `ignoreip` names cannot be read; the addresses known before stay ignored.',
    advice: 'Make it readable, or mend its path.',
  },
  F2B_IGNORE_COMMAND: {
    means: 'An `ignorecommand` did not say whether to ignore an address; it is counted.',
    advice: 'Let the command end with status 0 to ignore, with 1 not to, and in good time.',
  },
  F2B_JAIL_SETTINGS: {
    means: 'A jail cannot be started with its settings.',
    advice: 'Mend what the message names, then restart; the other jails run.',
  },
  F2B_LOG_KIND: {
    means: 'A log is a directory, a device or the like.',
    advice: 'Correct `logpath`: a log must be a file.',
  },
  F2B_LOG_DENIED: {
    means: 'A log may not be read; it is tried again.',
    advice: 'Run f2b as root, or make the log readable.',
  },
  F2B_LOG_MISSING: {
    means: 'A log does not exist; it is read as soon as it appears.',
    advice: 'Mend `logpath`, if it never will.',
  },
  F2B_LOG_READ: {
    means: 'Reading a log failed; it is tried again.',
    advice: 'Look at the disk, and at what the message says of the cause.',
  },
  F2B_LOG_WATCH: {
    means: 'The kernel cannot tell when logs change; they are looked at every two seconds.',
    advice: 'Raise `fs.inotify.max_user_watches` or `fs.inotify.max_user_instances`.',
  },
  F2B_JOURNAL: {
    means: 'The journal cannot be read; it is tried again, and read on from where it stood.',
    advice: 'Install `journalctl`, or be root or in the group `systemd-journal`.',
  },
  F2B_JOURNAL_MATCH: {
    means: '`journalmatch` holds a word that is no match.',
    advice: 'Write `FIELD=value`, with `+` between alternatives.',
  },
  F2B_JOURNAL_OPTION: {
    means: 'What stands in brackets behind `systemd` is no option of the journal, or has a value that it cannot have.',
    advice: 'Take `journalpath`, `journalfiles`, `journalflags`, `namespace` or `rotated`.',
  },
  F2B_COMMAND: {
    means:
      'A command that a jail reads cannot be started, or has ended, or is written wrongly; or the standard input has ended.',
    advice:
      'Write `backend = command[run="PROGRAM ARGUMENTS"]`, or `shell=` for what needs a shell, and try the command by hand; `logpath = -` needs `f2b start -f`.',
  },
  F2B_LONG_LINE: {
    means: 'A line is longer than f2b takes, and was skipped.',
    advice: 'Look at what writes such lines, or raise `max_line_bytes` in `f2b.ini`.',
  },
  F2B_SCAN: {
    means:
      'Lines were not judged, or not as they were written: a worker failed, an expression ran out of its steps, or bytes are none of the log’s encoding.',
    advice: 'Mend what the message names: the expression, or `logencoding`.',
  },
  F2B_MEMORY: {
    means:
      'Memory is short: the books gave up lines of bans and failures, or those who have failed once. No ban is given up.',
    advice: 'Give the process more memory, or lower `findtime` or `maxmatches`.',
  },
  F2B_STORE: {
    means:
      'What is to outlive the process cannot be written; enforcement goes on, and what waits is written once it can be.',
    advice: 'Look at the disk and the rights of the file that the message names.',
  },
  F2B_FIREWALL: {
    means: 'The firewall did not take a ban or its end; it is tried again.',
    advice: 'Look at the sentence behind it, which has the cause.',
  },
  F2B_DNS: {
    means: 'A host name has no address, or nobody answered.',
    advice: 'Write addresses where you can; they need no answer from outside.',
  },
} as const satisfies ErrorTable;
export type CoreErrorCode = keyof typeof coreErrors;

/** An error that a person can act on: what is wrong, where, what to do. */
export class CoreError extends Error {
  override readonly name = 'CoreError';
  constructor(
    readonly code: CoreErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The sentence of an error of ours, or of anything else that was thrown. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
