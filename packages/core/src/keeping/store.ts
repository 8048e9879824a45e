import type { EpochMs, Seconds } from '@f2b/config';
import type { Ban } from '../jails/book/bans.js';
import type { CountedFailure, Failure } from '../jails/book/failures.js';
import type { BanHistory } from '../jails/growth/increment.js';
import type { Place } from '../sources/source.js';

/** Where one jail goes on reading one log: jails that share a log may have begun at different times. */
export interface KeptPlace {
  readonly jail: string;
  readonly place: Place;
}

/** A failure that was counted, known by its jail, the log that its line stands in, the line's offset, and whom it is of. */
export interface KeptFailure extends Failure {
  readonly jail: string;
  /** As how many failures it counted. */
  readonly weight: number;
}

/** What became of a ban. */
export type BanChange =
  /** It is new: the failures that led to it are spent. */
  | { readonly kind: 'made'; readonly jail: string; readonly ban: Readonly<Ban> }
  /** A ban of an earlier process is in force again: nothing new has happened. */
  | { readonly kind: 'restored'; readonly jail: string; readonly ban: Readonly<Ban> }
  /** It ends later than it did. */
  | { readonly kind: 'prolonged'; readonly jail: string; readonly ban: Readonly<Ban> }
  /** Somebody who is banned already would have been banned again: the failures that led to it are spent, and nothing else changes. */
  | { readonly kind: 'spent'; readonly jail: string; readonly id: string }
  /** Its time is over: it is history, by which later bans grow. */
  | { readonly kind: 'ended'; readonly jail: string; readonly id: string }
  /** Taken back by hand: ban, history and failures are forgotten. Also said of somebody who was not banned. */
  | { readonly kind: 'lifted'; readonly jail: string; readonly id: string };

/** What followed from a stretch of a log, or from the passing of time: kept as a whole or not at all. */
export interface Step {
  readonly failures: readonly KeptFailure[];
  readonly bans: readonly BanChange[];
  /** Behind portions that are settled: all that follows from them is in this step or an earlier one. */
  readonly places: readonly KeptPlace[];
}

/** A ban in force, as a store gives it back: with the number of bans until then. */
export type KeptBan = Omit<Ban, 'restored' | 'since'>;

/**
 * What outlives the process. All calls return at once, and enforcement never waits for them. A failure that is committed again
 * changes nothing: after a crash the lines behind the last place are read again.
 */
export interface Store {
  /** The bans so far, for growing ban times. What the judge records here is at once to be found here; it lasts with the step. */
  readonly history: BanHistory;
  /** Why nothing can be kept at the moment; undefined while all is well. */
  readonly trouble: string | undefined;
  /** A jail runs from now on, by this findtime: older failures of it need not be kept. */
  begin(jail: string, findtime: Seconds): void;
  /** Calls back once, if what an earlier process left could not be read so far and now can be: its bans go on. */
  onceReadable(then: () => void): void;
  /**
   * Keeps a step: at once, or by when the promise resolves. Steps are kept in their order; behind one that fails none is, until it is
   * offered again.
   * @throws when nothing of it could be kept; it is then offered again, with what came meanwhile
   */
  commit(step: Step): void | Promise<void>;
  /** Too much is under way: waits a moment, without the event loop, for some of it to be kept. */
  holdUp?(): void;
  /** Nobody reads failures back: they need not be told. */
  readonly forgetsFailures?: boolean;
  place(jail: string, log: string): Place | undefined;
  /** Failures of a jail that happened at `time` or later, oldest first. */
  failuresSince(jail: string, time: EpochMs): readonly CountedFailure[];
  /** Bans of a jail that were made, and have neither ended nor been lifted; whoever asks looks at their ends. */
  bans(jail: string): readonly KeptBan[];
  /** Goes by other bounds from now on: how old bans may get, and how many lines are kept with each. */
  limit?(bounds: { readonly purgeAge: Seconds; readonly maxMatches: number }): void;
  close(): Promise<void>;
}
