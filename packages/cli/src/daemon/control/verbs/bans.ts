import { ok, type Reply } from '../reply.js';
import { invalid } from './raise.js';
import type { ControlledDaemon } from './verb.js';
import type { Words } from './words.js';

/** `banned` lists every jail's bans, `banned IP…` the jails that ban each of them. */
export function banned(daemon: ControlledDaemon, words: Words): Reply {
  const { names, byHand } = running(daemon);
  if (words.length === 0) {
    return ok(names.map((name) => ({ [name]: (byHand?.bans(name) ?? []).map(({ who }) => who.id) })));
  }
  return ok(words.from(0).map((id) => names.filter((name) => byHand?.banOf(name, id) !== undefined)));
}

/** `unban --all` and `unban IP…`, in every jail. Answers how many bans were lifted. */
export function unban(daemon: ControlledDaemon, words: Words): Reply {
  if (words.length === 0) throw invalid('Invalid command');
  const { names, byHand } = running(daemon);
  const asked = words.from(0);
  const lifted = names.map((name) =>
    asked.length === 1 && asked[0] === '--all'
      ? (byHand?.unbanEverybody(name)?.length ?? 0)
      : (byHand?.unbanAll(name, asked) ?? []).reduce((sum, { ids }) => sum + ids.length, 0),
  );
  return ok(lifted.reduce((sum, count) => sum + count, 0));
}

function running(daemon: ControlledDaemon) {
  const { guard } = daemon;
  return { byHand: guard?.byHand, names: daemon.jailNames().filter((name) => guard?.jailSettings(name) !== undefined) };
}
