/**
 * The part of Python's regular expressions that date templates are made of, as a tree. Whatever stands outside it (back
 * tracking verbs, other flags, unusual escapes) makes `parseSyntax` give up, and the general engine takes the expression.
 */
import {
  anyButNewline,
  type CharSet,
  complement,
  digitSet,
  ignoringCase,
  range,
  single,
  spaceSet,
  union,
  wordSet,
} from './characters.js';

export type Syntax =
  | { readonly kind: 'chars'; readonly set: CharSet }
  | { readonly kind: 'sequence'; readonly items: readonly Syntax[] }
  | { readonly kind: 'choice'; readonly items: readonly Syntax[] }
  | {
      readonly kind: 'repeat';
      readonly item: Syntax;
      readonly min: number;
      readonly max: number;
      readonly greedy: boolean;
    }
  | { readonly kind: 'group'; readonly index: number; readonly item: Syntax }
  | { readonly kind: 'reference'; readonly index: number; readonly ignoreCase: boolean }
  | { readonly kind: 'ahead'; readonly negate: boolean; readonly item: Syntax }
  | { readonly kind: 'behind'; readonly negate: boolean; readonly item: Syntax; readonly width: number }
  | { readonly kind: 'conditional'; readonly index: number; readonly yes: Syntax; readonly no: Syntax }
  | { readonly kind: 'begin' }
  | { readonly kind: 'end' }
  | { readonly kind: 'boundary'; readonly negate: boolean };

export interface ParsedSyntax {
  readonly tree: Syntax;
  /** Name of each group by index; index 0 and plain groups are undefined. */
  readonly groupNames: readonly (string | undefined)[];
}

/** Raised inside the parser for what it leaves to the general engine, mistakes included. */
class OutsideSubset extends Error {}

const escapes: ReadonlyMap<string, CharSet> = new Map([
  ['d', digitSet],
  ['D', complement(digitSet)],
  ['w', wordSet],
  ['W', complement(wordSet)],
  ['s', spaceSet],
  ['S', complement(spaceSet)],
]);
const controls: ReadonlyMap<string, number> = new Map([
  ['t', 9],
  ['n', 10],
  ['v', 11],
  ['f', 12],
  ['r', 13],
]);

class Parser {
  #at = 0;
  readonly #names: (string | undefined)[] = [undefined];
  readonly #open = new Set<number>();

  readonly #source: string;
  #ignoreCase: boolean;

  constructor(source: string, ignoreCase: boolean) {
    this.#source = source;
    this.#ignoreCase = ignoreCase;
  }

