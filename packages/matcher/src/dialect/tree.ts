/** The syntax tree of an expression. Case rules and class escapes are already resolved: a `char` node carries the set it accepts. */
import type { CharSet } from './charset.js';

/** Columns of the source that a node came from, counted in UTF-16 units from 0, end excluded. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export type Assertion =
  /** `^` without MULTILINE, `\A` */
  | 'start'
  /** `\Z` */
  | 'end'
  /** `$` without MULTILINE: at the end, or before a newline that ends the subject. */
  | 'endOrFinalNewline'
  /** `^` with MULTILINE */
  | 'lineStart'
  /** `$` with MULTILINE */
  | 'lineEnd'
  | 'wordBoundary'
  | 'notWordBoundary'
  | 'asciiWordBoundary'
  | 'notAsciiWordBoundary';

export type RepeatMode = 'greedy' | 'lazy' | 'possessive';

export interface EmptyNode extends Span {
  readonly kind: 'empty';
}
export interface CharNode extends Span {
  readonly kind: 'char';
  readonly set: CharSet;
}
export interface ConcatNode extends Span {
  readonly kind: 'concat';
  readonly items: readonly Node[];
}
export interface AlternateNode extends Span {
  readonly kind: 'alternate';
  readonly branches: readonly Node[];
}
export interface GroupNode extends Span {
  readonly kind: 'group';
  readonly index: number;
  readonly body: Node;
}
export interface RepeatNode extends Span {
  readonly kind: 'repeat';
  readonly min: number;
  /** Infinity when unbounded. */
  readonly max: number;
  readonly mode: RepeatMode;
  readonly body: Node;
}
export interface AtomicNode extends Span {
  readonly kind: 'atomic';
  readonly body: Node;
}
export interface LookNode extends Span {
  readonly kind: 'look';
  readonly ahead: boolean;
  readonly negative: boolean;
  /** Lookbehind: how many characters back the body starts. */
  readonly width: number;
  readonly body: Node;
}
export interface AssertNode extends Span {
  readonly kind: 'assert';
  readonly what: Assertion;
}
export interface BackrefNode extends Span {
  readonly kind: 'backref';
  readonly group: number;
  readonly fold: 'none' | 'ascii' | 'unicode';
}
export interface ConditionalNode extends Span {
  readonly kind: 'conditional';
  readonly group: number;
  readonly yes: Node;
  readonly no: Node;
}
export type Node =
  | EmptyNode
  | CharNode
  | ConcatNode
  | AlternateNode
  | GroupNode
  | RepeatNode
  | AtomicNode
  | LookNode
  | AssertNode
  | BackrefNode
  | ConditionalNode;

/** A parsed expression. */
export interface Expression {
  readonly source: string;
  readonly root: Node;
  /** Capturing groups, group 0 not counted. */
  readonly groupCount: number;
  /** Name of each group by index; index 0 and unnamed groups are undefined. */
  readonly groupNames: readonly (string | undefined)[];
}

/** The nodes directly below. */
export function children(node: Node): readonly Node[] {
  switch (node.kind) {
    case 'concat':
      return node.items;
    case 'alternate':
      return node.branches;
    case 'group':
    case 'repeat':
    case 'atomic':
    case 'look':
      return [node.body];
    case 'conditional':
      return [node.yes, node.no];
    default:
      return [];
  }
}

/** Whether `node` or anything below it satisfies `test`. */
export function contains(node: Node, test: (node: Node) => boolean): boolean {
  return test(node) || children(node).some((child) => contains(child, test));
}
