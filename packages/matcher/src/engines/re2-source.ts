/**
 * From the tree to RE2's syntax. Two translations: the exact one, for subjects of ASCII characters only, and the relaxed one, for any
 * subject, which accepts at least what the expression accepts.
 */
import { type CharSet, intersect, isEmpty, union } from '../dialect/charset.js';
import { contains, type Expression, type Node } from '../dialect/tree.js';
import { asciiSet, nonAsciiSet } from '../dialect/unicode.js';
import { widthOf } from '../dialect/width.js';

const firstNonAscii = 0x80;
const mostAsciiRanges = 64;
/** RE2 refuses larger counts. */
const mostRepetitions = 1000;

export interface Re2Source {
  /** An expression in RE2's syntax, for node-re2's Unicode mode. */
  readonly source: string;
  /** Why RE2 alone does not decide; undefined when it does, for ASCII subjects. */
  readonly inexact: string | undefined;
  /** Python's group for each of RE2's, index 0 included; `END_OF_MATCH` for marks of where the match ends. */
  readonly groups: readonly number[];
}

/**
 * An empty group: the match ends there, whatever RE2 consumed behind it. It stands before what `$` and a lookahead at the very end of the
 * expression look at.
 */
export const endOfMatch = -1;

/** The translation that is exact for ASCII subjects, or says why it is not. */
export function asciiSource(expression: Expression): Re2Source {
  return new Translator(expression, false).translate();
}

/** The translation without groups that accepts a superset, for subjects of any characters. */
export function gateSource(expression: Expression): string {
  return new Translator(expression, true).translate().source;
}

class Translator {
  #inexact: string | undefined;
  readonly #groups: number[] = [0];

  constructor(
    readonly expression: Expression,
    readonly relaxed: boolean,
  ) {}

  translate(): Re2Source {
    const source = this.#node(this.expression.root, true);
    return { source, inexact: this.#inexact, groups: this.#groups };
  }

  #give(node: Node, what: string): void {
    this.#inexact ??= `${what} at column ${node.from + 1}`;
  }

