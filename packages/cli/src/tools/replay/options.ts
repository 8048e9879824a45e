import type { OptionSpec, ParsedOptions } from '../../commandline/read-options.js';
import { CliError } from '../../errors.js';

/** One `KEY=VALUE`, as it would stand in `jail.local`. */
export interface Setting {
  readonly key: string;
  readonly value: string;
}

/** A jail as it is to judge: by its own settings, and those that are tried out. */
export interface SideOptions {
  readonly jail: string;
  readonly set: readonly Setting[];
}

/** What the command line of `f2b replay` asks for. */
export interface ReplayCommandOptions {
  readonly config: string | undefined;
  /** One, or two that are compared. */
  readonly sides: readonly SideOptions[];
  readonly resolve: boolean;
  readonly workers: number | undefined;
  readonly quiet: boolean;
  readonly json: boolean;
}

export const replaySpecs: readonly OptionSpec[] = [
  { key: 'jail', short: 'j', long: ['jail'], value: 'JAIL', says: 'the jail that judges, enabled or not' },
  {
    key: 'set',
    long: ['set'],
    value: 'KEY=VALUE',
    says: 'with this setting instead of its own, written as in jail.local (may be repeated)',
  },
  {
    key: 'against',
    long: ['against'],
    value: 'KEY=VALUE|JAIL',
    says: 'compare with the jail as it is configured and these settings (may be repeated), or with another jail',
  },
  { key: 'quiet', short: 'q', long: ['quiet'], says: 'only the figures, not each ban' },
  { key: 'resolve', long: ['resolve'], says: 'ask name servers for the host names in ignoreip' },
  { key: 'workers', long: ['workers'], value: 'N', says: 'threads that read (as many as cores, at most 4)' },
  { key: 'config', short: 'c', long: ['conf', 'config'], value: 'DIR', says: 'configuration directory' },
  { key: 'json', long: ['json'], says: 'a JSON object for each ban, and one with the figures' },
  { key: 'help', short: 'h', long: ['help'], says: 'this text' },
];

export const replayNotes = `LOG is a file, gzipped or not, or - for the standard input. Several are read side by side in the order of their dates, so that
auth.log auth.log.1 auth.log.2.gz are one log whatever their order. Dates without a year are those before the file's last change.

The jail judges each line at the time that it bears. Nothing is enforced, no daemon is needed, and a running one is not asked.
--set may name any setting of a jail: maxretry, findtime, bantime, bantime.increment, ignoreip, filter, failregex, usedns...
A line of somebody who would have been banned counts as kept out. Host names in lines are not looked up, ignorecommand is not run.

  f2b replay /var/log/auth.log* --jail sshd --set maxretry=3 --set findtime=1h --against sshd

Exit status: 0 the logs were replayed, whatever came of it; 255 one could not be read, or the settings are wrong.
`;

/**
 * What the options of `f2b replay` ask for.
 * @param fallback the configuration directory that was named before the command
 * @throws CliError `F2B_USAGE`
 */
export function replayOptionsOf(written: ParsedOptions['options'], fallback: string | undefined): ReplayCommandOptions {
  const values = new Map(written);
  const all = (key: string) => written.flatMap(([one, value]) => (one === key ? [value] : []));
  const jail = values.get('jail');
  if (jail === undefined) throw usage('say which jail is to judge: --jail JAIL');
  const against = all('against');
  const others = against.filter((word) => !word.includes('='));
  if (others.length > 1) throw usage(`--against names one jail, not ${others.length}`);
  const sides: SideOptions[] = [{ jail, set: all('set').map(settingOf) }];
  if (against.length > 0) {
    const set = against.filter((word) => word.includes('=')).map(settingOf);
    sides.push({ jail: others[0] ?? jail, set });
  }
  const workers = values.get('workers');
  if (workers !== undefined && !/^([0-9]|[1-5][0-9]|6[0-4])$/.test(workers)) {
    throw usage(`--workers ${workers}: give a whole number from 0 to 64`);
  }
  return {
    sides,
    config: values.get('config') ?? fallback,
    resolve: values.has('resolve'),
    workers: workers === undefined ? undefined : Number(workers),
    quiet: values.has('quiet'),
    json: values.has('json'),
  };
}

function settingOf(word: string): Setting {
  const equals = word.indexOf('=');
  const key = word.slice(0, equals).trim();
  // A section's head or a second line in the key would set something else.
  if (equals < 0 || !/^[A-Za-z_][\w.?/-]*$/.test(key)) throw usage(`'${word}' is no setting: write KEY=VALUE`);
  return { key, value: word.slice(equals + 1).trim() };
}

function usage(message: string): CliError {
  return new CliError('F2B_USAGE', `replay: ${message}`);
}
