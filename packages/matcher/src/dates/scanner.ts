/**
 * The date scanner: a template's syntax tree turned into a chain of small steps over character codes.
 *
 * Why this is linear. Each step is built together with all that follows it, so that at build time it is known which
 * characters the rest can begin with and how many steps a search from one position can take at most (`cost`). Dates consist of
 * pieces of bounded width, hence `cost` is a constant of the template, and a search takes at most `cost` steps for each character.
 * A piece without an upper bound (`\s*` before a zone) is accepted where backing off from it is pointless (what follows
 * begins with other characters) and each run of its characters can be entered only at its beginning (what stands before ends
 * in other characters). In a template that is tied to the line's start there is one start position, so there one such piece
 * may even back off. Everything else is refused here (`undefined`) and runs on the general engine.
 */
import {
  type CharSet,
  disjoint,
  EVERYTHING,
  isWordAscii,
  isWordBeyond,
  sameIgnoringCase,
  union,
} from './characters.js';
import { type Cost, CostModel } from './scan-cost.js';
import type { ParsedSyntax, Syntax } from './syntax.js';

/** A compiled template search. */
export interface DateScanner {
  /** Group offsets `[start0, end0, start1, …]` of the last successful search, -1 for groups without part. */
  readonly offsets: Int32Array;
  /** Only position 0 can match. */
  readonly tied: boolean;
  /** Upper bound of the steps taken for one start position, unbounded pieces not counted. */
  readonly cost: number;
  /** Characters that a match can begin with, by ASCII code; undefined when it can be empty. */
  readonly firstAscii: Uint8Array;
  /**
   * Leftmost match that starts at `from` or later and sees nothing from `to` on (as Python's `pattern.search(line, from, to)`:
   * characters before `from` are seen by boundaries).
   */
  search(line: string, from: number, to: number): boolean;
}

/** Tries to go on from a position; gives the end of the whole match or -1. */
type Step = (at: number) => number;

/** A step with what is known of it and all that follows. */
interface Chain {
  readonly step: Step;
  /** What the rest can begin with. */
  readonly first: CharSet;
  /** Bound of the steps taken from one position, the length of unlimited runs not counted. */
  readonly cost: Cost;
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

const MAX_COST = 5000;
const MAX_UNROLLED = 64;

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
      return { last: EVERYTHING, bounded: left.bounded };
    default:
      return left;
  }
}

