import type { DateDetector, Template } from '../dates/detector.js';
import {
  type CharSet,
  everyCharacter,
  has,
  isDisjoint,
  isSubset,
  negate,
  noCharacter,
  union,
} from '../dialect/charset.js';
import { parse } from '../dialect/parser.js';
import type { AssertNode, Node } from '../dialect/tree.js';
import { asciiWordSet, wordSet } from '../dialect/unicode.js';
import { widthOf } from '../dialect/width.js';

/**
 * Whether a date can be cut out of a line in such a way that an expression sees `text` joined at `at`, which is within it, not within a
 * pair, and counts UTF-16 units. Only one date is cut out of a line. The text may stand in the line in either case.
 */
export type Junction = (text: string, at: number) => boolean;

const junctions = new WeakMap<DateDetector, Junction>();

/** Where the templates of a datepattern cut. They are looked at when that is asked for the first time. */
export function junctionOf(detector: DateDetector): Junction {
  let junction = junctions.get(detector);
  if (junction === undefined) {
    let cuts: readonly Cut[] | undefined;
    junction = (text, at) => {
      cuts ??= distinct(detector.templates.map(cutOf));
      return cuts.some((cut) => joins(cut, text, at));
    };
    junctions.set(detector, junction);
  }
  return junction;
}

/** What stands around the part that a template cuts out of a line: too much rather than too little. */
interface Cut {
  /** The characters that can stand in front of it, and behind it. */
  readonly before: CharSet;
  readonly behind: CharSet;
  /** So many characters stand in front of it at most. */
  readonly mostBefore: number;
}

const noWord = negate(wordSet);
const noAsciiWord = negate(asciiWordSet);
const anywhere: Cut = { before: everyCharacter, behind: everyCharacter, mostBefore: Number.POSITIVE_INFINITY };
/** The default templates end at a word's end. */
const atWordEnd: Cut = { ...anywhere, behind: noWord };

function distinct(cuts: readonly Cut[]): readonly Cut[] {
  return [...new Map(cuts.map((cut) => [`${cut.before.ranges} ${cut.behind.ranges} ${cut.mostBefore}`, cut])).values()];
}

function joins({ before, behind, mostBefore }: Cut, text: string, at: number): boolean {
  return isWithin(mostBefore, text, at) && isOf(before, codeBefore(text, at)) && isOf(behind, text.codePointAt(at)!);
}

/** Whether at most `most` characters stand in front of `at`. */
function isWithin(most: number, text: string, at: number): boolean {
  // A character takes up to two units.
  return at <= most || (at <= 2 * most && [...text.slice(0, at)].length <= most);
}

function codeBefore(text: string, at: number): number {
  const pair = at >= 2 ? text.codePointAt(at - 2)! : 0;
  return pair > 0xffff ? pair : text.charCodeAt(at - 1);
}

function isOf(set: CharSet, code: number): boolean {
  if (set === everyCharacter || has(set, code)) return true;
  const text = String.fromCodePoint(code);
  return has(set, text.toLowerCase().codePointAt(0)!) || has(set, text.toUpperCase().codePointAt(0)!);
}

function cutOf(template: Template): Cut {
  return template.stock ? atWordEnd : (cutIn(parse(template.regex).root, anywhere) ?? anywhere);
}

/** @returns undefined: what is cut out is not certain to be in `node`, once */
function cutIn(node: Node, around: Cut): Cut | undefined {
  if (node.kind === 'group') return node.index === 1 ? around : cutIn(node.body, around);
  if (node.kind !== 'concat') return undefined;
  for (const [index, item] of node.items.entries()) {
    const cut = cutIn(item, aroundItem(node.items, index, around));
    if (cut !== undefined) return cut;
  }
  return undefined;
}

function aroundItem(items: readonly Node[], index: number, around: Cut): Cut {
  const front = items.slice(0, index);
  const begin = front.findLastIndex(isLineBegin);
  const width = front.slice(begin + 1).reduce((sum, item) => sum + widthOf(item).max, 0);
  return {
    before: before(front, around.before),
    behind: behind(items.slice(index + 1), edge(items[index]!, 'last'), around.behind),
    mostBefore: begin < 0 ? around.mostBefore + width : width,
  };
}

function isLineBegin(node: Node): boolean {
  return node.kind === 'assert' && node.what === 'start';
}

function isLineEnd(node: Node): boolean {
  return node.kind === 'assert' && (node.what === 'end' || node.what === 'endOrFinalNewline');
}

function isWordBoundary(node: Node): node is AssertNode {
  return node.kind === 'assert' && (node.what === 'wordBoundary' || node.what === 'asciiWordBoundary');
}

function before(front: readonly Node[], farther: CharSet): CharSet {
  let set = noCharacter;
  for (const item of front.toReversed()) {
    if (isLineBegin(item)) return set;
    const last = edge(item, 'last');
    set = union(set, last.set);
    if (!last.nullable) return set;
  }
  return union(set, farther);
}

/** @param last what the part in front ends with: word boundaries depend on it */
function behind(rest: readonly Node[], last: Edge, farther: CharSet): CharSet {
  let set = noCharacter;
  for (const item of rest) {
    if (isLineEnd(item)) return set;
    if (item.kind === 'look' && item.ahead && !item.negative) return union(set, allowedBy(item.body, last));
    if (isWordBoundary(item)) return union(set, allowedBy(item, last));
    const first = edge(item, 'first');
    set = union(set, first.set);
    if (!first.nullable) return set;
  }
  return union(set, farther);
}

/** The characters that a look ahead lets stand there. */
function allowedBy(node: Node, last: Edge): CharSet {
  if (node.kind === 'alternate') return union(...node.branches.map((branch) => allowedBy(branch, last)));
  if (isLineEnd(node)) return noCharacter;
  if (isWordBoundary(node) && !last.nullable) {
    const [word, other] = node.what === 'wordBoundary' ? [wordSet, noWord] : [asciiWordSet, noAsciiWord];
    if (isSubset(last.set, word)) return other;
    return isDisjoint(last.set, word) ? word : everyCharacter;
  }
  const first = edge(node, 'first');
  return first.nullable ? everyCharacter : first.set;
}

/** What a node can begin or end with. */
interface Edge {
  readonly set: CharSet;
  /** It can match without consuming. */
  readonly nullable: boolean;
}

function edge(node: Node, which: 'first' | 'last'): Edge {
  switch (node.kind) {
    case 'char':
      return { set: node.set, nullable: false };
    case 'empty':
    case 'assert':
    case 'look':
      return { set: noCharacter, nullable: true };
    case 'concat': {
      const items = which === 'first' ? node.items : node.items.toReversed();
      let set = noCharacter;
      for (const item of items) {
        const one = edge(item, which);
        set = union(set, one.set);
        if (!one.nullable) return { set, nullable: false };
      }
      return { set, nullable: true };
    }
    case 'alternate':
      return eitherEdge(node.branches, which);
    case 'conditional':
      return eitherEdge([node.yes, node.no], which);
    case 'group':
    case 'atomic':
      return edge(node.body, which);
    case 'repeat': {
      const body = edge(node.body, which);
      return node.min === 0 ? { ...body, nullable: true } : body;
    }
    case 'backref':
      return { set: everyCharacter, nullable: true };
  }
}

function eitherEdge(nodes: readonly Node[], which: 'first' | 'last'): Edge {
  const edges = nodes.map((node) => edge(node, which));
  return { set: union(...edges.map(({ set }) => set)), nullable: edges.some(({ nullable }) => nullable) };
}
