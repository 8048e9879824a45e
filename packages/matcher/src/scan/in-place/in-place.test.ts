import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Regex } from '../../engines/engine.js';
import type { LineMatch } from '../../failures.js';
import { type CompiledFilter, compileFilter, type Expression } from '../../filter/compile.js';
import { type PlainFilter, plainSettings } from '../../filter/plain-settings.js';
import { unpackResult } from '../result.js';
import { BlockScanner } from '../scanner.js';

const now = Date.UTC(2024, 5, 15, 12);

/** The same filter, whose expressions want to be asked themselves: its lines are matched as text. */
function asText(filter: CompiledFilter): CompiledFilter {
  const shy = (expression: Expression): Expression => {
    const { regex } = expression;
    const asked: Regex = {
      source: regex.source,
      engine: regex.engine,
      compiled: regex.compiled,
      why: regex.why,
      groupCount: regex.groupCount,
      groupNames: regex.groupNames,
      literals: regex.literals,
      otherLiterals: regex.otherLiterals,
      gateSource: regex.gateSource,
      exec: (subject, counter) => regex.exec(subject, counter),
      test: (subject) => regex.test(subject),
      furthest: (subject) => regex.furthest(subject),
    };
    return { ...expression, regex: asked };
  };
  return {
    ...filter,
    prefregex: filter.prefregex && shy(filter.prefregex),
    failregex: filter.failregex.map(shy),
    ignoreregex: filter.ignoreregex.map(shy),
  };
}

const filters: readonly PlainFilter[] = [
  {
    prefregex: '^\\s*\\S+ sshd(?P<mlfid>\\[\\d+\\]): (?P<content>.+)$',
    failregex: [
      '^Failed \\S+ for <F-USER>.*?</F-USER> from <HOST>(?: port \\d+)?(?: <F-PORT>\\d+</F-PORT>)?$',
      '^Invalid user(?: <F-ALT_USER>\\S*</F-ALT_USER>)?(?: <F-USER>\\w*</F-USER>)? from <ADDR>\\s*$',
      '^<F-NOFAIL>Bye</F-NOFAIL> <HOST>',
    ],
    ignoreregex: ['from 192\\.0\\.2\\.9$'],
  },
  {
    prefregex: '^(?P<mlfid>.*?): before <F-CONTENT>.*?</F-CONTENT> after',
    failregex: ['Failed.* <HOST>\\s*$', '\\bInvalid\\b.*?(?P<ip4>\\d+\\.\\d+\\.\\d+\\.\\d+)'],
  },
  {
    failregex: [
      "^\\[\\] (?P<what>\\S+) failed for '<HOST>(:[0-9]+)?' - (?P<why>.*)\\s$",
      '^(?P<all>.*) failed (?<!x) <IP4>',
    ],
  },
  { failregex: ['<HOST>.*Failed', 'failed(?=.* <HOST>)', '^.{3}(?P<late>.*)Bye <HOST>'], ignoreregex: ['sshd'] },
  {
    failregex: ['^(?P<first>.+) Failed .*<F-TUPLE_ID>\\S+</F-TUPLE_ID> <HOST>$', '(Failed|Bye) .*\\1 <HOST>'],
  },
];

const date = fc
  .tuple(
    fc.constantFrom(
      '2024-05-01 10:00:',
      '2024-05-01T10:01:',
      '2024-06-15 12:00:',
      'May  1 10:00:',
      'May 31 23:59:',
      'Jul  1 0:00:',
    ),
    fc.constantFrom('00', '01', '30', '59', '60', 'x1'),
    fc.constantFrom('', '', '.5', '.123456', ',9', '+02:00', ' +0200', 'Z'),
  )
  .map((parts) => parts.join(''));
const before = fc.constantFrom('', '', '', '[', '<1> ', 'at ', 'x'.repeat(70));
const behind = fc.constantFrom('', ' ', '] ', ']', ': ');
const pieces = fc.array(
  fc.constantFrom(
    ...[
      ' gw1 ',
      ' gw1 sshd[77]: ',
      'sshd[7]: ',
      'Failed password for ',
      'Failed Failed ',
      'Invalid user',
      ' bob',
      ' from ',
    ],
    ...[
      '192.0.2.1',
      '192.0.2.9',
      '2001:db8::1',
      ' port 22',
      ' 22',
      'Bye ',
      'before ',
      ': before ',
      ' after',
      ' failed for ',
    ],
    ...["'192.0.2.1:5060' - No", "'", '\\', '\t', 'é', ' failed  192.0.2.1', '\r', '#', 'x'.repeat(2050)],
  ),
  { maxLength: 9 },
);
const line = fc
  .tuple(before, date, behind, pieces)
  .map(([start, when, next, rest]) => `${start}${when}${next}${rest.join('')}`);
