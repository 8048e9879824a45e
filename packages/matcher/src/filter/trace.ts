import type { RegexMatch } from '../engines/engine.js';
import type { Expression } from './compile.js';
import type { Refusal } from './refusal.js';

/** One thing that happened to a line, in the order in which it happened. */
export type TraceStep =
  /** The text that the following expressions search; it ends with the added newline. */
  | { readonly kind: 'subject'; readonly what: 'line' | 'content'; readonly text: string }
  | {
      readonly kind: 'tried';
      readonly option: Refusal['option'];
      readonly index: number;
      readonly expression: Expression;
      readonly subject: string;
      /** Offsets of the match in the subject; undefined: no match. */
      readonly found:
        | { readonly start: number; readonly end: number; readonly groups: ReadonlyMap<string, string> }
        | undefined;
      /** For an ignoreregex: tried before prefregex (`early`) or on what a failregex matched (`late`). */
      readonly when: 'early' | 'late' | undefined;
    }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

/** Collects a line's way through a filter, for `f2b explain`. */
export class LineTrace {
  readonly steps: TraceStep[] = [];

  subject(what: 'line' | 'content', text: string): void {
    this.steps.push({ kind: 'subject', what, text });
  }

  tried(
    option: Refusal['option'],
    index: number,
    expression: Expression,
    subject: string,
    match: RegexMatch | null,
    when: 'early' | 'late' | undefined,
  ): void {
    let found: { start: number; end: number; groups: Map<string, string> } | undefined;
    if (match !== null) {
      const groups = new Map<string, string>();
      for (const { name, index: group } of expression.plan.named) {
        const value = match.group(group);
        if (value !== undefined) groups.set(name, value);
      }
      found = { start: match.start, end: match.end, groups };
    }
    this.steps.push({ kind: 'tried', option, index, expression, subject, found, when });
  }

  refused(refusal: Refusal): void {
    this.steps.push({ kind: 'refused', refusal });
  }
}
