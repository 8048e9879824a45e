import { ConfigError } from '../errors.js';
import { Findings } from '../findings.js';
import { Library } from '../library/library.js';
import type { ServerSettings } from '../settings.js';
import { type ConfigEdge, realEdge } from '../syntax/edge.js';
import { FileStore } from '../syntax/files.js';
import { resolveServer } from './server.js';

/**
 * Reads `fail2ban.conf` and its kin alone: all that a client command wants to know is where the server listens, and it
 * must not load, let alone resolve, jails and filters for that.
 *
 * @throws ConfigError `F2B_CONFIG_NO_DIRECTORY`, or `F2B_CONFIG_UNREADABLE` for a file that cannot be read
 */
export function readServerSettings(directory: string, edge: ConfigEdge = realEdge): ServerSettings {
  const path = directory.replace(/(?<=.)\/+$/, '');
  if (edge.kind(path) !== 'directory') {
    throw new ConfigError(
      'F2B_CONFIG_NO_DIRECTORY',
      `Base configuration directory ${path} does not exist`,
      undefined,
      'Name the directory that holds fail2ban.conf with -c.',
    );
  }
  const findings = new Findings();
  const library = new Library(new FileStore(path, edge), findings, new Map());
  return resolveServer(library.read('fail2ban'), findings).server;
}
