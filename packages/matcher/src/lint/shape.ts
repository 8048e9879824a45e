/** What the shape of an expression alone says. */
import type { Expression, Node } from '../dialect/tree.js';
import { contains } from '../dialect/tree.js';
import { containsFree, isGreedyCatchAll } from './free.js';
import { HostGroups, hostPaths } from './host.js';

/**
 * The piece of a greedy catch-all before an address that nothing holds in place: behind the address comes more that a client may have
 * written, or nothing that ties it to the end of the line. `^Failed .* from <HOST> port \d+$` is held.
 */
export function looseCatchAll(expression: Expression): string | undefined {
  for (const { before, behind } of hostPaths(expression.root, new HostGroups(expression))) {
    const catchAll = find(before, isGreedyCatchAll);
    if (catchAll === undefined) continue;
    if (behind.some(containsFree) || !endsLine(behind)) return expression.source.slice(catchAll.from, catchAll.to);
  }
  return undefined;
}

function find(nodes: readonly Node[], test: (node: Node) => boolean): Node | undefined {
  let found: Node | undefined;
  for (const node of nodes) {
    contains(node, (one) => {
      if (!test(one)) return false;
      found = one;
      return true;
    });
  }
  return found;
}

/** Whether what these nodes match always reaches the end of the line. */
function endsLine(nodes: readonly Node[]): boolean {
  for (let at = nodes.length - 1; at >= 0; at--) {
    const node = nodes[at]!;
    if (node.kind === 'empty' || node.kind === 'look') continue;
    return nodeEndsLine(node);
  }
  return false;
}

function nodeEndsLine(node: Node): boolean {
  switch (node.kind) {
    case 'assert':
      return node.what === 'end' || node.what === 'endOrFinalNewline' || node.what === 'lineEnd';
    case 'group':
    case 'atomic':
      return nodeEndsLine(node.body);
    case 'concat':
      return endsLine(node.items);
    case 'alternate':
      return node.branches.every(nodeEndsLine);
    default:
      return false;
  }
}
