import type { Node } from '../dialect/tree.js';
export function unfoldConditionals(node: Node): Node {
  return node;
}
