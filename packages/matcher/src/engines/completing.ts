/** What of an expression has to stand in the last line of a text of several lines, so that this line gives it a match that it had not before. */
import { has } from '../dialect/charset.js';
import { contains, type Expression, type Node } from '../dialect/tree.js';
import type { RequiredLiterals } from './engine.js';
import { requiredLiterals } from './required-literals.js';

const newline = 0x0a;

/**
 * Sets of literals. Of a text of whole lines in which the expression matches nothing, one more line makes one in which it matches only if
 * it has a literal of each set; taking lines off the front changes nothing about that. Empty: any line may.
 *
 * A new match has to reach the new line: one that does not was there before. What it has behind the last piece that can take a newline
 * stands in one line, the new one.
 *
 * @returns undefined where that cannot be said: an expression can tell from elsewhere that the text has become longer
 */
export function completingLiterals(expression: Expression): RequiredLiterals[] | undefined {
  const { root } = expression;
  if (contains(root, noticesLength)) return undefined;
  const items = lastLineOf(withoutEnd(itemsOf(root)));
  return requiredLiterals({ ...expression, root: { kind: 'concat', items, from: root.from, to: root.to } });
}

/** Its answer at a place in an earlier line may be another one because of what comes behind that line, or lies before the first one. */
function noticesLength(node: Node): boolean {
  switch (node.kind) {
    case 'assert':
      return node.what === 'start' || node.what === 'end' || node.what === 'endOrFinalNewline';
    case 'look':
    case 'atomic':
      return takesNewline(node.body);
    case 'repeat':
      return node.mode === 'possessive' && takesNewline(node.body);
    default:
      return false;
  }
}

/** Whether a match of `node` may hold a newline. */
function takesNewline(node: Node): boolean {
  return contains(node, (inner) => (inner.kind === 'char' && has(inner.set, newline)) || inner.kind === 'backref');
}

function itemsOf(node: Node): readonly Node[] {
  return node.kind === 'concat' ? node.items.flatMap(itemsOf) : [node];
}

/**
 * Without what a match may end with wherever its lines end: it could have stopped short of the new line. A run of characters, as in
 * `\s*$`, stops where the text does, and there a line ends.
 */
function withoutEnd(items: readonly Node[]): readonly Node[] {
  let count = items.length;
  while (count > 0 && isEnd(items[count - 1]!)) count--;
  return items.slice(0, count);
}

function isEnd(node: Node): boolean {
  if (node.kind === 'repeat') return node.min === 0 && node.mode !== 'possessive' && node.body.kind === 'char';
  return node.kind === 'empty' || (node.kind === 'assert' && node.what === 'lineEnd');
}

/** The pieces that stand in the last line of a match: all behind the last one that can take a newline. */
function lastLineOf(items: readonly Node[]): readonly Node[] {
  const last = items.findLastIndex(takesNewline);
  if (last < 0) return items;
  const behind = items.slice(last + 1);
  const { kind } = items[last]!;
  return kind === 'group'
    ? [...lastLineOf(itemsOf((items[last] as Node & { kind: 'group' }).body)), ...behind]
    : behind;
}
