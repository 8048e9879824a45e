import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from '../packages/matcher/src/dialect/parser.js';
import { compileSearch, GAVE_UP } from '../packages/matcher/src/engines/compiled/compiled.js';
import { requiredLiterals } from '../packages/matcher/src/engines/literals.js';
import { Re2Captures, Re2Gate } from '../packages/matcher/src/engines/re2-engine.js';
import { asciiSource, gateSource } from '../packages/matcher/src/engines/re2-source.js';
import { reduce } from '../packages/matcher/src/engines/reduce.js';
import { compileRegex } from '../packages/matcher/src/engines/regex.js';
import { MatcherError } from '../packages/matcher/src/errors.js';
import { reasonToSkip } from './requirements.js';

/** Debian's own interpreter: the one that fail2ban runs on. */
const PYTHON = '/usr/bin/python3';
/** Expressions tried; each meets eight lines. `F2B_PAIRS` asks for a longer run. */
const EXPRESSIONS = Number(process.env.F2B_PAIRS ?? 16_000) / 8;

/** Answers one JSON line per expression: "error", or per line null, "slow", or all offsets in UTF-16 units. */
const ORACLE = `
import json, re, signal, sys, warnings
warnings.simplefilter('ignore')
def slow(*_):
    raise TimeoutError
signal.signal(signal.SIGALRM, slow)
def units(text, at):
    return -1 if at < 0 else len(text[:at].encode('utf-16-le', 'surrogatepass')) // 2
def search(regex, text):
    signal.setitimer(signal.ITIMER_REAL, 0.5)
    try:
        found = regex.search(text)
    except TimeoutError:
        return 'slow'
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    if found is None:
        return None
    return [units(text, at) for group in range(regex.groups + 1) for at in found.span(group)]
for line in sys.stdin:
    asked = json.loads(line)
    flags = (re.M if asked['multiline'] else 0) | (re.I if asked['ignoreCase'] else 0)
    try:
        regex = re.compile(asked['source'], flags)
    except (re.error, OverflowError, ValueError) as error:
        print(json.dumps({'error': str(error)}), flush=True)
        continue
    print(json.dumps({'matches': [search(regex, text) for text in asked['lines']]}), flush=True)
`;

interface Question {
  readonly source: string;
  readonly multiline: boolean;
  readonly ignoreCase: boolean;
  readonly lines: readonly string[];
}
type Answer = { readonly error: string } | { readonly matches: readonly (null | 'slow' | readonly number[])[] };

class Python {
  readonly #process: ChildProcessWithoutNullStreams = spawn(PYTHON, ['-c', ORACLE]);
  readonly #answers = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]();

  async ask(question: Question): Promise<Answer> {
    this.#process.stdin.write(`${JSON.stringify(question)}\n`);
    const { value } = await this.#answers.next();
    return JSON.parse(value) as Answer;
  }

  end(): void {
    this.#process.stdin.end();
  }
}

/** What f2b makes of the question: the exact matcher's answer, in the oracle's form. */
function ours(question: Question): Answer {
  try {
    const regex = compileRegex(question.source, question);
    return { matches: question.lines.map((line) => offsetsOf(regex.exec(line, { steps: 0 }))) };
  } catch (error) {
    if (error instanceof MatcherError && error.code === 'F2B_REGEX_SYNTAX') return { error: error.message };
    throw error;
  }
}

/** Every other engine that takes the expression, by name: offsets, null, or undefined where it does not answer for this line. */
function otherEngines(question: Question): Map<string, (line: string) => number[] | null | undefined> {
  const expression = parse(question.source, question);
  const regex = compileRegex(question.source, question);
  const offsets = new Int32Array(2 * (expression.groupCount + 1));
  const engines = new Map([['the front door', (line: string) => offsetsOf(regex.exec(line))]] as [
    string,
    (line: string) => number[] | null | undefined,
  ][]);
  const ascii = asciiSource(reduce(expression));
  if (ascii.inexact === undefined) {
    const re2 = new Re2Captures(ascii);
    engines.set(`RE2 with ${ascii.source}`, (line) => {
      if (line === '' || /[^\0-\x7f]/.test(line)) return undefined;
      const found = re2.exec(line, offsets);
      return found === undefined ? undefined : found ? [...offsets] : null;
    });
  }
  const compiled = compileSearch(expression);
  if (compiled) {
    engines.set('the compiled search', (line) => {
      const found = compiled(line, offsets);
      return found === GAVE_UP ? undefined : found < 0 ? null : [...offsets];
    });
  }
  return engines;
}

/** What must hold of a matching line before any engine has looked at it closely. */
function necessary(question: Question): (line: string) => string[] {
  const expression = parse(question.source, question);
  const source = gateSource(reduce(expression));
  const gate = new Re2Gate(source);
  const literals = requiredLiterals(expression);
  return (line) => {
    const broken: string[] = [];
    if (gate.test(line) === false) broken.push(`the gate ${source} refuses it`);
    if (literals) {
      const text = literals.foldCase ? line.replace(/[A-Z]/g, (letter) => letter.toLowerCase()) : line;
      if (!literals.alternatives.some((literal) => text.includes(literal))) {
        broken.push(`it lacks the literals ${JSON.stringify(literals)}`);
      }
    }
    return broken;
  };
}

function offsetsOf(match: { readonly offsets: Int32Array } | null): number[] | null {
  return match ? [...match.offsets] : null;
}

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

describe.skipIf(reasonToSkip(PYTHON) !== undefined)("the dialect against Python's re", () => {
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
          expect('error' in found ? 'refused' : 'accepted').toBe('error' in theirs ? 'refused' : 'accepted');
          return;
        }
        const engines = otherEngines(asked);
        const broken = necessary(asked);
        for (const [i, line] of asked.lines.entries()) {
          if (theirs.matches[i] === 'slow') continue;
          pairs++;
          expect({ line, offsets: found.matches[i] }).toEqual({ line, offsets: theirs.matches[i] });
          for (const [name, exec] of engines) {
            const offsets = exec(line);
            if (offsets === undefined) continue;
            const kind = name.split(' with')[0]!;
            answers.set(kind, (answers.get(kind) ?? 0) + 1);
            expect({ name, line, offsets }).toEqual({ name, line, offsets: theirs.matches[i] });
          }
          if (theirs.matches[i]) expect({ line, broken: broken(line) }).toEqual({ line, broken: [] });
        }
      }),
      { numRuns: EXPRESSIONS },
    );
    console.info(`${pairs} pairs of expression and line tried, ${refused} expressions refused by both`, answers);
  });
});
