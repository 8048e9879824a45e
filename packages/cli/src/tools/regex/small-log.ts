import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { Bytes } from '@f2b/config';

/** Up to this a file is scanned here, and as it is: to start workers, or to have V8 optimise, takes longer than it saves. */
export const smallBytes: Bytes = 24 * 1024 * 1024;

/** Whether it is a file of which that is known. */
export function isSmallFile(path: string): boolean {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat?.isFile() === true && stat.size <= smallBytes;
}

/** Threads beside this one, which scans too, that a log is worth. */
export function workersWorth(path: string): number {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined || !stat.isFile() || stat.size <= smallBytes) return 0;
  // This thread scans, too.
  return Math.min(4, availableParallelism()) - 1;
}
