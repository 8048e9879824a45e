import type { Flags } from '../commandline/flags.js';

/** Where the running daemon listens: `-s`, else what the configuration says. */
export async function controlSocket(flags: Flags): Promise<string> {
  if (flags.socket !== undefined) return flags.socket;
  return '/var/run/fail2ban/fail2ban.sock';
}
