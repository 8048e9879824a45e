import { type Alphabet, type Bits, holds } from './alphabet.js';
import {
  type Code,
  either,
  equal,
  greaterOrEqualUnsigned,
  i32,
  lessOrEqualUnsigned,
  loadByte,
  minus,
  not,
} from './instructions.js';
import type { Workspace } from './workspace.js';

const mostComparisons = 3;

/** Whether the code that `code` leaves belongs to a set: by a few comparisons, or by a table. `code` must leave it as often as asked. */
export function isMember(bits: Bits, code: Code, alphabet: Alphabet, workspace: Workspace): Code {
  const inside = rangesOf(bits, alphabet, true);
  if (inside.length <= mostComparisons) return oneOf(inside, code, alphabet);
  const outside = rangesOf(bits, alphabet, false);
  if (outside.length <= mostComparisons) return not(oneOf(outside, code, alphabet));
  return loadByte(code, workspace.table(bits, alphabet));
}

function rangesOf(bits: Bits, { size }: Alphabet, member: boolean): [number, number][] {
  const ranges: [number, number][] = [];
  for (let code = 0; code < size; code++) {
    if (holds(bits, code) !== member) continue;
    const last = ranges.at(-1);
    if (last !== undefined && last[1] === code - 1) last[1] = code;
    else ranges.push([code, code]);
    if (ranges.length > mostComparisons) break;
  }
  return ranges;
}

function oneOf(ranges: readonly (readonly [number, number])[], code: Code, { size }: Alphabet): Code {
  const tests = ranges.map(([low, high]): Code => {
    if (low === 0 && high === size - 1) return i32(1);
    if (low === high) return equal(code, i32(low));
    if (low === 0) return lessOrEqualUnsigned(code, i32(high));
    if (high === size - 1) return greaterOrEqualUnsigned(code, i32(low));
    return lessOrEqualUnsigned(minus(code, i32(low)), i32(high - low));
  });
  return tests.length === 0 ? i32(0) : tests.reduce(either);
}
