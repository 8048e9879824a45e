import type { Ban } from '../jails/book/bans.js';
import { type BanHistory, MemoryBanHistory } from '../jails/growth/increment.js';
import type { FilePlace } from '../sources/source.js';

/**
 * What outlives the process. Every decision is told here before it is acted on. All calls return at once: enforcement never
 * waits for storage, so an implementation that writes to disk does so behind these calls.
 */
export interface Store {
  readonly history: BanHistory;
  /** Bans of a jail that were in force when the last process stopped and still are, each with its number of bans so far. */
  restore(jail: string): readonly Omit<Ban, 'restored' | 'since'>[];
  ban(jail: string, ban: Readonly<Ban>): void;
  /** Lifted by hand or ended; not called for bans that are only taken down because the guard stops. */
  unban(jail: string, id: string): void;
  position(path: string): FilePlace | undefined;
  positions(positions: readonly FilePlace[]): void;
  close(): Promise<void>;
}

/**
 * Remembers as long as the process lives: a guard that is killed begins anew, reads each log from where findtime begins, counts
 * what it finds there again, and knows nothing of the bans that were in force.
 */
export function openMemoryStore(): Store {
  const positions = new Map<string, FilePlace>();
  return {
    history: new MemoryBanHistory(),
    restore: () => [],
    ban() {},
    unban() {},
    position: (path) => positions.get(path),
    positions(current) {
      for (const position of current) positions.set(position.log, position);
    },
    async close() {},
  };
}
