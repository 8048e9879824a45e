/**
 * The parser of Python 3.11's `re` syntax for text patterns, from source to tree: the same expressions accepted, the same refused.
 */

import { readClass } from './character-class.js';
import { type CharSet, everyCharacter, negate, single } from './charset.js';
import { Cursor } from './cursor.js';
import { readEscape } from './escapes.js';
import { applyFlags, type Flags, noFlags, readFlags } from './flags.js';
import { Groups } from './groups.js';
import type { Expression, Node, RepeatMode } from './tree.js';
import { ignoreCase } from './unicode.js';
import { widthOf } from './width.js';

export interface ParseOptions {
  /** As Python's MULTILINE: `^` and `$` hold at every line. */
  readonly multiline?: boolean;
  /** As Python's IGNORECASE. */
  readonly ignoreCase?: boolean;
}

/** Python's bound on repetition counts. */
const mostRepetitions = 4294967295;
const verboseBlanks = ' \t\n\r\v\f';
const notNewline: CharSet = negate(single(10));

/** Signals that a global `(?x)` was met, so that the text must be read again in verbose mode. */
class Verbose extends Error {}

/**
 * Parses a Python expression.
 * @throws RegexSyntaxError (`F2B_REGEX_SYNTAX`) with the column, where Python's `re.compile` would refuse.
 */
export function parse(source: string, options: ParseOptions = {}): Expression {
  const flags: Flags = {
    ...noFlags,
    multiline: options.multiline ?? false,
    ignoreCase: options.ignoreCase ?? false,
  };
  try {
    return new Parser(source, flags).parse();
  } catch (error) {
    if (!(error instanceof Verbose)) throw error;
    return new Parser(source, { ...flags, verbose: true }).parse();
  }
}

class Parser {
  readonly #cursor: Cursor;
  readonly #groups = new Groups();
  #globalFlags: Flags;
  #ascii = '';

  constructor(source: string, flags: Flags) {
    this.#cursor = new Cursor(source);
    this.#globalFlags = flags;
  }

  parse(): Expression {
    const cursor = this.#cursor;
    const root = this.#alternation(undefined);
    if (!cursor.done) cursor.fail('unbalanced parenthesis');
    this.#groups.checkConditions(cursor);
    return {
      source: cursor.source,
      root,
      groupCount: this.#groups.names.length - 1,
      groupNames: this.#groups.names,
    };
  }

