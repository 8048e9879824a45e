import type { Allowance } from '@f2b/core';
import { parseAddress } from '@f2b/matcher';
import { ok, Refused, type Reply, refusal } from '../reply.js';
import { AskedJail } from './asked-jail.js';
import { inJson } from './overview.js';
import { invalid } from './raise.js';
import type { ControlledDaemon, GuardControls } from './verb.js';
import type { Words } from './words.js';

/** What became of addresses that a person named, by what became of them. */
export interface ByHandReply {
  /** `JAIL ID` for each ban that was made or lifted. */
  readonly done: readonly (readonly [jail: string, id: string])[];
  /** Banned already, or not banned. */
  readonly already: readonly (readonly [jail: string, id: string])[];
  /** On the allow list: not banned. */
  readonly allowed: readonly string[];
  /** No addresses. */
  readonly invalid: readonly string[];
  /** A grace holds as long as the process does: why it could not be kept. */
  readonly notKept?: string | undefined;
}

/** `hand-ban JAIL|--all SECONDS|- ID...`: bans addresses and networks, those of one request in one step. */
export function handBan(daemon: ControlledDaemon, words: Words): Reply {
  const { guard, jails, seconds, ids, invalid: none } = askedOf(daemon, words);
  const done: [string, string][] = [];
  const already: [string, string][] = [];
  const allowed = new Set<string>();
  for (const jail of jails) {
    const wanted = ids.filter((id) => {
      const spared = guard.allowing.isAllowed(jail, id);
      if (spared) allowed.add(id);
      return !spared;
    });
    const made = new Set(guard.byHand.banAll(jail, wanted, seconds) ?? []);
    for (const id of wanted) (made.has(id) ? done : already).push([jail, id]);
  }
  return ok(inJson({ done, already, allowed: [...allowed], invalid: none } satisfies ByHandReply));
}

/** `hand-unban JAIL|--all SECONDS|- ID...`: lifts bans; with a time, whoever was named is not banned again for so long. */
export async function handUnban(daemon: ControlledDaemon, words: Words): Promise<Reply> {
  const { guard, jails, only, seconds, ids, invalid: none } = askedOf(daemon, words);
  const done: [string, string][] = [];
  const already: [string, string][] = [];
  for (const jail of jails) {
    for (const { asked, ids: lifted } of guard.byHand.unbanAll(jail, ids) ?? []) {
      if (lifted.length === 0) already.push([jail, asked]);
      for (const id of lifted) done.push([jail, id]);
    }
  }
  let notKept: string | undefined;
  if (seconds !== undefined) {
    const until = Date.now() + seconds * 1000;
    for (const what of ids) {
      const outcome = await guard.allowing.allow({ what, jail: only, until, origin: 'unban' });
      if (outcome === undefined)
        throw new Refused(refusal('F2B_REPLY', `the allow list is full: ${what} may be banned again`));
      notKept = outcome.notKept;
    }
  }
  return ok(inJson({ done, already, allowed: [], invalid: none, notKept } satisfies ByHandReply));
}

function askedOf(daemon: ControlledDaemon, words: Words) {
  const [scope = '', time = '-', ...names] = words.from(0);
  if (names.length === 0) throw invalid('name at least one address');
  const guard = running(daemon);
  const only = scope === '--all' ? undefined : new AskedJail(daemon, scope).settings.name;
  const jails =
    only === undefined ? daemon.jailNames().filter((name) => guard.jailSettings(name) !== undefined) : [only];
  const seconds = time === '-' ? undefined : Number(time);
  if (seconds !== undefined && !Number.isFinite(seconds)) throw invalid(`'${time}' is no number of seconds`);
  const ids: string[] = [];
  const none: string[] = [];
  for (const name of new Set(names)) {
    const address = parseAddress(name);
    if (address === undefined) none.push(name);
    else ids.push(address.text);
  }
  return { guard, jails, only, seconds, ids, invalid: none };
}

function running(daemon: ControlledDaemon): GuardControls {
  if (daemon.guard !== undefined) return daemon.guard;
  throw new Refused(refusal('F2B_JAIL_STARTING', 'the server is being started: ask again in a moment'));
}

/** `allow-list`: who is allowed by hand. */
export function allowList(daemon: ControlledDaemon): Reply {
  return ok(inJson(running(daemon).allowing.list()));
}

/** `allow-add JAIL|- SECONDS|- WHY WHAT...` */
export async function allowAdd(daemon: ControlledDaemon, words: Words): Promise<Reply> {
  const [asked = '-', time = '-', why = '', ...given] = words.from(0);
  const guard = running(daemon);
  const { scope, names } = scopeOf(daemon, asked, given);
  if (names.length === 0) throw invalid('name at least one address, network or host name');
  const jail = scope === '-' ? undefined : new AskedJail(daemon, scope).settings.name;
  const seconds = time === '-' ? undefined : Number(time);
  if (seconds !== undefined && !Number.isFinite(seconds)) throw invalid(`'${time}' is no number of seconds`);
  const done: (readonly [string, string])[] = [];
  const none: string[] = [];
  let notKept: string | undefined;
  for (const what of names) {
    const allowance: Omit<Allowance, 'since'> = {
      what,
      jail,
      until: seconds === undefined ? undefined : Date.now() + seconds * 1000,
      why: why === '' ? undefined : why.slice(0, 1000),
      origin: 'allow',
    };
    const outcome = await guard.allowing.allow(allowance);
    if (outcome === undefined) none.push(what);
    else {
      notKept = outcome.notKept;
      for (const { jail: name, id } of outcome.lifted) done.push([name, id]);
    }
  }
  return ok(
    inJson({
      done,
      already: [],
      allowed: names.filter((one) => !none.includes(one)),
      invalid: none,
      notKept,
    } satisfies ByHandReply),
  );
}

/** `allow-remove JAIL|- WHAT...` */
export function allowRemove(daemon: ControlledDaemon, words: Words): Reply {
  const [asked = '-', ...given] = words.from(0);
  const guard = running(daemon);
  const { scope, names } = scopeOf(daemon, asked, given);
  const jail = scope === '-' ? undefined : scope;
  const gone = names.map((what) => ({ what, ...guard.allowing.remove(what, jail) }));
  return ok(inJson(gone));
}

/** `f2b allow 192.0.2.1 sshd`: a jail's name may stand behind the others. */
function scopeOf(daemon: ControlledDaemon, asked: string, given: readonly string[]) {
  const last = given.at(-1);
  if (asked !== '-' || given.length < 2 || last === undefined || !daemon.jailNames().includes(last)) {
    return { scope: asked, names: given };
  }
  return { scope: last, names: given.slice(0, -1) };
}
