import { type Alphabet, type Bits, stretches } from './alphabet.js';
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

/** A set as few stretches of codes, or as what is not in it. */
interface Shape {
  readonly inside: boolean;
  readonly ranges: readonly (readonly [number, number])[];
}

/** By set; undefined: it has too many stretches. */
const shapes = new WeakMap<Bits, { readonly shape: Shape | undefined }>();

/** Whether the code that `code` leaves belongs to a set: by a few comparisons, or by a table. `code` must leave it as often as asked. */
export function isMember(bits: Bits, code: Code, alphabet: Alphabet, workspace: Workspace): Code {
  let known = shapes.get(bits);
  if (known === undefined) {
    known = { shape: shapeOf(bits, alphabet) };
    shapes.set(bits, known);
  }
  const { shape } = known;
  if (shape === undefined) return loadByte(code, workspace.table(bits, alphabet));
  const test = oneOf(shape.ranges, code, alphabet);
  return shape.inside ? test : not(test);
}

function shapeOf(bits: Bits, { size }: Alphabet): Shape | undefined {
  for (const inside of [true, false]) {
    const ranges = stretches(bits, size, inside, mostComparisons);
    if (ranges.length <= mostComparisons) return { inside, ranges };
  }
  return undefined;
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