  /** `flags` undefined: the top level, where global flags may still come. */
  #alternation(flags: Flags | undefined): Node {
    const cursor = this.#cursor;
    const from = cursor.pos;
    const branches = [this.#sequence(flags, true)];
    while (cursor.eat('|')) branches.push(this.#sequence(flags, false));
    if (branches.length === 1) return branches[0]!;
    return { kind: 'alternate', branches, from, to: cursor.pos };
  }

  #sequence(scope: Flags | undefined, first: boolean): Node {
    const cursor = this.#cursor;
    const from = cursor.pos;
    const items: Node[] = [];
    for (;;) {
      const flags = scope ?? this.#globalFlags;
      const next = cursor.peek();
      if (next === '' || next === '|' || next === ')') break;
      const at = cursor.pos;
      if (flags.verbose && this.#skipBlanks(next)) continue;
      if (next === '(') {
        const node = this.#group(flags, scope === undefined && first && items.length === 0);
        if (node) items.push(node);
      } else if ('*+?'.includes(next) || (next === '{' && cursor.source[at + 1] !== '}')) {
        if (!this.#repeat(items)) items.push(this.#char(single(0x7b), flags, at));
      } else {
        items.push(this.#atom(flags));
      }
    }
    return items.length === 1 ? items[0]! : sequence(items, from, cursor.pos);
  }

  #skipBlanks(next: string): boolean {
    const cursor = this.#cursor;
    if (verboseBlanks.includes(next)) {
      cursor.take();
      return true;
    }
    if (next !== '#') return false;
    const end = cursor.source.indexOf('\n', cursor.pos);
    cursor.pos = end < 0 ? cursor.source.length : end + 1;
    return true;
  }

  #char(set: CharSet, flags: Flags, from: number): Node {
    const folded = flags.ignoreCase ? ignoreCase(set, flags.ascii) : set;
    return { kind: 'char', set: folded, from, to: this.#cursor.pos };
  }

  #atom(flags: Flags): Node {
    const cursor = this.#cursor;
    const from = cursor.pos;
    const char = cursor.take();
    switch (char) {
      case '\\':
        return this.#escape(flags, from);
      case '.':
        return { kind: 'char', set: flags.dotAll ? everyCharacter : notNewline, from, to: cursor.pos };
      case '^':
        return { kind: 'assert', what: flags.multiline ? 'lineStart' : 'start', from, to: cursor.pos };
      case '$':
        return { kind: 'assert', what: flags.multiline ? 'lineEnd' : 'endOrFinalNewline', from, to: cursor.pos };
      case '[':
        return { kind: 'char', set: readClass(cursor, flags), from, to: cursor.pos };
      default:
        return this.#char(single(char.codePointAt(0)!), flags, from);
    }
  }

  #escape(flags: Flags, from: number): Node {
    const found = readEscape(this.#cursor, flags.ascii);
    const to = this.#cursor.pos;
    switch (found.kind) {
      case 'literal':
        return this.#char(single(found.codePoint), flags, from);
      case 'class':
        return { kind: 'char', set: found.set, from, to };
      case 'assert':
        return { kind: 'assert', what: found.what, from, to };
      case 'backref':
        return this.#backref(found.group, flags, from);
    }
  }

  #backref(group: number, flags: Flags, from: number): Node {
    this.#groups.checkBackref(this.#cursor, group, from);
    const fold = flags.ignoreCase ? (flags.ascii ? 'ascii' : 'unicode') : 'none';
    return { kind: 'backref', group, fold, from, to: this.#cursor.pos };
  }

  /** Applies a quantifier to the last item. False: the brace was no quantifier and is taken as a literal. */
  #repeat(items: Node[]): boolean {
    const cursor = this.#cursor;
    const at = cursor.pos;
    const counts = this.#counts();
    if (!counts) {
      cursor.pos = at + 1;
      return false;
    }
    const item = items.pop();
    if (!item || item.kind === 'assert') return cursor.fail('nothing to repeat', at);
    if (item.kind === 'repeat' && !this.#wrapped.has(item)) cursor.fail('multiple repeat', at);
    const mode: RepeatMode = cursor.eat('?') ? 'lazy' : cursor.eat('+') ? 'possessive' : 'greedy';
    items.push({ kind: 'repeat', ...counts, mode, body: item, from: item.from, to: cursor.pos });
    return true;
  }

  #counts(): { min: number; max: number } | undefined {
    const cursor = this.#cursor;
    const at = cursor.pos;
    if (cursor.eat('*')) return { min: 0, max: Number.POSITIVE_INFINITY };
    if (cursor.eat('+')) return { min: 1, max: Number.POSITIVE_INFINITY };
    if (cursor.eat('?')) return { min: 0, max: 1 };
    cursor.take();
    const low = cursor.takeOf('0123456789', Number.POSITIVE_INFINITY);
    const high = cursor.eat(',') ? cursor.takeOf('0123456789', Number.POSITIVE_INFINITY) : low;
    if (!cursor.eat('}')) return undefined;
    const min = low === '' ? 0 : Number(low);
    const max = high === '' ? Number.POSITIVE_INFINITY : Number(high);
    if (min >= mostRepetitions || (max >= mostRepetitions && max !== Number.POSITIVE_INFINITY)) {
      cursor.fail('the repetition number is too large', at);
    }
    if (max < min) cursor.fail('min repeat greater than max repeat', at);
    return { min, max };
  }

  /** Nodes that stood in brackets of their own: `(?:a*)*` is no multiple repeat, `(?:^)*` repeats a group. */
  readonly #wrapped = new WeakSet<Node>();

