/** The parts of an expression that hold whatever a client sends. */
import { type CharSet, everyCharacter, has, isSubset, negate, single, union } from '../dialect/charset.js';
import type { Node, RepeatNode } from '../dialect/tree.js';
import { contains } from '../dialect/tree.js';

/** An address needs that many characters at least. */
const shortestAddress = 7;

const notNewline = negate(single(10));
const addressCharacters = [...'09az.'].map((char) => char.charCodeAt(0));

/** The characters that one round of a repetition may be, if a round can be a single character at all. */
function roundSet(node: Node): CharSet | undefined {
  switch (node.kind) {
    case 'char':
      return node.set;
    case 'group':
    case 'atomic':
      return roundSet(node.body);
    case 'alternate': {
      const sets = node.branches.flatMap((branch) => roundSet(branch) ?? []);
      return sets.length === 0 ? undefined : union(...sets);
    }
    default:
      return undefined;
  }
}

/** Characters that a repetition can be filled with, if an address can stand among them. */
export function freeSet(node: RepeatNode): CharSet | undefined {
  if (node.max < shortestAddress) return undefined;
  const set = roundSet(node.body);
  return set !== undefined && addressCharacters.every((char) => has(set, char)) ? set : undefined;
}

export function isFree(node: Node): boolean {
  return node.kind === 'repeat' && freeSet(node) !== undefined;
}

export function containsFree(node: Node): boolean {
  return contains(node, isFree);
}

/** `.*` and its kin, greedy: takes in everything up to the last place where the rest still matches. */
export function isGreedyCatchAll(node: Node): boolean {
  if (node.kind !== 'repeat' || node.mode === 'lazy' || node.max !== Number.POSITIVE_INFINITY) return false;
  const set = roundSet(node.body);
  return set !== undefined && (set === everyCharacter || isSubset(notNewline, set));
}
