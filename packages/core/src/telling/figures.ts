import type { Bytes, Seconds } from '@f2b/config';
import type { JailStatus } from '../jails/status.js';
import type { GuardHealth } from './health.js';
import type { Histogram, JailTally, NewBan, SourceTally } from './tally.js';

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

/** How reading a log goes. `waiting`: it is not there yet. `failing`: it cannot be read, or its lines not be judged. */
export type SourceState = 'waiting' | 'failing' | 'catching up' | 'following';

/** A log that some jails read. */
export interface SourceStatus extends SourceTally {
  readonly log: string;
  readonly jails: readonly string[];
  readonly state: SourceState;
  /** Why it waits or fails. */
  readonly why: string | undefined;
  /** Bytes of it that are not judged yet; undefined for a journal, or where it cannot be looked at. */
  readonly behind: Bytes | undefined;
}

/** A jail, with what happened in it since the guard was started. */
export interface JailFigures extends JailStatus {
  readonly tally: JailTally;
  readonly maxretry: number | undefined;
  readonly findtime: Seconds | undefined;
  /** Negative: for ever. */
  readonly bantime: Seconds | undefined;
}

/** Everything that the guard can say of itself in figures, at one moment: what status, metrics and pages are made of. */
export interface Figures {
  readonly health: GuardHealth;
  readonly queues: QueueLengths;
  /** Why what is to outlive the process cannot be written at the moment; undefined while it can. */
  readonly storeTrouble: string | undefined;
  /** All jails, running or not, in the order of the configuration. */
  readonly jails: readonly JailFigures[];
  readonly sources: readonly SourceStatus[];
  /** The newest of the bans in force, the newest first. */
  readonly newest: readonly NewBan[];
  readonly lineToBan: Histogram;
  /** Problems that were told since the start, by code. */
  readonly problems: Readonly<Record<string, number>>;
  /** Bans that an action has refused at the last try. */
  readonly unmet: readonly Unmet[];
}
