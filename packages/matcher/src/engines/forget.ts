/** Which states of a program may be remembered as failed. */
import { Op } from './program.js';

/** The instructions, still growable arrays. */
export interface Code {
  readonly ops: number[];
  readonly a: number[];
  readonly b: number[];
}

/**
 * A state can be remembered as failed only if nothing that follows depends on more than the position. Takes the memory from all
 * states from which a `dependent` instruction can be reached; returns whether there are any.
 */
export function forgetDependentStates(code: Code, dependent: (pc: number) => boolean): boolean {
  const size = code.ops.length;
  const reaches = new Uint8Array(size);
  for (let changed = true; changed; ) {
    changed = false;
    for (let pc = size - 1; pc >= 0; pc--) {
      if (reaches[pc] || !(dependent(pc) || successors(code, pc).some((next) => reaches[next]))) continue;
      reaches[pc] = 1;
      changed = true;
    }
  }
  let any = false;
  for (let pc = 0; pc < size; pc++) {
    if (!reaches[pc]) continue;
    any = true;
    if (code.ops[pc] === Op.memo) {
      code.ops[pc] = Op.jump;
      code.a[pc] = pc + 1;
    }
  }
  return any;
}

function successors(code: Code, pc: number): number[] {
  switch (code.ops[pc]) {
    case Op.match:
      return [];
    case Op.jump:
      return [code.a[pc]!];
    case Op.split:
      return [code.a[pc]!, code.b[pc]!];
    case Op.loopCheck:
    case Op.condition:
    case Op.countLoop:
      return [pc + 1, code.b[pc]!];
    default:
      return [pc + 1];
  }
}
