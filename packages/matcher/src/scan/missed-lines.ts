import type { LineTuple } from '../filter/dating.js';
import type { LineCollector } from './statistics.js';

/**
 * Lines that no match has taken yet, of a filter with `maxlines` above 1: as long as they are among the last lines, a later line may
 * complete a match that they are part of. Only then are they missed.
 */
export class MissedLines {
  #waiting: { readonly tuple: LineTuple; line: number; readonly text: string }[] = [];

  /** @param line in the block under the scan */
  add(tuple: LineTuple, line: number, text: string): void {
    this.#waiting.push({ tuple, line, text });
  }

  /** A match took these lines. */
  take(lines: readonly LineTuple[]): void {
    this.#waiting = this.#waiting.filter(({ tuple }) => !lines.includes(tuple));
  }

  /** Lines that are no longer among the last ones are missed for good. */
  settle(last: readonly LineTuple[], missed: LineCollector): void {
    const first = this.#waiting.findIndex(({ tuple }) => last.includes(tuple));
    const gone = first < 0 ? this.#waiting : this.#waiting.slice(0, first);
    this.#waiting = first < 0 ? [] : this.#waiting.slice(first);
    for (const { line, text } of gone) missed.add(line, text);
  }

  /** Lines of the next block are counted from its beginning. */
  endBlock(lines: number): void {
    for (const one of this.#waiting) one.line -= lines;
  }
}