  /** A bracketed item; undefined where nothing stays in the tree (comments, global flags). */
  #group(flags: Flags, flagsAllowed: boolean): Node | undefined {
    const cursor = this.#cursor;
    const from = cursor.pos;
    cursor.take();
    if (!cursor.eat('?')) return this.#capture(flags, undefined, from);
    if (cursor.done) cursor.fail('unexpected end of pattern');
    if (cursor.eat('P')) return this.#named(flags, from);
    if (cursor.eat(':')) return this.#bracketed(flags, from);
    if (cursor.eat('#')) return this.#comment(from);
    if (cursor.eat('=')) return this.#look(flags, true, false, from);
    if (cursor.eat('!')) return this.#look(flags, true, true, from);
    if (cursor.eat('<')) {
      if (cursor.eat('=')) return this.#look(flags, false, false, from);
      if (cursor.eat('!')) return this.#look(flags, false, true, from);
      if (cursor.done) cursor.fail('unexpected end of pattern');
      cursor.fail(`unknown extension ?<${cursor.peek()}`, from + 1);
    }
    if (cursor.eat('(')) return this.#conditional(flags, from);
    if (cursor.eat('>')) {
      const body = this.#alternation(flags);
      this.#close(from);
      return { kind: 'atomic', body, from, to: cursor.pos };
    }
    if (!'-aiLmsux'.includes(cursor.peek())) cursor.fail(`unknown extension ?${cursor.peek()}`, from + 1);
    const change = readFlags(cursor);
    if (!change.global) return this.#bracketed(applyFlags(flags, change), from);
    if (!flagsAllowed) cursor.fail('global flags not at the start of the expression', from);
    this.#ascii += change.on.replace(/[^au]/g, '');
    if (this.#ascii.includes('a') && this.#ascii.includes('u'))
      cursor.fail('ASCII and UNICODE flags are incompatible', from);
    this.#globalFlags = applyFlags(this.#globalFlags, change);
    if (change.on.includes('x') && !flags.verbose) throw new Verbose();
    return undefined;
  }

  #close(from: number): void {
    if (!this.#cursor.eat(')')) this.#cursor.fail('missing ), unterminated subpattern', from);
  }

  #bracketed(flags: Flags, from: number): Node {
    const body = this.#alternation(flags);
    this.#close(from);
    // A node of its own, since the very same text without brackets may be no item to repeat.
    const node: Node = body.kind === 'assert' ? sequence([body], from, this.#cursor.pos) : { ...body };
    this.#wrapped.add(node);
    return node;
  }

  #capture(flags: Flags, name: string | undefined, from: number): Node {
    const index = this.#groups.open(this.#cursor, name, from + (name === undefined ? 0 : 4));
    const body = this.#alternation(flags);
    this.#close(from);
    this.#groups.close(index, widthOf(body, this.#groups.widths));
    return { kind: 'group', index, body, from, to: this.#cursor.pos };
  }

  #named(flags: Flags, from: number): Node {
    const cursor = this.#cursor;
    if (cursor.eat('<')) {
      const at = cursor.pos;
      const name = cursor.takeUntil('>', 'group name');
      this.#groups.checkName(cursor, name, at);
      return this.#capture(flags, name, from);
    }
    if (cursor.eat('=')) {
      const at = cursor.pos;
      const name = cursor.takeUntil(')', 'group name');
      this.#groups.checkName(cursor, name, at);
      return this.#backref(this.#groups.byName(cursor, name, at), flags, from);
    }
    if (cursor.done) cursor.fail('unexpected end of pattern');
    return cursor.fail(`unknown extension ?P${cursor.peek()}`, from + 1);
  }

  #comment(from: number): undefined {
    const end = this.#cursor.source.indexOf(')', this.#cursor.pos);
    if (end < 0) this.#cursor.fail('missing ), unterminated comment', from);
    this.#cursor.pos = end + 1;
    return undefined;
  }

  #look(flags: Flags, ahead: boolean, negative: boolean, from: number): Node {
    const outer = this.#groups.lookbehind;
    if (!ahead && outer === undefined) this.#groups.lookbehind = this.#groups.names.length;
    const body = this.#alternation(flags);
    this.#groups.lookbehind = outer;
    this.#close(from);
    const width = widthOf(body, this.#groups.widths);
    if (!ahead && width.min !== width.max) {
      this.#cursor.fail('look-behind requires fixed-width pattern', from);
    }
    return { kind: 'look', ahead, negative, width: ahead ? 0 : width.min, body, from, to: this.#cursor.pos };
  }

  #conditional(flags: Flags, from: number): Node {
    const cursor = this.#cursor;
    const at = cursor.pos;
    const name = cursor.takeUntil(')', 'group name');
    const group = this.#groups.condition(cursor, name, at);
    const yes = this.#sequence(flags, false);
    let no: Node = { kind: 'empty', from: cursor.pos, to: cursor.pos };
    if (cursor.eat('|')) {
      no = this.#sequence(flags, false);
      if (cursor.peek() === '|') cursor.fail('conditional backref with more than two branches');
    }
    this.#close(from);
    return { kind: 'conditional', group, yes, no, from, to: cursor.pos };
  }
}

function sequence(items: readonly Node[], from: number, to: number): Node {
  return items.length === 0 ? { kind: 'empty', from, to } : { kind: 'concat', items, from, to };
}
