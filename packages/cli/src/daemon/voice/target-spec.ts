import { resolve } from 'node:path';
import { CliError } from '../../errors.js';

/** A `logtarget` setting, understood. */
export interface TargetSpec {
  readonly kind: 'file' | 'stdout' | 'stderr' | 'sysout' | 'syslog';
  /** Absolute or relative file name; empty unless `kind` is `file`. */
  readonly file: string;
  /** `datetime` and `padding` of the brackets, where given. */
  readonly datetime: boolean | undefined;
  readonly padding: boolean | undefined;
  /** Syslog facility number, RFC 3164. */
  readonly facility: number;
  /** As written, for messages and for `get logtarget`. */
  readonly text: string;
}

const facilities: ReadonlyMap<string, number> = new Map(
  'KERN USER MAIL DAEMON AUTH SYSLOG LPR NEWS UUCP CRON AUTHPRIV FTP'
    .split(' ')
    .map((name, number): [string, number] => [name, number])
    .concat([0, 1, 2, 3, 4, 5, 6, 7].map((number): [string, number] => [`LOCAL${number}`, 16 + number])),
);

const namedKinds: ReadonlyMap<string, TargetSpec['kind']> = new Map([
  ['STDOUT', 'stdout'],
  ['STDERR', 'stderr'],
  ['SYSOUT', 'sysout'],
  ['SYSLOG', 'syslog'],
]);

/**
 * Reads a log target: `SYSLOG`, `STDOUT`, `STDERR`, `SYSOUT` (any case) or a file name, each with options in brackets:
 * `datetime=on|off`, `padding=on|off`, `facility=NAME`.
 * @throws CliError `F2B_LOG_TARGET`.
 */
export function parseTarget(text: string): TargetSpec {
  const trimmed = text.trim();
  const bracket = /^([^[]*)\[(.*)\]$/s.exec(trimmed);
  const name = (bracket ? bracket[1]! : trimmed).trim();
  if (name === '') throw new CliError('F2B_LOG_TARGET', 'logtarget is empty: name a file, STDOUT, STDERR or SYSLOG');
  const upper = name.toUpperCase();
  if (upper === 'SYSTEMD-JOURNAL') {
    throw new CliError('F2B_LOG_TARGET', 'logtarget SYSTEMD-JOURNAL: use SYSLOG, which the journal receives too');
  }
  let datetime: boolean | undefined;
  let padding: boolean | undefined;
  let facility = 3;
  for (const [key, value] of targetOptions(bracket?.[2] ?? '', trimmed)) {
    if (key === 'datetime') datetime = onOff(key, value);
    else if (key === 'padding') padding = onOff(key, value);
    else if (key === 'facility') {
      const number = facilities.get(value.toUpperCase());
      if (number === undefined) throw new CliError('F2B_LOG_TARGET', `logtarget: facility ${value} is not known`);
      facility = number;
    } else {
      throw new CliError(
        'F2B_LOG_TARGET',
        `logtarget: option ${key} is not known, use datetime, padding or facility (logformat in f2b.ini chooses JSON)`,
      );
    }
  }
  const kind = namedKinds.get(upper) ?? 'file';
  return { kind, file: kind === 'file' ? name : '', datetime, padding, facility, text: trimmed };
}

/** The same target, its file named from the root; a target with a mistake stays as it is, and is reported where it is opened. */
export function absoluteTarget(text: string): string {
  try {
    const { kind, file, text: trimmed } = parseTarget(text);
    return kind === 'file' ? `${resolve(file)}${trimmed.slice(file.length)}` : text;
  } catch {
    return text;
  }
}

function* targetOptions(list: string, whole: string): Generator<[string, string]> {
  for (const part of list.split(',')) {
    if (part.trim() === '') continue;
    const pair = /^\s*([\w-]+)\s*=\s*["']?([^"']*?)["']?\s*$/.exec(part);
    if (!pair) throw new CliError('F2B_LOG_TARGET', `logtarget ${whole}: write options as [name=value, ...]`);
    yield [pair[1]!.toLowerCase(), pair[2]!];
  }
}

function onOff(key: string, value: string): boolean {
  if (/^(on|yes|true|1)$/i.test(value)) return true;
  if (/^(off|no|false|0)$/i.test(value)) return false;
  throw new CliError('F2B_LOG_TARGET', `logtarget: ${key}=${value}: write on or off`);
}
