import type { DateRanking, Template } from '../dates/detector.js';
import type { FilterStatistics, ListedLines } from '../failures.js';
import type { CompiledFilter } from '../filter/compile.js';
import type { LineOutcome } from '../filter/line.js';
import { Growing } from './growing.js';

/** Collects lines of one kind: counts all, keeps the first. */
export class LineCollector {
  count = 0;
  readonly #lines = Growing.ints();
  readonly #ends = Growing.ints();
  readonly #text = Growing.bytes();
  readonly #keep: number;

  /** @param keep how many to keep at most */
  constructor(keep: number) {
    this.#keep = keep;
  }

  /** How many more are to be kept. */
  get wanted(): number {
    return this.#keep - this.#lines.length;
  }

  /** Bytes of those that are kept. */
  get length(): number {
    return this.#text.length;
  }

  add(line: number, text: string): void {
    this.count++;
    if (this.wanted > 0) this.#keepLine(line, text);
  }

  /** The same; the text is made only where it is kept. */
  addLater(line: number, text: () => string): void {
    this.count++;
    if (this.wanted > 0) this.#keepLine(line, text());
  }

  #keepLine(line: number, text: string): void {
    this.#lines.push(line);
    this.#text.append(Buffer.from(text));
    this.#ends.push(this.#text.length);
  }

  /** Takes over lines of which some are kept, `ends` counting from the beginning of the result. */
  append(count: number, lines: Int32Array, ends: Int32Array, text: Uint8Array): void {
    this.count += count;
    this.#lines.append(lines);
    this.#ends.append(ends);
    this.#text.append(text);
  }

  taken(): ListedLines {
    return {
      count: this.count,
      lines: this.#lines.copyTo(new Int32Array(this.#lines.length)),
      ends: this.#ends.copyTo(new Int32Array(this.#ends.length)),
      text: this.#text.copyTo(new Uint8Array(this.#text.length)),
    };
  }
}

/** Counts what one filter did with each line. */
export class StatisticsCounter {
  lines = 0;
  prefregex = 0;
  readonly ignoreregex: number[];
  readonly ignored: LineCollector;
  readonly missed: LineCollector;
  readonly #templates: readonly Template[];
  readonly #dates = new Map<string, number>();
  #order: readonly string[] = [];

  constructor(filter: CompiledFilter, { keepIgnored, keepMissed }: { keepIgnored: number; keepMissed: number }) {
    this.#templates = filter.dating.detector.templates;
    this.ignoreregex = filter.ignoreregex.map(() => 0);
    this.ignored = new LineCollector(keepIgnored);
    this.missed = new LineCollector(keepMissed);
  }

  /**
   * @param text of the line
   * @param missed takes it where nothing matches it
   */
  add(
    outcome: Pick<LineOutcome, 'prefregex' | 'ignored' | 'hits'>,
    line: number,
    text: () => string,
    missed = (missedText: () => string) => this.missed.addLater(line, missedText),
  ): void {
    this.lines++;
    if (outcome.prefregex) this.prefregex++;
    if (outcome.ignored >= 0) {
      this.ignoreregex[outcome.ignored]!++;
      this.ignored.addLater(line, text);
    } else if (outcome.hits.length === 0) missed(text);
  }

  /** Dates are counted where they are ranked, one for each line that has one. */
  setDates({ hits, order }: Pick<DateRanking, 'hits' | 'order'>): void {
    this.#dates.clear();
    for (const [template, count] of hits.entries()) {
      if (count === 0) continue;
      const { name } = this.#templates[template]!;
      this.#dates.set(name, (this.#dates.get(name) ?? 0) + count);
    }
    this.#order = order.map((template) => this.#templates[template]!.name);
  }

  taken(): FilterStatistics {
    return {
      lines: this.lines,
      prefregex: this.prefregex,
      ignoreregex: this.ignoreregex,
      dates: this.#dates,
      dateOrder: this.#order,
      ignored: this.ignored.taken(),
      missed: this.missed.taken(),
    };
  }
}
