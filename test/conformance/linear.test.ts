/**
 * No log line makes matching slow: the work, counted in steps, grows at most as the line does, for every expression and every date
 * template of the stock filters. The compiled search has its steps bounded by the line's length; what is counted here is the exact
 * matcher, to which it gives up.
 */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compileSearch } from '../../packages/matcher/src/dates/template-search.js';
import { readTemplates } from '../../packages/matcher/src/dates/templates.js';
import { compileRegex } from '../../packages/matcher/src/engines/regex.js';
import { type Fail2banAnswer, Fail2banProcess } from './fail2ban-process.js';
import { type HurtfulLine, hurtfulLines, lineOf } from './hurtful-lines.js';
import { findInstallation } from './installation.js';
import { readSamples } from './sample-file.js';
import { type StockFilter, stockExpressions, stockFilters } from './stock-expressions.js';
import { readFilter } from './stock-filters.js';

const installation = findInstallation();
const sizes = [1024, 4096, 16_384, 65_536] as const;
/** Starts of a line weigh differently in short lines and in long ones; a square would be sixteen times this. */
const tolerance = 1.25;
const now = Date.UTC(2005, 7, 14, 10);
/** How long fail2ban may take for a line that is shown beside ours. */
const patienceSeconds = 2;

/** What the expressions of a filter get to see of its sample lines. */
function subjectsOf({ name, compiled }: StockFilter): string[] {
  if (!existsSync(join(installation!.samples, name))) return [];
  const { dating, prefregex, encoding } = compiled;
  const ranking = dating.newRanking(now);
  const content = prefregex?.regex.groupNames.indexOf('content') ?? -1;
  return readSamples(installation!.samples, name).flatMap(({ line }) => {
    const [before, , after] = dating.cut(encoding.decode(line), ranking).tuple;
    const text = `${before}${after}\n`;
    const found = content < 0 ? undefined : prefregex?.regex.exec(text)?.group(content);
    return found === undefined ? [text] : [text, `${found}\n`];
  });
}

interface Measured {
  readonly what: string;
  readonly source: string;
  readonly line: HurtfulLine;
  readonly steps: readonly number[];
}

let worst: Measured | undefined;
let measured = 0;

/** Steps at all sizes for the line that costs most at 4 k. */
function measure(
  what: string,
  source: string,
  lines: readonly HurtfulLine[],
  stepsOn: (line: string) => number,
): Measured {
  let most: { line: HurtfulLine; steps: number } | undefined;
  for (const line of lines) {
    const steps = stepsOn(lineOf(line, sizes[1]));
    measured++;
    if (most === undefined || steps > most.steps) most = { line, steps };
  }
  const { line } = most!;
  const found = { what, source, line, steps: sizes.map((size) => stepsOn(lineOf(line, size))) };
  if (worst === undefined || found.steps[3]! > worst.steps[3]!) worst = found;
  return found;
}

function growsWithTheLine({ what, source, line, steps }: Measured): string | undefined {
  const [small, , , large] = steps as [number, number, number, number];
  const per = (index: number) => steps[index]! / lineOf(line, sizes[index]!).length;
  const base = Math.max(per(0), per(1));
  if (per(2) <= base * tolerance && per(3) <= base * tolerance) return undefined;
  return `${what}: ${small} to ${large} steps (${steps.join(', ')}) for ${source} on ${JSON.stringify(line)}`;
}

function milliseconds(work: () => unknown): number {
  const begun = performance.now();
  work();
  return performance.now() - begun;
}

