/**
 * fail2ban's own sample logs against its own filters, through f2b: every line gives the failure that its comment expects. The files are
 * read where they are installed; nothing of them is kept here.
 */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { BlockScanner, parseHost, type Regex, unpackResult } from '@f2b/matcher';
import { afterAll, describe, expect, it } from 'vitest';
import { findInstallation } from './installation.js';
import { type JudgedFailure, LineJudge } from './line-judge.js';
import { type Expectation, holds, readSamples, type Sample, type SampleOptions } from './sample-file.js';
import { readFilter } from './stock-filters.js';

process.env.TZ = 'Europe/Zurich';
/** The present of the samples: 2005-08-14 11:59:59 in Zurich. */
const now = new Date(2005, 7, 14, 11, 59, 59).getTime();

const installation = findInstallation();
const names =
  installation === undefined
    ? []
    : readdirSync(installation.samples).filter((name) => statSync(join(installation.samples, name)).isFile());

/** Seconds of `2005-08-14T11:59:59`, local time; some samples leave out zeros. */
function epochOf(text: string): number {
  const [year, month, day, hour, minute, second] = text.split(/\D/).map(Number) as [number, number, ...number[]];
  return new Date(year, month - 1, day, hour, minute, second).getTime() / 1000;
}

/** What a sample's key stands for in a failure. */
function sampled(failure: JudgedFailure, key: string): unknown {
  if (key === 'host') return failure.groups.get('ip') ?? failure.id;
  if (key === 'attempts') return failure.matches.length;
  return failure.groups.get(key) ?? null;
}

/** What is not as expected, in words. */
function* complaints(expected: Expectation, found: readonly JudgedFailure[], dated: boolean): Generator<string> {
  if (expected.match !== true) {
    if (found.length > 0) yield `matches (failregex ${found[0]!.regex + 1}, ${found[0]!.id}), and should not`;
    return;
  }
  const [failure] = found;
  if (failure === undefined) {
    yield 'should match';
    return;
  }
  if (found.length > 1) yield `${found.length} failregex match`;
  for (const [key, value] of Object.entries(expected)) {
    if (['match', 'desc', 'constraint', 'filter'].includes(key)) continue;
    if (key === 'time') {
      const time = value === null ? undefined : epochOf(value as string);
      if (dated && time !== undefined && failure.time !== time) yield `time is ${failure.time} instead of ${time}`;
      continue;
    }
    const is = sampled(failure, key);
    if (key === 'host' && is === (parseHost(value as string)?.text ?? value)) continue;
    const sorted = (one: unknown) => JSON.stringify(Array.isArray(one) ? [...one].sort() : one);
    if (sorted(is) !== sorted(value)) yield `${key} is ${sorted(is)} instead of ${sorted(value)}`;
  }
}

/** The same line through the block scan: what it says of a line must not depend on the way there. */
function scanned(judge: LineJudge, line: Uint8Array): { regex: number; groups: unknown }[] {
  const scanner = new BlockScanner([judge.filter]);
  return unpackResult(scanner.scan(line, { now })).matches.map(({ regex, groups }) => ({
    regex,
    groups: Object.fromEntries(groups),
  }));
}

interface Reading {
  readonly judge: LineJudge;
  readonly all: LineJudge;
  readonly options: SampleOptions;
}

const totals = { samples: 0, asExpected: 0, filters: 0, different: new Set<string>(), lines: 0 };

/** Reads one file's samples and returns what is not as expected. */
function run(name: string): string[] {
  const wrong: string[] = [];
  const readings = new Map<string, Reading>();
  const known = new Map<string, Regex>();
  const reading = (options: SampleOptions): Reading => {
    const key = JSON.stringify(options);
    let made = readings.get(key);
    if (made === undefined) {
      const given = Object.entries(options).filter(([option]) => !option.startsWith('test.'));
      const settings = readFilter(installation!, name, Object.fromEntries(given));
      made = {
        judge: new LineJudge(settings, { now, known }),
        all: new LineJudge(settings, { now, known, all: true }),
        options,
      };
      readings.set(key, made);
    }
    return made;
  };
  for (const sample of readSamples(installation!.samples, name)) {
    for (const options of sample.options) {
      const condition = options['test.condition'];
      if (condition !== undefined && !holds(condition, name, options)) continue;
      const constraint = sample.expected?.constraint;
      if (typeof constraint === 'string' && !holds(constraint, name, options)) continue;
      totals.lines++;
      const said = [...judgeSample(sample, reading(options))];
      if (sample.expected !== undefined) {
        totals.samples++;
        if (said.length === 0) totals.asExpected++;
      }
      const text = Buffer.from(sample.line).toString('utf8');
      wrong.push(...said.map((one) => `${sample.place} ${JSON.stringify(options)}: ${one}\n    ${text}`));
    }
  }
  totals.filters++;
  if (wrong.length > 0) totals.different.add(name);
  return wrong;
}

function* judgeSample(sample: Sample, { judge, all, options }: Reading): Generator<string> {
  const journal = options.logtype === 'journal';
  const decoded = judge.filter.encoding.decode(sample.line).replace(/\r+$/, '');
  const text = (journal ? (options['test.prefix-line'] ?? '') : '') + decoded;
  const stamp = journal ? { time: now, text: '2005-08-14T11:59:59' } : undefined;
  // A line that a filter without sessions marks as no failure counts as none with whoever wrote the expectations.
  const failures = judge.line(text, stamp).filter(({ groups }) => !groups.has('nofail'));
  yield* complaints(sample.expected ?? { match: false }, failures, !journal);
  // fail2ban's own tests try every failregex: no line may match two of them.
  const every = all.line(text, stamp).filter(({ groups }) => !groups.has('nofail'));
  if (every.length > 1) yield `failregex ${every.map(({ regex }) => regex + 1).join(' and ')} match`;
  if (!journal && judge.filter.maxlines === 1) {
    const direct = judge.hits(decoded);
    const through = scanned(judge, sample.line);
    if (JSON.stringify(through) !== JSON.stringify(direct)) {
      yield `the block scan says ${JSON.stringify(through)}, the line alone ${JSON.stringify(direct)}`;
    }
  }
}

describe.skipIf(installation === undefined)("fail2ban's samples", () => {
  it.each(names)('of %s are judged as expected', (name) => {
    expect(run(name)).toEqual([]);
  });

  afterAll(() => {
    console.log(
      `fail2ban ${installation?.version}: samples as expected ${totals.asExpected} / ${totals.samples} ` +
        `(${totals.lines} lines read), filters with a difference ${totals.different.size} / ${totals.filters}`,
    );
  });
});
