import { totalmem } from 'node:os';
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Bytes } from '@f2b/config';

/** How much memory there is, and how much of it the process takes. */
export interface Memory {
  /** What the process may take: a control group's limit, or the machine's memory. */
  limit(): Bytes;
  /** What its heap may take (`--max-old-space-size`). */
  heapLimit(): Bytes;
  /** What it takes. */
  used(): Bytes;
  /** Has what nobody needs any more collected at once, which holds the main thread for a tenth of a second. */
  collect(): void;
}

/** A control group without a limit says a number beyond all memory. */
export const realMemory: Memory = {
  limit() {
    const limit = process.constrainedMemory();
    return limit > 0 ? Math.min(limit, totalmem()) : totalmem();
  },
  heapLimit: () => getHeapStatistics().heap_size_limit,
  used() {
    try {
      return process.memoryUsage.rss();
    } catch {
      // To know it a file is opened, and there may be no descriptor left: the heap, at least, is known.
      const { total_heap_size, external_memory } = getHeapStatistics();
      return total_heap_size + external_memory;
    }
  },
  collect() {
    setFlagsFromString('--expose-gc');
    (runInNewContext('gc') as () => void)();
  },
};
