import type { JailStatus } from '@f2b/core';
import type { Reply, ReplyValue } from './protocol.js';

/** What the control commands ask of the running daemon. */
export interface ControlledDaemon {
  readonly version: string;
  /** Names of all jails, running or not, in any order. */
  jailNames(): readonly string[];
  /** undefined: no such jail. */
  jailStatus(name: string): JailStatus | undefined;
  /** Why a jail of the configuration is not among the jails; undefined: it is, or there is no such jail. */
  whySkipped(name: string): string | undefined;
  /** Ends the daemon; resolves when jails are stopped and bans are taken back. */
  stop(): Promise<void>;
  flushLogs(): string;
  isReady(): boolean;
}

/**
 * Runs one request. Replies have the shapes of fail2ban's (lists of pairs), so that one renderer and, later, one pickle
 * writer serve them all.
 */
export async function runCommand(daemon: ControlledDaemon, command: readonly string[]): Promise<Reply> {
  const [name, ...args] = command;
  switch (name) {
    case 'ping':
      return ok('pong');
    case 'version':
      return ok(daemon.version);
    case 'server-status':
      return ok(daemon.isReady() ? 'Server ready' : 'Server starting');
    case 'flushlogs':
      return ok(daemon.flushLogs());
    case 'status':
      return status(daemon, args);
    case 'stop':
      if (args.length > 0) return invalid(`stop ${args[0]}: stopping one jail is not possible yet`);
      await daemon.stop();
      return ok(null);
    default:
      return invalid('Invalid command');
  }
}

function status(daemon: ControlledDaemon, args: readonly string[]): Reply {
  const [jail] = args;
  // A jail that could not start is no jail to a script that asks what is guarded; asked for by name it tells why.
  const names = daemon
    .jailNames()
    .filter((name) => daemon.jailStatus(name)?.state !== 'failed')
    .sort();
  const overview: ReplyValue[] = [
    ['Number of jail', names.length],
    ['Jail list', names.join(', ')],
  ];
  if (jail === undefined) return ok(overview);
  if (jail === '--all') {
    return ok([overview, Object.fromEntries(names.map((name) => [name, jailReply(daemon.jailStatus(name)!)]))]);
  }
  const one = daemon.jailStatus(jail);
  if (!one) {
    const why = daemon.whySkipped(jail);
    if (why !== undefined) return doesNotRun(jail, why);
    return { ok: false, code: 'F2B_UNKNOWN_JAIL', message: `Sorry but the jail '${jail}' does not exist` };
  }
  return one.state === 'failed' ? doesNotRun(jail, one.why ?? 'it has failed') : ok(jailReply(one));
}

function doesNotRun(jail: string, why: string): Reply {
  return { ok: false, code: 'F2B_JAIL_FAILED', message: `The jail '${jail}' does not run: ${why}` };
}

function jailReply(jail: JailStatus): ReplyValue {
  return [
    [
      'Filter',
      [
        ['Currently failed', jail.currentlyFailed],
        ['Total failed', jail.totalFailed],
        ['File list', jail.files],
      ],
    ],
    [
      'Actions',
      [
        ['Currently banned', jail.currentlyBanned],
        ['Total banned', jail.totalBanned],
        ['Banned IP list', jail.banned],
      ],
    ],
  ];
}

function ok(value: ReplyValue): Reply {
  return { ok: true, value };
}

function invalid(message: string): Reply {
  return { ok: false, code: 'F2B_INVALID_COMMAND', message };
}
