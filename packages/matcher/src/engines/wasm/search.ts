import type { Expression } from '../../dialect/tree.js';
import { isAnchored, isLineAnchored } from '../first.js';
import type { Alphabet } from './alphabet.js';
import { Emitter } from './emit.js';
import { gaveUp, notFound } from './frame.js';
import {
  block,
  type Code,
  call,
  differ,
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

export const wasFound = 1;

/** Bytes of the offsets of an expression: begin and end of the match and of each group. */
export function slotBytes(groupCount: number): number {
  return 8 * (groupCount + 1);
}

const newline = 0x0a;

const $from = 0;
const $end = 1;
const $start = 2;
const $r = 3;

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
        when(greaterOrEqual(get($start), get($end)), give(i32(notFound))),
        set($r, unit === 1 ? loadByte(get($start)) : loadHalf(get($start))),
        goIf(next, not(isMember(first.set, get($r), alphabet, workspace))),
      ];
  const fresh = Array.from({ length: expression.groupCount + 1 }, (_, group) =>
    storeDouble(i32(0), i64(-1n), slots + 8 * group),
  );
  const attempt: Code = [
    cannotBegin,
    setGlobal(steps, minus(getGlobal(steps), i32(1))),
    when(less(getGlobal(steps), i32(0)), give(i32(gaveUp))),
    fresh,
    storeWord(i32(0), get($start), slots),
    set($r, call(matcher, get($from), get($end), get($start), i32(stack.from))),
    when(greaterOrEqual(get($r), i32(0)), give(i32(wasFound))),
    when(equal(get($r), i32(gaveUp)), give(i32(gaveUp))),
  ];
  const characters = unit === 1 ? minus(get($end), get($from)) : shiftRight(minus(get($end), get($from)), i32(1));
  const code: Code = [
    setGlobal(steps, plus(times(characters, i32(stepsPerCharacter)), i32(freeSteps))),
    set($start, get($from)),
    isAnchored(root)
      ? block(next, attempt)
      : loop(
          again,
          block(next, attempt),
          isLineAnchored(root) ? toNextLine(unit) : set($start, plus(get($start), i32(unit))),
          when(greater(get($start), get($end)), give(i32(notFound))),
          go(again),
        ),
    i32(notFound),
  ];
  const index = module.reserve();
  module.write(index, { parameters: 2, locals: 2, code });
  return index;
}

/** Moves `start` behind the next newline; there is none: nothing is found. */
function toNextLine(unit: number): Code {
  const on = label('on');
  return loop(
    on,
    when(greaterOrEqual(get($start), get($end)), give(i32(notFound))),
    set($r, unit === 1 ? loadByte(get($start)) : loadHalf(get($start))),
    set($start, plus(get($start), i32(unit))),
    goIf(on, differ(get($r), i32(newline))),
  );
}
