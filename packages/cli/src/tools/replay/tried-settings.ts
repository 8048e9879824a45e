import { posix } from 'node:path';
import {
  type ConfigEdge,
  type Finding,
  type JailSettings,
  jailOptionTypes,
  nearest,
  readSettings,
  realEdge,
} from '@f2b/config';
import { CliError } from '../../errors.js';
import { explainSettings } from '../config/show.js';
import type { SideOptions } from './options.js';

/** Settings that a replay has no use for, or that would keep the jail from being read: the logs are those of the command line. */
const fixed = ['enabled = true', 'backend = polling', 'logpath = /dev/null', 'action ='];
/** Sorts behind every other file of the folder, so that it has the last word. */
const fileName = '\u{10ffff}.local';

/**
 * A jail's settings with what is tried out in place of its own: read as if a last file of `jail.d` said so, by the one reader that there is.
 * @param report hears what is wrong with the tried settings
 * @throws CliError `F2B_NO_JAIL`, ConfigError
 */
export function triedSettings(
  directory: string,
  { jail, set }: SideOptions,
  report: (finding: Finding) => void,
): JailSettings {
  checkKeys(directory, jail, set);
  const written = set.map(({ key, value }) => `${key} = ${value.replaceAll(/\r?\n/g, '\n  ')}`);
  const head = [`[${jail}]`, ...fixed];
  const folder = posix.join(directory.replace(/(?<=.)\/+$/, ''), 'jail.d');
  const path = posix.join(folder, fileName);
  const text = [...head, ...written, ''].join('\n');
  const settings = readSettings({ directory, jail, allowMissingLogs: true, fs: withFile(path, text) });
  for (const finding of settings.findings) {
    const { origin } = finding;
    const tried = origin?.file === path && origin.line > head.length;
    // Other mistakes of the tree are the business of `f2b config check`.
    if (!tried || finding.severity === 'hint' || finding.jail !== jail) continue;
    // With the default in its place the comparison would be another one than was asked for.
    if (finding.severity === 'error') throw new CliError('F2B_NO_SETTING', `${finding.what} ${finding.advice}`);
    report({ ...finding, origin: undefined });
  }
  const [found] = settings.jails;
  if (found !== undefined) return found;
  const why = settings.skipped[0]?.why ?? 'it cannot be read';
  throw new CliError('F2B_NO_JAIL', `The jail '${jail}' cannot judge: ${why}`);
}

/** A misspelt setting would be one without effect, and the comparison one of equals. */
function checkKeys(directory: string, jail: string, set: SideOptions['set']): void {
  const { settings } = explainSettings(directory, jail, undefined);
  const known = new Set([...Object.keys(jailOptionTypes), 'mode', ...settings.map(({ key }) => key)]);
  for (const { key } of set) {
    if (known.has(key)) continue;
    const near = nearest(key, known);
    const hint = near === undefined ? `f2b config show ${jail} lists them` : `did you mean '${near}'?`;
    throw new CliError('F2B_NO_SETTING', `'${key}' is no setting of the jail '${jail}': ${hint}`);
  }
}

/** The file system with one file more. */
function withFile(path: string, text: string): ConfigEdge {
  const folder = posix.dirname(path);
  const tree = posix.dirname(folder);
  return {
    readFile: (one) => (one === path ? Buffer.from(text) : realEdge.readFile(one)),
    kind: (one) => (one === path ? 'file' : one === folder ? 'directory' : realEdge.kind(one)),
    listDirectory(one) {
      const entries = realEdge.listDirectory(one);
      if (one === folder) return [...entries, { name: fileName, kind: 'file' }];
      if (one === tree && !entries.some(({ name }) => name === posix.basename(folder))) {
        return [...entries, { name: posix.basename(folder), kind: 'directory' }];
      }
      return entries;
    },
  };
}
