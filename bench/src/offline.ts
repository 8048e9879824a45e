import { closeSync, fsyncSync, openSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Bytes, EpochMs } from '@f2b/config';
import { type LogKindName, logKinds, median, writeGeneratedLog } from 'f2b';
import { type Contender, contenders, f2b, fail2banRegex } from './contenders.js';
import { type ProcessCost, processCost } from './process-cost.js';
import { compareTexts, type RowComparison } from './rows.js';

export interface Offline {
  readonly kind: LogKindName;
  /** Share of attacks, 0 to 1. */
  readonly hitRate: number;
}

/** One contender on one log. */
export interface Figure {
  readonly contender: string;
  readonly lines: number;
  readonly linesPerSecond: number;
  readonly megabytesPerSecond: number;
  /** Of the rounds: slowest to fastest, lines per second. */
  readonly spread: readonly [number, number];
  readonly cpuSeconds: number;
  readonly peakMemory: Bytes;
}

export interface OfflineResult extends Offline {
  readonly filter: string;
  readonly figures: readonly Figure[];
  /** Rows that f2b and fail2ban-regex print for the same log, compared; undefined without fail2ban. */
  readonly sameRows: RowComparison | undefined;
}

export interface OfflineOptions {
  readonly directory: string;
  readonly lines: number;
  readonly rounds: number;
  /** Time of each log's last line. */
  readonly until: EpochMs;
  say(what: string): void;
}

export const seed = 20_261_123;

/** What needs longer than this a run is not run again. */
const longRun = 20;

/** Runs all contenders that can read this kind of log on it, `rounds` times each, and compares the rows of f2b and fail2ban-regex. */
export function measureOffline(task: Offline, options: OfflineOptions): OfflineResult {
  const { filter } = logKinds[task.kind];
  const present = contenders.filter((one) => one.available && one.kinds.includes(task.kind));
  const name = `${task.kind}, ${Number((task.hitRate * 100).toFixed(1))} % hits`;
  const linesOf = (one: Contender) => Math.min(one.mostLines, options.lines);
  const logs = new Map<number, string>();
  for (const lines of new Set(present.map(linesOf))) {
    options.say(`${name}: writing ${lines} lines`);
    const log = join(options.directory, `${task.kind}-${lines}.log`);
    writeGeneratedLog(log, { ...task, lines, seed, until: options.until });
    waitForDisk(log);
    logs.set(lines, log);
  }
  const logOf = (one: Contender) => logs.get(linesOf(one))!;
  const runs = takeTurns(present, task, options, (one) => one.command(logOf(one), filter), name);
  const figures = present.map((one) => figure(one, linesOf(one), statSync(logOf(one)).size, runs.get(one)!));
  let sameRows: RowComparison | undefined;
  if (present.includes(fail2banRegex)) {
    options.say(`${name}: comparing rows`);
    const ours = processCost(options.directory, 'rows', f2b.command(logOf(fail2banRegex), filter));
    const theirs = runs.get(fail2banRegex)!.at(-1)!;
    sameRows = compareTexts(readFileSync(ours.output, 'utf8'), readFileSync(theirs.output, 'utf8'));
  }
  for (const log of logs.values()) rmSync(log);
  return { ...task, filter, figures, sameRows };
}

/** Contenders take turns, so that whatever else the machine does meanwhile falls on all of them. */
function takeTurns(
  present: readonly Contender[],
  task: Offline,
  options: OfflineOptions,
  commandOf: (one: Contender) => readonly string[],
  name: string,
): Map<Contender, ProcessCost[]> {
  const runs = new Map<Contender, ProcessCost[]>(present.map((one) => [one, []]));
  for (let round = 1; round <= options.rounds; round++) {
    for (const [one, done] of runs) {
      if (done[0] !== undefined && done[0].wall > longRun) continue;
      options.say(`${name}: ${one.name}, round ${round}`);
      const command = commandOf(one);
      const run = processCost(options.directory, one.name, command);
      // fail2ban-regex calls a log without failures a failure.
      if (!one.succeeded(run.status) && task.hitRate > 0) {
        throw new Error(`${command.join(' ')} ended with status ${run.status}`);
      }
      done.push(run);
    }
  }
  return runs;
}

function figure(one: Contender, lines: number, bytes: Bytes, runs: readonly ProcessCost[]): Figure {
  const walls = runs.map(({ wall }) => wall);
  const wall = median(walls);
  return {
    contender: one.name,
    lines,
    linesPerSecond: lines / wall,
    megabytesPerSecond: bytes / 1e6 / wall,
    spread: [lines / Math.max(...walls), lines / Math.min(...walls)],
    cpuSeconds: median(runs.map(({ cpu }) => cpu)),
    peakMemory: Math.max(...runs.map(({ peakMemory }) => peakMemory)),
  };
}

/** What was written is written to the disk while nobody is measured, not beside the first who are. */
export function waitForDisk(file: string): void {
  const fd = openSync(file, 'r');
  fsyncSync(fd);
  closeSync(fd);
}
