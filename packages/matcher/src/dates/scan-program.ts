/**
 * Compiles a template's syntax tree to a program for the date scanner, and proves while doing so that it is linear.
 *
 * Each instruction is built together with all that follows it, so it is known which characters the rest can begin with and how
 * many steps a search from one position can take at most. Dates consist of pieces of bounded width, hence that number is a
 * constant of the template, and a search takes at most so many steps for each character. A piece without an upper bound
 * (`\s*` before a zone) is accepted where backing off from it is pointless (what follows begins with other characters) and
 * each run of its characters can be entered only at its beginning (what stands before ends in other characters). In a template
 * that is tied to the line's start there is one start position, so there one such piece may even back off. Everything else is
 * refused (`undefined`) and runs on the general engine.
 */
import { type CharSet, disjoint, everything, isWordAscii, union } from './characters.js';
import { type Outlook, OutlookModel } from './outlook.js';
import type { ParsedSyntax, Syntax } from './syntax.js';

/** Operations. Each instruction is four numbers: operation, next instruction, and two operands `a` and `b`. */
export const Op = {
  Accept: 0,
  /** Character code `a`. */
  Char: 1,
  /** A character of set `a`. */
  Set: 2,
  /** One of the instructions that table `a` lists for the character ahead, in their order. */
  Choice: 3,
  /** As many characters of set `a` as there are, by the limits `b` in `runs`; backs off if they say so. */
  Run: 4,
  /** Notes the position in slot `a`. */
  Save: 5,
  /** What group `a` holds; `b` is 1 to ignore case. */
  Reference: 6,
  /** Program `a` must match here (`b` 0) or must not (`b` 1), without taking anything. */
  Ahead: 7,
  /** The same for what ends here and is `b >> 1` characters wide; bit 0 of `b` negates. */
  Behind: 8,
  /** Goes to `b` instead if slot `a` holds nothing. */
  Conditional: 9,
  Begin: 10,
  End: 11,
  /** A word boundary; none if `a` is 1. */
  Boundary: 12,
  /** Not inside a word, and not at the line's end unless a word ends there. */
  EdgeBegin: 13,
  /** Not inside a word. */
  EdgeEnd: 14,
} as const;

/** A choice has an entry for each ASCII code and one for all other characters and the line's end. */
export const choiceFields = 129;

export interface ScanProgram {
  readonly code: Int32Array;
  readonly entry: number;
  readonly sets: readonly CharSet[];
  readonly runs: Int32Array;
  /** `CHOICE_FIELDS` places in `lists` for each choice. */
  readonly choices: Int32Array;
  /** Lists of instructions: their number, then they. */
  readonly lists: Int32Array;
  readonly groups: number;
  /** Only position 0 can match. */
  readonly tied: boolean;
  /** Bound of the steps taken from one position, the length of unlimited runs not counted. */
  readonly cost: number;
  /** What the first two characters must be for a match to be possible. */
  readonly outlook: Outlook;
  readonly model: OutlookModel;
}

/** An instruction with what is known of it and all that follows. */
interface Chain {
  readonly at: number;
  /** What the rest can begin with. */
  readonly first: CharSet;
  readonly outlook: Outlook;
  /** Whether a piece of unlimited width is among them. */
  readonly unlimited: boolean;
}

/** What may stand before a piece. */
interface Left {
  /** Characters that can stand directly before; everything at the pattern's begin. */
  readonly last: CharSet;
  /** No piece of unlimited width stands before. */
  readonly bounded: boolean;
}

const anythingBefore: Left = { last: everything, bounded: true };
const maxCost = 5000;
const maxRounds = 64;

class NotLinear extends Error {}

/** What `item` can end with, given what stands before it. */
function leftOf(item: Syntax, left: Left): Left {
  switch (item.kind) {
    case 'chars':
      return { last: item.set, bounded: left.bounded };
    case 'sequence':
      return item.items.reduce((before, part) => leftOf(part, before), left);
    case 'choice': {
      const ends = item.items.map((part) => leftOf(part, left));
      return { last: union(ends.map((end) => end.last)), bounded: ends.every((end) => end.bounded) };
    }
    case 'repeat': {
      const inner = leftOf(item.item, left);
      return {
        last: item.min > 0 ? inner.last : union([inner.last, left.last]),
        bounded: inner.bounded && item.max !== Number.POSITIVE_INFINITY,
      };
    }
    case 'group':
      return leftOf(item.item, left);
    case 'conditional':
      return leftOf({ kind: 'choice', items: [item.yes, item.no] }, left);
    case 'reference':
      return { last: everything, bounded: left.bounded };
    default:
      return left;
  }
}

/** Whether every way through `item` begins at the line's start. */
function isTied(item: Syntax | undefined): boolean {
  switch (item?.kind) {
    case 'begin':
      return true;
    case 'group':
      return isTied(item.item);
    case 'sequence':
      return isTied(item.items[0]);
    case 'choice':
      return item.items.every(isTied);
    default:
      return false;
  }
}

