/** The compiled form of an expression that the exact matcher runs: flat arrays of numbers. */
import type { Expression } from '../dialect/tree.js';

/** Operations. `a` and `b` are the operands. */
export const Op = {
  /** Code unit `a` comes next. */
  unit: 0,
  /** Text `a` (index into `texts`) comes next. */
  text: 1,
  /** A character of set `a` comes next. */
  set: 2,
  /** Go on at `a`; if that fails, at `b`. */
  split: 3,
  /** Go on at `a`. */
  jump: 4,
  /** Mark slot `a` := position. */
  mark: 5,
  /** Assertion `a` (index into `ASSERTIONS`) holds. */
  assert: 6,
  /** Run sub-program `a` here: a lookaround or an atomic group. */
  sub: 7,
  /** The (sub-)program has matched. */
  match: 8,
  /** State `a` is entered here: do not enter it twice at one position. `b`: index into `loops`, or -1. */
  memo: 9,
  /** Loop register `a` := position. */
  loopStart: 10,
  /** An iteration that consumed nothing ends loop `a`: go on at `b`. */
  loopCheck: 11,
  /** What group `a` matched comes again; `b`: 0 exactly, 1 ASCII case ignored, 2 Unicode case ignored. */
  backref: 12,
  /** Group `a` is set: next instruction; else go on at `b`. */
  condition: 13,
  /** Counted loop `a` begins: its counter := 0. */
  countStart: 15,
  /** Counted loop `a`: another iteration or on at `b`. */
  countLoop: 16,
  /** Counted loop `a`: an iteration begins. */
  countEnter: 17,
} as const;

export const assertions = [
  'start',
  'end',
  'endOrFinalNewline',
  'lineStart',
  'lineEnd',
  'wordBoundary',
  'notWordBoundary',
  'asciiWordBoundary',
  'notAsciiWordBoundary',
] as const;

export type SubKind = 'lookahead' | 'lookbehind' | 'atomic';

/** A lookaround or atomic group: runs on its own and answers once per position. */
export interface SubProgram {
  readonly kind: SubKind;
  readonly negative: boolean;
  /** Lookbehind: characters to step back first. */
  readonly width: number;
  entry: number;
  /** Groups inside, if they can be set: they are filled in once the whole match is known. */
  readonly groups: readonly number[];
  /**
   * Its answer depends on more than the position (back-references), or others depend on its groups: it runs in place,
   * with groups, and without memory.
   */
  readonly stateful: boolean;
}

/** Big counted repetition that is not unrolled. */
export interface CountedLoop {
  readonly min: number;
  readonly max: number;
  readonly lazy: boolean;
  enter: number;
  exit: number;
  /** Loop register against empty iterations. */
  readonly register: number;
}

export interface Program {
  readonly expression: Expression;
  readonly ops: Uint8Array;
  readonly a: Int32Array;
  readonly b: Int32Array;
  readonly texts: readonly string[];
  readonly sets: readonly SetTable[];
  readonly subs: readonly SubProgram[];
  readonly counted: readonly CountedLoop[];
  /** For memo instructions: registers of the loops around them, innermost first. */
  readonly loops: readonly (readonly number[])[];
  readonly registers: number;
  /** Number of distinct states to remember per position. */
  readonly memoStates: number;
  /** Factor for the set-ness of the groups that conditionals ask about. */
  readonly conditionGroups: readonly number[];
  /** Source columns of each instruction, for explanations. */
  readonly spanFrom: Int32Array;
  readonly spanTo: Int32Array;
  /** Some states cannot be remembered: steps are budgeted. */
  readonly budgeted: boolean;
  /** The match can only begin at the start of the subject. */
  readonly anchored: boolean;
  /** Characters that a match can begin with; undefined when it can be empty. */
  readonly first: SetTable | undefined;
}

/** A character set made fast: a table for Latin-1, ranges for the rest. */
export interface SetTable {
  readonly low: Uint8Array;
  readonly ranges: Int32Array;
}
