import { readFileSync } from 'node:fs';
import { CoreError } from '../../errors.js';

/** Bits of `journalflags`, as systemd's library has them. */
const flagBits = { localOnly: 1, runtimeOnly: 2, system: 4, currentUser: 8 } as const;
const allFlags = flagBits.localOnly | flagBits.runtimeOnly | flagBits.system | flagBits.currentUser;
/** Where the journal stands that does not outlive the machine's run. */
const runtimeDirectory = '/run/log/journal';

const known = ['journalpath', 'journalfiles', 'journalflags', 'namespace', 'rotated'];

/** Which journal: where it stands, and which of its entries it is about. */
export interface JournalWhere {
  /** How it is called in logs and stores: the same text means the same journal. */
  readonly name: string;
  /** Options of journalctl. */
  readonly options: readonly string[];
  /** Matches that have to hold besides those of whoever reads. */
  readonly only: readonly string[];
}

/**
 * What `systemd[...]` says of where the journal stands. Where it says nothing of that, the system's is read and not those of users, as
 * by fail2ban: what a user's programs call themselves proves nothing. journalctl takes files that were rotated by itself, so `rotated`
 * changes nothing: no entry within findtime is missed.
 * @param env may set other flags to begin with, in `F2B_SYSTEMD_DEFAULT_FLAGS`
 * @throws CoreError `F2B_JOURNAL_OPTION` for an option that is unknown, or has a value that is
 */
export function journalWhere(
  args: ReadonlyMap<string, string>,
  env: Readonly<Record<string, string | undefined>> = process.env,
): JournalWhere {
  for (const name of args.keys()) if (!known.includes(name)) throw unknownOption(name);
  // Without it journalctl follows this run of the machine only.
  const options = ['--merge'];
  const path = args.get('journalpath') || undefined;
  if (path !== undefined) options.push(`--directory=${path}`);
  const files = (args.get('journalfiles')?.split(',') ?? []).map((file) => file.trim()).filter((file) => file !== '');
  for (const file of files) options.push(`--file=${file}`);
  const namespace = args.get('namespace') || undefined;
  if (namespace !== undefined) options.push(`--namespace=${namespace}`);
  const usual =
    path === undefined && files.length === 0 ? env.F2B_SYSTEMD_DEFAULT_FLAGS || String(flagBits.system) : '0';
  const flags = flagsOf(args.get('journalflags') ?? usual);
  if ((flags & flagBits.runtimeOnly) !== 0 && path === undefined) options.push(`--directory=${runtimeDirectory}`);
  if ((flags & flagBits.system) !== 0) options.push('--system');
  if ((flags & flagBits.currentUser) !== 0) options.push('--user');
  const machine = (flags & flagBits.localOnly) === 0 ? undefined : thisMachine();
  const only = machine === undefined ? [] : [`_MACHINE_ID=${machine}`];
  const said = [...args].filter(([name]) => name !== 'rotated').sort(([a], [b]) => (a < b ? -1 : 1));
  const words = said.map(([name, value]) => (/[,\]\s]/.test(value) ? `${name}="${value}"` : `${name}=${value}`));
  return { name: words.length === 0 ? 'systemd-journal' : `systemd-journal[${words.join(', ')}]`, options, only };
}

/** Undefined where the host has no name for itself: then its journal holds no other machine's entries either. */
function thisMachine(): string | undefined {
  try {
    return readFileSync('/etc/machine-id', 'utf8').trim() || undefined;
  } catch {
    return undefined;
  }
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
