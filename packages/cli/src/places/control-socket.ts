import type { Flags } from '../commandline/flags.js';

/**
 * Where the running daemon listens: `-s`, else what the configuration says.
 * @throws CliError `F2B_NO_CONFIG_DIRECTORY`, or ConfigError when `fail2ban.conf` cannot be read.
 */
export async function controlSocket(flags: Flags): Promise<string> {
  if (flags.socket !== undefined) return flags.socket;
  const { configuredSocket } = await import('./configured-socket.js');
  return configuredSocket(flags);
}
