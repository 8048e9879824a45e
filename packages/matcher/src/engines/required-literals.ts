/**
 * Literals that every match must contain, read off the tree. The rule above all: no matching subject may lack all of them.
 */
import type { CharSet } from '../dialect/charset.js';
import { onlyMember, size } from '../dialect/charset.js';
import type { Expression, Node } from '../dialect/tree.js';
import { ignoreCase } from '../dialect/unicode.js';
import { tellingness } from '../literals/telling.js';
import type { RequiredLiterals } from './engine.js';

/** More alternatives than this make the search for them dearer than the lines that it spares. */
const mostAlternatives = 24;
/** Complete texts of a node are combined with their neighbours' up to this many. */
const mostTexts = 8;
/** No letter has more forms that are equal when case is ignored. */
const mostCases = 4;
/** So many sets are offered to choose from. */
const mostSets = 6;

/** Texts, of which a match contains at least one. */
interface Texts {
  readonly texts: readonly string[];
  /** Letter case is ignored in some. */
  readonly folded: boolean;
  /**
   * Letters outside of ASCII that equal a folded letter when Python ignores case (the long s, the Kelvin sign, two kinds of i): a match may
   * have them in its place, so they are literals in their own right.
   */
  readonly foreign: readonly string[];
}

/** What is known of a node's matches. */
interface Known {
  /** All texts that the node can match, when they are few. */
  readonly whole: Texts | undefined;
  /** Each match contains a text of each of these; the most telling set first. */
  readonly sets: readonly Texts[];
}

const emptyText: Texts = { texts: [''], folded: false, foreign: [] };
const zeroWidth: Known = { whole: emptyText, sets: [] };
const unknown: Known = { whole: undefined, sets: [] };

/** Sets of literals, of each of which each matching subject contains one; the most telling set first. Empty: none are known. */
export function requiredLiterals(expression: Expression): RequiredLiterals[] {
  return setsOf(knownOf(expression.root)).map(({ texts, folded, foreign }) => {
    if (!folded) return { alternatives: reduced(texts), foldCase: false };
    const lowered = texts.map((text) => text.toLowerCase());
    return { alternatives: reduced([...lowered, ...foreign]), foldCase: true };
  });
}

/** A literal that contains another one adds nothing. */
function reduced(texts: readonly string[]): string[] {
  const all = [...new Set(texts)];
  return all.filter((text) => !all.some((other) => other !== text && text.includes(other)));
}

function knownOf(node: Node): Known {
  switch (node.kind) {
    case 'empty':
    case 'assert':
      return zeroWidth;
    case 'look':
      // It takes no room in the match, but what it demands stands in the subject.
      return node.negative ? zeroWidth : { whole: emptyText, sets: setsOf(knownOf(node.body)) };
    case 'char': {
      const whole = textsOf(node.set);
      return { whole, sets: [] };
    }
    case 'backref':
      return unknown;
    case 'group':
    case 'atomic':
      return knownOf(node.body);
    case 'alternate':
      return either(node.branches.map(knownOf));
    case 'conditional':
      return either([knownOf(node.yes), knownOf(node.no)]);
    case 'repeat':
      return repeated(node);
    case 'concat':
      return concatenated(node.items);
  }
}

/** The few characters of a set as texts; a letter in both cases as one folded text. */
function textsOf(set: CharSet): Texts | undefined {
  const only = onlyMember(set);
  if (only !== undefined && !isSurrogate(only))
    return { texts: [String.fromCodePoint(only)], folded: false, foreign: [] };
  const count = size(set);
  if (count > 2 * mostTexts) return undefined;
  const chars: number[] = [];
  for (let i = 0; i < set.ranges.length; i += 2) {
    for (let char = set.ranges[i]!; char <= set.ranges[i + 1]!; char++) chars.push(char);
  }
  const small = chars.find((char) => char >= 0x61 && char <= 0x7a);
  if (small !== undefined && chars.length > 1 && chars.length <= mostCases) {
    const letter = { ranges: [small, small] };
    const cases = [ignoreCase(letter, true), ignoreCase(letter, false)];
    if (cases.some((both) => both.ranges.join() === set.ranges.join())) {
      const foreign = chars.filter((char) => char > 0x7f).map((char) => String.fromCodePoint(char));
      return { texts: [String.fromCodePoint(small)], folded: true, foreign };
    }
  }
  if (chars.length > mostTexts || chars.some(isSurrogate)) return undefined;
  return { texts: chars.map((char) => String.fromCodePoint(char)), folded: false, foreign: [] };
}

