import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CompiledFilter, compileFilter } from '../filter/compile.js';
import { matchNextLine, newMultilineState } from '../filter/multiline.js';
import { plainSettings } from '../filter/plain-settings.js';
import { LineTrace } from '../filter/trace.js';
import { scanLinesInOrder } from './lines-in-order.js';

const now = Date.UTC(2024, 5, 15, 12);

function filterOf(failregex: string | string[], maxlines: number, ignoreregex: string[] = []): CompiledFilter {
  return compileFilter({
    ...plainSettings({ failregex, ignoreregex }),
    maxlines: { value: maxlines, origin: undefined },
  });
}

const filters = [
  ['^ begin \\S+<SKIPLINES> end from <HOST>\\s*$', '^ refused <HOST>$'],
  ['^\\s*begin \\S+\\s+end from <HOST>\\s*$', '^\\s*refused <HOST>'],
  ['begin "[^"]*" from <HOST>', '^\\s+end from <HOST>.*$', '^.*\\n refused <HOST>$'],
  ['(?:begin|nothing)(?=[^x]*end from <HOST>)'],
  ['(?:begin|nothing) \\w+\\s*\\n(?= end) end from <HOST>'],
  ['refused <HOST>\\s*\\Z', '\\A begin bob\\n(?:.*\\n)*? end from <HOST>'],
  ['(?P<first> begin) (?P<name>\\w+)<SKIPLINES>(?P=first) (?P=name)\\n end from <HOST>', 'refused <HOST>'],
  ['(?i)BEGIN .*\\n.*end from <HOST>(?!\\S)'],
  ['refused <HOST>\\n(?:(?>\\s*)x begin)?'],
  ['from <HOST>$(?:\\n nothing)*', '(?<! )nothing\\n\\s*end from <HOST>'],
  ['(?: begin bob)?\\n(?: refused <HOST>)'],
  ['<HOST>\\n+\\s*$'],
].flatMap((failregex) => [
  ...[2, 3, 6].map((maxlines) => filterOf(failregex, maxlines)),
  filterOf(failregex, 4, ['eve', '192.0.2.9']),
]);

const line = fc.constantFrom(
  ' begin bob',
  ' begin eve',
  ' begin "a',
  'b" from 192.0.2.8',
  ' nothing',
  'nothing',
  '',
  '  ',
  '# begin',
  ' end from 192.0.2.1',
  ' end from 192.0.2.9',
  ' refused 192.0.2.2',
  ' x begin',
  ' Begin',
  ' bégin',
  '2024-06-15 10:00:00 begin bob',
  '2024-06-15 10:00:01 end from 192.0.2.3',
);

/** As whoever has every line of the whole log tried with every expression says it. */
function plainly(filter: CompiledFilter, lines: readonly string[], all: boolean) {
  const state = newMultilineState(filter, now);
  const matches: unknown[] = [];
  let ignored = 0;
  for (const [number, text] of lines.entries()) {
    const { tuple } = filter.dating.cut(text, state.ranking);
    const outcome = matchNextLine(filter, state, tuple, { all, trace: new LineTrace() });
    if (outcome.ignored >= 0) ignored++;
    for (const { regex, groups, lines: matched } of outcome.hits) matches.push([number, regex, [...groups], matched]);
  }
  return { matches, ignored };
}

describe('the last lines of a log as places', () => {
  it('give what they give as texts, wherever the blocks are cut', () => {
    let found = 0;
    const tried = fc.property(
      fc.constantFrom(...filters),
      fc.array(line, { maxLength: 30 }),
      fc.infiniteStream(fc.integer({ min: 1, max: 12 })),
      fc.boolean(),
      (filter, lines, cuts, all) => {
        const state = newMultilineState(filter, now);
        const matches: unknown[] = [];
        let ignored = 0;
        let missed = 0;
        const take = (from: number, to: number, end: boolean) => {
          const bytes = Buffer.from(
            lines
              .slice(from, to)
              .map((text) => `${text}\n`)
              .join(''),
          );
          const statistics = { keepIgnored: 9, keepMissed: 9, skipComments: false };
          const result = scanLinesInOrder(filter, state, bytes, { now, all, statistics, end });
          for (const { line: number, regex, groups, lines: matched } of result.matches)
            matches.push([from + number, regex, [...groups], matched]);
          ignored += result.statistics![0]!.ignored.count;
          missed += result.statistics![0]!.missed.count;
        };
        for (let from = 0; from < lines.length; ) {
          const to = Math.min(from + cuts.next().value!, lines.length);
          take(from, to, false);
          from = to;
        }
        take(lines.length, lines.length, true);
        expect({ matches, ignored }).toEqual(plainly(filter, lines, all));
        const inMatches = new Set(matches.flatMap((match) => (match as unknown[])[3] as unknown[])).size;
        expect(missed).toBeLessThanOrEqual(lines.length);
        expect(missed).toBeGreaterThanOrEqual(lines.length - ignored - inMatches - matches.length);
        found += matches.length;
      },
    );
    fc.assert(tried, { numRuns: Number(process.env.F2B_FUZZ_RUNS ?? 300) });
    expect(found).toBeGreaterThan(100);
  });
});
