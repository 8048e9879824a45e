import type { ActionSettings } from '@f2b/config';
import type { Found } from '../backends/backend.js';
import type { FirewallError } from '../errors.js';
import type { Order, Outcome } from '../orders.js';

/**
 * Why a jail stops: it alone (`jail`), all of them with the firewall (`all`), or all of them and what is in the kernel stays there, where
 * the next run can take it over (`keep`).
 */
export type Ending = 'jail' | 'all' | 'keep';

/** One action, or one native backend that several jails share, behind its own queue. */
export interface ActionLane {
  /** How many orders wait. */
  readonly waiting: number;
  /**
   * @param after what the start waits for, where there is nothing yet
   * @returns what of the start failed; nothing when all went well
   */
  start(jail: string, after?: Promise<void>): Promise<readonly FirewallError[]>;
  submit(order: Order): Promise<Outcome>;
  check(): Promise<readonly Found[]>;
  /**
   * Goes by other commands and parameters from the next order on; nothing is stopped or started for it.
   * @returns false where that cannot be
   */
  amend(settings: ActionSettings): boolean;
  reload(): Promise<readonly FirewallError[]>;
  /** Lifts all bans of a jail. */
  flush(jail: string): Promise<readonly FirewallError[]>;
  /**
   * Lifts all bans of a jail and, with the last jail, takes away what the start had set up.
   * @param how see `Ending`
   */
  stop(jail: string, how: Ending): Promise<readonly FirewallError[]>;
}
