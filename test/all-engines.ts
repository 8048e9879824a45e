import { parse } from '../packages/matcher/src/dialect/parser.js';
import { Re2Captures, Re2Gate } from '../packages/matcher/src/engines/re2-engine.js';
import { asciiSource, gateSource } from '../packages/matcher/src/engines/re2-source.js';
import { reduce } from '../packages/matcher/src/engines/reduce.js';
import { compileRegex } from '../packages/matcher/src/engines/regex.js';
import { requiredLiterals } from '../packages/matcher/src/engines/required-literals.js';
import { gaveUp } from '../packages/matcher/src/engines/wasm/frame.js';
import { compileSearch } from '../packages/matcher/src/engines/wasm/text-search.js';
import { MatcherError } from '../packages/matcher/src/errors.js';
import type { Answer, Question } from './python-re.js';

/** What f2b makes of the question: the exact matcher's answer, in the oracle's form. */
export function ours(question: Question): Answer {
  try {
    const regex = compileRegex(question.source, question);
    return { matches: question.lines.map((line) => offsetsOf(regex.exec(line, { steps: 0 }))) };
  } catch (error) {
    if (error instanceof MatcherError && error.code === 'F2B_REGEX_SYNTAX') return { error: error.message };
    throw error;
  }
}

/** Every other engine that takes the expression, by name: offsets, null, or undefined where it does not answer for this line. */
export function otherEngines(question: Question): Map<string, (line: string) => number[] | null | undefined> {
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
      return found === gaveUp ? undefined : found < 0 ? null : [...offsets];
    });
  }
  return engines;
}

/** What must hold of a matching line before any engine has looked at it closely. */
export function necessary(question: Question): (line: string) => string[] {
  const expression = parse(question.source, question);
  const source = gateSource(reduce(expression));
  const gate = new Re2Gate(source);
  const sets = requiredLiterals(expression);
  return (line) => {
    const broken: string[] = [];
    if (gate.test(line) === false) broken.push(`the gate ${source} refuses it`);
    for (const literals of sets) {
      const text = literals.foldCase ? line.replace(/[A-Z]/g, (letter) => letter.toLowerCase()) : line;
      if (!literals.alternatives.some((literal) => text.includes(literal))) {
        broken.push(`it lacks the literals ${JSON.stringify(literals)}`);
      }
    }
    return broken;
  };
}

/** Fails with all that is needed to see the case again; cheap where nothing is wrong, since it is asked a hundred thousand times. */
export function same(found: unknown, expected: unknown, where: Readonly<Record<string, unknown>>): void {
  if (JSON.stringify(found) !== JSON.stringify(expected))
    throw new Error(JSON.stringify({ ...where, found, expected }));
}

function offsetsOf(match: { readonly offsets: Int32Array } | null): number[] | null {
  return match ? [...match.offsets] : null;
}
