/** Lines that an expression should match, written from its syntax tree. Whether it does is for the engine to say. */
import { type CharSet, has, onlyMember } from '../dialect/charset.js';
import type { Expression, Node, RepeatNode } from '../dialect/tree.js';
import { freeSet } from './free.js';
import { HostGroups } from './host.js';

/** A stretch of a sample that a client may have filled. Offsets in UTF-16 units. */
export interface FreeStretch {
  readonly from: number;
  readonly to: number;
  readonly set: CharSet;
  readonly min: number;
  readonly max: number;
  /** The piece of the expression. */
  readonly piece: string;
}

export interface Sample {
  readonly text: string;
  /** Where the address stands; undefined where the expression has none. */
  readonly host: { readonly from: number; readonly to: number } | undefined;
  readonly free: readonly FreeStretch[];
  /** Offsets at which one piece of the expression ends and another begins. */
  readonly cuts: readonly number[];
}

/** Which of the many lines is wanted. */
export interface Choices {
  /** Optional pieces are there. */
  readonly optional: () => boolean;
  /** One of `count` alternatives, from 0. */
  readonly branch: (count: number) => number;
}

/** A few fixed lines, then arbitrary ones, the same at each run. */
export function choicesOf(variant: number): Choices {
  if (variant < 4) {
    return { optional: () => variant % 2 === 0, branch: (count) => (variant < 2 ? 0 : count - 1) };
  }
  let state = variant * 2654435761;
  const random = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 0x100000000;
  };
  return { optional: () => random() < 0.5, branch: (count) => Math.floor(random() * count) };
}

/** Repetitions beyond this make no better sample. */
const mostRounds = 64;
const longestSample = 2000;
const preferred = [...'x1aXA -./:\'"'].map((char) => char.charCodeAt(0));

/**
 * Writes one line for an expression.
 *
 * @param address stands where the expression looks for an address
 * @param fixed texts of named groups that are given
 */
export function sampleOf(
  expression: Expression,
  address: string,
  choices: Choices,
  fixed: ReadonlyMap<string, string> = new Map(),
): Sample {
  const writer = new SampleWriter(expression, address, choices, fixed);
  writer.write(expression.root);
  return writer.finish();
}

class SampleWriter {
  #text = '';
  #host: Sample['host'];
  readonly #free: FreeStretch[] = [];
  readonly #cuts = new Set<number>([0]);
  readonly #captured = new Map<number, string>();
  /** Letters written so far that the expression demands one by one: the sender's words, not a client's. */
  #fixedLetters = 0;
  readonly #hostGroups: HostGroups;
  #inAddress = false;

  constructor(
    readonly expression: Expression,
    readonly address: string,
    readonly choices: Choices,
    readonly fixed: ReadonlyMap<string, string>,
  ) {
    this.#hostGroups = new HostGroups(expression);
  }

  finish(): Sample {
    this.#cut();
    return { text: this.#text, host: this.#host, free: this.#free, cuts: [...this.#cuts].sort((a, b) => a - b) };
  }

  #cut(): void {
    this.#cuts.add(this.#text.length);
  }

  write(node: Node): void {
    if (this.#text.length > longestSample) return;
    switch (node.kind) {
      case 'char': {
        const char = charOf(node.set);
        if (char === undefined) return;
        this.#text += char;
        if (node.set.ranges.length <= 4 && /[A-Za-z]/.test(char)) this.#fixedLetters++;
        if (!/[A-Za-z0-9]/.test(char)) this.#cut();
        return;
      }
      case 'concat':
        for (const item of node.items) this.write(item);
        return;
      case 'alternate':
        this.#alternate(node.branches, node);
        return;
      case 'group':
        this.#group(node);
        return;
      case 'atomic':
        this.write(node.body);
        return;
      case 'repeat':
        this.#repeat(node);
        return;
      case 'backref':
        this.#text += this.#captured.get(node.group) ?? '';
        return;
      case 'conditional':
        this.write(this.#captured.has(node.group) ? node.yes : node.no);
        return;
      default:
        return;
    }
  }

  #alternate(branches: readonly Node[], node: Node): void {
    const ip4 = this.#hostGroups.ip4Branch(node);
    this.#cut();
    if (ip4 !== undefined) {
      const outer = this.#inAddress;
      this.#inAddress = true;
      this.write(ip4);
      this.#inAddress = outer;
    } else {
      const leading = branches.filter((branch) => this.#hostGroups.within(branch));
      const candidates = leading.length > 0 && this.#host === undefined ? leading : branches;
      this.write(candidates[this.choices.branch(candidates.length)]!);
    }
    this.#cut();
  }

  #group(node: Node & { readonly kind: 'group' }): void {
    this.#cut();
    const from = this.#text.length;
    const name = this.expression.groupNames[node.index];
    const given = name === undefined ? undefined : this.fixed.get(name);
    if (given !== undefined) this.#text += given;
    else if (this.#hostGroups.is(node)) {
      this.#text += this.address;
      this.#host ??= { from, to: this.#text.length };
    } else this.write(node.body);
    this.#captured.set(node.index, this.#text.slice(from));
    this.#cut();
  }

  #repeat(node: RepeatNode): void {
    this.#cut();
    const from = this.#text.length;
    const set = this.#inAddress ? undefined : freeSet(node);
    for (let round = this.#rounds(node); round > 0; round--) this.write(node.body);
    if (set !== undefined && !this.#isHeader(set)) {
      const piece = this.expression.source.slice(node.from, node.to);
      this.#free.push({ from, to: this.#text.length, set, min: node.min, max: node.max, piece });
    }
    this.#cut();
  }

  #rounds(node: RepeatNode): number {
    if (node.min > 0) return Math.min(node.min, mostRounds);
    if (this.#inAddress || node.max === 0 || !this.choices.optional()) {
      return !this.#inAddress && freeSet(node) !== undefined ? 1 : 0;
    }
    // Blanks that may be there say nothing, nor do the brackets that an address may stand in.
    const { body } = node;
    if (body.kind !== 'char' || has(body.set, 0x78)) return 1;
    return has(body.set, 0x20) || onlyMember(body.set) === 0x5b || onlyMember(body.set) === 0x5d ? 0 : 1;
  }

  /** Before the first fixed word, and without a blank: the name of the host or of the daemon, which no client writes. */
  #isHeader(set: CharSet): boolean {
    return this.#fixedLetters < 2 && !has(set, 0x20);
  }
}

function charOf(set: CharSet): string | undefined {
  const liked = preferred.find((char) => has(set, char));
  if (liked !== undefined) return String.fromCharCode(liked);
  for (let at = 0; at < set.ranges.length; at += 2) {
    const low = Math.max(set.ranges[at]!, 0x21);
    if (low <= set.ranges[at + 1]!) return String.fromCodePoint(low);
  }
  const first = set.ranges[0];
  return first === undefined ? undefined : String.fromCodePoint(first);
}