/** What each group can hold, for those that hold one ASCII character that has no other letter case. */
function collectSingles(item: Syntax, singles: Map<number, CharSet>): void {
  if (item.kind === 'group' && item.item.kind === 'chars') {
    const { set } = item.item;
    const cased = set.ascii.some((member, code) => member === 1 && /[A-Za-z]/.test(String.fromCharCode(code)));
    if (!cased && set.beyond === 0) singles.set(item.index, set);
  }
  if (item.kind === 'sequence' || item.kind === 'choice') for (const part of item.items) collectSingles(part, singles);
  if (item.kind === 'group' || item.kind === 'repeat') collectSingles(item.item, singles);
}

/** Recognises the two boundaries that fail2ban puts around templates: `(?=^|\b|\W)` and `(?=\b|\W|$)`. */
function edgeOf(item: Syntax): number | undefined {
  if (item.kind !== 'choice' || item.items.length !== 3) return undefined;
  const [a, b, c] = item.items;
  const isBoundary = (part: Syntax | undefined): boolean => part?.kind === 'boundary' && !part.negate;
  const isNonWord = (part: Syntax | undefined): boolean =>
    part?.kind === 'chars' && part.set.ascii.every((member, code) => (member === 1) === !isWordAscii(code));
  if (a?.kind === 'begin' && isBoundary(b) && isNonWord(c)) return Op.EdgeBegin;
  if (isBoundary(a) && isNonWord(b) && c?.kind === 'end') return Op.EdgeEnd;
  return undefined;
}

class Compiler {
  readonly #code: number[] = [];
  readonly #sets: CharSet[] = [];
  readonly #runs: number[] = [];
  readonly #choices: number[] = [];
  readonly #lists: number[] = [];
  readonly #singles = new Map<number, CharSet>();
  readonly #model: OutlookModel;
  readonly #tied: boolean;

  readonly #parsed: ParsedSyntax;

  constructor(parsed: ParsedSyntax) {
    this.#parsed = parsed;

    this.#model = new OutlookModel(parsed.tree);
    this.#tied = isTied(parsed.tree);
    collectSingles(parsed.tree, this.#singles);
  }

  compile(): ScanProgram {
    const model = this.#model;
    const tied = this.#tied;
    const chain = this.#chain(this.#parsed.tree, this.#accept(), anythingBefore);
    const cost = model.worst(chain.outlook);
    if (cost > maxCost) throw new NotLinear();
    return {
      code: Int32Array.from(this.#code),
      entry: chain.at,
      sets: this.#sets,
      runs: Int32Array.from(this.#runs),
      choices: Int32Array.from(this.#choices),
      lists: Int32Array.from(this.#lists),
      groups: this.#parsed.groupNames.length,
      tied,
      cost,
      outlook: chain.outlook,
      model,
    };
  }

  #emit(operation: number, next: number, a = 0, b = 0): number {
    this.#code.push(operation, next, a, b);
    return this.#code.length - 4;
  }

  #accept(): Chain {
    const at = this.#emit(Op.Accept, 0);
    return { at, first: everything, outlook: this.#model.constant(1), unlimited: false };
  }

  /** An instruction that takes no character. */
  #inPlace(next: Chain, operation: number, a = 0, b = 0, steps = 1): Chain {
    return { ...next, at: this.#emit(operation, next.at, a, b), outlook: this.#model.inPlace(next.outlook, steps) };
  }

  #setIndex(set: CharSet): number {
    const known = this.#sets.indexOf(set);
    return known >= 0 ? known : this.#sets.push(set) - 1;
  }

  #chain(item: Syntax, next: Chain, left: Left): Chain {
    switch (item.kind) {
      case 'chars':
        return this.#chars(item.set, next);
      case 'sequence': {
        const lefts: Left[] = [];
        let before = left;
        for (const part of item.items) {
          lefts.push(before);
          before = leftOf(part, before);
        }
        return item.items.reduceRight((rest, part, index) => this.#chain(part, rest, lefts[index] ?? left), next);
      }
      case 'choice':
        return this.#choice(item.items.map((part) => this.#chain(part, next, left)));
      case 'repeat':
        return this.#repeat(item, next, left);
      case 'group': {
        const inner = this.#chain(item.item, this.#inPlace(next, Op.Save, item.index * 2 + 1), left);
        return this.#inPlace(inner, Op.Save, item.index * 2);
      }
      case 'reference':
        return this.#reference(item.index, item.ignoreCase, next);
      case 'ahead':
        return this.#ahead(item, next, left);
      case 'behind': {
        const aside = this.#chain(item.item, this.#accept(), anythingBefore);
        const operand = item.width * 2 + (item.negate ? 1 : 0);
        return this.#inPlace(next, Op.Behind, aside.at, operand, this.#model.worst(aside.outlook));
      }
      case 'conditional': {
        const yes = this.#chain(item.yes, next, left);
        const no = this.#chain(item.no, next, left);
        return {
          at: this.#emit(Op.Conditional, yes.at, item.index * 2 + 1, no.at),
          first: union([yes.first, no.first]),
          outlook: this.#model.either([yes.outlook, no.outlook]),
          unlimited: yes.unlimited || no.unlimited,
        };
      }
      case 'begin':
        return this.#inPlace(next, Op.Begin);
      case 'end':
        return { ...this.#inPlace(next, Op.End), first: everything };
      case 'boundary':
        return this.#inPlace(next, Op.Boundary, item.negate ? 1 : 0);
    }
  }

  #chars(set: CharSet, next: Chain): Chain {
    const only = set.beyond === 0 && set.ascii.indexOf(1) === set.ascii.lastIndexOf(1) ? set.ascii.indexOf(1) : -1;
    return {
      at: only >= 0 ? this.#emit(Op.Char, next.at, only) : this.#emit(Op.Set, next.at, this.#setIndex(set)),
      first: set,
      outlook: this.#model.chars(set, next.outlook),
      unlimited: next.unlimited,
    };
  }

  #list(chains: readonly Chain[]): number {
    const place = this.#lists.push(chains.length) - 1;
    for (const chain of chains) this.#lists.push(chain.at);
    return place;
  }

  /** The alternatives in their order; the character ahead tells which of them can match at all. */
  #choice(chains: readonly Chain[]): Chain {
    const table = this.#choices.length;
    const known = new Map<string, number>();
    for (let code = 0; code < choiceFields; code++) {
      let key = '';
      // At the line's end an alternative may match emptily: there, and beyond ASCII, all are tried.
      for (const { first } of chains) key += code < 128 ? first.ascii[code]! : 1;
      const place = known.get(key) ?? this.#list(chains.filter((_chain, index) => key[index] === '1'));
      known.set(key, place);
      this.#choices.push(place);
    }
    return {
      at: this.#emit(Op.Choice, 0, table),
      first: union(chains.map((chain) => chain.first)),
      outlook: this.#model.either(chains.map((chain) => chain.outlook)),
      unlimited: chains.some((chain) => chain.unlimited),
    };
  }

  #repeat(item: Extract<Syntax, { kind: 'repeat' }>, next: Chain, left: Left): Chain {
    if (item.item.kind === 'chars' && item.max > 1 && item.greedy) return this.#run(item, item.item.set, next, left);
    if (item.max > maxRounds) throw new NotLinear();
    const again: Left = { last: everything, bounded: leftOf(item.item, left).bounded };
    let chain = next;
    for (let round = item.max; round > 0; round--) {
      const taken = this.#chain(item.item, chain, item.max === 1 ? left : again);
      chain = round > item.min ? this.#choice(item.greedy ? [taken, next] : [next, taken]) : taken;
    }
    return chain;
  }

