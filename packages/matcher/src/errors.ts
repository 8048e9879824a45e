import type { ErrorTable } from '@f2b/config';

/** What an expression can raise. */
export const regexErrors = {
  F2B_REGEX_SYNTAX: {
    means: "An expression is not valid in Python's dialect.",
    advice: 'Mend it at the column that the message names.',
  },
  F2B_REGEX_BUDGET: {
    means: 'An expression used up its steps on one line, which counts as not matched.',
    advice: 'Write it without the back-reference, or whatever the message names.',
  },
} as const satisfies ErrorTable;

/** What reading a datepattern or a time zone can raise. */
export const dateErrors = {
  F2B_DATE_DIRECTIVE: {
    means: 'A `%` of a `datepattern` begins no directive.',
    advice: "Write one of strptime's directives, or `%%` for a percent sign.",
  },
  F2B_DATE_REGEX: {
    means: 'A `datepattern` makes no valid expression.',
    advice: 'Correct it, or escape with a backslash what is meant literally.',
  },
  F2B_DATE_DUPLICATE: {
    means: 'Two lines of a `datepattern` say the same.',
    advice: 'Remove one.',
  },
  F2B_DATE_ZONE: {
    means: 'A time zone is no abbreviation that is known, and no offset.',
    advice: 'Write an offset such as `+0200`, or an abbreviation such as `UTC`.',
  },
} as const satisfies ErrorTable;

/** A filter that cannot be compiled, and each of its problems. */
export const filterErrors = {
  F2B_FILTER_INVALID: {
    means: 'A filter cannot be compiled; the problems follow.',
    advice: 'Mend each of them.',
  },
  F2B_FILTER_EMPTY_REGEX: {
    means: 'An expression of a filter is empty.',
    advice: 'Write it, or remove its line.',
  },
  F2B_FILTER_REGEX: {
    means: 'An expression of a filter does not compile.',
    advice: 'Mend it where the message points.',
  },
  F2B_FILTER_NO_ID: {
    means: "A filter's expression says nobody to ban.",
    advice: 'Put `<HOST>`, `<ADDR>` or `<F-ID>` where it stands.',
  },
  F2B_FILTER_DATEPATTERN: {
    means: "A filter's `datepattern` cannot be used.",
    advice: 'Mend it, or leave it out: the usual formats are found without it.',
  },
  F2B_FILTER_LOGTIMEZONE: {
    means: 'A `logtimezone` cannot be used.',
    advice: 'Write an offset such as `+0200`, or an abbreviation such as `UTC`.',
  },
  F2B_FILTER_ENCODING: {
    means: 'A `logencoding` is not known.',
    advice: 'Use a name such as `utf-8`, `iso-8859-1`, `cp1252`, `koi8-r`, `utf-16`, or `auto`.',
  },
  F2B_FILTER_MAXLINES: {
    means: 'A `maxlines` is no number of lines.',
    advice: 'Give a number of lines, 1 or more.',
  },
} as const satisfies ErrorTable;

/** What `lint` finds. */
export const lintErrors = {
  F2B_LINT_TAG_LEFT: {
    means: 'An expression is only a tag, such as `<mdre-agressive>`, and nothing gives that a value.',
    advice: 'Look for a slip in the name of the tag, or in an option of the filter, such as `mode`.',
  },
  F2B_LINT_UNANCHORED: {
    means: 'An expression begins anywhere in a line, also within text that a client sent.',
    advice: 'Begin it with `^`.',
  },
  F2B_LINT_CATCH_ALL: {
    means: 'A catch-all before the address takes in all up to the last text that looks like one.',
    advice: 'End the expression with what the program writes behind the address, or narrow the catch-all.',
  },
  F2B_LINT_SPOOF: {
    means: 'Text that a client sends can pose as the address, so that somebody else is banned.',
    advice: 'Narrow that piece, or tie the address to the end of the line.',
  },
  F2B_LINT_NO_LITERAL: {
    means: 'No word stands in every line that an expression can match, so it is tried on every line.',
    advice: 'Write out a word that the program always logs there.',
  },
  F2B_LINT_BACK_REFERENCE: {
    means: 'An expression refers back to a group, which cannot be matched in linear time.',
    advice: 'Write it without the back-reference.',
  },
  F2B_LINT_HOST_NAMES: {
    means: 'A name that stands in the place of an address is looked up, and its owner decides whom that bans.',
    advice: 'Set `usedns = no`, unless the log holds names only.',
  },
} as const satisfies ErrorTable;

/** What can go wrong between the main thread and the workers. */
export const poolErrors = {
  F2B_POOL_KEY: {
    means: 'Workers were asked for filters that they were not given.',
    advice: 'A fault of f2b: report it.',
  },
  F2B_POOL_WORKER_DIED: {
    means: 'Two workers ended over one piece of a log.',
    advice: 'Look at the memory of the host; report it, if the same log does it again.',
  },
  F2B_POOL_NO_WORKER: {
    means:
      'No worker can be started, as after an upgrade under the running daemon; logs are scanned on the main thread, more slowly.',
    advice: 'Restart f2b: `f2b restart`, or its unit.',
  },
  F2B_POOL_SCAN: {
    means: 'A worker could not scan a piece of a log.',
    advice: 'Look at what the message says of the cause.',
  },
  F2B_POOL_CLOSED: {
    means: 'A scan was asked for after the end of the workers.',
    advice: 'Nothing, while f2b stops.',
  },
  F2B_POOL_NOT_BUILT: {
    means: "The workers' program is missing.",
    advice: 'Build it: `npm run build`; or install f2b again.',
  },
} as const satisfies ErrorTable;

/** Every error the matcher raises: a code for programs, a sentence for people. */
export type MatcherErrorCode = keyof typeof regexErrors;

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
