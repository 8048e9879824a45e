/**
 * Rewrites a tree into one that means exactly the same, with fewer lookarounds: those whose answer is certain from what stands before
 * them are dropped, those that look at one character become part of the character's class, and conditionals become alternatives.
 */
import {
  type CharSet,
  everyCharacter,
  intersect,
  isDisjoint,
  isSubset,
  negate,
  noCharacter,
  union,
} from '../dialect/charset.js';
import { contains, type Expression, type LookNode, type Node, type RepeatNode } from '../dialect/tree.js';
import { widthOf } from '../dialect/width.js';
import { unfoldConditionals } from './unfold.js';

/** What can stand before a place in the subject. */
interface Before {
  readonly set: CharSet;
  /** It can be the start of the subject. */
  readonly start: boolean;
}

/** Worked out only where a lookbehind asks: most places are never asked about. */
type Place = () => Before;

const unknownBefore: Before = { set: everyCharacter, start: true };
const anything: Place = () => unknownBefore;

export function reduce(expression: Expression): Expression {
  return { ...expression, root: reduceNode(unfoldConditionals(expression.root), anything) };
}

function reduceNode(node: Node, before: Place): Node {
  switch (node.kind) {
    case 'concat':
      return reduceConcat(node.items, before, node);
    case 'alternate':
      return { ...node, branches: node.branches.map((branch) => reduceNode(branch, before)) };
    case 'group':
    case 'atomic':
      return { ...node, body: reduceNode(node.body, before) };
    case 'repeat': {
      const entry = node.max > 1 ? () => either([before(), after(node.body, anything)]) : before;
      return { ...node, body: reduceNode(node.body, entry) };
    }
    case 'look': {
      const body = reduceNode(node.body, node.ahead ? before : anything);
      return reduceLook({ ...node, body }, before);
    }
    case 'conditional':
      return { ...node, yes: reduceNode(node.yes, before), no: reduceNode(node.no, before) };
    default:
      return node;
  }
}

function reduceConcat(items: readonly Node[], before: Place, span: Node): Node {
  const out: Node[] = [];
  let place = before;
  for (const item of items) {
    const here = place;
    out.push(reduceNode(item, here));
    place = () => after(item, here);
  }
  // From the right, so that lookaheads in a row all reach the character behind them.
  for (let i = out.length - 2; i >= 0; i--) {
    const look = out[i]!;
    if (look.kind !== 'look' || !look.ahead) continue;
    const pushed = push(look, out[i + 1]!);
    if (pushed) out.splice(i, 2, pushed);
  }
  const left = out.filter((item) => item.kind !== 'empty');
  if (left.length === 1) return left[0]!;
  if (left.length === 0) return { kind: 'empty', from: span.from, to: span.to };
  return { kind: 'concat', items: left, from: span.from, to: span.to };
}

/** A lookbehind at one character that is already known, or known not, to stand there. */
function reduceLook(node: LookNode, place: Place): Node {
  const set = node.ahead ? undefined : oneCharacter(node.body);
  if (!set) return node;
  const before = place();
  const always = !before.start && isSubset(before.set, set);
  const never = isDisjoint(before.set, set);
  if (!always && !never) return node;
  const holds = always !== node.negative;
  return holds
    ? { kind: 'empty', from: node.from, to: node.to }
    : { kind: 'char', set: noCharacter, from: node.from, to: node.to };
}

/** The set when `node` is exactly one character without groups. */
function oneCharacter(node: Node): CharSet | undefined {
  if (node.kind === 'char') return node.set;
  if (node.kind !== 'alternate') return undefined;
  const sets = node.branches.map(oneCharacter);
  return sets.every((set) => set !== undefined) ? union(...(sets as CharSet[])) : undefined;
}

/** `look` made part of the first character of `node`; undefined when that character is not certain to exist. */
function push(look: LookNode, node: Node): Node | undefined {
  const set = oneCharacter(look.body);
  return set && narrowed(node, look.negative ? negate(set) : set);
}

/** `node` with its first character restricted to `set`. */
function narrowed(node: Node, set: CharSet): Node | undefined {
  switch (node.kind) {
    case 'char':
      return { ...node, set: intersect(node.set, set) };
    case 'group':
    case 'atomic': {
      const body = narrowed(node.body, set);
      return body && { ...node, body };
    }
    case 'alternate': {
      const branches = node.branches.map((branch) => narrowed(branch, set));
      return branches.every((branch) => branch !== undefined) ? { ...node, branches: branches as Node[] } : undefined;
    }
    case 'concat': {
      const at = node.items.findIndex((item) => !isZeroWidth(item));
      const item = at < 0 ? undefined : narrowed(node.items[at]!, set);
      if (!item) return undefined;
      return { ...node, items: node.items.map((old, i) => (i === at ? item : old)) };
    }
    case 'repeat':
      return narrowedRepeat(node, set);
    default:
      return undefined;
  }
}

function isZeroWidth(node: Node): boolean {
  return (
    node.kind === 'assert' ||
    node.kind === 'empty' ||
    (node.kind === 'look' && !contains(node, (inner) => inner.kind === 'group'))
  );
}

function narrowedRepeat(node: RepeatNode, set: CharSet): Node | undefined {
  if (node.min === 0 || node.mode === 'possessive' || contains(node.body, (inner) => inner.kind === 'group'))
    return undefined;
  if (widthOf(node.body).min === 0) return undefined;
  const first = narrowed(node.body, set);
  if (!first) return undefined;
  const { from, to } = node;
  if (node.max === 1) return first;
  return { kind: 'concat', items: [first, { ...node, min: node.min - 1, max: node.max - 1 }], from, to };
}

/** What can stand before the place behind `node`. */
function after(node: Node, before: Place): Before {
  switch (node.kind) {
    case 'empty':
    case 'look':
    case 'assert':
      return before();
    case 'char':
      return { set: node.set, start: false };
    case 'concat':
      return node.items.reduce<Place>((place, item) => () => after(item, place), before)();
    case 'alternate':
      return either(node.branches.map((branch) => after(branch, before)));
    case 'conditional':
      return either([after(node.yes, before), after(node.no, before)]);
    case 'group':
    case 'atomic':
      return after(node.body, before);
    case 'repeat': {
      if (node.max === 0) return before();
      const entry = node.max > 1 ? () => either([before(), after(node.body, anything)]) : before;
      const once = after(node.body, entry);
      return node.min === 0 ? either([before(), once]) : once;
    }
    case 'backref':
      return unknownBefore;
  }
}

function either(places: readonly Before[]): Before {
  return { set: union(...places.map((place) => place.set)), start: places.some((place) => place.start) };
}
