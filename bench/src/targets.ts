import { median } from 'f2b';
import type { DumpResult } from './dump.js';
import type { FilterFigure } from './filters.js';
import type { JailsResult } from './jails.js';
import type { LiveResult } from './live.js';
import { type MeasuredKind, measuredLogs } from './logs/kinds.js';
import type { OfflineResult } from './offline.js';
import type { Output } from './outputs.js';
import { counterpart } from './page/offline-section.js';
import type { SizeFigure } from './sizes.js';
import type { StartupFigure } from './startup.js';

/** All that a run of the suite measured; a part is missing when it was not asked for. */
export interface SuiteResult {
  readonly offline: readonly OfflineResult[];
  readonly sizes?: readonly SizeFigure[] | undefined;
  /** Undefined too where fail2ban's samples are not installed. */
  readonly filters?: readonly FilterFigure[] | undefined;
  readonly jails?: JailsResult | undefined;
  readonly live?: LiveResult | undefined;
  readonly startup?: readonly StartupFigure[] | undefined;
  readonly dump?: DumpResult | undefined;
}

/** One of the aims set for f2b, and what this run says to it. */
export interface Target {
  readonly measure: string;
  readonly target: string;
  readonly figure: string;
  readonly met: boolean;
  /** Repeats the measurement. */
  readonly command: string;
}

interface Aim {
  readonly measure: string;
  readonly unit: 'x' | 's' | 'ms' | 'MB';
  /** Whether the figure must be at least, or at most, `bound`. */
  readonly must: 'at least' | 'at most';
  readonly bound: number;
  readonly only: string;
  figure(results: SuiteResult): number | undefined;
}

const percent = (rate: number) => `${Number((rate * 100).toFixed(1))} %`;

/** f2b's lines per second as a multiple of a peer's on the same kind of log, each printing the same. */
function multiple({ offline }: SuiteResult, kind: string, hitRate: number, peer: string, output?: Output) {
  const figures = offline.find((one) => one.kind === kind && one.hitRate === hitRate)?.figures ?? [];
  const other = figures.find((one) => one.program.startsWith(peer) && (output === undefined || one.output === output));
  const ours = other && counterpart(figures, other);
  return ours && ours.linesPerSecond / other.linesPerSecond;
}

const against = (kind: MeasuredKind, hitRate: number, peer: string, bound: number): Aim => ({
  measure: `${kind} log, ${percent(hitRate)} hits, rows: lines/s against ${peer}`,
  unit: 'x',
  must: 'at least',
  bound,
  only: kind,
  figure: (results) => multiple(results, kind, hitRate, peer, peer === 'fail2ban-regex' ? 'row' : undefined),
});

/** What fail2ban-regex prints too, f2b prints that many times as fast: the slowest of its outputs counts. */
const everyOutput = (kind: MeasuredKind, hitRate: number, bound: number): Aim => ({
  measure: `${kind} log, ${percent(hitRate)} hits, the slowest of all outputs: lines/s against fail2ban-regex`,
  unit: 'x',
  must: 'at least',
  bound,
  only: kind,
  figure: (results) => {
    const ratios = measuredLogs[kind].outputs.flatMap(
      (output) => multiple(results, kind, hitRate, 'fail2ban-regex', output) ?? [],
    );
    return ratios.length > 0 ? Math.min(...ratios) : undefined;
  },
});

/** The outputs differ in what is printed, not in what it takes. */
const alike = (kind: MeasuredKind): Aim => ({
  measure: `${kind} log, the slowest of all outputs against -o row, at any share of hits: time`,
  unit: 'x',
  must: 'at most',
  bound: 1.2,
  only: kind,
  figure: ({ offline }) => {
    const ratios = offline
      .filter((one) => one.kind === kind && one.hitRate > 0)
      .flatMap(({ figures }) => {
        const ours = figures.filter(({ program }) => program === 'f2b regex');
        const rows = ours.find(({ output }) => output === 'row');
        return rows ? ours.map(({ linesPerSecond }) => rows.linesPerSecond / linesPerSecond) : [];
      });
    return ratios.length > 0 ? Math.max(...ratios) : undefined;
  },
});

/** A report on a short log, from the page cache: fail2ban-regex's time in f2b's. */
const shortLog = (lines: number, bound: number): Aim => ({
  measure: `report on ${lines.toLocaleString('en')} lines: times as fast as fail2ban-regex`,
  unit: 'x',
  must: 'at least',
  bound,
  only: 'sizes',
  figure: ({ sizes }) => {
    const one = sizes?.find(
      (figure) => figure.kind === 'sshd' && figure.lines === lines && figure.output === 'report' && !figure.cold,
    );
    return one?.fail2ban && one.fail2ban / one.f2b;
  },
});

