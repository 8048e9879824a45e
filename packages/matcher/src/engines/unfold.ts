/**
 * Conditionals as alternatives: `(x)?y(?(1)a|b)` means `(?:(x)ya|yb)`. Only where the order in which alternatives are tried stays the
 * same; other conditionals stay as they are.
 */
import { children, contains, type Node } from '../dialect/tree.js';
import { widthOf } from '../dialect/width.js';

/** Unfolding copies what follows a group; past this many nodes the conditional is the smaller evil. */
const mostNodes = 2000;

/** One way to match a node, in the order of preference, and whether it sets the group in question. */
interface Variant {
  readonly node: Node;
  readonly set: boolean;
}

export function unfoldConditionals(root: Node): Node {
  const groups = new Set<number>();
  contains(root, (node) => node.kind === 'conditional' && !groups.add(node.group));
  let unfolded = root;
  for (const group of groups) {
    const next = unfold(unfolded, group, false);
    if (next && nodeCount(next) <= mostNodes) unfolded = next;
  }
  return unfolded;
}

function nodeCount(node: Node): number {
  return children(node).reduce((sum, child) => sum + nodeCount(child), 1);
}

function asks(node: Node, group: number): boolean {
  return contains(node, (inner) => inner.kind === 'conditional' && inner.group === group);
}

function defines(node: Node, group: number): boolean {
  return contains(node, (inner) => inner.kind === 'group' && inner.index === group);
}

/** `node` without conditionals on `group`; undefined where that cannot be said with the same meaning. */
function unfold(node: Node, group: number, inLoop: boolean): Node | undefined {
  if (!asks(node, group)) return node;
  if (!defines(node, group)) return undefined;
  switch (node.kind) {
    case 'concat':
      return unfoldConcat(node, group, inLoop);
    case 'alternate': {
      const branches = node.branches.map((branch) => unfold(branch, group, inLoop));
      return branches.every((branch) => branch !== undefined) ? { ...node, branches: branches as Node[] } : undefined;
    }
    case 'group': {
      const body = node.index === group ? undefined : unfold(node.body, group, inLoop);
      return body && { ...node, body };
    }
    case 'repeat': {
      const body = unfold(node.body, group, inLoop || node.max > 1);
      return body && { ...node, body };
    }
    default:
      return undefined;
  }
}

function unfoldConcat(node: Node & { readonly kind: 'concat' }, group: number, inLoop: boolean): Node | undefined {
  const { items, from, to } = node;
  const at = items.findIndex((item) => defines(item, group));
  const item = items[at]!;
  const rest = items.slice(at + 1);
  if (items.slice(0, at).some((before) => asks(before, group)) || rest.some((after) => defines(after, group)))
    return undefined;
  if (asks(item, group)) {
    const inner = rest.some((after) => asks(after, group)) ? undefined : unfold(item, group, inLoop);
    return inner && { ...node, items: items.map((old, i) => (i === at ? inner : old)) };
  }
  const ways = variants(item, group);
  // In a loop, the group may still be set from the time before.
  if (!ways || (inLoop && ways.some((way) => !way.set))) return undefined;
  const branches = ways.map<Node>((way) => {
    const resolved = rest.map((after) => resolve(after, group, way.set));
    return { kind: 'concat', items: [way.node, ...resolved], from: item.from, to };
  });
  const choice: Node = branches.length === 1 ? branches[0]! : { kind: 'alternate', branches, from: item.from, to };
  return { kind: 'concat', items: [...items.slice(0, at), choice], from, to };
}

/** All ways to match `node`, told apart by whether `group` gets set; their alternation means the same as `node`. */
function variants(node: Node, group: number): Variant[] | undefined {
  if (!defines(node, group)) return [{ node, set: false }];
  switch (node.kind) {
    case 'group': {
      if (node.index === group) return [{ node, set: true }];
      return variants(node.body, group)?.map(({ node: body, set }) => ({ node: { ...node, body }, set }));
    }
    case 'alternate': {
      const ways = node.branches.map((branch) => variants(branch, group));
      return ways.every((way) => way !== undefined) ? (ways as Variant[][]).flat() : undefined;
    }
    case 'concat': {
      const at = node.items.findIndex((item) => defines(item, group));
      if (node.items.slice(at + 1).some((item) => defines(item, group))) return undefined;
      const ways = variants(node.items[at]!, group);
      if (!ways || (ways.length > 1 && !node.items.slice(0, at).every(isCertain))) return undefined;
      return ways.map(({ node: way, set }) => ({
        node: { ...node, items: node.items.map((item, i) => (i === at ? way : item)) },
        set,
      }));
    }
    case 'repeat':
      return repeatVariants(node, group);
    default:
      return undefined;
  }
}

function repeatVariants(node: Node & { readonly kind: 'repeat' }, group: number): Variant[] | undefined {
  const ways = variants(node.body, group);
  if (!ways || node.mode === 'possessive' || node.max === 0) return undefined;
  const none: Variant = { node: { kind: 'empty', from: node.from, to: node.to }, set: false };
  let some: Variant[];
  if (node.max === 1) {
    some = ways;
  } else {
    if (!ways.every((way) => way.set) || widthOf(node.body).min === 0) return undefined;
    some = [{ node: { ...node, min: Math.max(node.min, 1) }, set: true }];
  }
  if (node.min > 0) return some;
  return node.mode === 'lazy' ? [none, ...some] : [...some, none];
}

/** Whether `node` matches in one way at most, so that it makes no choices whose order could be disturbed. */
function isCertain(node: Node): boolean {
  switch (node.kind) {
    case 'char':
    case 'empty':
    case 'assert':
    case 'look':
    case 'atomic':
    case 'backref':
      return true;
    case 'repeat':
      return node.mode === 'possessive' || (node.min === node.max && isCertain(node.body));
    case 'alternate':
    case 'conditional':
      return false;
    default:
      return children(node).every(isCertain);
  }
}

/** `node` with the conditionals on `group` decided. */
function resolve(node: Node, group: number, set: boolean): Node {
  switch (node.kind) {
    case 'conditional': {
      const yes = resolve(node.yes, group, set);
      const no = resolve(node.no, group, set);
      if (node.group !== group) return { ...node, yes, no };
      return set ? yes : no;
    }
    case 'concat':
      return { ...node, items: node.items.map((item) => resolve(item, group, set)) };
    case 'alternate':
      return { ...node, branches: node.branches.map((branch) => resolve(branch, group, set)) };
    case 'group':
    case 'repeat':
    case 'atomic':
    case 'look':
      return { ...node, body: resolve(node.body, group, set) };
    default:
      return node;
  }
}
