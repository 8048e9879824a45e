import type { DumpResult } from './dump.js';
import type { JailsResult } from './jails.js';
import type { LiveResult } from './live.js';
import type { OfflineResult } from './offline.js';
import type { StartupFigure } from './startup.js';

/** All that a run of the suite measured; a part is missing when it was not asked for. */
export interface SuiteResult {
  readonly offline: readonly OfflineResult[];
  readonly jails?: JailsResult;
  readonly live?: LiveResult;
  readonly startup?: readonly StartupFigure[];
  readonly dump?: DumpResult;
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

/** f2b's lines per second as a multiple of a contender's on the same kind of log. */
function multiple({ offline }: SuiteResult, kind: string, hitRate: number, contender: string): number | undefined {
  const figures = offline.find((one) => one.kind === kind && one.hitRate === hitRate)?.figures;
  const other = figures?.find((one) => one.contender.startsWith(contender));
  return figures === undefined || other === undefined ? undefined : figures[0]!.linesPerSecond / other.linesPerSecond;
}

const against = (kind: string, hitRate: number, contender: string, bound: number): Aim => ({
  measure: `${kind} filter, ${Number((hitRate * 100).toFixed(1))} % hits: lines/s against ${contender}`,
  unit: 'x',
  must: 'at least',
  bound,
  only: kind,
  figure: (results) => multiple(results, kind, hitRate, contender),
});

const aims: readonly Aim[] = [
  against('sshd', 0.005, 'fail2ban-regex', 200),
  against('sshd', 0.05, 'fail2ban-regex', 100),
  against('sshd', 0.3, 'fail2ban-regex', 40),
  against('sshd', 0.005, 'ripgrep', 1 / 3),
  against('sshd', 0.05, 'sshguard', 5),
  against('asterisk', 0.005, 'fail2ban-regex', 150),
  against('nginx', 0.005, 'fail2ban-regex', 150),
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
    measure: 'peak memory of f2b regex, sshd log, 5 % hits',
    unit: 'MB',
    must: 'at most',
    bound: 250,
    only: 'sshd',
    figure: ({ offline }) => {
      const result = offline.find(({ kind, hitRate }) => kind === 'sshd' && hitRate === 0.05);
      return result && result.figures[0]!.peakMemory / 1e6;
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
