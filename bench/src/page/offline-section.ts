import { contenders, nameOf, shown } from '../contenders.js';
import type { Figure, OfflineResult } from '../offline.js';
import { typed } from '../outputs.js';
import { markdownTable } from './markdown-table.js';

const percent = (rate: number) => `${Number((rate * 100).toFixed(1))} %`;

/** Lines per second, short enough for a table. */
export function shortRate(rate: number): string {
  return rate >= 1e6
    ? `${(rate / 1e6).toFixed(2)} M`
    : rate >= 1e4
      ? `${Math.round(rate / 1e3)} k`
      : String(Math.round(rate));
}

/** A multiple, with as many digits as it deserves. */
export function times(ratio: number): string {
  return `${ratio.toFixed(ratio < 10 ? 2 : 0)}x`;
}

/** All contenders on one kind of log, at each share of hits. */
export function offlineSection(results: readonly OfflineResult[]): string[] {
  const { kind, figures } = results[0]!;
  const present = contenders.filter((one) =>
    figures.some(({ program, output }) => program === one.program && output === one.output),
  );
  return [
    ...markdownTable(
      ['hits', 'contender', 'lines', 'lines/s', 'MB/s', 'CPU s', 'peak MB', 'f2b against it'],
      results.flatMap((result) => [...result.figures.map((one) => figureRow(result, one)), ...comparisons(result)]),
    ),
    '',
    ...present.map((one) => `- ${nameOf(one)}: \`${shown(one, kind)}\``),
    ...differences(results),
  ];
}

/** f2b's figure that another program's is to be compared with: the same output; rows, where that one knows no outputs. */
export function counterpart(figures: readonly Figure[], other: Figure): Figure | undefined {
  return figures.find(({ program, output }) => program === 'f2b regex' && output === (other.output ?? 'row'));
}

function figureRow({ figures, hitRate }: OfflineResult, figure: Figure): string[] {
  const { program, lines, linesPerSecond, megabytesPerSecond, spread, cpuSeconds, peakMemory } = figure;
  const ours = program === 'f2b regex' ? undefined : counterpart(figures, figure);
  return [
    percent(hitRate),
    figure.output === undefined ? program : `${program}, ${typed(figure.output)}`,
    String(lines),
    `${shortRate(linesPerSecond)} (${shortRate(spread[0])} to ${shortRate(spread[1])})`,
    String(Math.round(megabytesPerSecond)),
    cpuSeconds.toFixed(2),
    String(Math.round(peakMemory / 1e6)),
    ours === undefined ? '' : times(ours.linesPerSecond / linesPerSecond),
  ];
}

function comparisons({ same, hitRate }: OfflineResult): string[][] {
  return same.map(({ output, rows, different }) => [
    percent(hitRate),
    `*f2b and fail2ban-regex, ${typed(output)}*`,
    output === 'report' ? 'counts' : `${rows} rows`,
    different === 0 ? 'all the same' : `**${different} differ**`,
  ]);
}

function differences(results: readonly OfflineResult[]): string[] {
  const differing = results.flatMap(({ same }) => same).find(({ first }) => first !== undefined);
  if (differing?.first === undefined) return [];
  const [ours, theirs] = differing.first;
  return [
    '',
    `The first that differ (${typed(differing.output)}):`,
    '',
    '```',
    `f2b       ${ours}`,
    `fail2ban  ${theirs}`,
    '```',
  ];
}
