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
  readonly kind: SizedKind;
  readonly lines: number;
  readonly output: Output;
  /** Whether the log had to come from the disk. */
  readonly cold: boolean;
  readonly f2b: Seconds;
  /** Undefined where it is not installed, or for a log from the disk that is longer than it is given. */
  readonly fail2ban: Seconds | undefined;
  /** Lines that fail2ban-regex was given; fewer than `lines`: `fail2ban` is what all would take at that rate. */
  readonly fail2banLines: number;
}

type SizedKind = 'sshd' | 'gateway';

const sizes = [200, 1_000, 10_000, 100_000, 1_000_000, 8_000_000];
const hitRate = 0.05;
/** Lines that fail2ban-regex is given at most. */
const slowLines = 100_000;
/** What takes a moment is measured more often: other processes' moments show in it. */
const shortRounds = 7;
const shortLines = 10_000;
/** Once its rounds have taken so long, a command is not run again. */
const enough: Seconds = 2.5;

/** The outputs of a log of one kind, and whether it comes from the page cache. */
interface Variant {
  readonly kind: SizedKind;
  readonly cold: boolean;
  readonly outputs: readonly Output[];
}

const variants: readonly Variant[] = [
  { kind: 'sshd', cold: false, outputs: outputNames },
  { kind: 'sshd', cold: true, outputs: ['report', 'row'] },
  { kind: 'gateway', cold: false, outputs: ['report', 'fields'] },
];

/** Times logs from a few lines to many, from the page cache and from the disk. */
export function measureSizes(options: OfflineOptions): SizeFigure[] {
  return variants.flatMap((variant) => {
    /** fail2ban-regex's seconds a line on the longest log that it was given. */
    const rates = new Map<Output, Seconds>();
    return sizes
      .filter((lines) => lines <= options.lines)
      .flatMap((lines) => measureSize(variant, lines, rates, options));
  });
}

function measureSize(
  { kind, cold, outputs }: Variant,
  lines: number,
  rates: Map<Output, Seconds>,
  options: OfflineOptions,
): SizeFigure[] {
  const { filter, write } = measuredLogs[kind];
  const log = join(options.directory, `size-${kind}-${lines}.log`);
  write(log, { lines, hitRate, until: options.until });
  waitForDisk(log);
  const { size } = statSync(log);
  const rounds = lines <= shortLines ? Math.max(shortRounds, options.rounds) : options.rounds;
  const figures: SizeFigure[] = [];
  for (const output of outputs) {
    options.say(`sizes: ${kind}, ${lines} lines, ${output}, ${cold ? 'from the disk' : 'from the cache'}`);
    const ours: ProcessCost[] = [];
    const theirs: ProcessCost[] = [];
    for (let round = 0; round < rounds; round++) {
      if (sum(ours) < enough) ours.push(run(f2bRegex(output, log, filter)));
      if (hasFail2ban && lines <= slowLines && sum(theirs) < enough)
        theirs.push(run(fail2banRegex(output, log, filter)));
    }
    // Where the page cache keeps the file all the same (a file system in memory), there is nothing cold to measure.
    if (cold && ours.some(({ diskRead }) => diskRead < size)) break;
    if (theirs.length > 0) rates.set(output, wall(theirs) / lines);
    const rate = cold && theirs.length === 0 ? undefined : rates.get(output);
    figures.push({
      kind,
      lines,
      output,
      cold,
      f2b: wall(ours),
      fail2ban: rate && rate * lines,
      fail2banLines: Math.min(lines, slowLines),
    });
  }
  rmSync(log);
  return figures;

  function run(command: readonly string[]): ProcessCost {
    const cost = processCost(options.directory, 'sizes', command, cold ? log : '');
    if (cost.status !== 0) throw new Error(`${command.join(' ')} ended with status ${cost.status}`);
    return cost;
  }
}

const sum = (costs: readonly ProcessCost[]) => costs.reduce((all, { wall }) => all + wall, 0);
const wall = (costs: readonly ProcessCost[]) => median(costs.map((cost) => cost.wall));
