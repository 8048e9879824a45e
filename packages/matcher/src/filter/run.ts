import type { RegexMatch } from '../engines/engine.js';
import type { CompiledFilter, Expression } from './compile.js';
import type { Refusal } from './refusal.js';
import type { LineTrace } from './trace.js';

const none: readonly Refusal[] = [];

/** Runs a filter's expressions on one line: notes refusals, and the trace where one is wanted. */
export class ExpressionRun {
  readonly #filter: CompiledFilter;
  readonly #trace: LineTrace | undefined;
  #refusals: Refusal[] | undefined;

  constructor(filter: CompiledFilter, trace: LineTrace | undefined) {
    this.#filter = filter;
    this.#trace = trace;
  }

  get refusals(): readonly Refusal[] {
    return this.#refusals ?? none;
  }

  /**
   * A budget that runs out counts as no match of this expression; the others still have their say, and it is reported.
   * @param hasLiterals it is known that the subject has what every match contains
   */
  exec(
    option: Refusal['option'],
    index: number,
    expression: Expression,
    subject: string,
    when?: 'early' | 'late',
    hasLiterals = false,
  ): RegexMatch | null {
    if (!hasLiterals && this.#trace === undefined && !expression.mayMatch(subject)) return null;
    try {
      const found = expression.regex.exec(subject);
      this.#trace?.tried(option, index, expression, subject, found, when);
      return found;
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'F2B_REGEX_BUDGET') throw error;
      const refusal: Refusal = { option, index, reason: (error as Error).message };
      this.#refusals = [...(this.#refusals ?? []), refusal];
      this.#trace?.refused(refusal);
      return null;
    }
  }

  /** Index of the first ignoreregex that matches `subject`, or -1. */
  ignoredBy(subject: string, when: 'early' | 'late'): number {
    const { ignoreregex } = this.#filter;
    for (let index = 0; index < ignoreregex.length; index++) {
      if (this.exec('ignoreregex', index, ignoreregex[index]!, subject, when) !== null) return index;
    }
    return -1;
  }

  subject(what: 'line' | 'content', text: string): void {
    this.#trace?.subject(what, text);
  }
}