  parse(): ParsedSyntax {
    const tree = this.#choice();
    if (this.#at < this.#source.length) throw new OutsideSubset();
    return { tree, groupNames: this.#names };
  }

  #eat(text: string): boolean {
    if (!this.#source.startsWith(text, this.#at)) return false;
    this.#at += text.length;
    return true;
  }

  #expect(text: string): void {
    if (!this.#eat(text)) throw new OutsideSubset();
  }

  #choice(): Syntax {
    const items = [this.#sequence()];
    while (this.#eat('|')) items.push(this.#sequence());
    const only = items[0];
    return items.length === 1 && only !== undefined ? only : { kind: 'choice', items };
  }

  #sequence(): Syntax {
    const items: Syntax[] = [];
    while (this.#at < this.#source.length && this.#source[this.#at] !== '|' && this.#source[this.#at] !== ')') {
      items.push(this.#repeated(this.#atom()));
    }
    const only = items[0];
    return items.length === 1 && only !== undefined ? only : { kind: 'sequence', items };
  }

  #repeated(item: Syntax): Syntax {
    let min: number;
    let max: number;
    const braces = /^\{(\d*)(,?)(\d*)\}/.exec(this.#source.slice(this.#at, this.#at + 16));
    if (this.#eat('?')) [min, max] = [0, 1];
    else if (this.#eat('*')) [min, max] = [0, Number.POSITIVE_INFINITY];
    else if (this.#eat('+')) [min, max] = [1, Number.POSITIVE_INFINITY];
    else if (braces !== null && (braces[1] !== '' || braces[3] !== '')) {
      this.#at += braces[0].length;
      min = Number(braces[1]);
      max = braces[2] === '' ? min : braces[3] === '' ? Number.POSITIVE_INFINITY : Number(braces[3]);
      if (min > max || min > 1000) throw new OutsideSubset();
    } else return item;
    // An anchor or a look-around repeated makes no sense, and a possessive or a double quantifier is left to the engine.
    if (item.kind !== 'chars' && item.kind !== 'group' && item.kind !== 'sequence' && item.kind !== 'choice') {
      if (item.kind !== 'repeat' && item.kind !== 'reference') throw new OutsideSubset();
    }
    const greedy = !this.#eat('?');
    const next = this.#source[this.#at];
    if (next === '*' || next === '+' || next === '?') throw new OutsideSubset();
    if (next === '{' && /^\{\d*,?\d*\}/.test(this.#source.slice(this.#at, this.#at + 16))) throw new OutsideSubset();
    return { kind: 'repeat', item, min, max, greedy };
  }

  #chars(set: CharSet): Syntax {
    return { kind: 'chars', set: this.#ignoreCase ? ignoringCase(set) : set };
  }

  #atom(): Syntax {
    const char = this.#source[this.#at] ?? '';
    if (char === '(') return this.#bracket();
    if (char === '[') return this.#chars(this.#charClass());
    if (char === '\\') return this.#escape();
    if (char === '*' || char === '+' || char === '?') throw new OutsideSubset();
    const codePoint = this.#source.codePointAt(this.#at) ?? 0;
    this.#at += codePoint > 0xffff ? 2 : 1;
    if (char === '.') return { kind: 'chars', set: anyButNewline };
    if (char === '^') return { kind: 'begin' };
    if (char === '$') return { kind: 'end' };
    return codePoint < 128
      ? { kind: 'chars', set: single(codePoint, this.#ignoreCase) }
      : this.#chars(range(codePoint, codePoint));
  }

  #escape(): Syntax {
    const char = this.#source[this.#at + 1];
    if (char === undefined) throw new OutsideSubset();
    this.#at += 2;
    if (char === 'b' || char === 'B') return { kind: 'boundary', negate: char === 'B' };
    const set = escapes.get(char);
    if (set !== undefined) return { kind: 'chars', set };
    return this.#chars(this.#escapedChar(char));
  }

  #escapedChar(char: string): CharSet {
    const control = controls.get(char);
    if (control !== undefined) return range(control, control);
    if (/^[A-Za-z0-9]$/.test(char)) throw new OutsideSubset();
    const code = char.charCodeAt(0);
    if (code >= 0xd800 && code < 0xe000) throw new OutsideSubset();
    return range(code, code);
  }

  #charClass(): CharSet {
    this.#expect('[');
    const negate = this.#eat('^');
    const sets: CharSet[] = [];
    for (let first = true; first || this.#source[this.#at] !== ']'; first = false) {
      const low = this.#classMember();
      const closes = this.#source[this.#at + 1] === ']';
      if (this.#source[this.#at] !== '-' || closes || this.#at + 1 >= this.#source.length) {
        sets.push(typeof low === 'number' ? range(low, low) : low);
        continue;
      }
      this.#at++;
      const high = this.#classMember();
      if (typeof low !== 'number' || typeof high !== 'number' || high < low) throw new OutsideSubset();
      sets.push(range(low, high));
    }
    this.#expect(']');
    const set = union(sets);
    // Case is ignored before the complement is taken: [^a] refuses A as well.
    return negate ? complement(this.#ignoreCase ? ignoringCase(set) : set) : set;
  }

  #classMember(): number | CharSet {
    const codePoint = this.#source.codePointAt(this.#at);
    if (codePoint === undefined) throw new OutsideSubset();
    if (codePoint !== 0x5c) {
      this.#at += codePoint > 0xffff ? 2 : 1;
      return codePoint;
    }
    const char = this.#source[this.#at + 1] ?? '';
    this.#at += 2;
    if (char === 'b') return 8;
    const set = escapes.get(char);
    if (set !== undefined) return set;
    const control = controls.get(char);
    if (control !== undefined) return control;
    if (!/^[^A-Za-z0-9\uD800-\uDFFF]$/.test(char)) throw new OutsideSubset();
    return char.charCodeAt(0);
  }

  #bracket(): Syntax {
    if (!this.#eat('(?')) {
      this.#at++;
      return this.#group(undefined);
    }
    if (this.#eat(':')) return this.#closed();
    if (this.#eat('P<')) {
      const name = this.#word('>');
      if (this.#names.includes(name)) throw new OutsideSubset();
      return this.#group(name);
    }
    if (this.#eat('P=')) {
      const index = this.#names.indexOf(this.#word(')'));
      if (index < 0 || this.#open.has(index)) throw new OutsideSubset();
      return { kind: 'reference', index, ignoreCase: this.#ignoreCase };
    }
    if (this.#eat('=')) return { kind: 'ahead', negate: false, item: this.#closed() };
    if (this.#eat('!')) return { kind: 'ahead', negate: true, item: this.#closed() };
    if (this.#eat('<=')) return this.#behind(false);
    if (this.#eat('<!')) return this.#behind(true);
    if (this.#eat('(')) return this.#conditional(this.#word(')'));
    if (this.#eat('i:')) {
      const outer = this.#ignoreCase;
      this.#ignoreCase = true;
      const item = this.#closed();
      this.#ignoreCase = outer;
      return item;
    }
    throw new OutsideSubset();
  }

  #word(terminator: string): string {
    const end = this.#source.indexOf(terminator, this.#at);
    const word = end < 0 ? '' : this.#source.slice(this.#at, end);
    if (!/^[A-Za-z_]\w*$/.test(word)) throw new OutsideSubset();
    this.#at = end + terminator.length;
    return word;
  }

  #closed(): Syntax {
    const item = this.#choice();
    this.#expect(')');
    return item;
  }

  #group(name: string | undefined): Syntax {
    const index = this.#names.length;
    this.#names.push(name);
    this.#open.add(index);
    const item = this.#closed();
    this.#open.delete(index);
    return { kind: 'group', index, item };
  }

  #behind(negate: boolean): Syntax {
    const item = this.#closed();
    const width = fixedWidth(item);
    if (width === undefined) throw new OutsideSubset();
    return { kind: 'behind', negate, item, width };
  }

  #conditional(name: string): Syntax {
    const index = this.#names.indexOf(name);
    if (index < 0) throw new OutsideSubset();
    const yes = this.#sequence();
    const no: Syntax = this.#eat('|') ? this.#sequence() : { kind: 'sequence', items: [] };
    this.#expect(')');
    return { kind: 'conditional', index, yes, no };
  }
}

/** Number of characters that `item` always takes; undefined when it varies. */
function fixedWidth(item: Syntax): number | undefined {
  switch (item.kind) {
    case 'chars':
      return 1;
    case 'sequence': {
      let sum = 0;
      for (const part of item.items) {
        const width = fixedWidth(part);
        if (width === undefined) return undefined;
        sum += width;
      }
      return sum;
    }
    case 'choice': {
      const widths = new Set(item.items.map(fixedWidth));
      return widths.size === 1 ? fixedWidth(item.items[0] ?? { kind: 'end' }) : undefined;
    }
    case 'repeat': {
      const width = fixedWidth(item.item);
      return width === undefined || item.min !== item.max ? undefined : width * item.min;
    }
    case 'group':
      return fixedWidth(item.item);
    case 'reference':
    case 'conditional':
      return undefined;
    default:
      return 0;
  }
}

/**
 * Parses a template's regular expression (Python syntax, global flags in front allowed).
 *
 * @returns undefined when something in it lies outside the subset, or is wrong: the general engine then takes it or names the mistake
 */
export function parseSyntax(regex: string): ParsedSyntax | undefined {
  const flags = /^\(\?([iu]+)\)/.exec(regex);
  const source = flags === null ? regex : regex.slice(flags[0].length);
  try {
    return new Parser(source, flags?.[1]?.includes('i') ?? false).parse();
  } catch (error) {
    if (error instanceof OutsideSubset) return undefined;
    throw error;
  }
}
