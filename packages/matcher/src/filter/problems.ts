import type { Origin } from '@f2b/config';
import type { filterErrors } from '../errors.js';

/** One thing that keeps a filter from working, said so that whoever wrote it can mend it. */
export interface FilterProblem {
  readonly code: Exclude<keyof typeof filterErrors, 'F2B_FILTER_INVALID'>;
  /** The option that holds it. */
  readonly option:
    | 'prefregex'
    | 'failregex'
    | 'ignoreregex'
    | 'datepattern'
    | 'logtimezone'
    | 'logencoding'
    | 'maxlines';
  /** Position in the option's list, from 0. */
  readonly index: number;
  /** What is wrong; for an expression the text that fail2ban's users know (`Unable to compile regular expression …`). */
  readonly what: string;
  /** Where it is written; the column points at the offending piece where that is known. */
  readonly origin: Origin | undefined;
  /** What to do. */
  readonly advice: string;
  /** Of an expression: where in it, its tags expanded, the offending piece begins, counted from 0. */
  readonly position?: number;
}

/** `file:line:column`, as every message of f2b names a place. config has the same line of code; the matcher takes only types from it. */
function placeOf(origin: Origin | undefined): string {
  return origin === undefined ? '' : `${origin.file}:${origin.line}:${origin.column}: `;
}

/** A filter that cannot be compiled, with everything that is wrong with it. */
export class FilterError extends Error {
  readonly code = 'F2B_FILTER_INVALID';
  readonly problems: readonly FilterProblem[];

  constructor(problems: readonly FilterProblem[]) {
    super(problems.map((one) => `${placeOf(one.origin)}${one.what.replace(/[^.]$/, '$&.')} ${one.advice}`).join('\n'));
    this.name = 'FilterError';
    this.problems = problems;
  }
}
