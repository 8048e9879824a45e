import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ScanContext } from '../failures.js';
import { compileFilter } from '../filter/compile.js';
import { literalSearch } from '../filter/literal-search.js';
import { type PlainFilter, plainSettings } from '../filter/plain-settings.js';
import { termsOf as termsOfExpression } from './literal-finder.js';
import { unpackResult } from './result.js';
import { BlockScanner } from './scanner.js';

function termsOf(plain: PlainFilter, literals: readonly string[]) {
  const filter = compileFilter(plainSettings(plain));
  const [one] = filter.failregex;
  const regex = { ...one!.regex, literals: { alternatives: literals, foldCase: false }, otherLiterals: [] };
  return termsOfExpression({ ...one!, regex }, filter)?.terms;
}

function matchesOf(scanner: BlockScanner, bytes: Uint8Array, context: ScanContext) {
  return unpackResult(scanner.scan(bytes, context)).matches.map(({ line, regex, tuple, groups }) => ({
    line,
    regex,
    tuple,
    groups: [...groups],
  }));
}

/** A character for each byte. */
const utf8 = (...texts: string[]) => texts.map((text) => Buffer.from(text).toString('latin1'));

const failregex = 'x <HOST>';

describe('the terms of a filter', () => {
  it('are the pieces of its literals that no date can be cut out of', () => {
    expect(termsOf({ failregex }, ['No matching peer found'])).toEqual([' matching']);
    expect(termsOf({ failregex }, ['- [] "GET /x'])).toEqual([' "GET'.trim()]);
  });

  it('are whole where no dates are cut, and halves where they are cut anywhere', () => {
    expect(termsOf({ failregex, datepattern: '{NONE}' }, ['No matching'])).toEqual(['No matching']);
    expect(termsOf({ failregex, datepattern: '(?=(%Y))' }, ['No matching'])).toEqual(['No ma', 'tching']);
    expect(termsOf({ failregex, datepattern: '(?=(%Y))' }, ['ab🚫cde'])).toEqual(utf8('ab🚫', 'cde'));
  });

  it('end at newlines and at what invalid bytes become', () => {
    expect(termsOf({ failregex, datepattern: '{NONE}' }, ['ab\ncde', 'x\ufffdyyy'])).toEqual(['cde', 'yyy']);
  });

  it('are unknown where a literal is too short, unknown in the encoding, or lines are joined', () => {
    expect(termsOf({ failregex }, ['long enough', 'x'])).toBeUndefined();
    expect(termsOf({ failregex, logencoding: 'koi8-r' }, ['жжж'])).toBeUndefined();
    expect(termsOf({ failregex, logencoding: 'utf-16' }, ['abc'])).toBeUndefined();
    expect(termsOf({ failregex, maxlines: 2 }, ['abc'])).toBeUndefined();
  });

  it('that contain others are left out', () => {
    expect(termsOf({ failregex }, ['password', 'word'])).toEqual(['word']);
  });
});

describe('the search for literals', () => {
  it('finds each of them, whatever characters it holds', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ minLength: 1, unit: 'binary-ascii' }), { minLength: 1, maxLength: 5 }),
        fc.string(),
        (terms, rest) => {
          for (const term of terms) expect(literalSearch(terms, false).test(`${rest}${term}${rest}`)).toBe(true);
        },
      ),
    );
  });
});

describe('the literal scan', () => {
  const filters: PlainFilter[] = [
    {
      failregex: ['^ sshd\\[\\d+\\]: Failed \\S+ for .* from <HOST>', '^ sshd\\[\\d+\\]: Invalid user .* from <HOST>'],
    },
    { failregex: '^<HOST> - - \\[\\] "GET /(?:admin|login)' },
    { failregex: '(?i)^.*refused connect from <HOST>' },
    { failregex: "^\\s*\\[\\] NOTICE\\[\\d+\\]: Registration from '.*' failed for '<HOST>'" },
    { failregex: '^.*found <HOST> twice$', datepattern: 'on(%Y-%m-%d)at' },
    { failregex: '^\\S+ <HOST>$' },
  ];
  const pieces = fc.constantFrom(
    ...[
      '2024-05-01 10:00:00',
      'May  1 10:00:00',
      '[01/May/2024:10:00:00 +0000]',
      '@4000000041f4104f00000000',
      'on2024-05-01at',
    ],
    ...[
      ' sshd[7]: ',
      'Failed password for ',
      'Invalid user ',
      'bob',
      ' from ',
      '192.0.2.1',
      '192.0.2.1 - - ',
      '[] ',
      '[',
      ']',
      ' ',
    ],
    ...[
      '"GET /',
      'admin',
      'log',
      'in',
      'REFUSED',
      ' connect',
      'refused',
      ' NOTICE[1]: ',
      "Registration from 'x' failed for '",
    ],
    ...["'", 'fou', 'nd ', 'found ', ' twice', ' tw', 'ice', 'é', '\xff', '\r'],
  );
  const line = fc.array(pieces, { maxLength: 10 }).map((parts) => Buffer.from(parts.join(''), 'latin1'));
  const whole = fc
    .constantFrom(
      ...[
        '2024-05-01 10:00:00 sshd[7]: Failed password for bob from 192.0.2.1',
        '192.0.2.1 - - [01/May/2024:10:00:00 +0000] "GET /login',
      ],
      ...[
        'x Refused Connect from 192.0.2.1',
        "[2024-05-01 10:00:00] NOTICE[1]: Registration from 'x' failed for '192.0.2.1'",
      ],
      ...['fouon2024-05-01atnd 192.0.2.1 twice', 'found 192.0.2.1 twon2024-05-01atice', 'x 192.0.2.1'],
    )
    .map((text) => Buffer.from(text));

  it('rejects no line that a filter matches', () => {
    const compiled = filters.map((plain) => compileFilter(plainSettings(plain)));
    const scanners = compiled.map((filter) => new BlockScanner([filter]));
    const together = new BlockScanner(compiled);
    const context = { now: Date.UTC(2024, 5, 15) };
    let found = 0;
    fc.assert(
      fc.property(fc.oneof(line, whole), (bytes) => {
        // Statistics look at every line and use no literals.
        const expected = scanners.map((one) =>
          matchesOf(one, bytes, { ...context, statistics: { keepIgnored: 0, keepMissed: 0, skipComments: false } }),
        );
        scanners.forEach((one, index) => {
          expect(matchesOf(one, bytes, context)).toEqual(expected[index]);
        });
        const count = expected.reduce((sum, { length }) => sum + length, 0);
        expect(together.scan(bytes, context).packed.starts).toHaveLength(count);
        found += count;
      }),
      { numRuns: 1500 },
    );
    expect(found).toBeGreaterThan(300);
  });
});
