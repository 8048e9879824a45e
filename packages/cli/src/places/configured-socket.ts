import { readServerSettings } from '@f2b/config/server';
import type { Flags } from '../commandline/flags.js';
import { configurationDirectory } from './configuration-directory.js';

/** Where the running daemon listens, by the configuration. A file of its own: with `-s` none of it is loaded. */
export function configuredSocket(flags: Flags): string {
  return readServerSettings(configurationDirectory(flags.conf).path).socket.value;
}
