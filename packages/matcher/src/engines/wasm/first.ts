import type { Node } from '../../dialect/tree.js';
import { type Alphabet, type Bits, disjoint, joined } from './alphabet.js';

/** What a piece of an expression can begin with. */
export interface First {
  readonly bits: Bits;
  /** It can match without consuming: what follows it counts as well. */
  readonly nullable: boolean;
}

/** What the pieces of an expression can begin with. Never too little: the generated matcher leaves out what is not in it. */
export class Firsts {
  readonly #alphabet: Alphabet;
  readonly #known = new Map<Node, First>();
  /** Nothing is known: anything may come, or nothing at all. */
  readonly anything: First;
  readonly #nothing: First;

  constructor(alphabet: Alphabet) {
    this.#alphabet = alphabet;
    this.anything = { bits: alphabet.all, nullable: true };
    this.#nothing = { bits: new Int32Array(this.anything.bits.length), nullable: true };
  }

  of(node: Node): First {
    let known = this.#known.get(node);
    if (known === undefined) {
      known = this.#of(node);
      this.#known.set(node, known);
    }
    return known;
  }

  #of(node: Node): First {
    switch (node.kind) {
      case 'char':
        return { bits: this.#alphabet.bitsOf(node.set), nullable: false };
      case 'empty':
      case 'assert':
      case 'look':
        return this.#nothing;
      case 'concat':
        return node.items.reduceRight((next, item) => followedBy(this.of(item), next), this.#nothing);
      case 'alternate':
        return this.#either(node.branches);
      case 'conditional':
        return this.#either([node.yes, node.no]);
      case 'group':
      case 'atomic':
        return this.of(node.body);
      case 'repeat': {
        const body = this.of(node.body);
        return node.min === 0 ? { bits: body.bits, nullable: true } : body;
      }
      case 'backref':
        return this.anything;
    }
  }

  #either(nodes: readonly Node[]): First {
    const firsts = nodes.map((node) => this.of(node));
    return {
      bits: firsts.reduce((sum, { bits }) => joined(sum, bits), this.#nothing.bits),
      nullable: firsts.some(({ nullable }) => nullable),
    };
  }
}

/** `first` and, where it can be empty, what comes after it. */
export function followedBy(first: First, next: First): First {
  return first.nullable ? { bits: joined(first.bits, next.bits), nullable: next.nullable } : first;
}

/** Whether no subject can begin with both, so that one look at the next character decides between them. */
export function exclusive(a: First, b: First): boolean {
  return !a.nullable && !b.nullable && disjoint(a.bits, b.bits);
}
