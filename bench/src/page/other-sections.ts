import type { DumpResult } from '../dump.js';
import type { FilterFigure } from '../filters.js';
import type { JailsResult } from '../jails.js';
import type { JailsCost } from '../jails-process.js';
import type { LiveResult } from '../live.js';
import { typed } from '../outputs.js';
import type { SizeFigure } from '../sizes.js';
import type { StartupFigure } from '../startup.js';
import { markdownTable } from './markdown-table.js';
import { shortRate, times } from './offline-section.js';

/** Logs of any length, from the page cache and from the disk. */
export function sizesSection(figures: readonly SizeFigure[]): string[] {
  const rows = figures.map(({ kind, lines, output, cold, f2b, fail2ban, fail2banLines }) => [
    kind,
    String(lines),
    typed(output),
    cold ? 'disk' : 'cache',
    `${f2b.toFixed(3)} s`,
    fail2ban === undefined ? '' : `${fail2ban.toFixed(3)} s${fail2banLines < lines ? ' *' : ''}`,
    fail2ban === undefined ? '' : times(fail2ban / f2b),
  ]);
  const cold = figures.some((one) => one.cold);
  return [
    ...markdownTable(['log', 'lines', 'output', 'it comes from', 'f2b', 'fail2ban-regex', 'f2b against it'], rows),
    ...(figures.some((one) => one.fail2ban !== undefined && one.fail2banLines < one.lines)
      ? ['', '\\* At its rate on the longest log that it was given.']
      : []),
    ...(cold ? [] : ['', 'Here the page cache does not let go of a file, so nothing could be read from the disk.']),
  ];
}

/** Every filter on its own samples. */
export function filtersSection(figures: readonly FilterFigure[]): string[] {
  return markdownTable(
    ['filter', 'engines', 'lines', 'seconds', 'lines/s', 'fail2ban-regex: lines/s', 'f2b against it', 'counts'],
    figures.map((one) => [
      one.filter,
      one.engine,
      String(one.lines),
      one.seconds.toFixed(2),
      shortRate(one.linesPerSecond),
      shortRate(one.fail2banLinesPerSecond),
      times(one.linesPerSecond / one.fail2banLinesPerSecond),
      one.same ? 'the same' : '**differ**',
    ]),
  );
}

/** One jail and many on one log. */
export function jailsSection({ one, alike, different, any, unspared }: JailsResult): string[] {
  const rows: (readonly [name: string, cost: JailsCost])[] = [
    ['sshd', one],
    ['sshd, again and again', alike],
    ...(different ? [['different installed filters', different] as const] : []),
    ...(any ? [[`the same, with ${unspared.length} that have to look at every line`, any] as const] : []),
  ];
  return [
    ...markdownTable(
      ['filters', 'jails', 'failregex', 'lines', 'hits', 'CPU s', 'seconds', 'CPU against 1 jail'],
      rows.map(([name, cost]) => [
        name,
        cost.jails,
        cost.failregex,
        cost.lines,
        cost.hits,
        cost.cpuSeconds.toFixed(3),
        cost.wallSeconds.toFixed(3),
        `${(cost.cpuSeconds / one.cpuSeconds).toFixed(2)}x`,
      ]),
    ),
    ...(unspared.length > 0 ? ['', `No literal spares these any line: ${unspared.join(', ')}.`] : []),
  ];
}

/** A log that a guard follows. */
export function liveSection({ lines, seconds, slowest, longestBlock, found, bans, stream }: LiveResult): string[] {
  return [
    ...markdownTable(
      [
        'lines at once',
        'until all are judged',
        'slowest round',
        'longest turn of the main thread',
        'failures',
        'bans (dry run)',
      ],
      [[lines, `${seconds.toFixed(2)} s`, `${slowest.toFixed(2)} s`, `${longestBlock.toFixed(1)} ms`, found, bans]],
    ),
    '',
    ...markdownTable(
      [
        'lines a second',
        'for',
        'lag, median',
        'lag, longest',
        'CPU',
        'longest turn of the main thread',
        'failures',
        'bans (dry run)',
      ],
      [
        [
          stream.linesPerSecond,
          `${stream.seconds} s`,
          `${stream.medianLag.toFixed(0)} ms`,
          `${stream.longestLag.toFixed(0)} ms`,
          `${(stream.cpu * 100).toFixed(0)} % of a core`,
          `${stream.longestTurn.toFixed(1)} ms`,
          stream.found,
          stream.bans,
        ],
      ],
    ),
  ];
}

/** Commands that do little. */
export function startupSection(figures: readonly StartupFigure[]): string[] {
  return markdownTable(
    ['command', 'ms', 'CPU ms', 'against node'],
    figures.map((one) => [`\`${one.command}\``, one.wall.toFixed(0), one.cpu.toFixed(0), `${one.ratio.toFixed(2)}x`]),
  );
}

/** The whole configuration, printed. */
export function dumpSection({ f2b, fail2ban }: DumpResult): string[] {
  const rows = [{ name: 'f2b -d', cost: f2b }, ...(fail2ban ? [{ name: 'fail2ban-client -d', cost: fail2ban }] : [])];
  return markdownTable(
    ['command', 'ms', 'CPU ms'],
    rows.map(({ name, cost }) => [`\`${name}\``, cost.wall.toFixed(0), cost.cpu.toFixed(0)]),
  );
}
