/** How many characters a node can consume. */
import type { Node } from './tree.js';

export interface Width {
  readonly min: number;
  /** Infinity when unbounded. */
  readonly max: number;
}

/** Widths of closed groups by index, for back-references. */
export type GroupWidths = ReadonlyMap<number, Width>;

const none: Width = { min: 0, max: 0 };

/** The least and most characters that `node` consumes. An unknown group counts as any width. */
export function widthOf(node: Node, groups: GroupWidths = new Map()): Width {
  switch (node.kind) {
    case 'empty':
    case 'look':
    case 'assert':
      return none;
    case 'char':
      return { min: 1, max: 1 };
    case 'concat':
      return node.items.reduce((sum, item) => {
        const width = widthOf(item, groups);
        return { min: sum.min + width.min, max: sum.max + width.max };
      }, none);
    case 'alternate':
      return either(node.branches.map((branch) => widthOf(branch, groups)));
    case 'conditional':
      return either([widthOf(node.yes, groups), widthOf(node.no, groups)]);
    case 'group':
    case 'atomic':
      return widthOf(node.body, groups);
    case 'repeat': {
      const width = widthOf(node.body, groups);
      return { min: node.min * width.min, max: width.max === 0 || node.max === 0 ? 0 : node.max * width.max };
    }
    case 'backref':
      return groups.get(node.group) ?? { min: 0, max: Number.POSITIVE_INFINITY };
  }
}

function either(widths: readonly Width[]): Width {
  return {
    min: Math.min(...widths.map((width) => width.min)),
    max: Math.max(...widths.map((width) => width.max)),
  };
}
