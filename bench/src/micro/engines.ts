import * as stages from '@f2b/matcher/stages';
import { generateLog, type LogKindName } from 'f2b';
import RE2 from 're2';
import type { Way } from './timing.js';

/** One expression on lines that it matches, or on lines that it does not. */
export interface EngineJob {
  readonly name: string;
  readonly subjects: number;
  readonly ways: readonly Way[];
}

const expressions = [
  {
    name: 'specific, anchored',
    kind: 'sshd',
    source: String.raw`^\s*\S+ sshd\[\d+\]: Failed password for (?:invalid user )?(?P<user>\S+) from (?P<host>[\d.]+) port \d+(?: ssh\d)?\s*$`,
  },
  {
    name: 'unspecific, with .* around quotes',
    kind: 'asterisk',
    source: String.raw`^\[\]\s*NOTICE.*: Registration from '.*' failed for '(?P<host>[\d.]+)(?::[0-9]+)?' - No matching peer found\s*$`,
  },
  {
    name: 'with a look-ahead, which RE2 lacks',
    kind: 'sshd',
    source: String.raw`^\s*\S+ sshd\[\d+\]: (?!error:)(?P<what>\w+ \w+)(?: for)?(?: invalid user)? (?P<user>\S+) from (?P<host>[\d.]+) port \d+`,
  },
] as const;

/** Every way to ask an expression for its groups, on the same lines. */
export function engineJobs(): EngineJob[] {
  return expressions.flatMap(({ name, kind, source }) => {
    const all = subjects(kind);
    const native = new RegExp(source.replaceAll('(?P<', '(?<'));
    const matching = all.filter((subject) => native.test(subject));
    const others = all.filter((subject) => !native.test(subject));
    return [
      { name: `${name}: lines that match`, subjects: matching.length, ways: waysFor(source, matching) },
      { name: `${name}: lines that do not`, subjects: others.length, ways: waysFor(source, others) },
    ];
  });
}

function waysFor(source: string, texts: readonly string[]): Way[] {
  const expression = stages.parse(source);
  const offsets = new Int32Array(2 * (expression.groupCount + 1));
  const compiled = stages.compileSearch(expression);
  const exact = new stages.ExactMatcher(stages.compile(stages.reduce(expression)));
  const re2 = re2Of(source);
  const native = new RegExp(source.replaceAll('(?P<', '(?<'));
  const count = (matches: (text: string) => boolean) => () => {
    let found = 0;
    for (const text of texts) if (matches(text)) found++;
    return found;
  };
  return [
    ...(compiled ? [{ name: 'compiled search', run: count((text) => compiled(text, offsets) >= 0) }] : []),
    { name: 'exact matcher', run: count((text) => exact.search(text)) },
    ...(re2
      ? [
          { name: 'RE2, yes or no', run: count((text) => re2.test(text)) },
          { name: 'RE2, groups', run: count((text) => re2.exec(text) !== null) },
        ]
      : []),
    { name: 'V8, which may backtrack without bound', run: count((text) => native.exec(text) !== null) },
  ];
}

function re2Of(source: string): RE2 | undefined {
  try {
    return new RE2(source.replaceAll('(?P<', '(?<'), 'u');
  } catch {
    return undefined;
  }
}

/** Lines with their date cut out, as failregex see them. */
function subjects(kind: LogKindName): string[] {
  const log = { kind, hitRate: 0.5, lines: 4000, seed: 11, until: Date.UTC(2026, 0, 31) };
  const lines = [...generateLog(log)].join('').split('\n').slice(0, -1);
  return lines.map((line) =>
    kind === 'asterisk' ? `[]${line.slice(line.indexOf(']') + 1)}\n` : `${line.slice('Jan 01 00:00:00'.length)}\n`,
  );
}
