import type { JailStatus } from '@f2b/core';
import { ok, Refused, type Reply, type ReplyValue, tuple } from '../reply.js';
import { whyNotRunning } from './asked-jail.js';
import { originsOf } from './cymru.js';
import { invalid, unknownJail } from './raise.js';
import type { ControlledDaemon } from './verb.js';
import type { Words } from './words.js';

/** `status`, `status JAIL [FLAVOUR]`, `status --all [FLAVOUR]`, in the shapes of fail2ban's replies: lists of pairs. */
export function status(daemon: ControlledDaemon, words: Words): Reply | Promise<Reply> {
  if (words.length > 2) throw invalid('Invalid command (no status)');
  const [jail, flavour = 'basic'] = words.from(0);
  if (jail === undefined) return ok(overviewOf(daemon));
  if (jail === '--all') return flavour === 'stats' ? stats(daemon) : statusOfAll(daemon, flavour);
  const one = daemon.jailStatus(jail);
  if (one === undefined || one.state === 'failed') {
    throw new Refused(whyNotRunning(daemon, jail) ?? unknownJail(jail).refusal);
  }
  return replyOf(one, flavour).then(ok);
}

/** `stats`: of each jail how its lines come, and the counts of failures and bans, present and of all times. */
export function stats(daemon: ControlledDaemon): Reply {
  return ok(Object.fromEntries(running(daemon).map((jail) => [jail.name, statsOf(jail)])));
}

async function statusOfAll(daemon: ControlledDaemon, flavour: string): Promise<Reply> {
  const jails = await Promise.all(
    running(daemon).map(async (jail) => [jail.name, await replyOf(jail, flavour)] as const),
  );
  return ok([overviewOf(daemon), Object.fromEntries(jails)]);
}

function overviewOf(daemon: ControlledDaemon): ReplyValue {
  const names = namesOf(daemon);
  const overview = [tuple('Number of jail', names.length), tuple('Jail list', names.join(', '))];
  const trouble = daemon.storeTrouble();
  // Lines that fail2ban does not have: this one for as long as bans are enforced and not remembered.
  if (trouble !== undefined) overview.push(tuple('Database', `cannot be written: ${trouble}`));
  const shortage = daemon.memoryShortage();
  if (shortage !== undefined) overview.push(tuple('Memory', `is short: ${shortage}`));
  return overview;
}

/** A jail that could not start is no jail to a script that asks what is guarded; asked for by name it tells why. */
function namesOf(daemon: ControlledDaemon): readonly string[] {
  return daemon
    .jailNames()
    .filter((name) => daemon.jailStatus(name)?.state !== 'failed')
    .sort();
}

function running(daemon: ControlledDaemon): readonly JailStatus[] {
  return namesOf(daemon).flatMap((name) => daemon.jailStatus(name) ?? []);
}

/** @param flavour fail2ban's `basic`, `short`, `cymru`, `stats`; any other word is `basic` */
async function replyOf(jail: JailStatus, flavour: string): Promise<ReplyValue> {
  if (flavour === 'stats') return statsOf(jail);
  const filter = [
    tuple('Currently failed', jail.currentlyFailed),
    tuple('Total failed', jail.totalFailed),
    jail.journalmatches === undefined ? tuple('File list', jail.files) : tuple('Journal matches', jail.journalmatches),
  ];
  const actions = [tuple('Currently banned', jail.currentlyBanned), tuple('Total banned', jail.totalBanned)];
  if (flavour !== 'short') actions.push(tuple('Banned IP list', jail.banned));
  if (flavour === 'cymru') {
    const { asns, countries, registries } = await originsOf(jail.banned);
    actions.push(
      tuple('Banned ASN list', asns),
      tuple('Banned Country list', countries),
      tuple('Banned RIR list', registries),
    );
  }
  // A line that fail2ban does not have, for as long as an action refuses somebody who is banned.
  if (jail.unenforced.length > 0) actions.push(tuple('Not enforced', jail.unenforced));
  // And one for a jail such as it does not have.
  if (jail.simulated) actions.push(tuple('Simulated', 'nobody is kept out: simulate = true'));
  return [tuple('Filter', filter), tuple('Actions', actions)];
}

function statsOf(jail: JailStatus): ReplyValue {
  return [
    jail.journalmatches === undefined ? 'polling' : 'systemd',
    tuple(jail.currentlyFailed, jail.totalFailed),
    tuple(jail.currentlyBanned, jail.totalBanned),
  ];
}
