import { type CharSet, has, intersect, isEmpty, negate, range } from '../../dialect/charset.js';

/** Thrown while emitting: this engine does not take the expression, another one does. */
export class Declined extends Error {}

/** The text of one generated function, as numbered cases of one switch; and the tables that all functions of a matcher share. */
export class Code {
  readonly #cases: string[][] = [[]];
  #current = 0;

  /** Appends a statement to the current case. */
  line(text: string): void {
    this.#cases[this.#current]!.push(text);
  }

  /** A new case, not yet begun. */
  label(): number {
    return this.#cases.push([]) - 1;
  }

  /** Ends the current case by going on at `label`, and lets what follows be written there. */
  enter(label: number): void {
    this.go(label);
    this.begin(label);
  }

  /** What follows is written into `label`; the case before it has ended already. */
  begin(label: number): void {
    this.#current = label;
  }

  go(label: number): void {
    this.line(`pc = ${label}; continue;`);
  }

  /** All cases; `break` in them means failure. */
  text(): string {
    return this.#cases.map((lines, label) => `case ${label}: ${lines.join(' ')}`).join('\n');
  }
}

/** How units are tested for membership: by a few comparisons, or by a table for Latin-1 and a search beyond it. */
export class SetTables {
  /** Named `t0`, `t1`, … in the code. */
  readonly low: Uint8Array[] = [];
  /** Named `h0`, `h1`, … in the code; only where units beyond Latin-1 can come. */
  readonly high: Int32Array[] = [];
  readonly #known = new Map<string, number>();
  readonly #wide: boolean;

  /** @param wide units beyond Latin-1 can come */
  constructor(wide: boolean) {
    this.#wide = wide;
  }

  /** An expression that is true when the code unit in variable `c` belongs to `set`. */
  test(set: CharSet, c: string): string {
    const last = this.#wide ? 0xffff : 0xff;
    const possible = intersect(set, range(0, last));
    const direct = comparisons(possible, c, last);
    if (direct !== undefined) return direct;
    const inverted = comparisons(intersect(negate(set), range(0, last)), c, last);
    if (inverted !== undefined) return `!${inverted}`;
    const index = this.#index(possible);
    return this.#wide ? `(${c} < 256 ? t${index}[${c}] === 1 : inHigh(h${index}, ${c}))` : `(t${index}[${c}] === 1)`;
  }

  #index(set: CharSet): number {
    const key = set.ranges.join();
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const low = new Uint8Array(256);
    for (let i = 0; i < 256; i++) low[i] = has(set, i) ? 1 : 0;
    const index = this.low.push(low) - 1;
    this.high.push(Int32Array.from(set.ranges));
    this.#known.set(key, index);
    return index;
  }
}

const mostComparisons = 3;

function comparisons(set: CharSet, c: string, last: number): string | undefined {
  if (isEmpty(set)) return '(false)';
  if (set.ranges.length / 2 > mostComparisons) return undefined;
  const tests: string[] = [];
  for (let i = 0; i < set.ranges.length; i += 2) {
    const lo = set.ranges[i]!;
    const hi = set.ranges[i + 1]!;
    if (lo === 0 && hi >= last) return '(true)';
    if (lo === hi) tests.push(`${c} === ${lo}`);
    else if (lo === 0) tests.push(`${c} <= ${hi}`);
    else if (hi >= last) tests.push(`${c} >= ${lo}`);
    else tests.push(`(${c} >= ${lo} && ${c} <= ${hi})`);
  }
  return `(${tests.join(' || ')})`;
}
