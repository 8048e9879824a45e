import type { Expression } from '../../dialect/tree.js';
import { isAnchored } from '../first.js';
import type { Alphabet } from './alphabet.js';
import { Emitter } from './emit.js';
import { GAVE_UP, NOT_FOUND } from './frame.js';
import {
  block,
  type Code,
  call,
  equal,
  get,
  getGlobal,
  give,
  go,
  goIf,
  greater,
  greaterOrEqual,
  i32,
  i64,
  label,
  less,
  loadByte,
  loadHalf,
  loop,
  minus,
  not,
  plus,
  set,
  setGlobal,
  shiftRight,
  storeDouble,
  storeWord,
  times,
  when,
} from './instructions.js';
import { isMember } from './membership.js';
import type { Workspace } from './workspace.js';

/** Steps that a search may take: this many per character, and a start. Beyond it the memoised matcher is cheaper. */
const stepsPerCharacter = 24;
const freeSteps = 512;

export const FOUND = 1;

/** Bytes of the offsets of an expression: begin and end of the match and of each group. */
export function slotBytes(groupCount: number): number {
  return 8 * (groupCount + 1);
}

const FROM = 0;
const END = 1;
const START = 2;
const R = 3;

/**
 * Writes a backtracking search, as fast as a hand-written parser on ordinary lines. It is linear by construction: the steps it may take
 * are bounded by the text's length, and when they run out it gives up, and the memoised matcher answers.
 *
 * @param slots where it leaves the offsets of a match, as addresses: `[start0, end0, start1, …]`, -1 for a group that took no part
 * @returns number of the function `(from, end)`, which gives FOUND, NOT_FOUND or GAVE_UP
 * @throws Declined for an expression that is not for this engine
 */
export function writeSearch(expression: Expression, alphabet: Alphabet, workspace: Workspace, slots: number): number {
  const { module, steps, stack } = workspace;
  const { root } = expression;
  const emitter = new Emitter(workspace, alphabet, slots);
  const matcher = emitter.matcher(root);
  const first = emitter.first(root);
  const { unit } = alphabet;
  const again = label('again');
  const next = label('next');
  const cannotBegin: Code = first.nullable
    ? []
    : [
        when(greaterOrEqual(get(START), get(END)), give(i32(NOT_FOUND))),
        set(R, unit === 1 ? loadByte(get(START)) : loadHalf(get(START))),
        goIf(next, not(isMember(first.bits, get(R), alphabet, workspace))),
      ];
  const fresh = Array.from({ length: expression.groupCount + 1 }, (_, group) =>
    storeDouble(i32(0), i64(-1n), slots + 8 * group),
  );
  const attempt: Code = [
    cannotBegin,
    setGlobal(steps, minus(getGlobal(steps), i32(1))),
    when(less(getGlobal(steps), i32(0)), give(i32(GAVE_UP))),
    fresh,
    storeWord(i32(0), get(START), slots),
    set(R, call(matcher, get(FROM), get(END), get(START), i32(stack.from))),
    when(greaterOrEqual(get(R), i32(0)), give(i32(FOUND))),
    when(equal(get(R), i32(GAVE_UP)), give(i32(GAVE_UP))),
  ];
  const characters = unit === 1 ? minus(get(END), get(FROM)) : shiftRight(minus(get(END), get(FROM)), i32(1));
  const code: Code = [
    setGlobal(steps, plus(times(characters, i32(stepsPerCharacter)), i32(freeSteps))),
    set(START, get(FROM)),
    isAnchored(root)
      ? block(next, attempt)
      : loop(
          again,
          block(next, attempt),
          set(START, plus(get(START), i32(unit))),
          when(greater(get(START), get(END)), give(i32(NOT_FOUND))),
          go(again),
        ),
    i32(NOT_FOUND),
  ];
  const index = module.reserve();
  module.write(index, { parameters: 2, locals: 2, code });
  return index;
}
