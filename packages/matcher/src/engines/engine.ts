/**
 * What a regex engine must offer. Engines stand behind this one interface, so that they can be compared in one table and so that whoever
 * matches texts need not know which one runs. The scan does know one thing: it writes searches of its own, for lines where they stand
 * (`scan/in-place`), from `tree`.
 */

import type { Expression } from '../dialect/tree.js';

/** Who answers for an expression where the compiled search does not take it, or used up its steps. */
export type EngineName =
  /** RE2 alone is exact for this expression. */
  | 're2'
  /** RE2 runs a relaxed gate, our linear matcher decides the lines that pass it. */
  | 'gate+exact'
  /** The expression has back-references: the exact matcher runs with a step budget. */
  | 'budgeted';

/** One match. Offsets are UTF-16 code units of the subject, -1 for a group that took no part. */
export interface RegexMatch {
  readonly start: number;
  readonly end: number;
  /** Offsets `[start0, end0, start1, end1, …]`, group 0 first. Valid until the next call on the same regex. */
  readonly offsets: Int32Array;
  /** Text of group `index`; undefined when it took no part. */
  group(index: number): string | undefined;
}

/** Where an expression was stopped. Offsets are UTF-16 code units, `to` is behind the piece. */
export interface Furthest {
  readonly at: number;
  readonly from: number;
  readonly to: number;
}

/** Counts the work of one `exec`, so that linearity can be tested in steps, not in seconds. */
export interface StepCounter {
  steps: number;
}

/** One compiled expression. */
export interface Regex {
  /** The Python expression that was compiled. */
  readonly source: string;
  readonly engine: EngineName;
  /** The compiled search takes it: that answers nearly all subjects, and `engine` the rest. Asking makes it. */
  readonly compiled: boolean;
  /** Why it got this engine, for a person: "look-ahead at column 12 does not reduce to a class". */
  readonly why: string;
  /** Number of capturing groups, group 0 not counted. */
  readonly groupCount: number;
  /** Name of each group by index; index 0 and unnamed groups are undefined. */
  readonly groupNames: readonly (string | undefined)[];
  /**
   * Strings of which every matching subject contains at least one (compare after ASCII lower-casing where `foldCase`),
   * or undefined when no such set is known. Derived from the tree, never from the text of the expression.
   */
  readonly literals: RequiredLiterals | undefined;
  /** Further sets of the same kind: every matching subject contains one of each. The more telling ones first. */
  readonly otherLiterals: readonly RequiredLiterals[];
  /**
   * Searches `subject` from its start, as Python's `re.search`: leftmost match, Perl's preference among alternatives.
   * @throws RegexBudgetError `F2B_REGEX_BUDGET` when a budgeted expression ran out of steps on this subject.
   */
  exec(subject: string, counter?: StepCounter): RegexMatch | null;
  /** What it matches, for whoever makes a search of it elsewhere. An expression without wants to be asked itself. */
  tree?(): Expression;
  /** Whether `exec` would match; cheaper. */
  test(subject: string): boolean;
  /**
   * RE2 syntax (for node-re2's Unicode mode) that accepts at least every subject that the expression matches, whatever its characters,
   * also as bytes, if they are valid UTF-8: for whoever gates many expressions or bytes at once.
   */
  readonly gateSource: string;
  /**
   * How far into the subject the expression could get (`at`), and which piece of it, as offsets into `source`, stopped it there. For
   * explanations, not for the hot path.
   */
  furthest(subject: string): Furthest;
}

export interface RequiredLiterals {
  readonly alternatives: readonly string[];
  /**
   * True: the subject is compared case-insensitively, by ASCII folding of both. Literals are in lower case then; the few letters outside of
   * ASCII that Python takes as equal to ASCII ones (the long s, the Kelvin sign, …) stand as literals of their own.
   */
  readonly foldCase: boolean;
}
