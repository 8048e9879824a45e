import { ok, type Reply, refusal } from '../reply.js';
import { status } from './status.js';
import type { ControlledDaemon, Verb } from './verb.js';
import { watch } from './watch.js';

/** All that can be asked of a running daemon. */
export const verbs: ReadonlyMap<string, Verb> = new Map<string, Verb>([
  ['ping', () => ok('pong')],
  ['version', (daemon) => ok(daemon.version)],
  ['server-status', (daemon) => ok(daemon.isReady() ? 'Server ready' : 'Server starting')],
  ['echo', (_, words) => ok(words)],
  ['flushlogs', (daemon) => ok(daemon.flushLogs())],
  ['status', status],
  ['stop', stop],
  ['watch', watch],
]);

/** Finds and runs the verb of a request. */
export function runVerb(daemon: ControlledDaemon, words: readonly string[], gone: AbortSignal): ReturnType<Verb> {
  const [name = '', ...rest] = words;
  const verb = verbs.get(name);
  return verb === undefined ? refusal('F2B_INVALID_COMMAND', 'Invalid command') : verb(daemon, rest, gone);
}

async function stop(daemon: ControlledDaemon, words: readonly string[]): Promise<Reply> {
  if (words.length > 0) {
    return refusal('F2B_INVALID_COMMAND', `stop ${words[0]}: stopping one jail is not possible yet`);
  }
  await daemon.stop();
  return ok(null);
}
