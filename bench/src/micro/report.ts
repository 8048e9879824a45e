import { markdownTable } from '../page/markdown-table.js';
import { dateJobs } from './dates.js';
import { engineJobs } from './engines.js';
import { scanJobs } from './scan.js';
import { timeWays, type WayFigure } from './timing.js';

/** Runs the micro-benchmarks and says what they found, as a Markdown page. */
export function microReport(machine: readonly string[], say: (what: string) => void): string {
  const parts = [
    '# Micro-benchmarks',
    '',
    'Written by `npm run bench -- --micro`; do not edit. One thread, warm, medians; each job in the way f2b does it and in the ways it might',
    'have been done. All ways of a job have to find the same.',
    '',
    ...machine.map((line) => `- ${line}`),
    '',
    '## Block scan: which lines have a literal',
    '',
  ];
  parts.push(
    ...markdownTable(
      ['job', 'way', 'MB/s', 'found', 'the first is'],
      scanJobs().flatMap((job) => {
        say(`micro: ${job.name}`);
        return rowsOf(job.name, timeWays(job.ways), ({ seconds }) => (job.bytes / 1e6 / seconds).toFixed(0));
      }),
    ),
    '',
    '## Engines: one expression, line by line',
    '',
    ...markdownTable(
      ['job', 'way', 'ns a line', 'found', 'the first is'],
      engineJobs().flatMap((job) => {
        say(`micro: ${job.name}`);
        return rowsOf(job.name, timeWays(job.ways), ({ seconds }) => ((seconds / job.subjects) * 1e9).toFixed(0));
      }),
    ),
    '',
    '## Dates: finding the date of a line',
    '',
    ...markdownTable(
      ['job', 'way', 'ns a line', 'found', 'the first is'],
      dateJobs().flatMap((job) => {
        say(`micro: dates of a ${job.name}`);
        return rowsOf(job.name, timeWays(job.ways), ({ seconds }) => ((seconds / job.lines) * 1e9).toFixed(0));
      }),
    ),
  );
  return `${parts.join('\n')}\n`;
}

function rowsOf(job: string, figures: readonly WayFigure[], cost: (figure: WayFigure) => string): string[][] {
  const [first] = figures;
  return figures.map((figure, index) => [
    job,
    figure.name,
    cost(figure),
    String(figure.found),
    index === 0 ? '' : `${(figure.seconds / first!.seconds).toFixed(2)}x as fast`,
  ]);
}
