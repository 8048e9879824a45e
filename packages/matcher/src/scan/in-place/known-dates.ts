import type { Bytes, EpochMs, Milliseconds } from '@f2b/config';
import type { DateInPlace, DateRanking } from '../../dates/detector.js';
import {
  datesAfterSecond,
  datesAfterText,
  datesBeforeMinute,
  datesBeforeText,
  datesBytes,
  datesCount,
  datesCutStart,
  datesCutTail,
  datesDecimal,
  datesFraction,
  datesHour,
  datesKnown,
  datesNext,
  datesNextButOne,
} from '../../memory-layout.js';
import type { LineSpan } from '../block.js';
import type { Workshop } from './workshop.js';

const second: Milliseconds = 1000;
const hour: Milliseconds = 3600 * second;
const mostBeforeText: Bytes = datesAfterText - datesBeforeText;
const mostAfterText: Bytes = datesBytes - datesAfterText;

/** The time of the same date at another minute and second of its hour, `mm:ss`; NaN if there is none. */
export type TimeAt = (minuteAndSecond: string) => EpochMs;

/**
 * What the compiled part of the scan knows of the dates of one kind of log: those of one hour, which have the same text but for minute and
 * second, and the second's fraction (which fail2ban does not read). Lines of one hour come together, so that the date of most lines is read
 * there.
 */
export class KnownDates {
  readonly address: number;
  readonly #workshop: Workshop;
  #template = -1;
  /** The text of a date whose hour is not to be known, because it is not as long as others. */
  #uneven = '';
  /** When the hour last learned began, and what that rests on: later runs of a scan begin in the same one. */
  #learned = { template: -1, text: '', now: Number.NaN, first: Number.NaN };

  constructor(workshop: Workshop) {
    this.#workshop = workshop;
    this.address = workshop.allocate(datesBytes);
  }

  forget(): void {
    this.#workshop.setWord(this.address + datesKnown, 0);
    this.#workshop.setWord(this.address + datesCount, 0);
    this.#uneven = '';
  }

  /**
   * Makes the hour of a date known, if all its minutes are as far apart as they say: not where the clock is put forward or back, nor
   * where it is so late that a year that is left out could change.
   * @param date in its usual spelling, which has `hh:mm:ss`; its places, and those of the line, count from address `block`
   * @param decimal its time is shown with `.0` in rows
   */
  learn(date: DateInPlace, block: number, line: LineSpan, timeAt: TimeAt, now: EpochMs, decimal: boolean): void {
    const { bytes, words, doubles } = this.#workshop;
    const { address } = this;
    this.#workshop.setWord(address + datesKnown, 0);
    const { start, end } = line;
    const minuteAt = block + date.second - 3;
    const before = date.second - 3 - start;
    const after = date.matchEnd - date.rest;
    if (before > mostBeforeText || after > mostAfterText || date.matchEnd + 2 > end) return;
    const text = bytes.toString('latin1', block + start, minuteAt);
    if (text === this.#uneven) return;
    const zone = after > 0 ? bytes.toString('latin1', block + date.rest, block + date.matchEnd) : '';
    const first = this.#beginOf(date.template, `${text}mm:ss${zone}`, timeAt, now);
    if (first === undefined) {
      this.#uneven = text;
      return;
    }
    const set = (field: number, value: number) => {
      words[(address + field) >> 2] = value;
    };
    set(datesBeforeMinute, before);
    set(datesAfterSecond, after);
    set(datesFraction, date.rest > date.second + 2 ? 1 : 0);
    set(datesCutStart, date.start - start);
    set(datesCutTail, date.matchEnd - date.end);
    set(datesNext, bytes[block + date.matchEnd]!);
    set(datesNextButOne, bytes[block + date.matchEnd + 1]!);
    set(datesDecimal, decimal ? 1 : 0);
    doubles[(address + datesHour) >> 3] = first;
    bytes.copyWithin(address + datesBeforeText, block + start, minuteAt);
    bytes.copyWithin(address + datesAfterText, block + date.rest, block + date.matchEnd);
    set(datesKnown, 1);
    this.#template = date.template;
  }

  /** When an hour begins whose minutes are all as far apart as they say; undefined for others. */
  #beginOf(template: number, text: string, timeAt: TimeAt, now: EpochMs): EpochMs | undefined {
    const learned = this.#learned;
    if (learned.template === template && learned.text === text && learned.now === now) return learned.first;
    const first = timeAt('00:00');
    if (!(first >= 0 && Number.isInteger(first / second) && first + hour < now)) return undefined;
    if (timeAt('59:59') !== first + hour - second) return undefined;
    this.#learned = { template, text, now, first };
    return first;
  }

  /** Tells a ranking of the dates that were read since it was last told. */
  count(ranking: DateRanking): void {
    const { words } = this.#workshop;
    const at = (this.address + datesCount) >> 2;
    const count = words[at]!;
    if (count === 0) return;
    ranking.hits[this.#template]! += count;
    words[at] = 0;
  }
}
