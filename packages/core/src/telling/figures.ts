import type { JailStatus } from '../jails/status.js';
import type { GuardHealth } from './health.js';

/** A ban that is not enforced, as far as is known. */
export interface Unmet {
  readonly jail: string;
  readonly id: string;
  /** The actions that refused it, and why the first did. */
  readonly actions: readonly string[];
  readonly why: string;
}

/** Work that waits, by who it waits for. */
export interface QueueLengths {
  /** Bans that are wanted and do not hold yet: orders under way, and those that failed and will be tried again. */
  readonly enforcement: number;
  /** Look-ups of names and ignorecommands that are unanswered. */
  readonly questions: number;
  /** Failures and changes of bans that a failing store has not taken yet. */
  readonly store: number;
  /** Orders that wait for an action whose commands are slow. */
  readonly orders: number;
  /** Programs of actions that wait for their turn: only so many run at once. */
  readonly programs: number;
}

/** Everything that the guard can say of itself in figures, at one moment: what status, metrics and pages are made of. */
export interface Figures {
  readonly health: GuardHealth;
  readonly queues: QueueLengths;
  /** Why what is to outlive the process cannot be written at the moment; undefined while it can. */
  readonly storeTrouble: string | undefined;
  /** All jails, running or not, in the order of the configuration. */
  readonly jails: readonly JailStatus[];
  /** Bans that an action has refused at the last try. */
  readonly unmet: readonly Unmet[];
}
