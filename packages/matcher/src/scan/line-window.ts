import type { CompiledFilter } from '../filter/compile.js';
import { addGroups, type Groups, type GroupValue } from '../filter/groups.js';
import type { Refusal } from '../filter/refusal.js';
import { ExpressionRun } from '../filter/run.js';
import type { WindowLine } from './window-line.js';
import { everyRegex, maskOf } from './window-needs.js';

/** A failregex that matched over several lines. */
export interface WindowHit {
  readonly regex: number;
  readonly groups: Groups;
  /** The lines of the match in order, without those that `<SKIPLINES>` passed over. */
  readonly lines: readonly WindowLine[];
}

/** What became of a line. */
export interface WindowOutcome {
  readonly hits: readonly WindowHit[];
  /** Index of the ignoreregex that dropped the match, or -1. */
  readonly ignored: number;
  readonly prefregex: false;
  readonly refusals: readonly Refusal[];
}

/** Every failregex, of which nothing is known: a number that no set is. */
const tryEvery = -1;

const nothing: WindowOutcome = { hits: [], ignored: -1, prefregex: false, refusals: [] };

function textOf(lines: readonly WindowLine[]): string {
  let text = '';
  for (const { content } of lines) text += `${content}\n`;
  return text;
}

/**
 * The last `maxlines` lines of a log, for a filter whose failregex see them as they are: the same as `matchNextLine`, for which the lines
 * need not be texts unless some failregex may match. Which may, the literals of the lines say.
 */
export class LineWindow {
  readonly #filter: CompiledFilter;
  readonly #lines: WindowLine[] = [];
  /** Lines were taken out, or an expression gave up: whatever is there now has not been tried as it is. */
  #untried = true;

  constructor(filter: CompiledFilter) {
    this.#filter = filter;
  }

  get lines(): readonly WindowLine[] {
    return this.#lines;
  }

  /** @param completing which failregex the line may be the last line for */
  next(line: WindowLine, completing: number, all: boolean): WindowOutcome {
    const lines = this.#lines;
    lines.push(line);
    if (lines.length > this.#filter.maxlines) lines.shift()!.kept = false;
    let due = this.#untried ? everyRegex : completing;
    if (due !== 0) due &= this.#somewhere();
    this.#untried = false;
    return due === 0 ? nothing : this.#match(due, all);
  }

  /** What the lines have together. */
  #somewhere(): number {
    let sum = 0;
    for (const { somewhere } of this.#lines) sum |= somewhere;
    return sum;
  }

  #match(due: number, all: boolean): WindowOutcome {
    const { failregex } = this.#filter;
    const run = new ExpressionRun(this.#filter, undefined);
    const hits: WindowHit[] = [];
    let ignored = -1;
    let open = due;
    let text = textOf(this.#lines);
    for (let index = 0; index < failregex.length && this.#lines.length > 0; index++) {
      if ((open & maskOf(index)) === 0) continue;
      const expression = failregex[index]!;
      // Of the first text it is known that the literals are there.
      const found = run.exec('failregex', index, expression, text, undefined, open === due);
      if (found === null) continue;
      const groups = new Map<string, GroupValue>();
      addGroups(expression.plan, found, groups);
      const matched = this.#take(found.start, found.end, groups);
      ignored = run.ignoredBy(textOf(matched), 'late');
      if (ignored >= 0) break;
      hits.push({ regex: index, groups, lines: matched });
      if (!all) break;
      text = textOf(this.#lines);
      open = tryEvery;
    }
    if (run.refusals.length > 0) this.#untried = true;
    return { hits, ignored, prefregex: false, refusals: run.refusals };
  }

  /** Takes the lines of a match, which touch offsets [start, end) of the text, out of the window. */
  #take(start: number, end: number, groups: Groups): WindowLine[] {
    const [first, past] = this.#touched(start, end);
    const touched = this.#lines.slice(first, past);
    const skipped = skippedOf(touched, groups);
    const matched = skipped.length === 0 ? touched : touched.filter((line) => !skipped.includes(line));
    for (const line of matched) line.kept = false;
    this.#lines.splice(first, past - first, ...skipped);
    this.#untried = this.#lines.length > 0;
    return matched;
  }

  /** The lines that offsets [start, end) touch: first and one past the last. */
  #touched(start: number, end: number): [first: number, past: number] {
    const lines = this.#lines;
    let first = 0;
    let past = 0;
    let at = 0;
    for (let index = 0; index < lines.length; index++) {
      const next = at + lines[index]!.content.length + 1;
      if (start >= next) first = index + 1;
      if (at < end || index === first) past = index + 1;
      at = next;
    }
    return [Math.min(first, lines.length - 1), Math.max(past, Math.min(first + 1, lines.length))];
  }
}

/** The lines of a match that `<SKIPLINES>` passed over. */
function skippedOf(lines: readonly WindowLine[], groups: Groups): WindowLine[] {
  if (!groups.has('skiplines0')) return [];
  const left = [...lines];
  const skipped: WindowLine[] = [];
  let from = 0;
  for (let index = 0; ; index++) {
    const text = groups.get(`skiplines${index}`);
    if (typeof text !== 'string') return skipped;
    if (text === '') continue;
    const count = text.split('\n').length - 1;
    while (from + count <= left.length && textOf(left.slice(from, from + count)) !== text) from++;
    if (from + count <= left.length) skipped.push(...left.splice(from, count));
  }
}
