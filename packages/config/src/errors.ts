import type { Origin } from './settings.js';

/** What the codes of a package mean, and what to do about them. `docs/errors.md` is written from these tables. */
export type ErrorTable = Readonly<Record<`F2B_${string}`, { readonly means: string; readonly advice: string }>>;

/** Every code that a finding or an error of this package can carry. Codes are stable; sentences may improve. */
export const configErrors = {
  F2B_CONFIG_NO_DIRECTORY: {
    means: 'The configuration directory does not exist or is no directory.',
    advice: 'Name another one with `-c`, or install a configuration.',
  },
  F2B_CONFIG_NO_FILE: {
    means: 'The configuration directory has no file for jails, or none for the server.',
    advice: 'Put a `jail.conf` and a `fail2ban.conf` there, or name another directory with `-c`.',
  },
  F2B_CONFIG_UNREADABLE: {
    means: 'A file of the configuration cannot be read.',
    advice: 'Mend its owner, its permissions or its kind: it must be a plain file.',
  },
  F2B_CONFIG_ENCODING: {
    means: 'A file has a byte that is no part of UTF-8.',
    advice: 'Convert it: `iconv -f latin1 -t utf-8`.',
  },
  F2B_CONFIG_BOM: {
    means: 'A file begins with a byte order mark, which fail2ban cannot read.',
    advice: 'Save it as UTF-8 without the mark; f2b skips it.',
  },
  F2B_CONFIG_NO_SECTION: {
    means: 'An option stands before the first section of its file.',
    advice: 'Put a `[section]` line in front of it.',
  },
  F2B_CONFIG_NOT_AN_OPTION: {
    means: 'A line is neither a section, an option nor a comment.',
    advice: 'Write `name = value`, or begin the line with `#`.',
  },
  F2B_CONFIG_DUPLICATE_SECTION: {
    means: 'A section stands twice in one file.',
    advice: 'Join the two; f2b reads them as one, fail2ban refuses the file.',
  },
  F2B_CONFIG_DUPLICATE_OPTION: {
    means: 'An option stands twice in one section of a file.',
    advice: 'Remove one; the later one holds, fail2ban refuses the file.',
  },
  F2B_CONFIG_SWALLOWED: {
    means: 'An indented line that looks like an option is part of the value above it.',
    advice: 'Remove the blanks in front of it, unless it belongs there.',
  },
  F2B_CONFIG_INLINE_HASH: {
    means:
      'A `#` behind a value begins no comment: it is part of the value, or a comment only because the value is a time.',
    advice: 'Put the comment on a line of its own, or begin it with a blank and a `;`.',
  },
  F2B_CONFIG_INCLUDE_LOOP: {
    means: 'Files include one another in a circle.',
    advice: 'Remove one of them from `[INCLUDES]`.',
  },
  F2B_CONFIG_INCLUDE_MISSING: {
    means: 'An included file does not exist.',
    advice: 'Mend its name, or remove it from `[INCLUDES]`.',
  },
  F2B_CONFIG_PERCENT: {
    means: 'A `%` begins no reference.',
    advice: 'Write `%(name)s` for a reference, `%%` for a percent sign.',
  },
  F2B_CONFIG_UNKNOWN_REFERENCE: {
    means: 'A `%(name)s` names an option that is not set.',
    advice: 'Set it in the same section or in `[DEFAULT]`, or mend its name.',
  },
  F2B_CONFIG_TOO_DEEP: {
    means: 'References go in a circle, or through too many options.',
    advice: 'Break the circle of `%(name)s`.',
  },
  F2B_CONFIG_TOO_LARGE: {
    means: 'References unfold to a value beyond all measure.',
    advice: 'Look for options that refer to one another more than once.',
  },
  F2B_CONFIG_SELF_REFERENCE: {
    means: 'An option refers to itself through tags.',
    advice: 'Break the circle of `<tags>`.',
  },
  F2B_CONFIG_SPEC: {
    means: 'What names a filter or an action with its options in brackets cannot be read.',
    advice: 'Write `name[option=value, option="value, with comma"]`.',
  },
  F2B_CONFIG_NO_FILTER: {
    means: 'A jail has no filter, or its filter has no file.',
    advice: 'Set `filter` to the name of a file in `filter.d`, without its ending.',
  },
  F2B_CONFIG_NO_ACTION: {
    means: 'An action has no file and is not built in.',
    advice: 'Write the name of a file in `action.d`, without its ending, or a built-in action.',
  },
  F2B_CONFIG_DUPLICATE_ACTION: {
    means: 'A jail has two actions of one name.',
    advice: 'Give one another name: `ACTION[actname=other]`; until then the first holds.',
  },
  F2B_CONFIG_PYTHON_ACTION: {
    means: 'An action is written in Python, which f2b cannot run.',
    advice: 'Replace it by an action of commands.',
  },
  F2B_CONFIG_NUMBER: {
    means: 'A value should be a whole number and is none.',
    advice: 'Write a whole number; until then the default holds.',
  },
  F2B_CONFIG_BOOLEAN: {
    means: 'A value that should say yes or no says neither.',
    advice: 'Write `true` or `false`.',
  },
  F2B_CONFIG_TIME: {
    means: 'A value should be a time and is none.',
    advice: 'Write seconds (`600`) or units (`10m`, `1h 30m`); `-1` is for ever.',
  },
  F2B_CONFIG_RANGE: {
    means: 'A number or a time is none that can be meant.',
    advice: 'Write one from the range that the message names.',
  },
  F2B_CONFIG_EXPRESSION: {
    means:
      '`bantime.factor`, `bantime.formula` or `bantime.multipliers` cannot be evaluated; the ban time does not grow.',
    advice: "Write numbers, fail2ban's operators and the functions that the message lists.",
  },
  F2B_CONFIG_IGNOREIP: {
    means: 'A word of `ignoreip` names nobody, or a file that is not there.',
    advice: 'Write addresses, networks, names of hosts or `file:PATH`; comments go on lines of their own.',
  },
  F2B_CONFIG_IGNORECACHE: {
    means: '`ignorecache` cannot be used; no answer is kept.',
    advice: 'Write `key="<ip>", max-count=100, max-time=5m`.',
  },
  F2B_CONFIG_CHOICE: {
    means: 'A value is none of those that its option takes.',
    advice: 'Write one of the values that the message lists.',
  },
  F2B_CONFIG_DEFAULT_USED: {
    means: 'An option is not set or cannot be used, and its default holds.',
    advice: 'Set it where the message says, to choose yourself.',
  },
  F2B_CONFIG_NO_LOG: {
    means: 'No log that a jail names exists.',
    advice: 'Mend `logpath`, or remove the jail; it reads nothing.',
  },
  F2B_CONFIG_LOG_OPTION: {
    means: 'Behind a path of `logpath` stands a word that is no option.',
    advice: 'Only `head` and `tail` may stand there; further paths go on lines of their own.',
  },
  F2B_CONFIG_LOG_KIND: {
    means: 'A log is a directory, a pipe, a device or a socket, which cannot be followed.',
    advice: 'Name a file, or a pattern such as `/var/log/app/*.log`.',
  },
  F2B_CONFIG_DANGLING_LOG: {
    means: 'A log is a link to nothing.',
    advice: 'Create its target, or remove the link.',
  },
  F2B_CONFIG_JOURNAL: {
    means: 'A jail reads the journal, where what it looks for does not come.',
    advice: 'Have it read the file that f2b logs to, with `backend = auto`.',
  },
  F2B_CONFIG_JOURNAL_INSTEAD: {
    means: 'No log of a jail exists, so that it reads the journal instead, as with fail2ban 1.1.1.',
    advice: 'Write `backend = systemd` if that is meant, or `systemd_if_nologs = false`.',
  },
  F2B_CONFIG_QUOTING: {
    means: 'A quote is not closed.',
    advice: 'Close it; until then the value is left out.',
  },
  F2B_CONFIG_JAIL_NAME: {
    means: "A jail's name is longer than iptables takes for a chain.",
    advice: 'Keep it below 26 characters.',
  },
  F2B_CONFIG_UNKNOWN_JAIL: {
    means: 'A jail was asked for that the configuration does not have.',
    advice: 'Take one of the jails that the message lists.',
  },
  F2B_CONFIG_UNKNOWN_OPTION: {
    means: "An option is none of fail2ban's, and nothing refers to it.",
    advice: 'Mend its name; the message says which one is near.',
  },
  F2B_CONFIG_UNKNOWN_SECTION: {
    means: 'A section stands where it has no meaning.',
    advice: 'Mend its name, or remove it.',
  },
  F2B_CONFIG_DEAD_OPTION: {
    means: 'Nothing refers to an option, so it has no effect.',
    advice: 'Remove it, or use it with `%(name)s`.',
  },
  F2B_CONFIG_REGEX: {
    means: 'An expression of a jail cannot be used.',
    advice: 'Mend it; `f2b regex LOG REGEX` tries it out.',
  },
  F2B_CONFIG_OWN: {
    means: '`f2b.ini` has a section, a setting or a value that f2b does not know.',
    advice: 'Mend it as the message says; its default holds.',
  },
} as const satisfies ErrorTable;
export type ConfigErrorCode = keyof typeof configErrors;

/**
 * A mistake in a configuration tree that stops the reading of what it stands in (a value, a filter, a jail, the tree).
 *
 * `definition` is true where fail2ban itself would leave out only this jail and say so with a `config-error`; false where
 * fail2ban would give up on the whole configuration.
 */
export class ConfigError extends Error {
  readonly code: ConfigErrorCode;
  readonly what: string;
  readonly origin: Origin | undefined;
  readonly advice: string;
  readonly definition: boolean;

  constructor(
    code: ConfigErrorCode,
    what: string,
    origin: Origin | undefined,
    advice: string,
    options?: { definition?: boolean },
  ) {
    super(`${code}: ${origin ? `${formatOrigin(origin)}: ` : ''}${what.replace(/[^.]$/, '$&.')} ${advice}`);
    this.name = 'ConfigError';
    this.code = code;
    this.what = what;
    this.origin = origin;
    this.advice = advice;
    this.definition = options?.definition ?? false;
  }
}

/** `file:line:column`, the form that editors and terminals turn into a link. */
export function formatOrigin(origin: Origin): string {
  return `${origin.file}:${origin.line}:${origin.column}`;
}
