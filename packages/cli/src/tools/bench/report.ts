import { printable } from '../../printable.js';
import type { BenchResult, ExpressionCost, FilterResult } from './result.js';
import { totalOf } from './stages.js';
import type { Spread } from './statistics.js';
import { textTable } from './text-table.js';

const percent = (share: number) => `${(share * 100).toFixed(1)}%`;
const times = (ratio: number | undefined) => (ratio === undefined ? '' : `${ratio.toFixed(2)}x`);
const microseconds = (value: number | undefined) => (value === undefined ? '-' : value.toFixed(value < 10 ? 2 : 1));
const megabytes = (bytes: number) => (bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0);

function rate(value: number): string {
  return value >= 1e6
    ? `${(value / 1e6).toFixed(2)} M`
    : value >= 1e4
      ? `${(value / 1e3).toFixed(0)} k`
      : value.toFixed(0);
}

const range = ({ least, most }: Spread, of = rate) => `${of(least)}..${of(most)}`;

function shortened(text: string, most: number): string {
  const line = printable(text.replace(/\s*\n\s*/g, ' '));
  return line.length <= most ? line : `${line.slice(0, most - 1)}…`;
}

/** A filter of so few expressions is shown whole. */
const shortFilter = 8;

/** The figures for people: filters side by side, then each filter taken apart, then what to do about it. */
export function benchReport({ log, machine, filters }: BenchResult): string {
  const parts = [
    `Log: ${printable(log.name)}: ${log.lines} lines, ${megabytes(log.bytes)} MB`,
    `Machine: ${machine.cores} x ${machine.cpu}, Node ${machine.node}; medians of ${filters[0]?.rounds ?? 0} rounds after warming up`,
    '',
    ...sideBySide(filters),
  ];
  for (const filter of filters) parts.push('', ...apart(filter));
  return `${parts.join('\n')}\n`;
}

function sideBySide(filters: readonly FilterResult[]): string[] {
  const several = filters.length > 1;
  const head = ['filter', 'lines/s', 'least..most', 'MB/s', 'hits', 'CPU s', 'peak MB', 'compile ms'];
  const rows = filters.map((one) => [
    shortened(one.name, 48),
    rate(one.linesPerSecond.median),
    range(one.linesPerSecond),
    one.megabytesPerSecond.median.toFixed(0),
    String(one.hits),
    one.cpuSeconds.median.toFixed(3),
    megabytes(one.peakMemory),
    one.compile.toFixed(0),
    ...(several ? [times(one.ratio), times(one.expressionRatio)] : []),
  ]);
  const lines = textTable(several ? [...head, 'ratio', 'expression'] : head, rows);
  if (several) {
    lines.push(
      'ratio: times as fast as the first filter, the whole scan; expression: the same of all its failregex, tried on every line without literals.',
    );
  }
  return lines;
}

function apart({ name, dissection, advice }: FilterResult): string[] {
  const { stages, sampleLines, candidates, expressions } = dissection;
  const whole = totalOf(stages);
  const shares = Object.entries(stages).map(([stage, seconds]) => `${stage} ${percent(seconds / whole)}`);
  const speed = whole === 0 ? '' : `, ${rate(sampleLines / whole)} lines/s on one thread`;
  return [
    `== ${shortened(name, 100)}`,
    `${candidates} of ${sampleLines} lines of the sample have its literals (${percent(candidates / Math.max(1, sampleLines))})${speed}`,
    `Time: ${shares.join(', ')}`,
    '',
    ...expressionTable(expressions),
    ...advice.map((text) => `-> ${text}`),
  ];
}

/** Those that were tried; of a short filter all. */
function expressionTable(expressions: readonly ExpressionCost[]): string[] {
  const shown = expressions.length <= shortFilter ? expressions : expressions.filter(({ tried }) => tried > 0);
  const untried = expressions.length - shown.length;
  const head = ['', 'engine', 'hits', 'tried', 'us/try', 'us/line', 'share', ''];
  return [
    ...textTable(head, shown.map(expressionRow), [0, 1, 7]),
    ...(untried > 0 ? [`and ${untried} more that no line of the sample had to be tried on`] : []),
    ...shown
      .filter(({ engine }) => engine !== 're2')
      .map(
        (one) =>
          `${nameOf(one)}: ${one.compiled ? 'behind the compiled search ' : ''}${one.engine}, because ${one.why}`,
      ),
  ];
}

const nameOf = ({ option, index }: ExpressionCost) => `${option} ${index + 1}`;

function expressionRow(one: ExpressionCost): string[] {
  return [
    nameOf(one),
    one.compiled ? 'compiled' : one.engine,
    one.hits === undefined ? '' : String(one.hits),
    String(one.tried),
    microseconds(one.microsecondsPerTry),
    microseconds(one.microsecondsPerLine),
    percent(one.share),
    shortened(one.source, 60),
  ];
}
