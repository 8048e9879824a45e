import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync, readdirSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readOneFilter, type Seconds } from '@f2b/config';
import { compileFilter } from '@f2b/matcher';
import { f2bRegex, fail2banRegex } from './contenders.js';
import { hardFilters } from './hard-filters.js';
import { type OfflineOptions, waitForDisk } from './offline.js';
import { processCost } from './process-cost.js';
import { compareOutputs } from './same-output.js';

/** One filter on lines of its own, repeated. */
export interface FilterFigure {
  /** Its name, and whose it is where it is not an installed one's. */
  readonly filter: string;
  /** What judges its expressions, and what makes them slow. */
  readonly engine: string;
  readonly lines: number;
  readonly seconds: Seconds;
  readonly linesPerSecond: number;
  /** fail2ban-regex on fewer of the same lines, its start left out. */
  readonly fail2banLinesPerSecond: number;
  /** Whether both counted the same lines as matched, ignored and missed. */
  readonly same: boolean;
}

const mostLines = 200_000;
/** fail2ban-regex shows its rate on a part of them. */
const leastFewer = 2_000;
const fewerShare = 40;
const ownFilters = fileURLToPath(new URL('../../packages/cli/defaults/filter.d', import.meta.url));

/**
 * Has `f2b regex` and `fail2ban-regex` report on a log of each filter's own samples, for every installed filter that has some, and on logs
 * of filters that were written to be hard.
 * @returns the slowest first; undefined where fail2ban or its samples are not installed
 */
export function measureFilters(configuration: string, options: OfflineOptions): FilterFigure[] | undefined {
  const samples = sampleDirectory();
  if (samples === undefined) return undefined;
  const lines = Math.min(options.lines, mostLines);
  const tasks = [...filterFiles(join(configuration, 'filter.d')), ...filterFiles(ownFilters)].flatMap((file) => {
    const own = file.startsWith(ownFilters);
    const name = basename(file, '.conf');
    const text = samplesOf(join(samples, name));
    const engine = engineOf(own ? file : name, configuration);
    return text === undefined || engine === undefined
      ? []
      : [{ shown: own ? `f2b's ${name}` : name, spec: own ? file : name, engine, text, lines }];
  });
  const hard = hardFilters().map(({ shown, file, text }) => {
    return { shown: `hard: ${shown}`, spec: file, engine: engineOf(file, configuration) ?? 'broken', text, lines };
  });
  const figures = [...tasks, ...hard].map((task) => measureFilter(task, options));
  return figures.sort((a, b) => b.seconds - a.seconds);
}

interface FilterTask {
  readonly shown: string;
  /** As a command takes it. */
  readonly spec: string;
  readonly engine: string;
  readonly text: readonly Buffer[];
  readonly lines: number;
}

function measureFilter({ shown, spec, engine, text, lines }: FilterTask, options: OfflineOptions): FilterFigure {
  options.say(`filters: ${shown}`);
  const log = join(options.directory, 'filter.log');
  const beginning = join(options.directory, 'filter-beginning.log');
  const one = join(options.directory, 'filter-one.log');
  const fewer = Math.min(lines, Math.max(leastFewer, lines / fewerShare));
  writeRepeated(log, text, lines);
  writeRepeated(beginning, text, fewer);
  writeRepeated(one, text, 1);
  const ours = processCost(options.directory, 'filter', f2bRegex('report', log, spec));
  const oursOnFewer = processCost(options.directory, 'filter-ours', f2bRegex('report', beginning, spec));
  const theirs = processCost(options.directory, 'filter-theirs', fail2banRegex('report', beginning, spec));
  const start = processCost(options.directory, 'filter-start', fail2banRegex('report', one, spec));
  const [own, other] = [oursOnFewer, theirs].map(({ output }) => readFileSync(output, 'utf8'));
  for (const file of [log, beginning, one]) rmSync(file);
  return {
    filter: shown,
    engine,
    lines,
    seconds: ours.wall,
    linesPerSecond: lines / ours.wall,
    fail2banLinesPerSecond: (fewer - 1) / Math.max(theirs.wall - start.wall, 0.001),
    same: compareOutputs('report', own!, other!).different === 0,
  };
}

/** Where the installed fail2ban keeps the sample logs of its filters. */
function sampleDirectory(): string | undefined {
  const script = 'import fail2ban, os; print(os.path.dirname(fail2ban.__file__))';
  const { status, stdout } = spawnSync('/usr/bin/python3', ['-c', script], { encoding: 'utf8' });
  const directory = join(stdout?.trim() ?? '', 'tests', 'files', 'logs');
  return status === 0 && existsSync(directory) ? directory : undefined;
}

function filterFiles(directory: string): string[] {
  return readdirSync(directory)
    .filter((file) => file.endsWith('.conf') && !/-?common\.conf$/.test(file))
    .sort()
    .map((file) => join(directory, file));
}

/** The log lines of a file of samples, each with its end; undefined where there is none. */
function samplesOf(file: string): Buffer[] | undefined {
  if (!existsSync(file)) return undefined;
  const bytes = readFileSync(file);
  const lines: Buffer[] = [];
  for (let start = 0; start < bytes.length; ) {
    const newline = bytes.indexOf(0x0a, start);
    const end = newline < 0 ? bytes.length : newline + 1;
    const line = bytes.subarray(start, end);
    // Comments say what is expected of the samples.
    if (line[0] !== 0x23 && line.length > 1) lines.push(newline < 0 ? Buffer.concat([line, Buffer.from('\n')]) : line);
    start = end;
  }
  return lines.length > 0 ? lines : undefined;
}

function writeRepeated(file: string, lines: readonly Buffer[], count: number): void {
  const once = Buffer.concat(lines);
  const fd = openSync(file, 'w', 0o600);
  let left = count;
  for (; left >= lines.length; left -= lines.length) writeSync(fd, once);
  if (left > 0) writeSync(fd, Buffer.concat(lines.slice(0, left)));
  closeSync(fd);
  waitForDisk(file);
}

/** @returns undefined for a file that is no filter of its own */
function engineOf(spec: string, directory: string): string | undefined {
  try {
    const filter = compileFilter(readOneFilter(spec, { directory, backend: 'auto' })!);
    if (filter.failregex.length === 0) return undefined;
    const engines = [...new Set(filter.failregex.map(({ regex }) => regex.engine))].sort().join(', ');
    const spared = filter.failregex.every(({ regex }) => regex.literals !== undefined);
    return [
      engines,
      ...(filter.maxlines > 1 ? [`maxlines ${filter.maxlines}`] : []),
      ...(spared ? [] : ['no literal']),
    ].join('; ');
  } catch {
    return undefined;
  }
}
