/**
 * How much work a date scanner can be made to do from one position: an upper bound of its steps, found when the template is
 * compiled. The bound looks two characters ahead, because that is what settles dates: of `1` and `12` before a colon only one
 * goes on.
 */
import type { CharSet } from './characters.js';
import type { Syntax } from './syntax.js';

/** Bound of the steps by the next two characters: entry `first * kinds + second`. */
export type Cost = Float64Array;

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
 * Counts costs for one template. Characters that no set of the template tells apart are one kind; all beyond ASCII are one
 * kind that may be in every set that reaches beyond; the line's end is the last kind.
 */
export class CostModel {
  private readonly kinds: number;
  private readonly representatives: readonly number[];
  private readonly members = new Map<CharSet, Uint8Array>();

  constructor(tree: Syntax) {
    const sets = new Set<CharSet>();
    collectSets(tree, sets);
    const bySignature = new Map<string, number>();
    for (let code = 0; code < 128; code++) {
      let signature = '';
      for (const set of sets) signature += set.ascii[code] as number;
      if (!bySignature.has(signature)) bySignature.set(signature, code);
    }
    this.representatives = [...bySignature.values()];
    this.kinds = this.representatives.length + 2;
  }

  /** By kind, 1: its characters can be in `set`, which must be one of the tree's own. */
  private membersOf(set: CharSet): Uint8Array {
    let members = this.members.get(set);
    if (members === undefined) {
      members = new Uint8Array(this.kinds);
      this.representatives.forEach((code, kind) => {
        (members as Uint8Array)[kind] = set.ascii[code] as number;
      });
      members[this.kinds - 2] = set.beyond === 0 ? 0 : 1;
      this.members.set(set, members);
    }
    return members;
  }

  /** The same bound whatever comes. */
  constant(steps: number): Cost {
    return new Float64Array(this.kinds * this.kinds).fill(steps);
  }

  /** The bound when nothing is known of what comes. */
  worst(cost: Cost): number {
    return cost.reduce((most, steps) => Math.max(most, steps), 0);
  }

  /** One step, then `next` at the same position. */
  inPlace(next: Cost, steps = 1): Cost {
    return next.map((cost) => cost + steps);
  }

  /** One step that takes a character of `set`, then `next`. */
  chars(set: CharSet, next: Cost): Cost {
    const { kinds } = this;
    const after = new Float64Array(kinds);
    for (let kind = 0; kind < kinds; kind++) {
      let most = 0;
      for (let second = 0; second < kinds; second++) most = Math.max(most, next[kind * kinds + second] as number);
      after[kind] = most + 1;
    }
    const members = this.membersOf(set);
    const cost = this.constant(1);
    for (let kind = 0; kind < kinds; kind++) if (members[kind] === 1) cost.set(after, kind * kinds);
    return cost;
  }

  /** All of `costs` one after the other, at the same position. */
  all(costs: readonly Cost[]): Cost {
    const sum = this.constant(1);
    for (const cost of costs)
      for (let index = 0; index < sum.length; index++) sum[index] = (sum[index] as number) + (cost[index] as number);
    return sum;
  }

  /** `min` to `max` characters of `set`, backing off one by one; then `next`. */
  run(set: CharSet, min: number, max: number, next: Cost): Cost {
    let cost = next;
    for (let round = max; round > 0; round--) {
      const taken = this.chars(set, cost);
      cost = round > min ? this.all([taken, next]) : taken;
    }
    return cost;
  }
}
