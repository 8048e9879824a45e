import { type CharSet, has, negate, size } from '../../dialect/charset.js';

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

/** Sets that a few comparisons cannot decide, by table for Latin-1 and by search beyond it. */
export class SetTables {
  readonly low: Uint8Array[] = [];
  readonly high: Int32Array[] = [];
  readonly #known = new Map<string, number>();

  /** An expression that is true when the code unit in variable `c` belongs to `set`. */
  test(set: CharSet, c: string): string {
    const inverse = negate(set);
    const direct = comparisons(set, c);
    if (direct !== undefined) return direct;
    const inverted = comparisons(inverse, c);
    if (inverted !== undefined) return `!${inverted}`;
    const index = this.#index(set);
    return `(${c} < 256 ? low[${index}][${c}] === 1 : inHigh(high[${index}], ${c}))`;
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

function comparisons(set: CharSet, c: string): string | undefined {
  if (size(set) === 0) return '(false)';
  if (set.ranges.length / 2 > mostComparisons) return undefined;
  const tests: string[] = [];
  for (let i = 0; i < set.ranges.length; i += 2) {
    const lo = set.ranges[i]!;
    const hi = set.ranges[i + 1]!;
    if (lo === hi) tests.push(`${c} === ${lo}`);
    else if (lo === 0) tests.push(`${c} <= ${hi}`);
    else if (hi >= 0xffff) tests.push(`${c} >= ${lo}`);
    else tests.push(`(${c} >= ${lo} && ${c} <= ${hi})`);
  }
  return `(${tests.join(' || ')})`;
}
