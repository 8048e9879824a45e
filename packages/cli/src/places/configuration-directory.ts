import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CliError } from '../errors.js';

/** Where the configuration comes from, and why from there. */
export interface ConfigurationDirectory {
  /** Absolute. */
  readonly path: string;
  /** For a person. */
  readonly why: string;
}

/** The tree that f2b brings along. */
export const embeddedDirectory = fileURLToPath(new URL('../../defaults', import.meta.url));

/** Whether logs may be missing without that being a mistake: the built-in default guards what it finds, here or later. */
export function mayLackLogs(directory: string): boolean {
  return directory === embeddedDirectory;
}

/**
 * `-c`, else `/etc/f2b`, else `/etc/fail2ban`, else the built-in default.
 * @throws CliError `F2B_NO_CONFIG_DIRECTORY` when `-c` names no directory, worded as fail2ban words it.
 */
export function configurationDirectory(
  asked: string | undefined,
  isDirectory: (path: string) => boolean = isDirectoryHere,
): ConfigurationDirectory {
  if (asked !== undefined) {
    const path = resolve(asked);
    if (!isDirectory(path)) {
      throw new CliError('F2B_NO_CONFIG_DIRECTORY', `Base configuration directory ${asked} does not exist`);
    }
    return { path, why: 'asked for with -c' };
  }
  if (isDirectory('/etc/f2b')) return { path: '/etc/f2b', why: 'f2b directory' };
  if (isDirectory('/etc/fail2ban')) return { path: '/etc/fail2ban', why: 'fail2ban directory' };
  return { path: embeddedDirectory, why: 'built-in default' };
}

function isDirectoryHere(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
