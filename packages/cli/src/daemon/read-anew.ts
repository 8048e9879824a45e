import { type Finding, type JailSettings, readSettings, type Settings } from '@f2b/config';
import { CliError, reasonOf } from '../errors.js';
import { mayLackLogs } from '../places/configuration-directory.js';
import { describeFinding } from './announce.js';
import type { ReloadWish } from './control/reload.js';
import { otherConfiguration } from './other-configuration.js';

/**
 * Reads the configuration that a daemon goes by once more.
 * @param before the settings that it goes by
 * @param runs whether a jail of this name runs
 * @returns the new settings, and what a person should know of them
 * @throws CliError `F2B_RELOAD_REFUSED` where something in it is wrong that was not wrong before
 */
export function readAnew(
  { jail: only, stream }: ReloadWish,
  before: Settings,
  runs: (name: string) => boolean,
): { settings: Settings; warnings: string[] } {
  const { directory } = before;
  let settings: Settings;
  try {
    settings = readSettings({ directory, allowMissingLogs: mayLackLogs(directory) });
    settings = withWaiting(settings, runs, () => readSettings({ directory, allowMissingLogs: true }));
  } catch (error) {
    throw refused(directory, [reasonOf(error)]);
  }
  const known = new Set(before.findings.map(keyOf));
  const concern = ({ jail }: Finding) => only === undefined || jail === undefined || jail === only;
  const findings = settings.findings.filter(concern);
  const fresh = findings.filter((finding) => !known.has(keyOf(finding)));
  const errors = fresh.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) throw refused(directory, errors.map(describeFinding));
  const other = stream && otherConfiguration(stream, settings, only);
  if (other !== undefined) throw refused(directory, [other]);
  // What was wrong before and still is must not be forgotten; what was only doubtful has been said.
  const told = findings.filter(
    (finding) => finding.severity === 'error' || (finding.severity === 'warning' && fresh.includes(finding)),
  );
  return { settings, warnings: told.map(describeFinding) };
}

/** Nothing has been changed, and why. */
export function refused(directory: string, reasons: readonly string[]): CliError {
  const what = `The configuration in ${directory} is not taken over, everything goes on as before`;
  return new CliError('F2B_RELOAD_REFUSED', [`${what}:`, ...reasons].join('\n'));
}

const noLog = 'F2B_CONFIG_NO_LOG';

/** The same mistake, wherever it has moved to. */
function keyOf({ severity, code, what, jail }: Finding): string {
  return JSON.stringify([severity, code, what, jail]);
}

/** A running jail none of whose logs is there at the moment goes on and waits for them: that is no mistake of whoever wrote the file. */
function withWaiting(settings: Settings, runs: (name: string) => boolean, readAll: () => Settings): Settings {
  const waiting = new Set(
    settings.skipped.map(({ name }) => name).filter((name) => runs(name) && lacksLogsOnly(settings, name)),
  );
  if (waiting.size === 0) return settings;
  const known = new Map(settings.jails.map((jail) => [jail.name, jail]));
  const jails = readAll().jails.flatMap((jail): JailSettings[] => {
    const one = known.get(jail.name) ?? (waiting.has(jail.name) ? jail : undefined);
    return one === undefined ? [] : [one];
  });
  const skipped = settings.skipped.filter(({ name }) => !waiting.has(name));
  const findings = settings.findings.filter(
    ({ jail, code }) => jail === undefined || !waiting.has(jail) || code !== noLog,
  );
  return { ...settings, jails, skipped, findings };
}

function lacksLogsOnly({ findings }: Settings, name: string): boolean {
  const ofJail = findings.filter(({ jail }) => jail === name);
  return (
    ofJail.some(({ code }) => code === noLog) &&
    !ofJail.some(({ severity, code }) => severity === 'error' && code !== noLog)
  );
}
