import { ok, type Reply, type ReplyValue } from '../reply.js';
import { AskedJail } from './asked-jail.js';
import { bans } from './properties/bans.js';
import { ignoring } from './properties/ignoring.js';
import type { Properties } from './properties/property.js';
import { invalid } from './raise.js';
import type { ControlledDaemon } from './verb.js';
import type { Words } from './words.js';

/** All that can be got or set of a jail. */
const ofJail: Properties = new Map([...ignoring, ...bans]);

/** `get JAIL PROPERTY …` */
export function get(daemon: ControlledDaemon, words: Words): Reply {
  const [jail, name] = [words.at(0), words.at(1)];
  const property = ofJail.get(name);
  if (property?.get === undefined) throw invalid('Invalid command (no get action or not yet implemented)');
  return ok(property.get(new AskedJail(daemon, jail), words.behind(2)));
}

/** `set JAIL PROPERTY …` answers what the property is then. */
export async function set(daemon: ControlledDaemon, words: Words): Promise<Reply> {
  const [jail, name] = [words.at(0), words.at(1)];
  const property = ofJail.get(name);
  if (property?.set === undefined) {
    throw invalid(`Invalid command '${name}' (no set action or not yet implemented)`);
  }
  const value: ReplyValue = await property.set(new AskedJail(daemon, jail), words.behind(2));
  return ok(value);
}
