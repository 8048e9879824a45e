/** Every error the matcher raises: a code for programs, a sentence for people. */
export type MatcherErrorCode =
  /** The expression is not valid in Python's dialect. */
  | 'F2B_REGEX_SYNTAX'
  /** An expression with back-references used up its steps on one subject. */
  | 'F2B_REGEX_BUDGET';

/** Base of the matcher's errors. `message` says what was wrong, where, and what to do. */
export class MatcherError extends Error {
  constructor(
    readonly code: MatcherErrorCode,
    message: string,
  ) {
    super(message);
    this.name = 'MatcherError';
  }
}

/** The expression cannot be compiled. `column` counts characters of the given source from 1. */
export class RegexSyntaxError extends MatcherError {
  constructor(
    /** What is wrong, in Python's words where Python has words for it. */
    readonly reason: string,
    readonly source: string,
    readonly column: number,
  ) {
    super('F2B_REGEX_SYNTAX', `${reason} at column ${column} of the expression ${JSON.stringify(source)}`);
  }
}

/** The step budget of an expression with back-references ran out; the subject counts as not matched and must be reported. */
export class RegexBudgetError extends MatcherError {
  constructor(
    readonly source: string,
    readonly steps: number,
    readonly subjectLength: number,
  ) {
    super(
      'F2B_REGEX_BUDGET',
      `gave up after ${steps} steps on a line of ${subjectLength} characters: the expression ${JSON.stringify(source)} cannot be ` +
        'matched in linear time; write it without the back-reference',
    );
  }
}
