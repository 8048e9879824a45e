import { type ListedLines, listedTexts } from '@f2b/matcher';
import { Spool } from './spool.js';

export interface NumberedLine {
  readonly line: number;
  readonly text: string;
}

/** A list of lines of one kind: all are counted; the first few are kept, or all of them where all are asked for. */
export class LineList {
  count = 0;
  /** How many the scan is to keep. */
  readonly keep: number;
  readonly #few: string[] = [];
  readonly #all: Spool | undefined;
  readonly #written: (text: string) => string;

  /**
   * @param keep lines; Infinity: all
   * @param written how a line is written in the list, its newline included
   */
  constructor(keep: number, written: (text: string) => string) {
    this.keep = keep;
    this.#all = keep === Number.POSITIVE_INFINITY ? new Spool() : undefined;
    this.#written = written;
  }

  /** Takes in what the scan counted in one part of the log, and other lines of the part, both in order. */
  add(counted: ListedLines | undefined, others: readonly NumberedLine[]): void {
    this.count += (counted?.count ?? 0) + others.length;
    if (this.#few.length >= this.keep) return;
    let other = 0;
    if (counted !== undefined) {
      for (const { line, text } of listedTexts(counted)) {
        while (other < others.length && others[other]!.line < line) this.#keep(others[other++]!.text);
        this.#keep(text);
      }
    }
    while (other < others.length) this.#keep(others[other++]!.text);
  }

  #keep(text: string): void {
    const written = this.#written(text);
    if (this.#all !== undefined) this.#all.add(written);
    else if (this.#few.length < this.keep) this.#few.push(written);
  }

  *read(): Generator<string> {
    yield this.#few.join('');
    if (this.#all !== undefined) yield* this.#all.read();
  }

  close(): void {
    this.#all?.close();
  }
}
