import type { EpochMs, Milliseconds } from '@f2b/config';
import type { DateInPlace, DateRanking } from '../../dates/detector.js';
import type { LineSpan } from '../block.js';
import { DATES, mostAfterText, mostBeforeText } from './layout.js';
import type { Workshop } from './workshop.js';

const minute: Milliseconds = 60_000;

/**
 * What the compiled part of the scan knows of the dates of one kind of log: those of one minute, which have the same text but for the second
 * and its fraction (which fail2ban does not read). Lines of one minute come together, so that the date of most lines is read there.
 */
export class KnownDates {
  readonly address: number;
  readonly #workshop: Workshop;
  #template = -1;

  constructor(workshop: Workshop) {
    this.#workshop = workshop;
    this.address = workshop.allocate(DATES.bytes);
  }

  forget(): void {
    this.#workshop.setWord(this.address + DATES.known, 0);
    this.#workshop.setWord(this.address + DATES.count, 0);
  }

  /**
   * Makes the minute of a date known, unless it is so late that a year that is left out could change in it.
   * @param date in its usual spelling; its places, and those of the line, count from address `block`
   * @param decimal its time is shown with `.0` in rows
   */
  learn(date: DateInPlace, block: number, line: LineSpan, time: EpochMs, now: EpochMs, decimal: boolean): void {
    const { bytes, words, doubles } = this.#workshop;
    const { address } = this;
    this.#workshop.setWord(address + DATES.known, 0);
    const { start, end } = line;
    const secondAt = block + date.second;
    const second = 1000 * (10 * (bytes[secondAt]! - 0x30) + bytes[secondAt + 1]! - 0x30);
    const before = date.second - start;
    const after = date.matchEnd - date.rest;
    const isWhole = Number.isInteger(time / 1000) && time >= second;
    if (!isWhole || time + minute >= now || before > mostBeforeText || after > mostAfterText) return;
    if (date.matchEnd + 2 > end) return;
    const set = (field: keyof typeof DATES, value: number) => {
      words[(address + DATES[field]) >> 2] = value;
    };
    set('beforeSecond', before);
    set('afterSecond', after);
    set('fraction', date.rest > date.second + 2 ? 1 : 0);
    set('cutStart', date.start - start);
    set('cutTail', date.matchEnd - date.end);
    set('next', bytes[block + date.matchEnd]!);
    set('nextButOne', bytes[block + date.matchEnd + 1]!);
    set('decimal', decimal ? 1 : 0);
    doubles[(address + DATES.minute) >> 3] = time - second;
    bytes.copyWithin(address + DATES.beforeText, block + start, secondAt);
    bytes.copyWithin(address + DATES.afterText, block + date.rest, block + date.matchEnd);
    set('known', 1);
    this.#template = date.template;
  }

  /** Tells a ranking of the dates that were read since it was last told. */
  count(ranking: DateRanking): void {
    const { words } = this.#workshop;
    const at = (this.address + DATES.count) >> 2;
    const count = words[at]!;
    if (count === 0) return;
    ranking.hits[this.#template]! += count;
    words[at] = 0;
  }
}
