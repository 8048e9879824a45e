import { cpus } from 'node:os';
import type { Seconds } from '@f2b/config';
import type { Flags } from '../../commandline/flags.js';
import { printableJson } from '../../printable.js';
import { chooseDirectory } from '../regex/config-directory.js';
import { type Advised, adviceFrom } from './advice.js';
import { Contestant } from './contestant.js';
import { type BenchLog, chooseLog } from './log.js';
import type { BenchOptions } from './options.js';
import { BenchProgress } from './progress.js';
import { benchReport } from './report.js';
import type { BenchResult, Dissection, FilterResult, Round } from './result.js';
import { spreadOf } from './statistics.js';
import { compileSubject } from './subject.js';

/** Until then the workers' code is still being compiled to its last form; a log that takes longer is scanned once. */
const warmUpSeconds: Seconds = 1;

/** A filter with all that was measured of it. */
interface Measured {
  readonly contestant: Contestant;
  readonly rounds: Round[];
  dissection: Dissection | undefined;
}

/**
 * Runs `f2b bench`.
 * @returns the exit code
 * @throws CliError, ConfigError, FilterError
 */
export async function runBench(options: BenchOptions, operands: readonly string[], flags: Flags): Promise<number> {
  const progress = new BenchProgress();
  const log = chooseLog(operands, options, (what) => progress.at(0, what));
  const interrupted = () => {
    log.dispose();
    process.exit(130);
  };
  process.once('SIGINT', interrupted);
  process.once('SIGTERM', interrupted);
  try {
    const result = await measure(log, options, flags, progress);
    progress.end();
    process.stdout.write(options.json ? `${printableJson(result, 2)}\n` : benchReport(result));
    return 0;
  } finally {
    progress.end();
    process.off('SIGINT', interrupted);
    process.off('SIGTERM', interrupted);
    log.dispose();
  }
}

async function measure(
  log: BenchLog,
  options: BenchOptions,
  flags: Flags,
  progress: BenchProgress,
): Promise<BenchResult> {
  const directory = chooseDirectory(options.config ?? flags.conf);
  const subjects = log.filters.map((text) => ({ text, directory, datepattern: options.datepattern }));
  // Here first: what is wrong with a filter is said before anything is measured.
  const compiled = subjects.map(compileSubject);
  const all: Measured[] = subjects.map((subject) => ({
    contestant: new Contestant(subject),
    rounds: [],
    dissection: undefined,
  }));
  try {
    await measureRounds(all, log, options, progress);
    for (const one of all) {
      progress.at(1, `taking ${one.contestant.subject.text} apart`);
      one.dissection = await one.contestant.dissect(one.rounds[0]!.hitsOf);
    }
  } finally {
    for (const { contestant } of all) contestant.close();
  }
  const [first] = all;
  const about = compiled.map(
    ({ settings, maxlines }, index): Advised => ({
      hits: all[index]!.rounds[0]!.hits,
      hasDatepattern: settings.datepattern !== undefined,
      maxlines,
    }),
  );
  return {
    log: { name: log.name, lines: first!.rounds[0]!.lines, bytes: log.bytes },
    machine: { cores: cpus().length, cpu: cpus()[0]?.model.trim() ?? 'unknown', node: process.version },
    filters: all.map((one, index) => filterResult(one, first!, about[index]!)),
  };
}

/** Filters take turns, so that whatever else the machine does meanwhile falls on all of them. */
async function measureRounds(
  all: readonly Measured[],
  log: BenchLog,
  options: BenchOptions,
  progress: BenchProgress,
): Promise<void> {
  for (const { contestant } of all) {
    progress.at(0, `warming up: ${contestant.subject.text}`);
    await contestant.open(log.path, options.workers);
    for (let warm = 0; warm < warmUpSeconds; ) warm += (await contestant.round()).wall;
  }
  for (let round = 0; round < options.rounds; round++) {
    for (const { contestant, rounds } of all) {
      progress.at(round / options.rounds, `round ${round + 1} of ${options.rounds}: ${contestant.subject.text}`);
      rounds.push(await contestant.round());
    }
  }
}

function filterResult({ contestant, rounds, dissection }: Measured, first: Measured, about: Advised): FilterResult {
  const linesPerSecond = spreadOf(rounds.map(({ lines, wall }) => lines / wall));
  return {
    name: contestant.subject.text,
    hits: rounds[0]!.hits,
    linesPerSecond,
    megabytesPerSecond: spreadOf(rounds.map(({ bytes, wall }) => bytes / 1e6 / wall)),
    cpuSeconds: spreadOf(rounds.map(({ cpu }) => cpu)),
    peakMemory: contestant.peakMemory,
    compile: contestant.compile,
    rounds: rounds.length,
    ratio: linesPerSecond.median / spreadOf(first.rounds.map(({ lines, wall }) => lines / wall)).median,
    expressionRatio: ratioOf(aloneCost(first.dissection!), aloneCost(dissection!)),
    dissection: dissection!,
    advice: adviceFrom(dissection!, about),
  };
}

/** What all failregex of a filter cost on one line, in microseconds, where none has the help of literals. */
function aloneCost({ expressions }: Dissection): number | undefined {
  const costs = expressions.filter(({ option }) => option === 'failregex').map((one) => one.microsecondsPerLine);
  return costs.reduce<number | undefined>(
    (all, one) => (all === undefined || one === undefined ? undefined : all + one),
    costs.length === 0 ? undefined : 0,
  );
}

function ratioOf(first: number | undefined, own: number | undefined): number | undefined {
  return first === undefined || own === undefined || own === 0 ? undefined : first / own;
}
