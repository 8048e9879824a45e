/**
 * Generated log lines for every stock filter, through f2b and through the installed fail2ban: who failed, when, and what the groups
 * hold must be the same. The lines are made of the sample logs that the installed fail2ban brings.
 */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { BlockScanner, type MatchSettings, type Regex, unpackResult } from '@f2b/matcher';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { explained } from './differences.js';
import { type Fail2banAnswer, Fail2banProcess } from './fail2ban-process.js';
import { findInstallation } from './installation.js';
import { type JudgedFailure, LineJudge } from './line-judge.js';
import { type Material, mutate, randomizer } from './mutation.js';
import { readSamples } from './sample-file.js';
import { type FilterOptions, readFilter, stockFilterNames } from './stock-filters.js';

process.env.TZ = 'Europe/Zurich';
const now = new Date(2005, 7, 14, 11, 59, 59).getTime();

const installation = findInstallation();
const names = installation === undefined ? [] : stockFilterNames(installation);

/** Lines per filter and set of options, in runs of lines that share sessions, last dates and the ranking of templates. */
const runs = 10;
const seed = 0;
const linesPerRun = 16;

/** Sample lines of all filters; those of one filter by its options. */
function readMaterial() {
  const all: string[] = [];
  const byFilter = new Map<string, Map<string, string[]>>();
  if (installation === undefined) return { all, byFilter };
  for (const name of readdirSync(installation.samples)) {
    if (!statSync(join(installation.samples, name)).isFile()) continue;
    const byOptions = new Map<string, string[]>();
    byFilter.set(name, byOptions);
    for (const { line, options } of readSamples(installation.samples, name)) {
      const text = Buffer.from(line).toString('utf8');
      all.push(text);
      for (const one of options) {
        const key = JSON.stringify(Object.fromEntries(Object.entries(one).filter(([key]) => !key.startsWith('test.'))));
        byOptions.set(key, [...(byOptions.get(key) ?? []), text]);
      }
    }
  }
  return { all, byFilter };
}

const material = readMaterial();

/** What is compared of a failure. */
interface Comparable {
  readonly regex: number;
  readonly id: string | null;
  readonly time: number | null;
  readonly groups: Readonly<Record<string, unknown>>;
  readonly matches: readonly string[];
}

/** Bookkeeping of sessions, not captured text. */
const internal = new Set(['mlfpending', 'nofail-matches', 'mlfforget']);

function sortedGroups(entries: Iterable<readonly [string, unknown]>): Record<string, unknown> {
  const kept = [...entries].filter(([name]) => !internal.has(name));
  const plain = kept.map(
    ([name, value]) => [name, name === 'users' ? [...(value as string[])].sort() : value] as const,
  );
  return Object.fromEntries(plain.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function ofOurs({ regex, id, time, groups, matches }: JudgedFailure): Comparable {
  return { regex, id: id ?? null, time: time ?? null, groups: sortedGroups(groups), matches };
}

function ofTheirs({ found }: Fail2banAnswer): Comparable[] {
  return (found ?? []).map(({ regex, id, time, groups, matches }) => ({
    regex,
    id,
    time,
    groups: sortedGroups(Object.entries(groups)),
    matches,
  }));
}

const totals = { lines: 0, matching: 0, filters: 0, differences: 0, explained: new Map<string, number>(), slowest: 0 };

describe.skipIf(installation === undefined)("generated lines, compared with fail2ban's own judgement", () => {
  let oracle: Fail2banProcess;
  beforeAll(() => {
    oracle = new Fail2banProcess('Europe/Zurich');
  });
  afterAll(() => {
    oracle.close();
    const rules = [...totals.explained].map(([rule, count]) => `${rule}: ${count}`).join('; ');
    console.log(
      `generated lines ${totals.lines} (${totals.matching} match), ${totals.filters} filters with options, differences ` +
        `${totals.differences}, explained: ${rules || 'none'}; fail2ban's slowest line ${Math.round(totals.slowest)} ms`,
    );
  });

  /** One run: fresh filters on both sides, the same lines; it ends with the first line judged differently. */
  async function compareRun(
    settings: MatchSettings,
    usedns: 'raw' | 'no',
    all: boolean,
    lines: readonly string[],
    known: Map<string, Regex>,
  ): Promise<object[]> {
    await oracle.make('run', settings, { now, usedns, all });
    const asked = oracle.lines('run', lines);
    const judge = new LineJudge(settings, { now, usedns, all, known });
    const scanner = judge.filter.maxlines === 1 ? new BlockScanner([judge.filter]) : undefined;
    const ours = lines.map((line) => {
      const bytes = Buffer.from(line, 'latin1');
      const text = judge.filter.encoding.decode(bytes).replace(/[\r\n]+$/, '');
      const found = judge.line(text).map(ofOurs);
      if (scanner === undefined) return { text, found, scan: undefined };
      const matches = unpackResult(scanner.scan(Buffer.concat([bytes, Buffer.from('\n')]), { now })).matches;
      const scan = matches.map(({ regex, groups }) => ({ regex, groups: Object.fromEntries(groups) }));
      return { text, found, scan: JSON.stringify(scan) === JSON.stringify(judge.hits(text)) ? undefined : scan };
    });
    const answers = await asked;
    const differences: object[] = [];
    for (const [index, { text, found, scan }] of ours.entries()) {
      const answer = answers[index]!;
      totals.lines++;
      totals.slowest = Math.max(totals.slowest, answer.ms);
      if (found.length > 0) totals.matching++;
      if (scan !== undefined) differences.push({ text, scan, line: judge.hits(text) });
      const theirs = ofTheirs(answer);
      if (answer.error === undefined && JSON.stringify(theirs) === JSON.stringify(found)) continue;
      const rule = explained({ answer, theirs, ours: found, judge });
      if (rule === undefined) differences.push({ usedns, all, text, fail2ban: answer.error ?? theirs, f2b: found });
      else totals.explained.set(rule, (totals.explained.get(rule) ?? 0) + 1);
      break;
    }
    return differences;
  }

  it.each(names)(
    '%s',
    async (name) => {
      const byOptions = material.byFilter.get(name) ?? new Map([['{}', material.all]]);
      const random = randomizer(names.indexOf(name) + 1 + seed);
      const differences: object[] = [];
      for (const [key, lines] of byOptions) {
        const settings = readFilter(installation!, name, JSON.parse(key) as FilterOptions);
        const known = new Map<string, Regex>();
        const dating = new LineJudge(settings, { now, usedns: 'raw', known }).filter.dating;
        const source: Material = {
          lines,
          foreign: material.all,
          dateOf(line) {
            const { found } = dating.cut(line, dating.newRanking(now));
            return found && [found.start, found.end];
          },
        };
        totals.filters++;
        for (let run = 0; run < runs; run++) {
          const made = Array.from({ length: linesPerRun }, () => mutate(random, source));
          // Sessions know one failure a line; elsewhere every failregex that matches is compared.
          const sessions = settings.prefregex?.source.includes('MLFID') === true || settings.maxlines !== undefined;
          differences.push(
            ...(await compareRun(settings, run % 4 === 3 ? 'no' : 'raw', !sessions && run % 3 === 0, made, known)),
          );
        }
      }
      totals.differences += differences.length;
      expect(differences).toEqual([]);
    },
    120_000,
  );
});
