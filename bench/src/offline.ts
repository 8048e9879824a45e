import { closeSync, fsyncSync, openSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Bytes, EpochMs, Seconds } from '@f2b/config';
import { median } from 'f2b';
import { type Contender, contenders, f2bRegex, nameOf } from './contenders.js';
import { type MeasuredKind, measuredLogs } from './logs/kinds.js';
import type { Output } from './outputs.js';
import { type ProcessCost, processCost } from './process-cost.js';
import { compareOutputs, type OutputComparison } from './same-output.js';

export interface Offline {
  readonly kind: MeasuredKind;
  /** Share of attacks, 0 to 1. */
  readonly hitRate: number;
}

/** One contender on one log. */
export interface Figure {
  readonly program: string;
  readonly output: Output | undefined;
  readonly lines: number;
  readonly linesPerSecond: number;
  readonly megabytesPerSecond: number;
  /** Of the rounds: slowest to fastest, lines per second. */
  readonly spread: readonly [number, number];
  readonly cpuSeconds: number;
  readonly peakMemory: Bytes;
}

export interface OfflineResult extends Offline {
  readonly figures: readonly Figure[];
  /** What f2b and fail2ban-regex print for the same log, compared for each output; none without fail2ban. */
  readonly same: readonly OutputComparison[];
}

export interface OfflineOptions {
  readonly directory: string;
  readonly lines: number;
  readonly rounds: number;
  /** Time of each log's last line. */
  readonly until: EpochMs;
  say(what: string): void;
}

/** Once its rounds have taken so long, a contender is not run again: the slow show their rate in one. */
const enough: Seconds = 3.5;

/** Runs all contenders that can read this kind of log on it, `rounds` times each, and compares what f2b and fail2ban-regex print. */
export function measureOffline(task: Offline, options: OfflineOptions): OfflineResult {
  const { kind } = task;
  const present = contenders.filter((one) => one.reads(kind));
  const name = `${kind}, ${Number((task.hitRate * 100).toFixed(1))} % hits`;
  const linesOf = (one: Contender) => Math.min(one.mostLines, options.lines);
  const logs = new Map<number, string>();
  for (const lines of new Set(present.map(linesOf))) {
    options.say(`${name}: writing ${lines} lines`);
    const log = join(options.directory, `${kind}-${lines}.log`);
    measuredLogs[kind].write(log, { ...task, lines, until: options.until });
    waitForDisk(log);
    logs.set(lines, log);
  }
  const logOf = (one: Contender) => logs.get(linesOf(one))!;
  const runs = takeTurns(present, task, options, logOf, name);
  const figures = present.map((one) => figure(one, linesOf(one), statSync(logOf(one)).size, runs.get(one)!));
  const same = present
    .filter(({ program }) => program === 'fail2ban-regex')
    .map((one) => {
      options.say(`${name}: comparing ${nameOf(one)}`);
      const output = one.output!;
      const own = processCost(options.directory, 'own', f2bRegex(output, logOf(one), measuredLogs[kind].filter));
      const printed = (run: ProcessCost) => readFileSync(run.output, 'utf8');
      return compareOutputs(output, printed(own), printed(runs.get(one)!.at(-1)!));
    });
  for (const log of logs.values()) rmSync(log);
  return { ...task, figures, same };
}

/** Contenders take turns, so that whatever else the machine does meanwhile falls on all of them. */
function takeTurns(
  present: readonly Contender[],
  { kind, hitRate }: Offline,
  options: OfflineOptions,
  logOf: (one: Contender) => string,
  name: string,
): Map<Contender, ProcessCost[]> {
  const runs = new Map<Contender, ProcessCost[]>(present.map((one) => [one, []]));
  for (let round = 1; round <= options.rounds; round++) {
    for (const [one, done] of runs) {
      if (done.reduce((sum, { wall }) => sum + wall, 0) > enough) continue;
      options.say(`${name}: ${nameOf(one)}, round ${round}`);
      const command = one.command(logOf(one), kind);
      const run = processCost(options.directory, nameOf(one), command);
      // fail2ban-regex calls a log without failures a failure.
      if (!one.succeeded(run.status) && hitRate > 0) {
        throw new Error(`${command.join(' ')} ended with status ${run.status}`);
      }
      done.push(run);
    }
  }
  return runs;
}

function figure({ program, output }: Contender, lines: number, bytes: Bytes, runs: readonly ProcessCost[]): Figure {
  const walls = runs.map(({ wall }) => wall);
  const wall = median(walls);
  return {
    program,
    output,
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
