import type { CompiledFilter } from './compile.js';
import { literalTest } from './literal-search.js';

/**
 * Which failregex may match the lines that are kept together: those of which a literal stands in one of them. Each line is looked at once,
 * when it comes; a window without any need not even become a text.
 */
export class WindowLiterals {
  readonly #maxlines: number;
  /** By failregex: whether a line has one of its literals; undefined: nothing can be said of single lines. */
  readonly #tests: readonly (((line: string) => boolean) | undefined)[];
  /** By failregex: which line had one last. */
  readonly #last: number[];
  #count = 0;
  /** Up to this line the window may hold older ones than its length says. */
  #unsureTo = 0;

  constructor({ maxlines, failregex, prefregex, ignoresEarly }: CompiledFilter) {
    this.#maxlines = maxlines;
    // What prefregex leaves, and what is ignored before, is decided by other expressions than these.
    const decided = prefregex === undefined && !ignoresEarly;
    this.#tests = failregex.map(({ regex }) => {
      const { literals } = regex;
      const ofOneLine = literals !== undefined && !literals.alternatives.some((text) => text.includes('\n'));
      return decided && ofOneLine ? literalTest(regex) : undefined;
    });
    this.#last = failregex.map(() => Number.NEGATIVE_INFINITY);
  }

  /** Takes one more line; says whether any failregex may match what is kept with it. */
  next(line: string): boolean {
    const count = ++this.#count;
    let may = count <= this.#unsureTo;
    for (let index = 0; index < this.#tests.length; index++) {
      const has = this.#tests[index];
      if (has === undefined) may = true;
      else {
        if (has(line)) this.#last[index] = count;
        if (this.#last[index]! > count - this.#maxlines) may = true;
      }
    }
    return may;
  }

  /** Lines were taken out of the window: those that stay in it stay for longer. */
  changed(): void {
    this.#unsureTo = this.#count + this.#maxlines;
  }
}