/** Whether every way through `item` begins at the line's start. */
function isTied(item: Syntax): boolean {
  switch (item.kind) {
    case 'begin':
      return true;
    case 'group':
      return isTied(item.item);
    case 'sequence':
      return item.items.length > 0 && item.items[0] !== undefined && isTied(item.items[0]);
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

class Builder {
  private line = '';
  private limit = 0;
  readonly offsets: Int32Array;
  private readonly opened: Int32Array;
  private readonly costs: CostModel;
  /** What a group can hold, for groups of one character. */
  private readonly singles = new Map<number, CharSet>();

  constructor(
    private readonly parsed: ParsedSyntax,
    private readonly tied: boolean,
  ) {
    this.offsets = new Int32Array(parsed.groupNames.length * 2).fill(-1);
    this.opened = new Int32Array(parsed.groupNames.length).fill(-1);
    this.costs = new CostModel(parsed.tree);
    collectSingles(parsed.tree, this.singles);
  }

  build(): DateScanner {
    const chain = this.chain(this.parsed.tree, this.nothing(), { last: EVERYTHING, bounded: true });
    const cost = this.costs.worst(chain.cost);
    if (cost > MAX_COST) throw new NotLinear();
    const { step } = chain;
    const { ascii, beyond } = chain.first;
    const canEnd = chain.first === EVERYTHING;
    const { offsets, tied } = this;
    return {
      offsets,
      tied,
      cost,
      firstAscii: ascii,
      search: (line, from, to) => {
        if (tied && from > 0) return false;
        this.line = line;
        const limit = Math.min(to, line.length);
        this.limit = limit;
        offsets.fill(-1);
        const lastStart = tied ? 0 : canEnd ? limit : limit - 1;
        for (let at = from; at <= lastStart; at++) {
          if (at < limit) {
            const code = line.charCodeAt(at);
            if (code < 128 ? ascii[code] === 0 : beyond === 0) continue;
          } else if (!canEnd) return false;
          const end = step(at);
          if (end < 0) continue;
          offsets[0] = at;
          offsets[1] = end;
          return true;
        }
        return false;
      },
    };
  }

  /** The end of the expression. */
  private nothing(): Chain {
    return { step: (at) => at, first: EVERYTHING, cost: this.costs.constant(1), unlimited: false };
  }

  private chain(item: Syntax, next: Chain, left: Left): Chain {
    switch (item.kind) {
      case 'chars':
        return this.chars(item.set, next);
      case 'sequence': {
        const lefts: Left[] = [];
        let before = left;
        for (const part of item.items) {
          lefts.push(before);
          before = leftOf(part, before);
        }
        return item.items.reduceRight((rest, part, index) => this.chain(part, rest, lefts[index] ?? left), next);
      }
      case 'choice':
        return this.choice(item.items.map((part) => this.chain(part, next, left)));
      case 'repeat':
        return this.repeat(item, next, left);
      case 'group':
        return this.group(item.index, item.item, next, left);
      case 'reference':
        return this.reference(item.index, item.ignoreCase, next);
      case 'ahead':
        return this.ahead(item, next, left);
      case 'behind':
        return this.behind(item, next);
      case 'conditional':
        return this.conditional(item, next, left);
      case 'begin':
        return { ...next, cost: this.costs.inPlace(next.cost), step: (at) => (at === 0 ? next.step(at) : -1) };
      case 'end':
        return {
          ...next,
          first: EVERYTHING,
          cost: this.costs.inPlace(next.cost),
          step: (at) => {
            const { limit } = this;
            if (at === limit || (at === limit - 1 && this.line.charCodeAt(at) === 10)) return next.step(at);
            return -1;
          },
        };
      case 'boundary':
        return {
          ...next,
          cost: this.costs.inPlace(next.cost),
          step: (at) => ((this.wordBefore(at) !== this.wordAt(at)) !== item.negate ? next.step(at) : -1),
        };
    }
  }

  private chars(set: CharSet, next: Chain): Chain {
    const { step } = next;
    const cost = this.costs.chars(set, next.cost);
    const members = [...set.ascii.keys()].filter((code) => set.ascii[code] === 1);
    const only = members[0];
    if (set.beyond === 0 && members.length === 1 && only !== undefined) {
      return {
        ...next,
        first: set,
        cost,
        step: (at) => (at < this.limit && this.line.charCodeAt(at) === only ? step(at + 1) : -1),
      };
    }
    const { ascii } = set;
    return {
      ...next,
      first: set,
      cost,
      step: (at) => {
        if (at >= this.limit) return -1;
        const code = this.line.charCodeAt(at);
        if (code < 128) return ascii[code] === 1 ? step(at + 1) : -1;
        const end = this.beyondEnd(set, at);
        return end < 0 ? -1 : step(end);
      },
    };
  }

  /** End of the character beyond ASCII at `at` when it belongs to `set`, else -1. */
  private beyondEnd(set: CharSet, at: number): number {
    if (set.beyond === 0) return -1;
    const codePoint = this.line.codePointAt(at) ?? 0;
    const end = codePoint > 0xffff ? at + 2 : at + 1;
    return end <= this.limit && set.has(codePoint) ? end : -1;
  }

  /** The alternatives in their order; the character ahead tells which of them can match at all. */
  private choice(chains: readonly Chain[]): Chain {
    const first = union(chains.map((chain) => chain.first));
    const all = chains.map((chain) => chain.step);
    const byCode: (readonly Step[])[] = [];
    for (let code = 0; code < 128; code++) {
      byCode.push(chains.filter((chain) => chain.first.ascii[code] === 1).map((chain) => chain.step));
    }
    const cost = this.costs.all(chains.map((chain) => chain.cost));
    return {
      first,
      cost,
      unlimited: chains.some((chain) => chain.unlimited),
      step: (at) => {
        const code = at < this.limit ? this.line.charCodeAt(at) : 128;
        const steps = code < 128 ? (byCode[code] as readonly Step[]) : all;
        for (let index = 0; index < steps.length; index++) {
          const end = (steps[index] as Step)(at);
          if (end >= 0) return end;
        }
        return -1;
      },
    };
  }

  private repeat(item: Extract<Syntax, { kind: 'repeat' }>, next: Chain, left: Left): Chain {
    if (item.item.kind === 'chars' && item.max > 1) return this.repeatChars(item, item.item.set, next, left);
    if (item.max > MAX_UNROLLED) throw new NotLinear();
    const inner: Left = { last: EVERYTHING, bounded: leftOf(item.item, left).bounded };
    let chain = next;
    for (let round = item.max; round > 0; round--) {
      const taken = this.chain(item.item, chain, item.max === 1 ? left : inner);
      chain = round > item.min ? this.choice(item.greedy ? [taken, next] : [next, taken]) : taken;
    }
    return chain;
  }

  private repeatChars(item: Extract<Syntax, { kind: 'repeat' }>, set: CharSet, next: Chain, left: Left): Chain {
    const { min, max, greedy } = item;
    const settled = disjoint(set, next.first);
    const unlimited = max === Number.POSITIVE_INFINITY;
    if (unlimited) {
      // Settled: it cannot back off. Then one start position, or one entry into each run of such characters, is enough.
      const once = this.tied || (left.bounded && disjoint(set, left.last));
      if (settled ? !once : !this.tied || next.unlimited) throw new NotLinear();
    }
    if (!unlimited && max > MAX_UNROLLED) throw new NotLinear();
    return {
      first: min > 0 ? set : union([set, next.first]),
      cost: this.runCost(set, min, max, settled, next.cost),
      unlimited: unlimited || next.unlimited,
      step: (at) => this.runChars(set, at, min, max, greedy, settled, next.step),
    };
  }

  private runCost(set: CharSet, min: number, max: number, settled: boolean, next: Cost): Cost {
    // What an unlimited run comes to is not known; where it backs off, each of its characters is a try of what follows.
    if (max === Number.POSITIVE_INFINITY) return this.costs.constant(this.costs.worst(next) + 1);
    return settled
      ? this.costs.run(set, max, max, next).map((cost, at) => Math.max(cost, (next[at] as number) + max))
      : this.costs.run(set, min, max, next);
  }

  private runChars(
    set: CharSet,
    from: number,
    min: number,
    max: number,
    greedy: boolean,
    settled: boolean,
    step: Step,
  ): number {
    const { line, limit } = this;
    const { ascii } = set;
    let at = from;
    let count = 0;
    let wide = false;
    while (count < max && at < limit) {
      if (!greedy && count >= min) {
        const end = step(at);
        if (end >= 0) return end;
      }
      const code = line.charCodeAt(at);
      if (code < 128) {
        if (ascii[code] === 0) break;
        at++;
      } else {
        const end = this.beyondEnd(set, at);
        if (end < 0) break;
        wide ||= end - at > 1;
        at = end;
      }
      count++;
    }
    if (count < min) return -1;
    if (!greedy || settled) return step(at);
    for (;;) {
      const end = step(at);
      if (end >= 0 || count === min) return end;
      count--;
      at--;
      if (wide && at > from) {
        const code = line.charCodeAt(at);
        const before = line.charCodeAt(at - 1);
        if (code >= 0xdc00 && code < 0xe000 && before >= 0xd800 && before < 0xdc00) at--;
      }
    }
  }

  private group(index: number, item: Syntax, next: Chain, left: Left): Chain {
    const { offsets, opened } = this;
    const startSlot = index * 2;
    const endSlot = startSlot + 1;
    const { step } = next;
    const inner = this.chain(
      item,
      {
        ...next,
        cost: this.costs.inPlace(next.cost),
        step: (at) => {
          const oldStart = offsets[startSlot] as number;
          const oldEnd = offsets[endSlot] as number;
          offsets[startSlot] = opened[index] as number;
          offsets[endSlot] = at;
          const end = step(at);
          if (end < 0) {
            offsets[startSlot] = oldStart;
            offsets[endSlot] = oldEnd;
          }
          return end;
        },
      },
      left,
    );
    return {
      ...inner,
      cost: this.costs.inPlace(inner.cost),
      step: (at) => {
        const before = opened[index] as number;
        opened[index] = at;
        const end = inner.step(at);
        if (end < 0) opened[index] = before;
        return end;
      },
    };
  }

  private reference(index: number, ignoreCase: boolean, next: Chain): Chain {
    const { offsets } = this;
    const single = this.singles.get(index);
    return {
      ...next,
      first: single ?? EVERYTHING,
      cost:
        single === undefined
          ? this.costs.constant(this.costs.worst(next.cost) + 1)
          : this.costs.chars(single, next.cost),
      step: (at) => {
        const from = offsets[index * 2] as number;
        const length = (offsets[index * 2 + 1] as number) - from;
        if (from < 0 || at + length > this.limit) return -1;
        for (let offset = 0; offset < length; offset++) {
          const a = this.line.charCodeAt(from + offset);
          const b = this.line.charCodeAt(at + offset);
          if (a !== b && !(ignoreCase && sameIgnoringCase(a, b))) return -1;
        }
        return next.step(at + length);
      },
    };
  }

  /** A piece that is looked at and not taken: it ends by itself, whatever follows it. */
  private aside(item: Syntax, left: Left): Chain {
    return this.chain(item, this.nothing(), left);
  }

  private ahead(item: Extract<Syntax, { kind: 'ahead' }>, next: Chain, left: Left): Chain {
    const edge = item.negate ? undefined : edgeOf(item.item);
    if (edge !== undefined) {
      const step: Step =
        edge === 'begin'
          ? (at) => (this.standsFree(at) && (at < this.limit || at === 0 || this.wordBefore(at)) ? next.step(at) : -1)
          : (at) => (this.standsFree(at) ? next.step(at) : -1);
      return { ...next, cost: this.costs.inPlace(next.cost), step };
    }
    const aside = this.aside(item.item, left);
    return {
      ...next,
      unlimited: next.unlimited || aside.unlimited,
      cost: this.costs.inPlace(next.cost, this.costs.worst(aside.cost)),
      step: (at) => (aside.step(at) >= 0 !== item.negate ? next.step(at) : -1),
    };
  }

  private behind(item: Extract<Syntax, { kind: 'behind' }>, next: Chain): Chain {
    const aside = this.aside(item.item, { last: EVERYTHING, bounded: true });
    const { width } = item;
    return {
      ...next,
      cost: this.costs.inPlace(next.cost, this.costs.worst(aside.cost)),
      step: (at) => {
        let from = at;
        for (let count = 0; count < width && from >= 0; count++) from = this.before(from);
        return (from >= 0 && aside.step(from) === at) !== item.negate ? next.step(at) : -1;
      },
    };
  }

  private conditional(item: Extract<Syntax, { kind: 'conditional' }>, next: Chain, left: Left): Chain {
    const yes = this.chain(item.yes, next, left);
    const no = this.chain(item.no, next, left);
    const { offsets } = this;
    const slot = item.index * 2;
    return {
      first: union([yes.first, no.first]),
      unlimited: yes.unlimited || no.unlimited,
      cost: this.costs.all([yes.cost, no.cost]),
      step: (at) => ((offsets[slot] as number) >= 0 ? yes.step(at) : no.step(at)),
    };
  }

  /** Start of the character that ends at `at`; -1 at the line's start. */
  private before(at: number): number {
    if (at <= 0) return -1;
    const code = this.line.charCodeAt(at - 1);
    if (code < 0xdc00 || code >= 0xe000 || at < 2) return at - 1;
    const high = this.line.charCodeAt(at - 2);
    return high >= 0xd800 && high < 0xdc00 ? at - 2 : at - 1;
  }

  private wordBefore(at: number): boolean {
    if (at === 0) return false;
    const code = this.line.charCodeAt(at - 1);
    return code < 128 ? isWordAscii(code) : isWordBeyond(this.line.codePointAt(this.before(at)) ?? 0);
  }

  private wordAt(at: number): boolean {
    if (at >= this.limit) return false;
    const code = this.line.charCodeAt(at);
    return code < 128 ? isWordAscii(code) : isWordBeyond(this.line.codePointAt(at) ?? 0);
  }

  /** Not between two word characters. */
  private standsFree(at: number): boolean {
    return !(this.wordAt(at) && this.wordBefore(at));
  }
}

/** Recognises the two boundaries that fail2ban puts around templates: `(?=^|\b|\W)` and `(?=\b|\W|$)`. */
function edgeOf(item: Syntax): 'begin' | 'end' | undefined {
  if (item.kind !== 'choice' || item.items.length !== 3) return undefined;
  const [a, b, c] = item.items;
  const isBoundary = (part: Syntax | undefined): boolean => part?.kind === 'boundary' && !part.negate;
  const isNonWord = (part: Syntax | undefined): boolean =>
    part?.kind === 'chars' && part.set.ascii.every((member, code) => (member === 1) === !isWordAscii(code));
  if (a?.kind === 'begin' && isBoundary(b) && isNonWord(c)) return 'begin';
  if (isBoundary(a) && isNonWord(b) && c?.kind === 'end') return 'end';
  return undefined;
}

/**
 * Builds the scanner of a template.
 *
 * @returns undefined when the expression cannot be shown to be linear this way
 */
export function buildScanner(parsed: ParsedSyntax): DateScanner | undefined {
  try {
    return new Builder(parsed, isTied(parsed.tree)).build();
  } catch (error) {
    if (error instanceof NotLinear) return undefined;
    throw error;
  }
}
