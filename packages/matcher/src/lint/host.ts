/** Where in an expression the address stands. */
import { single } from '../dialect/charset.js';
import type { Expression, GroupNode, Node } from '../dialect/tree.js';
import { contains } from '../dialect/tree.js';

const addressGroups = ['ip4', 'ip6', 'dns'];

/** Tells the groups that capture whom to ban from all others: those of `<HOST>` and its kin, or else `<F-ID>`. */
export class HostGroups {
  readonly #names: readonly (string | undefined)[];
  readonly #wanted: readonly string[];

  constructor(expression: Expression) {
    this.#names = expression.groupNames;
    this.#wanted = expression.groupNames.some((name) => name !== undefined && addressGroups.includes(name))
      ? addressGroups
      : ['fid'];
  }

  /** Whether this very node captures whom to ban. */
  is(node: Node): boolean {
    if (node.kind !== 'group') return false;
    const name = this.#names[node.index];
    return name !== undefined && this.#wanted.includes(name);
  }

  within(node: Node): boolean {
    return contains(node, (one) => this.is(one));
  }

  /** Of the branches of `<HOST>` and its kin, the one for IPv4 addresses; undefined for any other node. */
  ip4Branch(node: Node): Node | undefined {
    if (node.kind !== 'alternate') return undefined;
    const isIp4 = (one: Node) => one.kind === 'group' && this.#names[one.index] === 'ip4';
    return node.branches.find((branch) => contains(branch, isIp4));
  }
}

/** What stands before and behind the address, outermost first in reading order. */
export interface HostPath {
  readonly before: readonly Node[];
  readonly behind: readonly Node[];
}

/** Every way through the alternatives that leads to an address. */
export function hostPaths(node: Node, host: HostGroups): HostPath[] {
  if (host.is(node)) return [{ before: [], behind: [] }];
  if (!host.within(node)) return [];
  const ip4 = host.ip4Branch(node);
  if (ip4 !== undefined) return hostPaths(ip4, host);
  switch (node.kind) {
    case 'concat':
      return node.items.flatMap((item, index) =>
        hostPaths(item, host).map(({ before, behind }) => ({
          before: [...node.items.slice(0, index), ...before],
          behind: [...behind, ...node.items.slice(index + 1)],
        })),
      );
    case 'alternate':
      return node.branches.flatMap((branch) => hostPaths(branch, host));
    case 'conditional':
      return [...hostPaths(node.yes, host), ...hostPaths(node.no, host)];
    case 'group':
    case 'repeat':
    case 'atomic':
      return hostPaths(node.body, host);
    default:
      return [];
  }
}

/** The same expression for one IPv4 address only. */
export function forAddress(expression: Expression, address: string): Expression {
  const host = new HostGroups(expression);
  const literal: Node = {
    kind: 'concat',
    from: 0,
    to: 0,
    items: [...address].map((char) => ({ kind: 'char', from: 0, to: 0, set: single(char.charCodeAt(0)) })),
  };
  const replace = (node: Node): Node => {
    if (host.is(node)) return { ...(node as GroupNode), body: literal };
    const ip4 = host.ip4Branch(node);
    if (ip4 !== undefined) return replace(ip4);
    switch (node.kind) {
      case 'concat':
        return { ...node, items: node.items.map(replace) };
      case 'alternate':
        return { ...node, branches: node.branches.map(replace) };
      case 'conditional':
        return { ...node, yes: replace(node.yes), no: replace(node.no) };
      case 'group':
      case 'repeat':
      case 'atomic':
      case 'look':
        return { ...node, body: replace(node.body) };
      default:
        return node;
    }
  };
  return { ...expression, root: replace(expression.root) };
}