  /** `last`: nothing of the expression follows. */
  #node(node: Node, last: boolean): string {
    switch (node.kind) {
      case 'empty':
        return '';
      case 'char':
        return this.#set(node.set);
      case 'concat':
        return this.#concat(node.items, last);
      case 'alternate':
        return `(?:${node.branches.map((branch) => this.#node(branch, last)).join('|')})`;
      case 'group':
        if (this.relaxed) return `(?:${this.#node(node.body, last)})`;
        this.#groups.push(node.index);
        return `(${this.#node(node.body, last)})`;
      case 'repeat':
        return this.#repeat(node, last);
      case 'atomic':
        this.#give(node, 'the atomic group');
        return `(?:${this.#node(node.body, last)})`;
      case 'look':
        return this.#look(node, last);
      case 'assert':
        return this.#assert(node, last);
      case 'backref':
        this.#give(node, 'the back-reference');
        return '(?s:.*)';
      case 'conditional':
        this.#give(node, 'the conditional');
        return `(?:${this.#node(node.yes, last)}|${this.#node(node.no, last)})`;
    }
  }

  #concat(items: readonly Node[], last: boolean): string {
    let end = items.length;
    // What consumes nothing in any case does not come after anything: `$` before an empty group is still at the end.
    while (end > 0 && items[end - 1]!.kind === 'empty') end--;
    return items.map((item, i) => this.#node(item, last && i === end - 1)).join('');
  }

  #set(set: CharSet): string {
    // Only the ranges that ASCII can meet: a Unicode class has hundreds of others.
    const ascii = intersect({ ranges: set.ranges.slice(0, 2 * mostAsciiRanges) }, asciiSet);
    if (!this.relaxed) return classSource(ascii);
    const reachesBeyond = set.ranges.length > 0 && set.ranges[set.ranges.length - 1]! >= firstNonAscii;
    return classSource(reachesBeyond ? union(ascii, nonAsciiSet) : ascii);
  }

  #repeat(node: Node & { readonly kind: 'repeat' }, last: boolean): string {
    if (node.max === 0) return '';
    if (node.mode === 'possessive') this.#give(node, 'the possessive quantifier');
    const optional = node.min === 0 && node.max === 1;
    const nullable = widthOf(node.body).min === 0;
    if (!optional && nullable && !isPlainLoop(node.body)) this.#give(node, 'the repetition of what can be empty');
    const body = this.#node(node.body, last && node.max === 1);
    const inner = `(?:${body})`;
    const lazy = node.mode === 'lazy' ? '?' : '';
    if (optional) return `${inner}?${lazy}`;
    if (node.max === Number.POSITIVE_INFINITY && node.min <= 1) return `${inner}${node.min === 0 ? '*' : '+'}${lazy}`;
    let { min, max } = node;
    if (min > mostRepetitions || (max > mostRepetitions && max !== Number.POSITIVE_INFINITY)) {
      this.#give(node, `the repetition count above ${mostRepetitions}`);
      min = Math.min(min, mostRepetitions);
      max = Number.POSITIVE_INFINITY;
    }
    return `${inner}{${min},${max === Number.POSITIVE_INFINITY ? '' : max}}${lazy}`;
  }

  #look(node: Node & { readonly kind: 'look' }, last: boolean): string {
    const groupless = !contains(node.body, (inner) => inner.kind === 'group');
    if (last && node.ahead && !node.negative && groupless)
      return `${this.#endOfMatch()}(?:${this.#node(node.body, true)})`;
    if (last && node.ahead && node.negative && node.body.kind === 'char') {
      const { ranges } = node.body.set;
      const others = this.#set({ ranges: [...complement(ranges)] });
      return `${this.#endOfMatch()}(?:${others}|\\z)`;
    }
    this.#give(node, `the look${node.ahead ? 'ahead' : 'behind'}`);
    return '';
  }

  #assert(node: Node & { readonly kind: 'assert' }, last: boolean): string {
    switch (node.what) {
      case 'start':
        return '\\A';
      case 'end':
        return '\\z';
      case 'endOrFinalNewline':
        if (last) return `${this.#endOfMatch()}\\n?\\z`;
        this.#give(node, 'the `$` before the end of the expression');
        return '';
      case 'lineStart':
        return '(?m:^)';
      case 'lineEnd':
        return '(?m:$)';
      case 'wordBoundary':
      case 'asciiWordBoundary':
        return this.relaxed ? '' : '\\b';
      case 'notWordBoundary':
      case 'notAsciiWordBoundary':
        return this.relaxed ? '' : '\\B';
    }
  }

  #endOfMatch(): string {
    if (this.relaxed) return '';
    this.#groups.push(endOfMatch);
    return '()';
  }
}

/** Loops of one character in a loop: consuming nothing is always the last resort there, in RE2 as in Python. */
function isPlainLoop(node: Node): boolean {
  if (node.kind === 'repeat') return node.mode === 'greedy' && node.body.kind === 'char';
  return node.kind === 'concat' && node.items.every(isPlainLoop);
}

function complement(ranges: readonly number[]): number[] {
  const out: number[] = [];
  let next = 0;
  for (let i = 0; i < ranges.length; i += 2) {
    if (ranges[i]! > next) out.push(next, ranges[i]! - 1);
    next = ranges[i + 1]! + 1;
  }
  if (next <= 0x10ffff) out.push(next, 0x10ffff);
  return out;
}

function classSource(set: CharSet): string {
  if (isEmpty(set)) return '[^\\x00-\\x{10FFFF}]';
  const { ranges } = set;
  if (ranges.length === 2 && ranges[0] === ranges[1]) return literalSource(ranges[0]!);
  let text = '';
  for (let i = 0; i < ranges.length; i += 2) {
    text += codePointSource(ranges[i]!);
    if (ranges[i + 1] !== ranges[i]) text += `-${codePointSource(ranges[i + 1]!)}`;
  }
  return `[${text}]`;
}

function literalSource(codePoint: number): string {
  const char = String.fromCodePoint(codePoint);
  return /^[a-zA-Z0-9 ]$/.test(char) ? char : codePointSource(codePoint);
}

function codePointSource(codePoint: number): string {
  const char = String.fromCodePoint(codePoint);
  if (/^[a-zA-Z0-9]$/.test(char)) return char;
  return `\\x{${codePoint.toString(16)}}`;
}
