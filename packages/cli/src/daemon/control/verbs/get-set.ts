import { ok, type Reply } from '../reply.js';
import { AskedJail } from './asked-jail.js';
import { actions } from './properties/actions.js';
import { bans } from './properties/bans.js';
import { expressions } from './properties/expressions.js';
import { idle } from './properties/idle.js';
import { ignoring } from './properties/ignoring.js';
import { growth, limits } from './properties/limits.js';
import { logs } from './properties/logs.js';
import type { Properties, Property } from './properties/property.js';
import { ofServer } from './properties/server.js';
import { invalid } from './raise.js';
import type { ControlledDaemon } from './verb.js';
import type { Words } from './words.js';

/** All that can be got or set of a jail. */
const ofJail: Properties = new Map([...ignoring, ...logs, ...expressions, ...limits, ...bans, ...actions, ...idle]);

/** `get PROPERTY`, `get JAIL PROPERTY …` */
export function get(daemon: ControlledDaemon, words: Words): Reply {
  const first = words.at(0);
  const global = ofServer.get(first);
  if (global?.get !== undefined) return ok(global.get(daemon));
  const property = find(words);
  if (property?.get === undefined) throw invalid('Invalid command (no get action or not yet implemented)');
  return ok(property.get(new AskedJail(daemon, first), behind(words)));
}

/** `set PROPERTY VALUE`, `set JAIL PROPERTY …`: answers what the property is then. */
export async function set(daemon: ControlledDaemon, words: Words): Promise<Reply> {
  const first = words.at(0);
  const global = ofServer.get(first);
  if (global?.set !== undefined) return ok(await global.set(daemon, words.behind(1)));
  const property = find(words);
  if (property?.set === undefined) {
    throw invalid(`Invalid command '${words.at(1)}' (no set action or not yet implemented)`);
  }
  const work = () => property.set!(new AskedJail(daemon, first), behind(words));
  // Who is banned is no setting: it waits for nobody.
  return ok(await (bans.has(words.at(1)) ? work() : inTurn(daemon, first, work)));
}

/** Changes of settings that wait for the one before, by jail: each begins with what the one before has left. */
const turns = new WeakMap<ControlledDaemon, Map<string, Promise<unknown>>>();

async function inTurn<T>(daemon: ControlledDaemon, jail: string, work: () => T | Promise<T>): Promise<T> {
  const ofDaemon = turns.get(daemon) ?? new Map<string, Promise<unknown>>();
  turns.set(daemon, ofDaemon);
  const done = (ofDaemon.get(jail) ?? Promise.resolve()).then(work);
  const settled = done.catch(() => {});
  ofDaemon.set(jail, settled);
  try {
    return await done;
  } finally {
    if (ofDaemon.get(jail) === settled) ofDaemon.delete(jail);
  }
}

function find(words: Words): Property | undefined {
  const name = words.at(1);
  return name.startsWith('bantime.') ? growth : ofJail.get(name);
}

/** What a property is asked with: of `bantime.*` its own name is the first word. */
function behind(words: Words): Words {
  return words.behind(words.at(1).startsWith('bantime.') ? 1 : 2);
}
