import { closeSync, fstatSync, openSync, statSync } from 'node:fs';
import {
  type CompiledFilter,
  openPool,
  type ScanContext,
  type ScanPool,
  type ScanResult,
  sampleFile,
  scanFile,
} from '@f2b/matcher';
import { scanLog } from '../regex/log.js';
import type { Round } from './result.js';

/** Scans a whole log again and again with workers that stay: what is timed is the scan, not the start of threads. */
export class Rounds {
  readonly #pool: ScanPool;

  constructor(
    readonly filter: CompiledFilter,
    readonly log: string,
    workers: number | undefined,
  ) {
    this.#pool = openPool(workers === undefined ? {} : { workers });
    if (filter.maxlines > 1) return;
    const fd = openSync(log, 'r');
    try {
      this.#pool.register('bench', [filter], sampleFile({ fd, start: 0, end: fstatSync(fd).size }));
    } finally {
      closeSync(fd);
    }
  }

  /** One scan, timed. Results are read to the failregex that matched, as whoever counts them must. */
  async round(): Promise<Round> {
    const hitsOf = this.filter.failregex.map(() => 0);
    let lines = 0;
    let hits = 0;
    const cpuBefore = process.cpuUsage();
    const began = performance.now();
    for await (const result of this.#results({ now: Date.now() })) {
      lines += result.lines;
      for (const { regex } of result.matches) {
        hitsOf[regex]!++;
        hits++;
      }
    }
    const wall = (performance.now() - began) / 1000;
    const { user, system } = process.cpuUsage(cpuBefore);
    return { wall, cpu: (user + system) / 1e6, lines, bytes: statSync(this.log).size, hits, hitsOf };
  }

  async *#results(context: ScanContext): AsyncGenerator<Pick<ScanResult, 'lines' | 'matches'>> {
    if (this.filter.maxlines > 1) {
      // What keeps lines reads them in order, on one thread.
      for await (const { result } of scanLog(this.log, { filter: this.filter, context })) yield result;
      return;
    }
    const fd = openSync(this.log, 'r');
    try {
      const file = { fd, start: 0, end: fstatSync(fd).size, takeLast: true };
      for await (const { result } of scanFile(this.#pool, 'bench', file, context)) yield result;
    } finally {
      closeSync(fd);
    }
  }

  close(): Promise<void> {
    return this.#pool.close();
  }
}
