import { ok, Refused, type Reply } from '../reply.js';
import { unknownJail } from './raise.js';
import { hasStream, readReloadWish } from './reload-wish.js';
import type { ControlledDaemon } from './verb.js';
import type { Words } from './words.js';

/** Jails as a whole: `reload`, `start JAIL`, `stop [JAIL | --all]`, and what fail2ban's client sends to a server that it has just started. */

/** `reload`: the configuration is read anew, and what differs is changed. fail2ban's client hears OK, others what was done. */
export async function reload(daemon: ControlledDaemon, words: Words): Promise<Reply> {
  try {
    const report = await daemon.reload(readReloadWish(words));
    return ok(hasStream(words) ? 'OK' : report);
  } catch (error) {
    // The log has the reasons already; all that the client sent along would only hide them.
    if (error instanceof Refused && error.refusal.code === 'F2B_RELOAD_REFUSED') return error.refusal;
    throw error;
  }
}

/**
 * `server-stream STREAM`, which follows a start by fail2ban's client: this server has read the configuration itself.
 * @returns when it is ready
 */
export async function serverStream(daemon: ControlledDaemon): Promise<Reply> {
  await daemon.ready();
  return ok(null);
}

/** `start JAIL`: a jail that runs is left alone; one that was stopped comes back with a reload. */
export function start(daemon: ControlledDaemon, words: Words): Reply {
  runningJail(daemon, words.at(0));
  return ok(null);
}

/** `stop` ends the server, `stop JAIL` and `stop --all` jails of it. */
export async function stop(daemon: ControlledDaemon, words: Words): Promise<Reply> {
  if (words.length === 0) {
    await daemon.stop();
    return ok(null);
  }
  const name = words.at(0);
  await daemon.stopJails(name === '--all' ? daemon.jailNames() : [runningJail(daemon, name)]);
  return ok(null);
}

/** @throws Refused */
function runningJail({ guard }: ControlledDaemon, name: string): string {
  if (guard?.jailSettings(name) === undefined) throw unknownJail(name);
  return name;
}
