import type { Bytes, EpochMs } from '@f2b/config';
import type { DateInPlace, DateRanking } from '../../dates/detector.js';
import type { LogEncoding } from '../../encoding/encoding.js';
import type { DateCut, Dating } from '../../filter/dating.js';
import type { Block, LineSpan } from '../block.js';
import { timeText } from '../row-text.js';
import type { KnownDates } from './known-dates.js';

/** More of a line than any date in its usual spelling takes. */
const headBytes: Bytes = 48;

/**
 * The date of the line under the scan, for all filters that read dates alike: found once, and of an ASCII line where it stands in the
 * block. One ranking, so one run of the scan.
 */
export class LineDates {
  /** Where the date of the line last located stands in the block. */
  start = 0;
  end = 0;
  time: EpochMs = Number.NaN;
  readonly ranking: DateRanking;
  readonly #dating: Dating;
  readonly #encoding: LogEncoding;
  readonly #now: EpochMs;
  readonly #known: KnownDates | undefined;
  #text = '';
  #line = -1;
  #located = false;
  /** The template of a date that was found in place; -1: by `find`. */
  #template = -1;
  #cut: DateCut | undefined;
  /** The bytes of the date that was read in place last, and where its own text stands in them. */
  #last = { template: -1, bytes: Buffer.alloc(0), cut: 0 };

  /**
   * @param known is told of dates that others are like
   * @param ranking of the lines before, where there are any
   */
  constructor(
    dating: Dating,
    encoding: LogEncoding,
    now: EpochMs,
    known: KnownDates | undefined,
    ranking: DateRanking = dating.newRanking(now),
  ) {
    this.#dating = dating;
    this.#encoding = encoding;
    this.#now = now;
    this.#known = known;
    this.ranking = ranking;
  }

  /** The ranking, with all dates in it that were read so far. */
  settled(): DateRanking {
    this.#known?.count(this.ranking);
    return this.ranking;
  }

  /** The time as fail2ban prints it. */
  timeText(): string {
    return timeText(this.time, this.#text, this.#dating.zone !== undefined);
  }

  /**
   * Finds the date of an ASCII line where it stands.
   * @param line a number that no other line of the run has
   * @returns whether the line has a date of its own that converts; if not, `cut` says what it has
   */
  locate(block: Block, span: LineSpan, line: number): boolean {
    if (line === this.#line) return this.#located;
    this.#line = line;
    this.#cut = undefined;
    this.#known?.count(this.ranking);
    const found = this.#dating.detector.findInPlace(block.bytes, span.start, span.end, this.ranking);
    this.#template = found?.template ?? -1;
    this.#located = found === undefined ? this.#find(block, span) : this.#read(block, span, found);
    return this.#located;
  }

  #read(block: Block, span: LineSpan, found: DateInPlace): boolean {
    const { matchStart, matchEnd, template } = found;
    const cut = found.start - matchStart;
    const last = this.#last;
    // Lines come in bursts: one second's lines carry the same text.
    if (this.#known === undefined && last.template === template && last.cut === cut) {
      if (isSame(last.bytes, block.bytes, matchStart, matchEnd)) {
        this.start = found.start;
        this.end = found.end;
        return !Number.isNaN(this.time);
      }
    }
    this.#last = { template, bytes: Buffer.from(block.bytes.subarray(matchStart, matchEnd)), cut };
    const head = block.bytes.toString('latin1', span.start, Math.min(span.end, span.start + headBytes));
    this.start = found.start;
    this.end = found.end;
    this.#text = head.slice(found.start - span.start, found.end - span.start);
    this.time = this.#timeOf(found.template, head);
    if (Number.isNaN(this.time)) return false;
    if (this.#known === undefined) return true;
    const minuteAt = found.second - 3 - span.start;
    const timeAt = (minuteAndSecond: string) =>
      this.#timeOf(found.template, head.slice(0, minuteAt) + minuteAndSecond + head.slice(minuteAt + 5));
    this.#known.learn(found, block.bytes.byteOffset, span, timeAt, this.#now, this.timeText().endsWith('.0'));
    return true;
  }

  #timeOf(template: number, head: string): EpochMs {
    const found = this.#dating.detector.quickDate(template, head);
    return this.#dating.time({ tuple: ['', '', ''], found }, this.#now);
  }

  #find(block: Block, span: LineSpan): boolean {
    this.#last.template = -1;
    this.#cut = this.#dating.cut(block.decode(span, this.#encoding), this.ranking);
    const { found } = this.#cut;
    if (found === undefined || found.start === found.end) return false;
    this.start = span.start + found.start;
    this.end = span.start + found.end;
    this.#text = this.#cut.tuple[1];
    this.time = this.#dating.time(this.#cut, this.#now);
    return !Number.isNaN(this.time);
  }

  /** The line as fail2ban divides it, as text; `text` as the block decodes it. */
  cut(line: number, text: () => string): DateCut {
    if (line === this.#line && this.#cut !== undefined) return this.#cut;
    const whole = text();
    if (line === this.#line && this.#template >= 0) {
      const found = this.#dating.detector.quickDate(this.#template, whole);
      this.#cut = {
        tuple: [whole.slice(0, found.start), whole.slice(found.start, found.end), whole.slice(found.end)],
        found,
      };
    } else {
      this.#line = line;
      this.#located = false;
      this.#template = -1;
      this.#known?.count(this.ranking);
      this.#cut = this.#dating.cut(whole, this.ranking);
    }
    return this.#cut;
  }
}

function isSame(text: Uint8Array, bytes: Uint8Array, from: number, to: number): boolean {
  if (text.length !== to - from) return false;
  for (let at = 0; at < text.length; at++) if (text[at] !== bytes[from + at]) return false;
  return true;
}
