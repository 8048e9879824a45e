import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { embeddedDirectory } from '../../places/configuration-directory.js';
import type { SampleLog } from './sample.js';

/** What one trial keeps on disk, in a directory that nobody else can look into. */
export interface FirstRunPlace {
  readonly directory: string;
  /** A copy of the built-in configuration, for the trial's own settings beside it. */
  readonly configuration: string;
  readonly socket: string;
  readonly pidfile: string;
  readonly logs: Readonly<Record<SampleLog, string>>;
  remove(): void;
}

export function makeFirstRunPlace(): FirstRunPlace {
  const directory = mkdtempSync(join(tmpdir(), 'f2b-trial-'));
  const configuration = join(directory, 'config');
  mkdirSync(configuration, { mode: 0o700 });
  cpSync(embeddedDirectory, configuration, { recursive: true });
  // A trial remembers nothing: its bans end with it.
  writeFileSync(join(configuration, 'fail2ban.local'), '[Definition]\ndbfile = None\n', { mode: 0o600 });
  return {
    directory,
    configuration,
    socket: join(directory, 'f2b.sock'),
    pidfile: join(directory, 'f2b.pid'),
    logs: { auth: join(directory, 'auth.log'), asterisk: join(directory, 'asterisk.log') },
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}

/** Points the jails to the sample's logs, with bans short enough to see one end. */
export function useSampleLogs(place: FirstRunPlace): void {
  for (const file of Object.values(place.logs)) writeFileSync(file, '', { mode: 0o600, flag: 'wx' });
  writeFileSync(
    join(place.configuration, 'jail.local'),
    [
      '[DEFAULT]',
      'bantime = 20s',
      '',
      '[sshd]',
      `logpath = ${place.logs.auth}`,
      '',
      '[asterisk]',
      `logpath = ${place.logs.asterisk}`,
      '',
    ].join('\n'),
    { mode: 0o600 },
  );
}

/** Guards with the host's own logs: jails that have none here are switched off. */
export function useHostLogs(place: FirstRunPlace, idle: readonly string[]): void {
  const text = idle.map((jail) => `[${jail}]\nenabled = false\n`).join('\n');
  writeFileSync(join(place.configuration, 'jail.local'), text, { mode: 0o600 });
}
