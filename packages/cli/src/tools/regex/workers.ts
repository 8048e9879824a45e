import { openPool, type ScanPool } from '@f2b/matcher';

/** So many workers, already starting: that takes as long as reading the configuration, which goes on meanwhile. The caller closes the pool. */
export function startWorkers(workers: number): ScanPool {
  const pool = openPool({ workers, ahead: 2 });
  // Workers that cannot start are reported by the scan, with what it was about.
  pool.warm(Date.now()).catch(() => undefined);
  return pool;
}
