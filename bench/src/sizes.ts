import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Seconds } from '@f2b/config';
import { median } from 'f2b';
import { f2bRegex, fail2banRegex, hasFail2ban } from './contenders.js';
import { measuredLogs } from './logs/kinds.js';
import { type OfflineOptions, waitForDisk } from './offline.js';
import { type Output, outputNames } from './outputs.js';
import { type ProcessCost, processCost } from './process-cost.js';

/** One output of one log, by f2b and by fail2ban-regex. */
export interface SizeFigure {
  readonly lines: number;
  readonly output: Output;
  /** Whether the log had to come from the disk. */
  readonly cold: boolean;
  readonly f2b: Seconds;
  /** Undefined where it is not installed, or the log is longer than it is given. */
  readonly fail2ban: Seconds | undefined;
}

const sizes = [200, 1_000, 10_000, 100_000, 1_000_000, 8_000_000];
const hitRate = 0.05;
/** Lines that fail2ban-regex is given at most. */
const slowLines = 100_000;
/** What takes a moment is measured more often: other processes' moments show in it. */
const shortRounds = 7;
const shortLines = 10_000;
const filter = measuredLogs.sshd.filter;

/** Times logs from a few lines to many, each output, from the page cache and from the disk. */
export function measureSizes(options: OfflineOptions): SizeFigure[] {
  return sizes.filter((lines) => lines <= options.lines).flatMap((lines) => measureSize(lines, options));
}

function measureSize(lines: number, options: OfflineOptions): SizeFigure[] {
  const log = join(options.directory, `size-${lines}.log`);
  measuredLogs.sshd.write(log, { lines, hitRate, until: options.until });
  waitForDisk(log);
  const { size } = statSync(log);
  const rounds = lines <= shortLines ? Math.max(shortRounds, options.rounds) : options.rounds;
  const figures: SizeFigure[] = [];
  for (const cold of [false, true]) {
    for (const output of outputNames) {
      options.say(`sizes: ${lines} lines, ${output}, ${cold ? 'from the disk' : 'from the cache'}`);
      const ours: ProcessCost[] = [];
      const theirs: ProcessCost[] = [];
      for (let round = 0; round < rounds; round++) {
        ours.push(run(f2bRegex(output, log, filter), cold ? log : ''));
        if (hasFail2ban && lines <= slowLines) theirs.push(run(fail2banRegex(output, log, filter), cold ? log : ''));
      }
      // Where the page cache keeps the file all the same (a file system in memory), there is nothing cold to measure.
      if (cold && ours.some(({ diskRead }) => diskRead < size)) continue;
      figures.push({ lines, output, cold, f2b: wall(ours), fail2ban: theirs.length > 0 ? wall(theirs) : undefined });
    }
  }
  rmSync(log);
  return figures;

  function run(command: readonly string[], cold: string): ProcessCost {
    const cost = processCost(options.directory, 'sizes', command, cold);
    if (cost.status !== 0) throw new Error(`${command.join(' ')} ended with status ${cost.status}`);
    return cost;
  }
}

const wall = (costs: readonly ProcessCost[]) => median(costs.map((cost) => cost.wall));
