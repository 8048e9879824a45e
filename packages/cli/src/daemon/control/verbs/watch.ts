import { ok, type Reply, type ReplyValue } from '../reply.js';
import { unknownJail } from './raise.js';
import type { ControlledDaemon, DaemonEvent } from './verb.js';
import type { Words } from './words.js';

/** Events that may wait for a slow reader before they are dropped (and counted). */
const mostWaiting = 1000;

/** `watch [JAIL...]`: first `watching`, then an item for each failure, ban and unban, until the client or the daemon ends. */
export function watch(
  daemon: ControlledDaemon,
  words: Words,
  gone: AbortSignal,
): Reply | AsyncGenerator<ReplyValue, Reply, void> {
  const jails = words.from(0);
  for (const jail of jails) if (!daemon.jailNames().includes(jail)) throw unknownJail(jail);
  return events(daemon, new Set(jails), gone);
}

async function* events(
  daemon: ControlledDaemon,
  jails: ReadonlySet<string>,
  gone: AbortSignal,
): AsyncGenerator<ReplyValue, Reply, void> {
  let waiting: DaemonEvent[] = [];
  let lost = 0;
  let wake = () => {};
  const end = daemon.watch((event) => {
    if (jails.size > 0 && !jails.has(event.jail)) return;
    if (waiting.length >= mostWaiting) lost += 1;
    else waiting.push(event);
    wake();
  });
  const onGone = () => wake();
  gone.addEventListener('abort', onGone);
  try {
    yield { event: 'watching' };
    for (;;) {
      const batch = waiting;
      waiting = [];
      yield* batch;
      if (lost > 0) {
        yield { event: 'lost', count: lost };
        lost = 0;
      }
      if (waiting.length > 0) continue;
      if (gone.aborted) return ok(null);
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  } finally {
    end();
    gone.removeEventListener('abort', onGone);
  }
}
