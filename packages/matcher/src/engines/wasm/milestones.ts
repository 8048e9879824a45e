import { onlyMember } from '../../dialect/charset.js';
import type { Node } from '../../dialect/tree.js';

const shortest = 2;
const most = 3;

/**
 * Literal texts that every match of a branch goes through, in order, behind something of any length: if one of them is not ahead, the
 * branch need not be tried. That spares what backtracking does worst, trying all ways to a text that is not there.
 * @returns code units of each text; empty where the branch offers none
 */
export function milestonesOf(branch: Node): readonly (readonly number[])[] {
  const walk: Walk = { found: [], units: [], stretched: false };
  visit(branch, walk);
  flush(walk);
  return walk.found.slice(-most);
}

interface Walk {
  readonly found: number[][];
  /** The literal that is being collected. */
  units: number[];
  /** Something of any length came before. */
  stretched: boolean;
}

function flush(walk: Walk): void {
  if (walk.stretched && walk.units.length >= shortest) walk.found.push(walk.units);
  walk.units = [];
}

function visit(node: Node, walk: Walk): void {
  switch (node.kind) {
    case 'char': {
      const unit = onlyMember(node.set);
      if (unit === undefined || unit > 0xffff) flush(walk);
      else walk.units.push(unit);
      return;
    }
    case 'concat':
      for (const item of node.items) visit(item, walk);
      return;
    case 'group':
      visit(node.body, walk);
      return;
    case 'empty':
    case 'assert':
      return;
    case 'look':
      // What it looks at is not consumed: the text before it and behind it are one.
      return;
    default:
      flush(walk);
      if (node.kind === 'repeat' && node.max === Number.POSITIVE_INFINITY) walk.stretched = true;
  }
}
