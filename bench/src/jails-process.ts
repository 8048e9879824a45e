/** Measures the scan of one log for many jails at once: `jails-process.js LOG ROUNDS CONFIG FILTER...`, one jail for each FILTER. */
import { closeSync, fstatSync, openSync } from 'node:fs';
import { readOneFilter } from '@f2b/config';
import { compileFilter, openPool, sampleFile, scanFile } from '@f2b/matcher';
import { median } from 'f2b';

/** What this program prints as JSON. */
export interface JailsCost {
  readonly jails: number;
  readonly failregex: number;
  readonly lines: number;
  readonly hits: number;
  /** Of the scan alone, medians. */
  readonly cpuSeconds: number;
  readonly wallSeconds: number;
}

const [log = '', roundsText = '1', directory = '', ...names] = process.argv.slice(2);
const filters = names.map((name) => compileFilter(readOneFilter(name, { directory, backend: 'auto' })!));
const pool = openPool();
const costs: { cpu: number; wall: number }[] = [];
let lines = 0;
let hits = 0;
for (let round = 0; round <= Number(roundsText); round++) {
  const fd = openSync(log, 'r');
  const file = { fd, start: 0, end: fstatSync(fd).size, takeLast: true };
  if (round === 0) pool.register('log', filters, sampleFile(file));
  const before = process.cpuUsage();
  const began = performance.now();
  lines = 0;
  hits = 0;
  for await (const { result } of scanFile(pool, 'log', file, { now: Date.now() })) {
    lines += result.lines;
    hits += result.matches.length;
  }
  const { user, system } = process.cpuUsage(before);
  closeSync(fd);
  // The first round compiles the filters in the workers.
  if (round > 0) costs.push({ cpu: (user + system) / 1e6, wall: (performance.now() - began) / 1000 });
}
await pool.close();
const cost: JailsCost = {
  jails: filters.length,
  failregex: filters.reduce((all, { failregex }) => all + failregex.length, 0),
  lines,
  hits,
  cpuSeconds: median(costs.map(({ cpu }) => cpu)),
  wallSeconds: median(costs.map(({ wall }) => wall)),
};
process.stdout.write(`${JSON.stringify(cost)}\n`);
