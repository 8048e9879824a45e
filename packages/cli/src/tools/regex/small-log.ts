import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { Bytes } from '@f2b/config';

/** Below this a file is scanned here: workers take longer to start. */
export const smallBytes: Bytes = 3 * 1024 * 1024;
/** Threads beside this one, which scans too, that a log is worth. */
export function workersWorth(path: string): number {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined || !stat.isFile() || stat.size <= smallBytes) return 0;
  // This thread scans, too.
  return Math.min(4, availableParallelism()) - 1;
}
