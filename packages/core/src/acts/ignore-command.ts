import { type IgnoreCommands, openIgnoreCommands, type Ticket } from '@f2b/firewall';
import type { Failure } from '../jails/book/failures.js';
import { dataOf } from './ticket-data.js';

/** The jail that a failure is of, as far as an ignorecommand may ask. */
export interface AskingJail {
  readonly name: string;
  readonly bantime: number;
}

/** Asks a jail's ignorecommand about a failure; true when it says "ignore". Rejects when it says neither yes nor no. */
export type AskIgnoreCommand = (command: string, failure: Failure, jail: AskingJail) => Promise<boolean>;

/** Opens the runner of ignorecommands: they know the tags of actions, are bound as actions are, and have a limit of their own. */
export function openIgnoreCommand(commands: IgnoreCommands = openIgnoreCommands()): AskIgnoreCommand {
  return (command, failure, jail) => commands.ask(command, jail.name, ticketOfFailure(failure, jail));
}

/** fail2ban's rule: a failure is a ticket that has failed once and has not been banned. */
function ticketOfFailure({ who, time, matches, data }: Failure, { bantime }: AskingJail): Ticket {
  const { id, ip, family } = who;
  return { id, ip, family, time, bantime, bancount: 0, failures: 1, matches, data: dataOf(data), restored: false };
}
