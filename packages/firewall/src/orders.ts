import type { EpochMs, Seconds } from '@f2b/config';
import type { FirewallError } from './errors.js';

/** Who is to be banned or unbanned, and all that an action's tags may ask about it. */
export interface Ticket {
  /** The ban identifier as text: an address, a network or free text. */
  readonly id: string;
  /** The address where the identifier is not one itself (`<ip>` against `<fid>`); else the same as `id`. */
  readonly ip: string;
  /** `undefined` for free text. */
  readonly family: 'inet4' | 'inet6' | undefined;
  /** Time of the last failure. */
  readonly time: EpochMs;
  /** Negative: for ever. */
  readonly bantime: Seconds;
  readonly bancount: number;
  readonly failures: number;
  /** Matched log lines, oldest first. Hostile text. */
  readonly matches: readonly string[];
  /** Captured groups, for `<F-NAME>` tags. Hostile text. */
  readonly data: Readonly<Record<string, string | readonly string[]>>;
  readonly restored: boolean;
}

/** What a jail asks of the firewall actor. */
export interface Order {
  readonly kind: 'ban' | 'unban' | 'reban' | 'prolong';
  readonly jail: string;
  readonly ticket: Ticket;
  /** Names of the actions that it is for, when one is tried again that only they failed; undefined: all of the jail's. */
  readonly actions?: readonly string[];
}

/** What became of one order at one action. */
export interface Outcome {
  readonly jail: string;
  readonly action: string;
  readonly kind: Order['kind'];
  readonly id: string;
  readonly ok: boolean;
  /** Why it failed; undefined when `ok`. */
  readonly error: FirewallError | undefined;
}

export function outcomeOf(order: Order, action: string, error: FirewallError | undefined): Outcome {
  const { jail, kind, ticket } = order;
  return { jail, action, kind, id: ticket.id, ok: error === undefined, error };
}

/** When a ban ends; infinite: never. */
export function endOf({ time, bantime }: Ticket): EpochMs {
  return bantime < 0 ? Number.POSITIVE_INFINITY : time + bantime * 1_000;
}
