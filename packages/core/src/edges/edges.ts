import type { AskIgnoreCommand } from '../acts/ignore-command.js';
import type { Clock } from '../clock.js';
import type { Resolve } from '../jails/who/dns.js';
import type { ListReader } from '../jails/who/ignore-file.js';
import type { Files } from '../sources/files/files.js';
import type { Watch } from '../sources/files/watcher.js';
import type { Memory } from './memory.js';

/** Everything that the guard asks of the world outside, besides the scan pool and the firewall. */
export interface Edges {
  readonly clock: Clock;
  readonly files: Files;
  readonly watch: Watch;
  readonly resolve: Resolve;
  readonly memory: Memory;
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
