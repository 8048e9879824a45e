import { spawnSync } from 'node:child_process';
import { glob, memoryEdge, parseTime, pythonRepr } from '@f2b/config';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { prettyLines } from '../packages/config/src/render/pretty.js';
import type { StreamValue } from '../packages/config/src/render/python.js';
import { parseSpec, SpecError } from '../packages/config/src/values/spec.js';
import { splitShellWords } from '../packages/config/src/values/words.js';
import { installedFail2ban } from './config-fail2ban.js';

const version = installedFail2ban();

/** Lets Python answer many questions at once: `expression` sees each of the values as `x`. */
function askPython(setup: string, expression: string, values: readonly unknown[]): unknown[] {
  const script = `
import json, sys
${setup}
def answer(x):
    try:
        return ${expression}
    except Exception as error:
        return {'error': str(error)}
print(json.dumps([answer(x) for x in json.load(sys.stdin)]))
`;
  const run = spawnSync('/usr/bin/python3', ['-c', script], {
    input: JSON.stringify(values),
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (run.status !== 0) throw new Error(run.stderr);
  return JSON.parse(run.stdout) as unknown[];
}

function samples<T>(arbitrary: fc.Arbitrary<T>, count = 2000): T[] {
  return fc.sample(arbitrary, { numRuns: count, seed: 7 });
}

const text = fc.oneof(
  fc.string({
    unit: fc.constantFrom(
      'a',
      'b',
      ' ',
      '"',
      "'",
      '\\',
      '\n',
      '\t',
      'é',
      '\u00a0',
      '\u200b',
      '<',
      '%',
      '\u0000',
      '日',
      '🙂',
    ),
  }),
  fc.string(),
);

describe.skipIf(!version)('values, compared with Python and fail2ban (needs fail2ban installed)', () => {
  it('print as repr prints them', () => {
    const values = samples(
      fc.oneof(text, fc.array(text, { maxLength: 4 }), fc.boolean(), fc.integer(), fc.constant(null)),
    );
    expect(values.map((value) => pythonRepr(value as StreamValue))).toEqual(askPython('', 'repr(x)', values));
  });

  it('print as pprint prints them', () => {
    const long = fc.string({
      unit: fc.constantFrom('word ', 'x', '\n', "'", 'lorem ipsum dolor '),
      minLength: 100,
      maxLength: 900,
    });
    const values = samples(
      fc.array(fc.oneof(long, fc.constant('short'), fc.array(fc.tuple(fc.constant('k'), long), { maxLength: 3 })), {
        maxLength: 4,
      }),
      300,
    );
    const theirs = askPython('import pprint', 'pprint.pformat(x, indent=2, width=1000)', values);
    expect(values.map((value) => prettyLines(value as StreamValue).join('\n'))).toEqual(theirs);
  });

  it('split into words as shlex splits them', () => {
    const values = samples(fc.string({ unit: fc.constantFrom('a', ' ', '"', "'", '\\', '+', '=', '\t') }));
    const theirs = askPython('import shlex', 'shlex.split(x)', values).map((words) =>
      Array.isArray(words) ? words : undefined,
    );
    expect(values.map((value) => splitShellWords(value))).toEqual(theirs);
  });

  it('glob as fnmatch matches', () => {
    const values = samples(
      fc.tuple(
        fc.string({ unit: fc.constantFrom('a', 'b', '-', ']', '['), minLength: 1, maxLength: 6 }),
        fc.string({ unit: fc.constantFrom('a', 'b', '*', '?', '[', ']', '!', '-', 'z'), minLength: 1, maxLength: 7 }),
      ),
    );
    const theirs = askPython('import fnmatch', 'fnmatch.fnmatchcase(x[0], x[1])', values);
    const ours = values.map(([name, pattern]) => glob(`/d/${pattern}`, memoryEdge({ [`/d/${name}`]: '' })).length > 0);
    expect(ours).toEqual(theirs);
  });

  it('mean the same time', () => {
    const piece = fc.constantFrom(
      '1',
      '10',
      '2.5',
      ' ',
      's',
      'm',
      'h',
      'd',
      'w',
      'mo',
      'y',
      'min',
      'hours',
      'YEAR',
      '+',
      '-',
      '*',
      '/',
      '//',
      '%',
      '(',
      ')',
      'x',
    );
    const values = samples(
      fc.array(piece, { minLength: 1, maxLength: 6 }).map((pieces) => pieces.join('')),
      3000,
    );
    const theirs = askPython('from fail2ban.server.mytime import MyTime', 'float(MyTime.str2seconds(x))', values);
    for (const [index, value] of values.entries()) {
      let ours: number | undefined;
      try {
        ours = parseTime(value);
      } catch {
        ours = undefined;
      }
      const their = theirs[index];
      if (typeof their === 'number') expect([value, ours]).toEqual([value, expect.closeTo(their, 6)]);
      else expect([value, ours]).toEqual([value, undefined]);
    }
  });

  it('take specifications apart alike', () => {
    const piece = fc.constantFrom('a', 'x=1', 'y="q, r"', "z='s'", '[', ']', ',', ' ', '=', '"', '\n', 'k-l.m=v', '][');
    const values = samples(
      fc.array(piece, { minLength: 1, maxLength: 9 }).map((pieces) => `f[${pieces.join('')}]`),
      3000,
    );
    const theirs = askPython(
      'from fail2ban.helpers import extractOptions',
      '[extractOptions(x)[0].strip(), list(extractOptions(x)[1].items())]',
      values,
    );
    const ours = values.map((value) => {
      try {
        const { name, args } = parseSpec({ text: value, lines: [] });
        return [name, [...args].map(([key, argument]) => [key, argument.text])];
      } catch (error) {
        if (error instanceof SpecError) return { error: error.message };
        throw error;
      }
    });
    expect(ours).toEqual(theirs);
  });
});
