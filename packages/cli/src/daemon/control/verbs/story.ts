import { ok, type Reply } from '../reply.js';
import { inJson } from './overview.js';
import { invalid } from './raise.js';
import type { ControlledDaemon } from './verb.js';
import type { Words } from './words.js';

/** `why ID`: all that is known of one identifier, as one object; fail2ban has no such thing. */
export function story(daemon: ControlledDaemon, words: Words): Reply {
  const [id] = words.from(0);
  if (id === undefined || id === '') throw invalid('why: name an address');
  const told = daemon.guard?.story(id);
  return ok(told === undefined ? null : inJson(told));
}
