import { type SuiteResult, targetsOf } from '../targets.js';
import { markdownTable } from './markdown-table.js';
import { offlineSection, times } from './offline-section.js';
import {
  dumpSection,
  filtersSection,
  jailsSection,
  liveSection,
  sizesSection,
  startupSection,
} from './other-sections.js';

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
  const section = (part: string, title: string, lines: readonly string[]) => [
    '',
    `## ${title}`,
    '',
    `To repeat: \`npm run bench -- --only ${part}${options === '' ? '' : ` ${options}`}\``,
    '',
    ...lines,
  ];
  const parts = [
    '# Results',
    '',
    `Written by \`${command}\`; do not edit. Whole processes, start included; medians, in brackets slowest and fastest round.`,
    'Absolute figures move with the machine: compare ratios of one run.',
    '',
    ...machine.map((line) => `- ${line}`),
    ...(options.includes('--quick')
      ? ['', '**A quick run**: most of its time is the start of processes, so its ratios say little about the targets.']
      : []),
    ...targetSection(results, options),
    ...boundText(results),
    ...(results.offline.length > 0 ? ['', '![lines per second](RESULTS.svg)'] : []),
    ...[...new Set(results.offline.map(({ kind }) => kind))].flatMap((kind) => {
      const own = results.offline.filter((result) => result.kind === kind);
      return section(kind, kind, offlineSection(own));
    }),
  ];
  const { sizes, filters, jails, live, startup, dump } = results;
  if (sizes) parts.push(...section('sizes', 'Logs of any length, 5 % hits', sizesSection(sizes)));
  if (filters) parts.push(...section('filters', 'Every filter on its own samples', filtersSection(filters)));
  if (jails) parts.push(...section('jails', 'Many jails on one log, no hits', jailsSection(jails)));
  if (live) parts.push(...section('live', 'Live: lines appended to a followed log', liveSection(live)));
  if (startup) parts.push(...section('startup', 'Start-up', startupSection(startup)));
  if (dump) parts.push(...section('dump', `The configuration, ${dump.jails} jails enabled`, dumpSection(dump)));
  return `${parts.join('\n')}\n`;
}

function targetSection(results: SuiteResult, options: string): string[] {
  const targets = targetsOf(results, options);
  if (targets.length === 0) return [];
  return [
    '',
    '## Targets',
    '',
    ...markdownTable(
      ['measure', 'target', 'this run', 'met', 'repeat'],
      targets.map((one) => [one.measure, one.target, one.figure, one.met ? 'yes' : '**no**', `\`${one.command}\``]),
    ),
  ];
}

/** How near to ripgrep's rate anything in Node could come, by the programs that do next to nothing. */
function boundText({ offline }: SuiteResult): string[] {
  return offline.flatMap(({ kind, hitRate, figures }) => {
    const ripgrep = figures.find(({ program }) => program.startsWith('ripgrep'));
    const rates = [
      ['only reads the file', 'Node, reading only'],
      ['also looks for the literals', 'Node, literals, counting'],
    ].flatMap(([what, name]) => {
      const one = figures.find(({ program }) => program === name);
      return one && ripgrep ? `${what}: ${times(one.linesPerSecond / ripgrep.linesPerSecond)}` : [];
    });
    if (rates.length === 0) return [];
    const hits = `${Number((hitRate * 100).toFixed(1))} %`;
    return [
      '',
      `Against ripgrep, on the ${kind} log at ${hits} hits a program in Node on one thread that ${rates.join(', that ')}.`,
    ];
  });
}
