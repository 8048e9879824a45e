import type { EpochMs, Milliseconds } from '@f2b/config';
import type { AskIgnoreCommand } from '../acts/ignore-command.js';
import type { Resolve } from '../jails/who/dns.js';
import type { ListReader } from '../jails/who/ignore-file.js';
import type { Files } from '../sources/files/files.js';
import type { Watch } from '../sources/files/watcher.js';

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

/** Everything that the guard asks of the world outside, besides the scan pool and the firewall. */
export interface Edges {
  readonly clock: Clock;
  readonly files: Files;
  readonly watch: Watch;
  readonly resolve: Resolve;
  /** Addresses of the host's interfaces, as text. */
  ownAddresses(): readonly string[];
  readonly lists: ListReader;
  /** Whether the host speaks IPv6. */
  ipv6(): boolean;
  /** In [0, 1). */
  random(): number;
  /** Asks a jail's ignorecommand. */
  readonly ignoreCommand: AskIgnoreCommand;
  /** Files that a pattern (`* ? [..]`) names now. */
  glob(pattern: string): readonly string[];
}
