import type { Unmet } from '../acts/enforcer.js';
import type { GuardHealth } from './health.js';
import type { JailStatus } from './status.js';

/** Work that waits, by who it waits for. */
export interface QueueLengths {
  /** Bans that are wanted and do not hold yet: orders under way, and those that failed and will be tried again. */
  readonly enforcement: number;
  /** Look-ups of names and ignorecommands that are unanswered. */
  readonly questions: number;
  /** Failures and changes of bans that a failing store has not taken yet. */
  readonly store: number;
}

/** Everything that the guard can say of itself in figures, at one moment: what status, metrics and pages are made of. */
export interface Figures {
  readonly health: GuardHealth;
  readonly queues: QueueLengths;
  /** All jails, running or not, in the order of the configuration. */
  readonly jails: readonly JailStatus[];
  /** Bans that an action has refused at the last try. */
  readonly unmet: readonly Unmet[];
}
