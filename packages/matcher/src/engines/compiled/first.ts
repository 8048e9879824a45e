import { ALL, type CharSet, EMPTY, isDisjoint, union } from '../../dialect/charset.js';
import type { Node } from '../../dialect/tree.js';

/** What a piece of an expression can begin with. */
export interface First {
  readonly set: CharSet;
  /** It can match without consuming: what follows it counts as well. */
  readonly nullable: boolean;
}

/** Nothing is known: anything may come, or nothing at all. */
export const ANYTHING: First = { set: ALL, nullable: true };

const NOTHING: First = { set: EMPTY, nullable: true };

/** `first` and, where it can be empty, what comes after it. */
export function followedBy(first: First, next: First): First {
  return first.nullable ? { set: union(first.set, next.set), nullable: next.nullable } : first;
}

/** Characters that a match of `node` can begin with. Never too few: the compiled matcher leaves out what is not in it. */
export function firstOf(node: Node): First {
  switch (node.kind) {
    case 'char':
      return { set: node.set, nullable: false };
    case 'empty':
    case 'assert':
    case 'look':
      return NOTHING;
    case 'concat':
      return node.items.reduceRight((next, item) => followedBy(firstOf(item), next), NOTHING);
    case 'alternate':
      return either(node.branches.map(firstOf));
    case 'conditional':
      return either([firstOf(node.yes), firstOf(node.no)]);
    case 'group':
    case 'atomic':
      return firstOf(node.body);
    case 'repeat': {
      const body = firstOf(node.body);
      return node.min === 0 ? { set: body.set, nullable: true } : body;
    }
    case 'backref':
      return ANYTHING;
  }
}

/** Whether no subject can begin with both, so that one look at the next character decides between them. */
export function exclusive(a: First, b: First): boolean {
  return !a.nullable && !b.nullable && isDisjoint(a.set, b.set);
}

function either(firsts: readonly First[]): First {
  return { set: union(...firsts.map(({ set }) => set)), nullable: firsts.some(({ nullable }) => nullable) };
}
