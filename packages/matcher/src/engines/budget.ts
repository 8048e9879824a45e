/** Which expressions cannot be matched in linear time for certain, and so run under a step budget. */
import { contains, type Expression, type Node, type RepeatNode } from '../dialect/tree.js';

/** Instructions up to which counted repetitions are unrolled; beyond, they count at run time under the step budget. */
const unrollLimit = 20_000;
/** Conditionals ask about at most so many groups within the remembered state; beyond, steps are budgeted. */
export const mostConditionGroups = 6;

/**
 * Whether matching `expression` needs a step budget: what a state leads to depends on more than the position. That is so for
 * back-references, for lookarounds whose groups a conditional asks about, and for counts too large to unroll.
 */
export function isBudgeted({ root }: Expression): boolean {
  const conditions = new Set<number>();
  contains(root, (node) => node.kind === 'conditional' && !conditions.add(node.group));
  if (conditions.size > mostConditionGroups) return true;
  return contains(root, (node) => {
    if (node.kind === 'backref') return true;
    if (node.kind === 'repeat' && isCounted(node)) return true;
    const apart =
      node.kind === 'look' || node.kind === 'atomic' || (node.kind === 'repeat' && node.mode === 'possessive');
    return apart && contains(node, (inner) => inner.kind === 'group' && conditions.has(inner.index));
  });
}

/** Whether a repetition is counted at run time, since unrolled it would be too large. */
export function isCounted(node: RepeatNode): boolean {
  const copies = node.max === Number.POSITIVE_INFINITY ? node.min + 1 : node.max;
  return copies > 1 && copies * programSize(node.body) > unrollLimit;
}

/** Instructions that a node takes when its counted repetitions are unrolled. */
function programSize(node: Node): number {
  switch (node.kind) {
    case 'repeat': {
      const copies = node.max === Number.POSITIVE_INFINITY ? node.min + 1 : node.max;
      return Math.min(copies * (programSize(node.body) + 1) + 3, unrollLimit / 4);
    }
    case 'concat':
      return node.items.reduce((sum, item) => sum + programSize(item), 0);
    case 'alternate':
      return node.branches.reduce((sum, branch) => sum + programSize(branch) + 2, 0);
    case 'conditional':
      return programSize(node.yes) + programSize(node.no) + 3;
    case 'group':
      return programSize(node.body) + 2;
    default:
      return 1;
  }
}
