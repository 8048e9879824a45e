import { CoreError } from '../../errors.js';

/** Bits of `journalflags`, as systemd's library has them. */
const flagBits = { localOnly: 1, runtimeOnly: 2, system: 4, currentUser: 8 } as const;
const allFlags = flagBits.localOnly | flagBits.runtimeOnly | flagBits.system | flagBits.currentUser;
/** Where the journal stands that does not outlive the machine's run. */
const runtimeDirectory = '/run/log/journal';

const known = ['journalpath', 'journalfiles', 'journalflags', 'namespace', 'rotated'];

/**
 * What `systemd[...]` says of where the journal stands, as options of journalctl. journalctl takes files that were rotated by itself,
 * so `rotated` changes nothing: no entry within findtime is missed.
 * @throws CoreError `F2B_JOURNAL_OPTION` for an option that is unknown, or has a value that is
 */
export function journalOptions(args: ReadonlyMap<string, string>): readonly string[] {
  for (const name of args.keys()) if (!known.includes(name)) throw unknownOption(name);
  const words: string[] = [];
  const path = args.get('journalpath');
  if (path !== undefined) words.push(`--directory=${path}`);
  for (const file of args.get('journalfiles')?.split(',') ?? []) {
    if (file.trim() !== '') words.push(`--file=${file.trim()}`);
  }
  const namespace = args.get('namespace');
  if (namespace !== undefined) words.push(`--namespace=${namespace}`);
  const flags = flagsOf(args.get('journalflags') ?? '0');
  if ((flags & flagBits.runtimeOnly) !== 0 && path === undefined) words.push(`--directory=${runtimeDirectory}`);
  if ((flags & flagBits.system) !== 0) words.push('--system');
  if ((flags & flagBits.currentUser) !== 0) words.push('--user');
  return words;
}

function flagsOf(text: string): number {
  const flags = Number(text);
  if (text.trim() !== '' && Number.isInteger(flags) && flags >= 0 && flags <= allFlags) return flags;
  throw new CoreError(
    'F2B_JOURNAL_OPTION',
    `journalflags = ${text} is no sum of 1 (this host only), 2 (this run of the machine only), 4 (the system's), 8 (the user's)`,
  );
}

function unknownOption(name: string): CoreError {
  return new CoreError('F2B_JOURNAL_OPTION', `the journal has no option '${name}'; there are ${known.join(', ')}`);
}