function isSurrogate(char: number): boolean {
  return char >= 0xd800 && char <= 0xdfff;
}

function either(branches: readonly Known[]): Known {
  const whole = branches.every((branch) => branch.whole)
    ? merged(
        branches.map((branch) => branch.whole!),
        mostTexts,
      )
    : undefined;
  const bests = branches.flatMap((branch) => setsOf(branch).slice(0, 1));
  const either = bests.length === branches.length ? merged(bests, mostAlternatives) : undefined;
  return { whole, sets: either === undefined ? [] : [either] };
}

function merged(all: readonly Texts[], most: number): Texts | undefined {
  if (!compatible(all)) return undefined;
  const texts = [...new Set(all.flatMap((one) => one.texts))];
  return texts.length > most ? undefined : { texts, ...foldingOf(all) };
}

function foldingOf(all: readonly Texts[]): Pick<Texts, 'folded' | 'foreign'> {
  if (!all.some((one) => one.folded)) return { folded: false, foreign: [] };
  return { folded: all.some((one) => one.folded), foreign: [...new Set(all.flatMap((one) => one.foreign))] };
}

/** Folding is by ASCII: a text with a letter outside of ASCII stays out of folded sets. */
function compatible(all: readonly Texts[]): boolean {
  if (!all.some((one) => one.folded)) return true;
  return all.every((one) => one.texts.every((text) => isAscii(text)));
}

function isAscii(text: string): boolean {
  return /^[\0-\x7f]*$/.test(text);
}

function repeated(node: Node & { readonly kind: 'repeat' }): Known {
  if (node.max === 0) return zeroWidth;
  const body = knownOf(node.body);
  if (node.min === 0) {
    const whole = node.max === 1 && body.whole ? merged([body.whole, emptyText], mostTexts) : undefined;
    return { whole, sets: [] };
  }
  if (node.min === node.max && node.min <= 4) return concatenated(Array<Node>(node.min).fill(node.body));
  return { whole: undefined, sets: setsOf(body) };
}

function concatenated(items: readonly Node[]): Known {
  let run: Texts | undefined = emptyText;
  let isWhole = true;
  const sets: Texts[] = [];
  for (let at = 0; at < items.length; ) {
    const letters = plainFrom(items, at);
    const known = letters === '' ? knownOf(items[at]!) : wholeText(letters);
    at += letters === '' ? 1 : letters.length;
    sets.push(...known.sets);
    const joined: Texts | undefined = run && known.whole && product(run, known.whole);
    if (joined) {
      run = joined;
      continue;
    }
    sets.push(run);
    isWhole = false;
    run = known.whole ?? emptyText;
  }
  return isWhole ? { whole: run, sets: mostTelling(sets) } : { whole: undefined, sets: mostTelling([...sets, run]) };
}

/** The run of single ASCII characters that begins at `items[from]`: most of an expression, and read at once. */
function plainFrom(items: readonly Node[], from: number): string {
  let text = '';
  for (let at = from; at < items.length; at++) {
    const item = items[at]!;
    const only = item.kind === 'char' ? onlyMember(item.set) : undefined;
    if (only === undefined || only > 0x7f) break;
    text += String.fromCharCode(only);
  }
  return text;
}

function wholeText(text: string): Known {
  return { whole: { texts: [text], folded: false, foreign: [] }, sets: [] };
}

function product(left: Texts, right: Texts): Texts | undefined {
  if (left.texts.length * right.texts.length > mostTexts || !compatible([left, right])) return undefined;
  const texts = left.texts.flatMap((one) => right.texts.map((other) => one + other));
  return { texts, ...foldingOf([left, right]) };
}

/** All that is known of a node's matches, as sets. */
function setsOf({ whole, sets }: Known): readonly Texts[] {
  return whole === undefined ? sets : mostTelling([...sets, whole]);
}

function mostTelling(sets: readonly Texts[]): readonly Texts[] {
  const rated = sets.flatMap((set) => {
    return set.texts.includes('') ? [] : { set, rate: tellingness(set.texts, set.folded) };
  });
  rated.sort((a, b) => b.rate - a.rate);
  return rated.slice(0, mostSets).map(({ set }) => set);
}
