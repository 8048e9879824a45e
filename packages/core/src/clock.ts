import type { EpochMs, Milliseconds } from '@f2b/config';

/** Time as the guard needs it; the only clock there is in this package. */
export interface Clock {
  now(): EpochMs;
  /** Counts up whatever is done to the clock: for how long something took. */
  elapsed(): Milliseconds;
  /** Calls `then` after a while; gives a function that calls it off. A waiting call does not keep the process alive. */
  after(delay: Milliseconds, then: () => void): () => void;
  /** Lets whatever else is ready go first. */
  pause(): Promise<void>;
}
