/** What an expression can begin with. */
import { type CharSet, everyCharacter, noCharacter, union } from '../dialect/charset.js';
import type { Assertion, Node } from '../dialect/tree.js';

/** What a piece of an expression can begin with. */
export interface First<Characters> {
  readonly set: Characters;
  /** It can match without consuming: what follows it counts as well. */
  readonly nullable: boolean;
}

/** A way to write sets of characters down. */
export interface Sets<Characters> {
  readonly none: Characters;
  readonly all: Characters;
  of(set: CharSet): Characters;
  joined(...sets: readonly Characters[]): Characters;
}

/** What the pieces of an expression can begin with. Never too little: whoever asks leaves out what is not in it. */
export class Firsts<Characters> {
  readonly #sets: Sets<Characters>;
  readonly #known = new Map<Node, First<Characters>>();
  /** Nothing is known: anything may come, or nothing at all. */
  readonly anything: First<Characters>;
  readonly #nothing: First<Characters>;

  constructor(sets: Sets<Characters>) {
    this.#sets = sets;
    this.anything = { set: sets.all, nullable: true };
    this.#nothing = { set: sets.none, nullable: true };
  }

  of(node: Node): First<Characters> {
    let known = this.#known.get(node);
    if (known === undefined) {
      known = this.#of(node);
      this.#known.set(node, known);
    }
    return known;
  }

  /** `first` and, where it can be empty, what comes after it. */
  followedBy(first: First<Characters>, next: First<Characters>): First<Characters> {
    return first.nullable ? { set: this.#sets.joined(first.set, next.set), nullable: next.nullable } : first;
  }

  #of(node: Node): First<Characters> {
    switch (node.kind) {
      case 'empty':
      case 'assert':
      case 'look':
        return this.#nothing;
      case 'char':
        return { set: this.#sets.of(node.set), nullable: false };
      case 'backref':
        return this.anything;
      case 'group':
      case 'atomic':
        return this.of(node.body);
      case 'repeat': {
        if (node.max === 0) return this.#nothing;
        const body = this.of(node.body);
        return node.min === 0 ? { set: body.set, nullable: true } : body;
      }
      case 'alternate':
        return this.#either(node.branches);
      case 'conditional':
        return this.#either([node.yes, node.no]);
      case 'concat': {
        const sets: Characters[] = [];
        let nullable = true;
        for (const item of node.items) {
          const first = this.of(item);
          sets.push(first.set);
          nullable = first.nullable;
          if (!nullable) break;
        }
        return { set: this.#sets.joined(this.#sets.none, ...sets), nullable };
      }
    }
  }

  #either(nodes: readonly Node[]): First<Characters> {
    const firsts = nodes.map((node) => this.of(node));
    return {
      set: this.#sets.joined(...firsts.map(({ set }) => set)),
      nullable: firsts.some(({ nullable }) => nullable),
    };
  }
}

const charSets: Sets<CharSet> = { none: noCharacter, all: everyCharacter, of: (set) => set, joined: union };

/** Characters that a match of `node` can begin with; undefined when it can be empty. */
export function firstSet(node: Node): CharSet | undefined {
  const first = new Firsts(charSets).of(node);
  return first.nullable ? undefined : first.set;
}

/** Whether a match of `node` can only begin at the start of the subject. */
export function isAnchored(node: Node): boolean {
  return beginsAt(node, ['start']);
}

/** Whether a match of `node` can only begin where a line begins. */
export function isLineAnchored(node: Node): boolean {
  return beginsAt(node, ['start', 'lineStart']);
}

function beginsAt(node: Node, places: readonly Assertion[]): boolean {
  switch (node.kind) {
    case 'assert':
      return places.includes(node.what);
    case 'group':
    case 'atomic':
      return beginsAt(node.body, places);
    case 'repeat':
      return node.min > 0 && beginsAt(node.body, places);
    case 'alternate':
      return node.branches.every((branch) => beginsAt(branch, places));
    case 'concat':
      for (const item of node.items) {
        if (beginsAt(item, places)) return true;
        if (item.kind !== 'assert' && item.kind !== 'look' && item.kind !== 'empty') return false;
      }
      return false;
    default:
      return false;
  }
}