  #run(item: { readonly min: number; readonly max: number }, set: CharSet, next: Chain, left: Left): Chain {
    const { min, max } = item;
    const model = this.#model;
    const settled = disjoint(set, next.first);
    const unlimited = max === Number.POSITIVE_INFINITY;
    if (unlimited) {
      // Settled: it cannot back off. Then one start position, or one entry into each run of such characters, is enough.
      const once = this.#tied || (left.bounded && disjoint(set, left.last));
      if (settled ? !once : !this.#tied || next.unlimited) throw new NotLinear();
    } else if (max > maxRounds) throw new NotLinear();
    const runs = this.#runs.length;
    this.#runs.push(min, unlimited ? -1 : max, settled ? 0 : 1);
    return {
      at: this.#emit(Op.Run, next.at, this.#setIndex(set), runs),
      first: min > 0 ? set : union([set, next.first]),
      outlook: unlimited ? model.constant(model.worst(next.outlook) + 1) : model.run(set, min, max, next.outlook),
      unlimited: unlimited || next.unlimited,
    };
  }

  #reference(index: number, ignoreCase: boolean, next: Chain): Chain {
    const model = this.#model;
    const single = this.#singles.get(index);
    return {
      ...next,
      at: this.#emit(Op.Reference, next.at, index, ignoreCase ? 1 : 0),
      first: single ?? everything,
      outlook: single === undefined ? model.constant(model.worst(next.outlook) + 1) : model.chars(single, next.outlook),
    };
  }

  #ahead(item: Extract<Syntax, { kind: 'ahead' }>, next: Chain, left: Left): Chain {
    const edge = item.negate ? undefined : edgeOf(item.item);
    if (edge !== undefined) return this.#inPlace(next, edge);
    const aside = this.#chain(item.item, this.#accept(), left);
    const chain = this.#inPlace(next, Op.Ahead, aside.at, item.negate ? 1 : 0, this.#model.worst(aside.outlook));
    return { ...chain, unlimited: next.unlimited || aside.unlimited };
  }
}

/**
 * Compiles a template.
 *
 * @returns undefined when it cannot be shown to be linear this way
 */
export function compileScan(parsed: ParsedSyntax): ScanProgram | undefined {
  try {
    return new Compiler(parsed).compile();
  } catch (error) {
    if (error instanceof NotLinear) return undefined;
    throw error;
  }
}
