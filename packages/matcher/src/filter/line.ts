import type { CompiledFilter, Expression } from './compile.js';
import type { LineTuple } from './dating.js';
import { addGroups, type Groups, type GroupValue } from './groups.js';
import type { Refusal } from './refusal.js';
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
  readonly refusals: readonly Refusal[];
}

export interface LineOptions {
  /** Try every failregex, as `f2b regex` does; the guard stops at the first that matches. */
  readonly all?: boolean;
  /** Records the line's way, for `f2b explain`. */
  readonly trace?: LineTrace;
}

const nothing: LineOutcome = { hits: [], ignored: -1, refusals: [] };

/** One line on its way through a filter. */
class LineRun {
  refusals: Refusal[] | undefined;
  readonly #filter: CompiledFilter;
  readonly #options: LineOptions;

  constructor(filter: CompiledFilter, options: LineOptions) {
    this.#filter = filter;
    this.#options = options;
  }

  run(tuple: LineTuple): LineOutcome {
    const { ignoresEarly, prefregex } = this.#filter;
    const text = `${tuple[0]}${tuple[2]}\n`;
    this.#options.trace?.subject('line', text);
    if (ignoresEarly) {
      const ignored = this.#ignoredBy(text, 'early');
      if (ignored >= 0) return this.#end([], ignored);
    }
    let subject = text;
    let shared: Map<string, GroupValue> | undefined;
    if (prefregex !== undefined) {
      const found = this.#exec('prefregex', 0, prefregex, text);
      if (found === null) return this.#end([], -1);
      shared = new Map();
      addGroups(prefregex.plan, found, shared);
      const content = shared.get('content');
      shared.delete('content');
      if (typeof content === 'string' && content !== '') subject = `${content}\n`;
      this.#options.trace?.subject('content', subject);
    }
    return this.#failregex(subject, shared);
  }

  #failregex(subject: string, shared: ReadonlyMap<string, GroupValue> | undefined): LineOutcome {
    let hits: RegexHit[] | undefined;
    const { failregex } = this.#filter;
    for (let index = 0; index < failregex.length; index++) {
      const expression = failregex[index]!;
      const found = this.#exec('failregex', index, expression, subject);
      if (found === null) continue;
      const groups = new Map(shared);
      addGroups(expression.plan, found, groups);
      if (hits === undefined) {
        const ignored = this.#ignoredBy(subject, 'late');
        if (ignored >= 0) return this.#end([], ignored);
        hits = [];
      }
      hits.push({ regex: index, groups });
      if (this.#options.all !== true) break;
    }
    return hits === undefined && this.refusals === undefined ? nothing : this.#end(hits ?? [], -1);
  }

  #ignoredBy(subject: string, when: 'early' | 'late'): number {
    const { ignoreregex } = this.#filter;
    for (let index = 0; index < ignoreregex.length; index++) {
      if (this.#exec('ignoreregex', index, ignoreregex[index]!, subject, when) !== null) return index;
    }
    return -1;
  }

  /** A budget that runs out counts as no match of this expression; the others still have their say, and it is reported. */
  #exec(option: Refusal['option'], index: number, expression: Expression, subject: string, when?: 'early' | 'late') {
    try {
      const found = expression.regex.exec(subject);
      this.#options.trace?.tried(option, index, expression, subject, found, when);
      return found;
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'F2B_REGEX_BUDGET') throw error;
      const refusal: Refusal = { option, index, reason: (error as Error).message };
      this.refusals = [...(this.refusals ?? []), refusal];
      this.#options.trace?.refused(refusal);
      return null;
    }
  }

  #end(hits: readonly RegexHit[], ignored: number): LineOutcome {
    return { hits, ignored, refusals: this.refusals ?? nothing.refusals };
  }
}

/**
 * Judges one line whose date is already cut out: early ignoreregex, prefregex and its content, failregex in order, ignoreregex.
 * Every expression searches a text that ends with an added newline. Pure: nothing is remembered from line to line.
 *
 * @param tuple the line as `Dating.cut` divides it.
 */
export function matchLine(filter: CompiledFilter, tuple: LineTuple, options: LineOptions = {}): LineOutcome {
  return new LineRun(filter, options).run(tuple);
}
