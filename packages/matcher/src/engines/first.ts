/** Where a match can begin. */
import { type CharSet, everyCharacter, noCharacter, union } from '../dialect/charset.js';
import type { Node } from '../dialect/tree.js';

interface First {
  readonly set: CharSet;
  /** The node can match without consuming. */
  readonly nullable: boolean;
}

/** Characters that a match of `node` can begin with; undefined when it can be empty. */
export function firstSet(node: Node): CharSet | undefined {
  const first = firstOf(node);
  return first.nullable ? undefined : first.set;
}

function firstOf(node: Node): First {
  switch (node.kind) {
    case 'empty':
    case 'assert':
    case 'look':
      return { set: noCharacter, nullable: true };
    case 'char':
      return { set: node.set, nullable: false };
    case 'backref':
      return { set: everyCharacter, nullable: true };
    case 'group':
    case 'atomic':
      return firstOf(node.body);
    case 'repeat': {
      if (node.max === 0) return { set: noCharacter, nullable: true };
      const body = firstOf(node.body);
      return node.min === 0 ? { set: body.set, nullable: true } : body;
    }
    case 'alternate':
      return either(node.branches.map(firstOf));
    case 'conditional':
      return either([firstOf(node.yes), firstOf(node.no)]);
    case 'concat': {
      const sets: CharSet[] = [];
      for (const item of node.items) {
        const first = firstOf(item);
        sets.push(first.set);
        if (!first.nullable) return { set: union(...sets), nullable: false };
      }
      return { set: union(...sets), nullable: true };
    }
  }
}

function either(firsts: readonly First[]): First {
  return { set: union(...firsts.map((first) => first.set)), nullable: firsts.some((first) => first.nullable) };
}

/** Whether a match of `node` can only begin at the start of the subject. */
export function isAnchored(node: Node): boolean {
  switch (node.kind) {
    case 'assert':
      return node.what === 'start';
    case 'group':
    case 'atomic':
      return isAnchored(node.body);
    case 'repeat':
      return node.min > 0 && isAnchored(node.body);
    case 'alternate':
      return node.branches.every(isAnchored);
    case 'concat':
      for (const item of node.items) {
        if (isAnchored(item)) return true;
        if (item.kind !== 'assert' && item.kind !== 'look' && item.kind !== 'empty') return false;
      }
      return false;
    default:
      return false;
  }
}
