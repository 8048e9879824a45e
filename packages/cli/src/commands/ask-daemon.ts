import type { Flags } from '../commandline/flags.js';
import { ask } from '../daemon/control/client.js';
import type { ReplyValue } from '../daemon/control/reply.js';
import { CliError } from '../errors.js';
import { controlSocket } from '../places/control-socket.js';

/**
 * Sends one command to the running daemon and returns its value.
 * @param onItem gets the parts of an answer that comes in parts
 * @throws CliError when there is no daemon, or when it refuses (the daemon's own words).
 */
export async function askDaemon(
  flags: Flags,
  words: readonly string[],
  onItem?: (item: ReplyValue) => void,
): Promise<ReplyValue> {
  const timeout = flags.timeoutSeconds === undefined ? undefined : flags.timeoutSeconds * 1000;
  const reply = await ask(await controlSocket(flags), words, { timeout, ...(onItem && { onItem }) });
  if (!reply.ok) throw new CliError(reply.code, reply.message);
  return reply.value;
}
