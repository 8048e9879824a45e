import type { Command } from './command.js';

/** A command as help lists it, and how to get at it. */
export interface ListedCommand {
  readonly name: string;
  /** The words that it takes. */
  readonly operands: string;
  readonly says: string;
  /** Loaded one at a time: `f2b ping` must not pay for `f2b start`. */
  load(): Promise<{ readonly command: Command }>;
}

/** Every command of `f2b`, in the order in which help shows them. */
export const commands: readonly ListedCommand[] = [
  {
    name: 'start',
    operands: '',
    says: 'start the server and its jails (in the background; -f stays)',
    load: () => import('./start.js'),
  },
  {
    name: 'stop',
    operands: '[JAIL]',
    says: 'stop all jails and the server, or one jail',
    load: () => import('./stop.js'),
  },
  {
    name: 'reload',
    operands: '[JAIL]',
    says: 'read the configuration anew and change what differs; --dry-run only shows that (reload -h)',
    load: () => import('./reload.js'),
  },
  {
    name: 'restart',
    operands: '[JAIL]',
    says: 'stop and start the server, or one jail',
    load: () => import('./restart.js'),
  },
  {
    name: 'status',
    operands: '[JAIL]',
    says: 'what the server, or one jail, is doing (--all: every jail)',
    load: () => import('./status.js'),
  },
  {
    name: 'top',
    operands: '',
    says: 'jails and bans, live; bans and unbans by key (top -h)',
    load: () => import('./top.js'),
  },
  {
    name: 'why',
    operands: 'ID',
    says: 'what befell an address, in every jail, with the lines; and what its next failure would do',
    load: () => import('./why.js'),
  },
  {
    name: 'ban',
    operands: 'JAIL|--all IP...',
    says: 'ban addresses and networks by hand, thousands at once (ban -h)',
    load: () => import('./ban.js'),
  },
  {
    name: 'unban',
    operands: '[JAIL|--all] IP...',
    says: 'lift bans; --for TIME: and ban nobody of them again for so long (unban -h)',
    load: () => import('./unban.js'),
  },
  {
    name: 'allow',
    operands: 'WHO...|list|remove WHO...',
    says: 'who is never banned, for a time or until removed (allow -h)',
    load: () => import('./allow.js'),
  },
  {
    name: 'watch',
    operands: '[JAIL...]',
    says: 'a line for each failure, ban and unban, as they happen (--json)',
    load: () => import('./watch.js'),
  },
  { name: 'ping', operands: '[SECONDS]', says: 'is the server alive?', load: () => import('./ping.js') },
  { name: 'version', operands: '', says: "the server's version", load: () => import('./version.js') },
  {
    name: 'config',
    operands: 'show|check',
    says: 'each setting and the place that set it; what is wrong, where, and what to do (config -h)',
    load: () => import('./config.js'),
  },
  {
    name: 'regex',
    operands: 'LOG FILTER [IGNOREREGEX]',
    says: 'try a filter or an expression out on a log (regex -h)',
    load: () => import('./regex.js'),
  },
  {
    name: 'explain',
    operands: 'JAIL|FILTER LINE',
    says: "a line's way through a filter, and how far each expression got (explain -h)",
    load: () => import('./explain.js'),
  },
  {
    name: 'replay',
    operands: 'LOG... --jail JAIL',
    says: 'whom a jail would have banned by old logs, with other settings too (replay -h)',
    load: () => import('./replay.js'),
  },
  {
    name: 'bench',
    operands: '[LOG] [FILTER...]',
    says: 'how fast filters are on a log, and why (bench -h)',
    load: () => import('./bench.js'),
  },
  {
    name: 'flushlogs',
    operands: '',
    says: 'reopen the log file, after a rotation',
    load: () => import('./flushlogs.js'),
  },
];