const filterRatios = ({ filters = [] }: SuiteResult) =>
  filters.map(({ linesPerSecond, fail2banLinesPerSecond }) => linesPerSecond / fail2banLinesPerSecond);

const aims: readonly Aim[] = [
  ...(['sshd', 'gateway'] as const).flatMap((kind) => [
    everyOutput(kind, 0.005, 200),
    everyOutput(kind, 0.05, 100),
    everyOutput(kind, 0.3, 40),
    alike(kind),
  ]),
  against('sshd', 0.005, 'ripgrep', 1 / 3),
  against('sshd', 0.05, 'sshguard', 5),
  against('asterisk', 0.005, 'fail2ban-regex', 150),
  against('nginx', 0.005, 'fail2ban-regex', 150),
  shortLog(100_000, 12),
  shortLog(10_000, 4),
  shortLog(200, 2),
  {
    measure: 'filters on their own samples, the slowest: lines/s against fail2ban-regex',
    unit: 'x',
    must: 'at least',
    bound: 10,
    only: 'filters',
    figure: (results) => (results.filters ? Math.min(...filterRatios(results)) : undefined),
  },
  {
    measure: 'filters on their own samples, the median: lines/s against fail2ban-regex',
    unit: 'x',
    must: 'at least',
    bound: 20,
    only: 'filters',
    figure: (results) => (results.filters ? median(filterRatios(results)) : undefined),
  },
  {
    measure: '50 jails on one log against 1 jail, all with one filter, no hits: CPU of the scan',
    unit: 'x',
    must: 'at most',
    bound: 1.5,
    only: 'jails',
    figure: ({ jails }) => jails && jails.alike.cpuSeconds / jails.one.cpuSeconds,
  },
  {
    measure: '50 jails on one log against 1 jail, with different stock filters, no hits: CPU of the scan',
    unit: 'x',
    must: 'at most',
    bound: 1.5,
    only: 'jails',
    figure: ({ jails }) => jails?.different && jails.different.cpuSeconds / jails.one.cpuSeconds,
  },
  {
    measure: 'peak memory of f2b regex, any log, any output',
    unit: 'MB',
    must: 'at most',
    bound: 250,
    only: 'sshd',
    figure: ({ offline }) => {
      const ours = offline.flatMap(({ figures }) => figures).filter(({ program }) => program === 'f2b regex');
      return ours.length > 0 ? Math.max(...ours.map(({ peakMemory }) => peakMemory)) / 1e6 : undefined;
    },
  },
  {
    measure: 'live: 100,000 lines appended at once, until all are judged',
    unit: 's',
    must: 'at most',
    bound: 0.5,
    only: 'live',
    figure: ({ live }) => live?.seconds,
  },
  {
    measure: 'live: longest block of the main thread meanwhile',
    unit: 'ms',
    must: 'at most',
    bound: 20,
    only: 'live',
    figure: ({ live }) => live?.longestBlock,
  },
  ...['f2b --version', 'f2b ping'].map(
    (command): Aim => ({
      measure: `start-up: ${command} against node -e 0`,
      unit: 'x',
      must: 'at most',
      bound: 2,
      only: 'startup',
      figure: ({ startup }) => startup?.find((one) => one.command === command)?.ratio,
    }),
  ),
  {
    measure: 'f2b -d against fail2ban-client -d, every jail enabled',
    unit: 'x',
    must: 'at most',
    bound: 0.5,
    only: 'dump',
    figure: ({ dump }) => dump?.fail2ban && dump.f2b.wall / dump.fail2ban.wall,
  },
];

/** The aims of which this run has a figure. @param options of the run, as they stand behind `npm run bench --` */
export function targetsOf(results: SuiteResult, options: string): Target[] {
  return aims.flatMap(({ measure, unit, must, bound, only, figure }) => {
    const value = figure(results);
    if (value === undefined) return [];
    return {
      measure,
      target: `${must} ${withUnit(bound, unit)}`,
      figure: withUnit(value, unit),
      met: must === 'at least' ? value >= bound : value <= bound,
      command: `npm run bench -- --only ${only}${options === '' ? '' : ` ${options}`}`,
    };
  });
}

function withUnit(value: number, unit: Aim['unit']): string {
  const digits = unit === 'x' && value < 10 ? 2 : unit === 's' ? 2 : value < 10 ? 1 : 0;
  return unit === 'x' ? `${value.toFixed(digits)}x` : `${value.toFixed(digits)} ${unit}`;
}
