import { type Bits, type LineBits, meets } from '../literals/bits.js';
import type { CompiledFilter } from './compile.js';
import type { LineTuple } from './dating.js';
import { addGroups, type Groups, type GroupValue } from './groups.js';
import type { Refusal } from './refusal.js';
import { ExpressionRun } from './run.js';
import type { LineTrace } from './trace.js';

/** One failregex that matched. */
export interface RegexHit {
  /** Index of the failregex, from 0. */
  readonly regex: number;
  readonly groups: Groups;
}

export interface LineOutcome {
  readonly hits: readonly RegexHit[];
  /** Index of the ignoreregex that dropped the line, or -1. */
  readonly ignored: number;
  /** Whether prefregex was tried and matched. */
  readonly prefregex: boolean;
  readonly refusals: readonly Refusal[];
}

/** Which failregex may match a line at all: those that need one of the bits that the line has. */
export interface PossibleRegexes extends LineBits {
  readonly needed: readonly (Bits | undefined)[];
}

export interface LineOptions {
  /** Try every failregex, as `f2b regex` does; the guard stops at the first that matches. */
  readonly all?: boolean;
  /** The scan knows which literals the line has: a failregex that needs others is not tried. */
  readonly only?: PossibleRegexes;
  /** Records the line's way, for `f2b explain`. */
  readonly trace?: LineTrace;
}

/** What prefregex leaves of a text. */
export interface Prepared {
  readonly subject: string;
  /** Groups of prefregex, without `content`. */
  readonly groups: Map<string, GroupValue> | undefined;
  /** The text of `<F-CONTENT>`, when that is what remains. */
  readonly content: string | undefined;
}

/**
 * Applies prefregex: undefined when it does not match. Its group `content`, unless empty, is all that the failregex see.
 *
 * @param text ends with the added newline
 */
function applyPrefregex(filter: CompiledFilter, text: string, run: ExpressionRun): Prepared | undefined {
  const { prefregex } = filter;
  if (prefregex === undefined) return { subject: text, groups: undefined, content: undefined };
  const found = run.exec('prefregex', 0, prefregex, text);
  if (found === null) return undefined;
  const groups = new Map<string, GroupValue>();
  addGroups(prefregex.plan, found, groups);
  const content = groups.get('content');
  groups.delete('content');
  if (typeof content !== 'string' || content === '') return { subject: text, groups, content: undefined };
  run.subject('content', `${content}\n`);
  return { subject: `${content}\n`, groups, content };
}

/**
 * What comes before any failregex: the ignoreregex that go first, and prefregex.
 *
 * @returns what is left of the text; or that there is nothing to match: index of the ignoreregex that dropped it, -1 where prefregex did
 */
export function prepare(filter: CompiledFilter, text: string, run: ExpressionRun): Prepared | number {
  run.subject('line', text);
  if (filter.ignoresEarly) {
    const ignored = run.ignoredBy(text, 'early');
    if (ignored >= 0) return ignored;
  }
  return applyPrefregex(filter, text, run) ?? -1;
}

/**
 * Matches one line whose date is already cut out: early ignoreregex, prefregex and its content, failregex in order, ignoreregex.
 * Every expression searches a text that ends with an added newline. Pure: nothing is remembered from line to line.
 *
 * @param tuple the line as `Dating.cut` divides it.
 */
export function matchLine(filter: CompiledFilter, tuple: LineTuple, options: LineOptions = {}): LineOutcome {
  const run = new ExpressionRun(filter, options.trace);
  const text = `${tuple[0]}${tuple[2]}\n`;
  const hits: RegexHit[] = [];
  let prefregex = false;
  const end = (ignored: number): LineOutcome => ({ hits, ignored, prefregex, refusals: run.refusals });

  const prepared = prepare(filter, text, run);
  if (typeof prepared === 'number') return end(prepared);
  prefregex = filter.prefregex !== undefined;
  const { failregex } = filter;
  const { only } = options;
  for (let index = 0; index < failregex.length; index++) {
    if (only !== undefined && !meets(only.needed[index], only.words, only.at)) continue;
    const expression = failregex[index]!;
    const found = run.exec('failregex', index, expression, prepared.subject);
    if (found === null) continue;
    // Where this is the only hit, its groups may as well be added to those of prefregex.
    const groups = options.all === true || prepared.groups === undefined ? new Map(prepared.groups) : prepared.groups;
    addGroups(expression.plan, found, groups);
    if (hits.length === 0) {
      const ignored = run.ignoredBy(prepared.subject, 'late');
      if (ignored >= 0) return end(ignored);
    }
    hits.push({ regex: index, groups });
    if (options.all !== true) break;
  }
  return end(-1);
}
