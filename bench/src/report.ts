import { contenders, shown } from './contenders.js';
import type { DumpCost } from './dump.js';
import type { JailsCost } from './jails-process.js';
import { markdownTable } from './markdown-table.js';
import type { Figure, OfflineResult } from './offline.js';
import { type SuiteResult, targetsOf } from './targets.js';

const percent = (rate: number) => `${Number((rate * 100).toFixed(1))} %`;
const millions = (rate: number) => (rate >= 1e6 ? `${(rate / 1e6).toFixed(2)} M` : `${Math.round(rate / 1e3)} k`);

/** Where and how a run was made. */
export interface RunDescription {
  /** One line each. */
  readonly machine: readonly string[];
  /** Behind `npm run bench --`, without `--only`. */
  readonly options: string;
}

/** The results as a Markdown page. */
export function report(results: SuiteResult, { machine, options }: RunDescription): string {
  const command = `npm run bench${options === '' ? '' : ` -- ${options}`}`;
  const repeat = (only: string) =>
    `To repeat: \`npm run bench -- --only ${only}${options === '' ? '' : ` ${options}`}\``;
  const parts = [
    '# Results',
    '',
    `Written by \`${command}\`; do not edit. Whole processes, start included, with every failure printed; medians, in brackets slowest`,
    'and fastest round. Absolute figures move with the machine: compare ratios of one run.',
    '',
    ...machine.map((line) => `- ${line}`),
    ...(options.includes('--quick')
      ? ['', '**A quick run**: most of its time is the start of processes, so its ratios say little about the targets.']
      : []),
  ];
  const targets = targetsOf(results, options);
  if (targets.length > 0) {
    parts.push(
      '',
      '## Targets',
      '',
      ...markdownTable(
        ['measure', 'target', 'this run', 'met', 'repeat'],
        targets.map((one) => [one.measure, one.target, one.figure, one.met ? 'yes' : '**no**', `\`${one.command}\``]),
      ),
    );
  }
  if (results.offline.length > 0) parts.push('', '![lines per second](RESULTS.svg)');
  for (const kind of new Set(results.offline.map((result) => result.kind))) {
    const own = results.offline.filter((result) => result.kind === kind);
    parts.push(
      '',
      `## ${kind}`,
      '',
      repeat(kind),
      '',
      ...offlineTable(own),
      '',
      ...commandsOf(own[0]!),
      ...differences(own),
    );
  }
  if (results.jails) {
    const { one, alike, different, any, unspared } = results.jails;
    parts.push(
      '',
      '## Many jails on one log, no hits',
      '',
      repeat('jails'),
      '',
      ...jailsTable(one, [
        ['sshd', one],
        ['sshd, again and again', alike],
        ...(different ? [['different installed filters', different] as const] : []),
        ...(any ? [[`the same, with ${unspared.length} that have to look at every line`, any] as const] : []),
      ]),
      ...(unspared.length > 0 ? ['', `No literal spares these any line: ${unspared.join(', ')}.`] : []),
    );
  }
  if (results.live) {
    const { lines, seconds, slowest, longestBlock, found, bans } = results.live;
    parts.push(
      '',
      '## Live: lines appended at once to a followed log',
      '',
      repeat('live'),
      '',
      ...markdownTable(
        [
          'lines',
          'until all are judged',
          'slowest round',
          'longest block of the main thread',
          'failures found',
          'bans (dry run)',
        ],
        [[lines, `${seconds.toFixed(2)} s`, `${slowest.toFixed(2)} s`, `${longestBlock.toFixed(1)} ms`, found, bans]],
      ),
    );
  }
  if (results.startup) {
    parts.push(
      '',
      '## Start-up',
      '',
      repeat('startup'),
      '',
      ...markdownTable(
        ['command', 'ms', 'CPU ms', 'against node'],
        results.startup.map((one) => [
          `\`${one.command}\``,
          one.wall.toFixed(0),
          one.cpu.toFixed(0),
          `${one.ratio.toFixed(2)}x`,
        ]),
      ),
    );
  }
  if (results.dump) {
    const { jails, f2b, fail2ban } = results.dump;
    const row = (name: string, { wall, cpu }: DumpCost) => [`\`${name}\``, wall.toFixed(0), cpu.toFixed(0)];
    parts.push(
      '',
      `## The configuration, ${jails} jails enabled`,
      '',
      repeat('dump'),
      '',
      ...markdownTable(
        ['command', 'ms', 'CPU ms'],
        [row('f2b -d', f2b), ...(fail2ban ? [row('fail2ban-client -d', fail2ban)] : [])],
      ),
    );
  }
  return `${parts.join('\n')}\n`;
}

function offlineTable(results: readonly OfflineResult[]): string[] {
  const rows = results.flatMap((result) => {
    const ours = result.figures[0]!;
    const own = result.figures.map((figure) => figureRow(result.hitRate, figure, ours));
    if (result.sameRows) {
      const { rows: count, different } = result.sameRows;
      own.push([
        percent(result.hitRate),
        '*rows of f2b and fail2ban-regex*',
        `${count} rows`,
        different === 0 ? 'all the same' : `**${different} differ**`,
      ]);
    }
    return own;
  });
  return markdownTable(['hits', 'contender', 'lines', 'lines/s', 'MB/s', 'CPU s', 'peak MB', 'f2b against it'], rows);
}

function figureRow(hitRate: number, figure: Figure, ours: Figure): string[] {
  const { contender, lines, linesPerSecond, megabytesPerSecond, spread, cpuSeconds, peakMemory } = figure;
  const ratio = ours.linesPerSecond / linesPerSecond;
  return [
    percent(hitRate),
    contender,
    String(lines),
    `${millions(linesPerSecond)} (${millions(spread[0])} to ${millions(spread[1])})`,
    String(Math.round(megabytesPerSecond)),
    cpuSeconds.toFixed(2),
    String(Math.round(peakMemory / 1e6)),
    figure === ours ? '' : `${ratio.toFixed(ratio < 10 ? 2 : 0)}x`,
  ];
}

function commandsOf({ figures, filter }: OfflineResult): string[] {
  const present = contenders.filter(({ name }) => figures.some(({ contender }) => contender === name));
  return present.map((one) => `- ${one.name}: \`${shown(one, filter)}\``);
}

function differences(results: readonly OfflineResult[]): string[] {
  const first = results.find(({ sameRows }) => sameRows?.first !== undefined)?.sameRows?.first;
  if (first === undefined) return [];
  return ['', 'The first rows that differ:', '', '```', `f2b       ${first[0]}`, `fail2ban  ${first[1]}`, '```'];
}

function jailsTable(one: JailsCost, rows: readonly (readonly [name: string, cost: JailsCost])[]): string[] {
  return markdownTable(
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
  );
}