const sensible = fc
  .tuple(
    date,
    fc.constantFrom(
      ' gw1 sshd[77]: Failed password for bob from 192.0.2.1 port 22',
      ' gw1 sshd[77]: Failed password for a from b from 192.0.2.1 22',
      ' gw1 sshd[77]: Invalid user bob from 192.0.2.1',
      ' gw1 sshd[77]: Invalid user  from 192.0.2.1 ',
      ' gw1 sshd[77]: Invalid user bob alice from 192.0.2.1',
      ' gw1 sshd[77]: Failed password for bob from 192.0.2.9',
      ' gw1 sshd[77]: Bye 192.0.2.1',
      ' x: before Failed 192.0.2.1 after that',
      " [x failed for '192.0.2.1' - No\t",
    ),
  )
  .chain(([when, text]) => fc.constantFrom(`${when}${text}`, `[${when}]${text.replace(' [', ' ')}`));
const log = fc
  .array(fc.oneof(line, sensible), { minLength: 1, maxLength: 12 })
  .chain((lines) => fc.constantFrom('\n', '\r\n').map((newline) => Buffer.from(lines.join(newline))));

const shown = ({ filter, regex, line: number, offset, time, date: kind, tuple, groups, preceding }: LineMatch) => ({
  filter,
  regex,
  number,
  offset,
  time,
  kind,
  tuple,
  groups: new Map(groups),
  preceding,
});

describe('lines matched in place', () => {
  it('give what they give as text, and leave the block as it was', () => {
    const compiled = filters.map((plain) =>
      compileFilter(plainSettings({ ...plain, logtimezone: 'UTC' }), { thisYear: 2024 }),
    );
    const inPlace = new BlockScanner(compiled);
    const text = new BlockScanner(compiled.map(asText));
    let found = 0;
    fc.assert(
      fc.property(log, (bytes) => {
        const memory = inPlace.room(bytes.length);
        memory?.set(bytes);
        const result = inPlace.scan(memory!.subarray(0, bytes.length), { now });
        const { matches } = unpackResult(result);
        const expected = unpackResult(text.scan(bytes, { now })).matches;
        expect(matches.map(shown)).toEqual(expected.map(shown));
        expect(Buffer.compare(inPlace.room(bytes.length)!.subarray(0, bytes.length), bytes)).toBe(0);
        found += matches.length;
      }),
      { numRuns: 3000 },
    );
    expect(found).toBeGreaterThan(3000);
  });

  describe('where the clock is put forward and back', () => {
    const { TZ } = process.env;
    beforeAll(() => {
      process.env.TZ = 'Europe/Zurich';
    });
    afterAll(() => {
      if (TZ === undefined) delete process.env.TZ;
      else process.env.TZ = TZ;
    });

    it.each([
      ['the hour that is left out', Date.UTC(2024, 2, 31, 0)],
      ['the hour that comes twice', Date.UTC(2024, 9, 26, 23)],
      ['the present hour', now],
      ['a year ago', now - 366 * 86_400_000],
    ])('they have the times that they have as text: %s', (_what, from) => {
      const filter = compileFilter(plainSettings({ failregex: 'from <HOST>' }), { thisYear: 2024 });
      const lines = Array.from({ length: 4 * 60 }, (_, minute) => {
        const wall = new Date(from + (minute - 60) * 60_000 + 17_000).toISOString().slice(0, 19);
        const month = new Date(wall).toUTCString().slice(8, 11);
        return `${month} ${wall.slice(8, 10)} ${wall.slice(11)} gw from 192.0.2.1\n${wall} gw from 192.0.2.1\n`;
      });
      for (const order of [lines, lines.toReversed()]) {
        const bytes = Buffer.from(order.join(''));
        const inPlace = unpackResult(new BlockScanner([filter]).scan(bytes, { now })).matches;
        const text = unpackResult(new BlockScanner([asText(filter)]).scan(bytes, { now })).matches;
        expect(inPlace.map(shown)).toEqual(text.map(shown));
        expect(text).toHaveLength(480);
      }
    });
  });
});