describe.skipIf(installation === undefined)('lines built to hurt the stock filters', () => {
  let filters: StockFilter[] = [];
  beforeAll(() => {
    filters = stockFilters(installation!);
  });

  it('cost every expression without back-references steps in proportion to their length', () => {
    const subjects = new Map<string, string[]>();
    for (const filter of filters) {
      if (!subjects.has(filter.name)) subjects.set(filter.name, subjectsOf(filter));
    }
    const complaints = stockExpressions(filters).flatMap(({ filter, option, expression }, index) => {
      const { regex } = expression;
      if (regex.engine === 'budgeted') return [];
      const all = subjects.get(filter) ?? [];
      const matching = all.filter((text) => regex.exec(text) !== null);
      const lines = hurtfulLines(expression.expanded, matching.length > 0 ? matching : all, 8, index + 1);
      const stepsOn = (line: string) => {
        const counter = { steps: 0 };
        regex.exec(line, counter);
        return counter.steps;
      };
      return growsWithTheLine(measure(`${filter}, ${option}`, expression.expanded, lines, stepsOn)) ?? [];
    });
    expect(complaints).toEqual([]);
  }, 120_000);

  it('cost every date template steps in proportion to their length', () => {
    const patterns = new Map(filters.map(({ compiled }) => [compiled.settings.datepattern?.value, compiled]));
    const seen = new Set<string>();
    const pieces = [
      '2024-12-12 12:12:1 ',
      ' ',
      '[',
      '1',
      'Jan Feb ',
      '12/12/2012:12:1',
      '1.1.1.1 ',
      '[01/Jan/2012:01:01:01 +',
      'a-a ',
    ];
    const complaints = [...patterns].flatMap(([pattern, { thisYear }]) =>
      readTemplates(pattern, thisYear).flatMap((template) => {
        if (seen.has(template.regex)) return [];
        seen.add(template.regex);
        const search = compileSearch(template);
        const { scanner } = search;
        const regex = scanner === undefined ? compileRegex(template.regex) : undefined;
        if (regex?.engine === 'budgeted') return [];
        const stepsOn = (line: string) => {
          if (scanner !== undefined) {
            const before = scanner.stepCount;
            scanner.search(line, 0, line.length - 1);
            return scanner.stepCount - before;
          }
          const counter = { steps: 0 };
          regex!.exec(line, counter);
          return counter.steps;
        };
        const lines = pieces.map((piece) => ({ start: '', piece, end: 'x' }));
        return growsWithTheLine(measure(`date ${template.name}`, template.regex, lines, stepsOn)) ?? [];
      }),
    );
    expect(complaints).toEqual([]);
  }, 120_000);

  /** Lines that hold up fail2ban, described in words elsewhere, built anew. */
  const known: readonly (readonly [filter: string, line: HurtfulLine])[] = [
    ['php-url-fopen', { start: '192.0.2.1 - [] "GET ', piece: '?=http://', end: '' }],
    ['apache-badbots', { start: '192.0.2.1 - [] ', piece: '"GET HTTP', end: '' }],
    [
      'apache-modsecurity',
      { start: '[] [error] [client 192.0.2.1] ModSecurity: ', piece: '[file "a"]', end: ' Access allowed' },
    ],
    ['domino-smtp', { start: '[1:2-3] smtp: ', piece: 'a ', end: '[' }],
    ['dovecot', { start: ' host dovecot: auth: ', piece: 'a(', end: '!' }],
    ['dovecot', { start: ' host dovecot: imap-login: Disconnected (', piece: 'auth failed, ', end: '!' }],
  ];

  it.each(known)('%s takes the line that holds up fail2ban in proportion to its length', (name, line) => {
    const wanted = filters.filter((filter) => filter.name === name);
    const complaints = stockExpressions(wanted).flatMap(({ option, expression }) => {
      if (expression.regex.engine === 'budgeted') return [];
      const stepsOn = (text: string) => {
        const counter = { steps: 0 };
        expression.regex.exec(text, counter);
        return counter.steps;
      };
      return growsWithTheLine(measure(`${name}, ${option}`, expression.expanded, [line], stepsOn)) ?? [];
    });
    expect(complaints).toEqual([]);
  });

  afterAll(async () => {
    if (worst === undefined) return;
    const { what, line, steps } = worst;
    const rows = [
      `${measured} lines measured; most steps: ${what}, on ${JSON.stringify(line)}: ${steps.join(' / ')} steps`,
    ];
    const oracle = new Fail2banProcess('UTC', patienceSeconds);
    const own = known.map(([name, hurt]) => [name, hurt] as const);
    const name = what.split(',')[0]!;
    if (filters.some((filter) => filter.name === name)) own.push([name, line]);
    for (const [filter, hurt] of own) {
      const settings = readFilter(installation!, filter);
      await oracle.make('hurt', settings, { now, usedns: 'raw', all: false });
      const { compiled } = filters.find((one) => one.name === filter)!;
      const cells: string[] = [];
      let patient = true;
      for (const size of sizes) {
        const text = lineOf(hurt, size);
        const expressions = [compiled.prefregex ?? [], compiled.failregex].flat();
        const ours = Math.min(
          ...[0, 1, 2].map(() => milliseconds(() => expressions.map(({ regex }) => regex.exec(text)))),
        );
        // fail2ban gets the line with its date where the filter looks for it.
        const date = '2005-08-14 11:00:00';
        const stamped = text.startsWith('[]') || text.includes(' [] ') ? text.replace('[]', `[${date}]`) : date + text;
        const answers: readonly Fail2banAnswer[] = patient ? await oracle.lines('hurt', [stamped.slice(0, -1)]) : [];
        const answer = answers[0];
        const theirs =
          answer === undefined
            ? '-'
            : answer.error === undefined
              ? answer.ms.toFixed(1)
              : `> ${1000 * patienceSeconds}`;
        patient = answer !== undefined && answer.ms < 1000;
        cells.push(`${ours.toFixed(2)} | ${theirs}`);
      }
      rows.push(`${filter} ${JSON.stringify(hurt.piece)}: ms f2b | fail2ban at 1k, 4k, 16k, 64k: ${cells.join(',  ')}`);
    }
    oracle.close();
    console.log(rows.join('\n'));
  });
});

/** Expressions that backtracking engines are known to choke on, with what to repeat. */
const classics: readonly (readonly [source: string, line: HurtfulLine])[] = [
  ['^(?:[^\\[]+ )*\\[', { start: '', piece: 'a ', end: '' }],
  ['(?:a|ab|b)*c', { start: '', piece: 'ab', end: '' }],
  ['^(?:\\w+ ?)*: failed', { start: '', piece: 'a', end: '!' }],
  ['^(?:(?:.*),)*(?:.*)x$', { start: '', piece: 'a,', end: '' }],
  ['".*" ".*" ".*" HTTP', { start: '', piece: '" ', end: '' }],
  ['(?:"[^"]*"|\\S+|\\s+)*$(?!\\n)', { start: '', piece: '"a" ', end: '"' }],
  ['(?i)(?:failed|fail|ed)+!', { start: '', piece: 'failed', end: '' }],
  ['^(?P<a>.*?)(?:;.*?)*;(?P<b>.*?)=$', { start: '', piece: ';=', end: 'x' }],
];

describe('classic expressions', () => {
  it.each(classics)('%s', (source, line) => {
    const regex = compileRegex(source);
    const found = measure('classic', source, [line], (text) => {
      const counter = { steps: 0 };
      regex.exec(text, counter);
      return counter.steps;
    });
    expect(growsWithTheLine(found)).toBeUndefined();
  });
});
