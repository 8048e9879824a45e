import type { EpochMs } from '@f2b/config';
import type { DateRanking } from '../dates/detector.js';
import type { CompiledFilter } from './compile.js';
import type { LineTuple } from './dating.js';
import { addGroups, type GroupValue } from './groups.js';
import { type LineOptions, type LineOutcome, prepare, type RegexHit } from './line.js';
import { ExpressionRun } from './run.js';
import { WindowLiterals } from './window-literals.js';

/** What a filter with `maxlines` above 1 remembers between lines. One owner, lines in order. */
export interface MultilineState {
  /** The last lines, oldest first, at most `maxlines`. */
  lines: LineTuple[];
  readonly ranking: DateRanking;
  readonly literals: WindowLiterals;
}

/** A failregex that matched over several lines. */
export interface MultilineHit extends RegexHit {
  /** The lines of the match in order, without those that `<SKIPLINES>` passed over. */
  readonly lines: readonly LineTuple[];
}

export interface MultilineOutcome extends LineOutcome {
  readonly hits: readonly MultilineHit[];
}

export function newMultilineState(filter: CompiledFilter, now: EpochMs): MultilineState {
  return { lines: [], ranking: filter.dating.newRanking(now), literals: new WindowLiterals(filter) };
}

function textOf(lines: readonly LineTuple[]): string {
  return lines.map(([before, , after]) => `${before}${after}\n`).join('');
}

/** Lines of `lines` that offsets `[start, end)` of their joined text touch: first and one past the last. */
function touched(lines: readonly LineTuple[], start: number, end: number): [first: number, past: number] {
  let first = 0;
  let past = 0;
  let at = 0;
  for (const [index, [before, , after]] of lines.entries()) {
    const next = at + before.length + after.length + 1;
    if (start >= next) first = index + 1;
    if (at < end || index === first) past = index + 1;
    at = next;
  }
  return [Math.min(first, lines.length - 1), Math.max(past, Math.min(first + 1, lines.length))];
}

/** Divides the lines of a match into those that matched and those that `<SKIPLINES>` passed over. */
function withoutSkipped(
  lines: readonly LineTuple[],
  groups: ReadonlyMap<string, GroupValue>,
): { matched: LineTuple[]; skipped: LineTuple[] } {
  const matched = [...lines];
  const skipped: LineTuple[] = [];
  let from = 0;
  for (let index = 0; ; index++) {
    const text = groups.get(`skiplines${index}`);
    if (typeof text !== 'string') break;
    if (text === '') continue;
    const count = text.split('\n').length - 1;
    while (from + count <= matched.length && textOf(matched.slice(from, from + count)) !== text) from++;
    if (from + count <= matched.length) skipped.push(...matched.splice(from, count));
  }
  return { matched, skipped };
}

/** The line that a content of one line was cut out of: what is kept of a match is the line as the log has it. */
function lineWith(lines: readonly LineTuple[], content: string): LineTuple | undefined {
  if (content.includes('\n')) return undefined;
  return lines.findLast(([before, , after]) => (before + after).includes(content));
}

const noOutcome: MultilineOutcome = { hits: [], ignored: -1, prefregex: false, refusals: [] };

/**
 * Matches one more line together with those before it. The expressions see the last `maxlines` lines joined; what matched leaves the
 * buffer, so that it cannot match again, and what `<SKIPLINES>` passed over stays. ignoreregex sees the matched lines only.
 *
 * @param state is changed
 */
export function matchNextLine(
  filter: CompiledFilter,
  state: MultilineState,
  tuple: LineTuple,
  options: LineOptions = {},
): MultilineOutcome {
  state.lines.push(tuple);
  while (state.lines.length > filter.maxlines) state.lines.shift();
  const may = state.literals.next(`${tuple[0]}${tuple[2]}`);
  if (!may && options.trace === undefined) return noOutcome;
  const run = new ExpressionRun(filter, options.trace);
  const hits: MultilineHit[] = [];
  let prefregex = false;
  const end = (ignored: number): MultilineOutcome => ({ hits, ignored, prefregex, refusals: run.refusals });

  let text = textOf(state.lines);
  const prepared = prepare(filter, text, run);
  if (typeof prepared === 'number') return end(prepared);
  prefregex = filter.prefregex !== undefined;
  // What prefregex leaves is all that remains of the buffer: fail2ban's rule, however little buffering it leaves.
  let whole: LineTuple | undefined;
  if (prepared.content !== undefined) {
    whole = lineWith(state.lines, prepared.content);
    state.lines = prepared.content.split('\n').map((line): LineTuple => ['', '', line]);
    text = textOf(state.lines);
  }
  for (const [index, expression] of filter.failregex.entries()) {
    if (state.lines.length === 0) break;
    const found = run.exec('failregex', index, expression, text);
    if (found === null) continue;
    const groups = new Map(prepared.groups);
    addGroups(expression.plan, found, groups);
    const [first, past] = touched(state.lines, found.start, found.end);
    const { matched, skipped } = withoutSkipped(state.lines.slice(first, past), groups);
    state.lines = [...state.lines.slice(0, first), ...skipped, ...state.lines.slice(past)];
    state.literals.changed();
    const ignored = run.ignoredBy(textOf(matched), 'late');
    if (ignored >= 0) return end(ignored);
    hits.push({ regex: index, groups, lines: whole === undefined ? matched : [whole] });
    if (options.all !== true) break;
    text = textOf(state.lines);
  }
  return end(-1);
}
