/**
 * What the next two characters tell about a search: whether it can succeed at all, and how many steps it can take at most.
 * Two characters are what settles dates: of `1` and `12` before a colon only one goes on. Everything is found when a template
 * is compiled.
 */
import type { CharSet } from './characters.js';
import { kindsBySignature } from './kinds.js';
import type { Syntax } from './syntax.js';

/** By the next two characters (`first * kinds + second`): a bound of the steps, and 1 where a match is possible. */
export interface Outlook {
  readonly steps: Uint16Array;
  readonly alive: Uint8Array;
}

/** An outlook when only the next character is known. */
interface Nearer {
  readonly steps: Uint16Array;
  readonly alive: Uint8Array;
}

/** Bounds are not counted beyond this. */
const mostSteps = 0xffff;

/** Every character set in `item`. */
function collectSets(item: Syntax, sets: Set<CharSet>): void {
  switch (item.kind) {
    case 'chars':
      sets.add(item.set);
      return;
    case 'sequence':
    case 'choice':
      for (const part of item.items) collectSets(part, sets);
      return;
    case 'repeat':
    case 'group':
    case 'ahead':
    case 'behind':
      collectSets(item.item, sets);
      return;
    case 'conditional':
      collectSets(item.yes, sets);
      collectSets(item.no, sets);
      return;
    default:
      return;
  }
}

/**
 * Makes the outlooks of one template. Characters that no set of the template tells apart are one kind; all beyond ASCII are
 * one kind that may be in every set that reaches beyond; the line's end is the last kind.
 */
export class OutlookModel {
  readonly kinds: number;
  /** Kind of each ASCII code. */
  readonly kindOf: Uint8Array;
  readonly #members = new Map<CharSet, Uint8Array>();
  readonly #nearer = new WeakMap<Outlook, Nearer>();

  constructor(tree: Syntax) {
    const sets = new Set<CharSet>();
    collectSets(tree, sets);
    const tables = [...sets].map((set) => set.ascii);
    const { kindOf, representatives } = kindsBySignature(128, (code) => {
      let signature = '';
      for (const table of tables) signature += table[code]!;
      return signature;
    });
    this.kindOf = kindOf;
    this.kinds = representatives.length + 2;
    for (const set of sets) {
      const members = new Uint8Array(this.kinds);
      for (const [kind, code] of representatives.entries()) members[kind] = set.ascii[code]!;
      members[this.beyondKind] = set.beyond === 0 ? 0 : 1;
      this.#members.set(set, members);
    }
  }

  /** The kind of all characters beyond ASCII. */
  get beyondKind(): number {
    return this.kinds - 2;
  }

  /** The kind that stands for the line's end. */
  get endKind(): number {
    return this.kinds - 1;
  }

  /** Success, or what is not looked into: the same whatever comes. */
  constant(steps: number): Outlook {
    const size = this.kinds * this.kinds;
    return { steps: new Uint16Array(size).fill(Math.min(steps, mostSteps)), alive: new Uint8Array(size).fill(1) };
  }

  /** The bound when nothing is known of what comes. */
  worst({ steps }: Outlook): number {
    let most = 0;
    for (let index = 0; index < steps.length; index++) most = Math.max(most, steps[index]!);
    return most;
  }

  #near(outlook: Outlook): Nearer {
    const known = this.#nearer.get(outlook);
    if (known !== undefined) return known;
    const { kinds } = this;
    const near = { steps: new Uint16Array(kinds), alive: new Uint8Array(kinds) };
    for (let first = 0, index = 0; first < kinds; first++) {
      let most = 0;
      let alive = 0;
      for (let second = 0; second < kinds; second++, index++) {
        const steps = outlook.steps[index]!;
        if (steps > most) most = steps;
        alive |= outlook.alive[index]!;
      }
      near.steps[first] = most;
      near.alive[first] = alive;
    }
    this.#nearer.set(outlook, near);
    return near;
  }

  /** `steps` more steps at the same position, then `next`. */
  inPlace(next: Outlook, steps = 1): Outlook {
    const sum = new Uint16Array(next.steps.length);
    for (let index = 0; index < sum.length; index++) sum[index] = Math.min(next.steps[index]! + steps, mostSteps);
    return { steps: sum, alive: next.alive };
  }

  /** One step that takes a character of `set` (one of the tree's own), then `next`. */
  chars(set: CharSet, next: Outlook): Outlook {
    const { kinds } = this;
    const members = this.#members.get(set);
    const near = this.#near(next);
    const size = kinds * kinds;
    const outlook = { steps: new Uint16Array(size).fill(1), alive: new Uint8Array(size) };
    for (let first = 0; first < kinds; first++) {
      if (members?.[first] !== 1) continue;
      for (let second = 0; second < kinds; second++) {
        outlook.steps[first * kinds + second] = Math.min(near.steps[second]! + 1, mostSteps);
        outlook.alive[first * kinds + second] = near.alive[second]!;
      }
    }
    return outlook;
  }

  /** One of several, tried one after the other at the same position. */
  either(outlooks: readonly Outlook[]): Outlook {
    const size = this.kinds * this.kinds;
    const sum = { steps: new Uint16Array(size).fill(1), alive: new Uint8Array(size) };
    for (const { steps, alive } of outlooks) {
      for (let index = 0; index < size; index++) {
        sum.steps[index] = Math.min(sum.steps[index]! + steps[index]!, mostSteps);
        if (alive[index] === 1) sum.alive[index] = 1;
      }
    }
    return sum;
  }

  /** `min` to `max` characters of `set`, backing off one by one; then `next`. */
  run(set: CharSet, min: number, max: number, next: Outlook): Outlook {
    let outlook = next;
    for (let round = max; round > 0; round--) {
      const taken = this.chars(set, outlook);
      outlook = round > min ? this.either([taken, next]) : taken;
    }
    return outlook;
  }
}
