import fc from 'fast-check';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { necessary, otherEngines, ours, same } from './all-engines.js';
import { Python, type Question } from './python-re.js';
import { debianPython, reasonToSkip } from './requirements.js';

/** Expressions tried; each meets eight lines. `F2B_PAIRS` asks for a longer run. */
const expressionCount = Number(process.env.F2B_PAIRS ?? 16_000) / 8;

const letters = ['a', 'a', 'a', 'a', 'b', 'b', 'b', 'c', 'A', 'k', 's', '1', ' ', ':', '-', '_', '\n'];
const foreign = ['é', 'É', 'ſ', '\u212a', '٣', '😀', '𐐀', '𐐨', '\u2028', '\x1c', '\xa0', 'İ', 'ß', '\ufb05', '\ufb06'];
const character = fc.oneof({ weight: 12, arbitrary: fc.constantFrom(...letters) }, fc.constantFrom(...foreign));
const plain = fc.constantFrom(
  'a',
  'a',
  'a',
  'b',
  'b',
  'c',
  'A',
  'k',
  's',
  '1',
  ' ',
  ':',
  '-',
  '_',
  'ab',
  'é',
  'ſ',
  '😀',
  '𐐨',
);
const atom = fc.oneof(
  { weight: 8, arbitrary: plain },
  fc.constantFrom('.', '\\d', '\\w', '\\s', '\\D', '\\W', '\\S', '\\n', '\\.', '\\x61', '\\u00e9', '\\141', '\\0'),
  fc.constantFrom(
    '[ab]',
    '[^a]',
    '[a-c]',
    '[^\\s:]',
    '[\\w-]',
    '[]a]',
    '[^]a]',
    '[a-]',
    '[\\d\\s]',
    '[é-ſ]',
    '[😀-😎b]',
    '[^\\W_]',
  ),
  fc.constantFrom('^', '$', '\\A', '\\Z', '\\b', '\\B'),
  fc.constantFrom('(?#x)', '\\1', '\\2', '(?P=n)', '{', '}', ']', '{,}', '{1', '()', '(?:)', '(?!)', '(?=)'),
);
const quantifier = fc.constantFrom('*', '+', '?', '{2}', '{1,2}', '{,2}', '{2,}', '{0}', '{0,3}', '{0,1}');
// Possessive only where single characters repeat: around groups, Python before 3.11.5 forgets to go back (its issue 106052).
const manner = fc.constantFrom('', '', '?');
const opening = fc.oneof(
  { weight: 6, arbitrary: fc.constant('(') },
  { weight: 6, arbitrary: fc.constant('(?:') },
  fc.constantFrom(
    '(?P<n>',
    '(?i:',
    '(?-i:',
    '(?s:',
    '(?m:',
    '(?a:',
    '(?x: ',
    '(?=',
    '(?!',
    '(?<=',
    '(?<!',
    '(?>',
    '(?(1)',
    '(?(2)',
    '(?(n)',
  ),
);
const { expression } = fc.letrec<{ expression: string; piece: string }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 4, depthIdentifier: 'tree' },
    { weight: 4, arbitrary: fc.array(tie('piece'), { minLength: 1, maxLength: 4 }).map((pieces) => pieces.join('')) },
    fc.tuple(tie('expression'), tie('expression')).map(([one, other]) => `${one}|${other}`),
  ),
  piece: fc.oneof(
    { maxDepth: 4, depthIdentifier: 'tree' },
    { weight: 4, arbitrary: atom },
    { weight: 2, arbitrary: fc.tuple(tie('piece'), quantifier, manner).map((parts) => parts.join('')) },
    fc.tuple(fc.constantFrom('a', 'b', '1', 'é'), quantifier).map(([one, count]) => `${one}${count}+`),
    { weight: 2, arbitrary: fc.tuple(opening, tie('expression')).map(([open, body]) => `${open}${body})`) },
    fc
      .tuple(opening, tie('expression'), quantifier, manner)
      .map(([open, body, count, how]) => `${open}${body})${count}${how}`),
  ),
}));
const question: fc.Arbitrary<Question> = fc.record({
  source: fc
    .tuple(
      fc.constantFrom('', '', '', '(?i)', '(?s)', '(?m)', '(?x)', '(?a)'),
      // Groups that references and conditionals behind them can name.
      fc.constantFrom('', '', '(?P<n>a)?', '(?P<n>a|(b))*', '(?P<n>\\w)(b*)', '(?:(?P<n>a)|(b))', '(?P<n>(.)|)'),
      expression,
      fc.constantFrom('', '', '', '(?(1)a|b)', '(?(n)b)', '(?:a|(?(2)|b))'),
    )
    .map((parts) => parts.join('')),
  multiline: fc.boolean(),
  ignoreCase: fc.boolean(),
  lines: fc.array(fc.string({ unit: character, maxLength: 10 }), { minLength: 8, maxLength: 8 }),
});

describe.skipIf(reasonToSkip(debianPython) !== undefined)("the dialect against Python's re", () => {
  let python: Python;
  beforeAll(() => {
    python = new Python();
  });
  afterAll(() => python.end());

  it('accepts, matches and captures what Python does', { timeout: 600_000 }, async () => {
    let pairs = 0;
    let refused = 0;
    const answers = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(question, async (asked) => {
        const theirs = await python.ask(asked);
        const found = ours(asked);
        if ('error' in theirs || 'error' in found) {
          refused++;
          same('error' in found, 'error' in theirs, { refusal: theirs });
          return;
        }
        const engines = otherEngines(asked);
        const broken = necessary(asked);
        for (const [i, line] of asked.lines.entries()) {
          if (theirs.matches[i] === 'slow') continue;
          pairs++;
          same(found.matches[i], theirs.matches[i], { line });
          for (const [name, exec] of engines) {
            const offsets = exec(line);
            if (offsets === undefined) continue;
            const kind = name.split(' with')[0]!;
            answers.set(kind, (answers.get(kind) ?? 0) + 1);
            same(offsets, theirs.matches[i], { name, line });
          }
          if (theirs.matches[i]) same(broken(line), [], { line });
        }
      }),
      { numRuns: expressionCount },
    );
    console.info(`${pairs} pairs of expression and line tried, ${refused} expressions refused by both`, answers);
  });
});
