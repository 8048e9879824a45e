import type { JailStatus } from '@f2b/core';
import { ok, Refused, type Reply, type ReplyValue, tuple } from '../reply.js';
import { whyNotRunning } from './asked-jail.js';
import { unknownJail } from './raise.js';
import type { ControlledDaemon } from './verb.js';
import type { Words } from './words.js';

/** `status [JAIL | --all]`, in the shapes of fail2ban's replies: lists of pairs. */
export function status(daemon: ControlledDaemon, words: Words): Reply {
  const [jail] = words.from(0);
  // A jail that could not start is no jail to a script that asks what is guarded; asked for by name it tells why.
  const names = daemon
    .jailNames()
    .filter((name) => daemon.jailStatus(name)?.state !== 'failed')
    .sort();
  const overview = [tuple('Number of jail', names.length), tuple('Jail list', names.join(', '))];
  const trouble = daemon.storeTrouble();
  // Lines that fail2ban does not have: this one for as long as bans are enforced and not remembered.
  if (trouble !== undefined) overview.push(tuple('Database', `cannot be written: ${trouble}`));
  const shortage = daemon.memoryShortage();
  if (shortage !== undefined) overview.push(tuple('Memory', `is short: ${shortage}`));
  if (jail === undefined) return ok(overview);
  if (jail === '--all') {
    const jails = names.map((name) => [name, daemon.jailStatus(name)] as const);
    const running = jails.filter((pair): pair is readonly [string, JailStatus] => pair[1] !== undefined);
    return ok([overview, Object.fromEntries(running.map(([name, one]) => [name, jailReply(one)]))]);
  }
  const one = daemon.jailStatus(jail);
  if (one === undefined || one.state === 'failed') {
    throw new Refused(whyNotRunning(daemon, jail) ?? unknownJail(jail).refusal);
  }
  return ok(jailReply(one));
}

function jailReply(jail: JailStatus): ReplyValue {
  return [
    tuple('Filter', [
      tuple('Currently failed', jail.currentlyFailed),
      tuple('Total failed', jail.totalFailed),
      jail.journalmatches === undefined
        ? tuple('File list', jail.files)
        : tuple('Journal matches', jail.journalmatches),
    ]),
    tuple('Actions', [
      tuple('Currently banned', jail.currentlyBanned),
      tuple('Total banned', jail.totalBanned),
      tuple('Banned IP list', jail.banned),
      // A line that fail2ban does not have, for a jail such as it does not have.
      ...(jail.simulated ? [tuple('Simulated', 'nobody is kept out: simulate = true')] : []),
    ]),
  ];
}
