import type { Bytes, EpochMs } from '@f2b/config';
import type { DateInPlace, DateRanking, FoundDate } from '../../dates/detector.js';
import type { DateCut, Dating } from '../../filter/dating.js';
import type { Block, LineSpan } from '../block.js';
import type { LogEncoding } from '../encoding.js';

/** More of a line than any date in its usual spelling takes. */
const headBytes: Bytes = 48;

type MatchPlace = Pick<DateInPlace, 'template' | 'matchStart' | 'matchEnd'>;

/**
 * The date of the line under the scan, for all filters that read dates alike: found once, and of an ASCII line where it stands in the
 * block. One ranking, so one run of the scan.
 */
export class LineDates {
  /** Where the date of the line last located stands in the block. */
  start = 0;
  end = 0;
  time: EpochMs = Number.NaN;
  /** Another number whenever the date's text changes: lines come in bursts, and those of one second have one text. */
  version = 0;
  /** The date's text, as long as `version` is the same. */
  text = '';
  readonly ranking: DateRanking;
  readonly #dating: Dating;
  readonly #encoding: LogEncoding;
  readonly #now: EpochMs;
  #known = new Uint8Array(0);
  #knownTemplate = -1;
  #line = -1;
  #located = false;
  /** The template of a date that was found in place; -1: by `find`. */
  #template = -1;
  #cut: DateCut | undefined;

  constructor(dating: Dating, encoding: LogEncoding, now: EpochMs) {
    this.#dating = dating;
    this.#encoding = encoding;
    this.#now = now;
    this.ranking = dating.newRanking(now);
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
    const found = this.#dating.detector.findInPlace(block.bytes, span.start, span.end, this.ranking);
    if (found === undefined) {
      this.#template = -1;
      this.#located = this.#find(block, span);
    } else {
      this.#template = found.template;
      this.start = found.start;
      this.end = found.end;
      if (!this.#isKnown(block.bytes, found)) {
        const head = block.bytes.toString('latin1', span.start, Math.min(span.end, span.start + headBytes));
        this.#learn(block.bytes, found, this.#dating.detector.quickDate(found.template, head));
      }
      this.#located = !Number.isNaN(this.time);
    }
    return this.#located;
  }

  #find(block: Block, span: LineSpan): boolean {
    this.#cut = this.#dating.cut(block.decode(span, this.#encoding), this.ranking);
    const { found } = this.#cut;
    if (found === undefined || found.start === found.end) return false;
    this.start = span.start + found.start;
    this.end = span.start + found.end;
    const place = {
      template: found.template,
      matchStart: span.start + found.matchStart,
      matchEnd: span.start + found.matchEnd,
    };
    if (!this.#isKnown(block.bytes, place)) this.#learn(block.bytes, place, found);
    return !Number.isNaN(this.time);
  }

  #isKnown(bytes: Uint8Array, { template, matchStart, matchEnd }: MatchPlace): boolean {
    const known = this.#known;
    if (template !== this.#knownTemplate || matchEnd - matchStart !== known.length) return false;
    for (let at = 0; at < known.length; at++) if (bytes[matchStart + at] !== known[at]) return false;
    return true;
  }

  #learn(bytes: Uint8Array, { template, matchStart, matchEnd }: MatchPlace, found: FoundDate): void {
    this.#known = bytes.slice(matchStart, matchEnd);
    this.#knownTemplate = template;
    this.time = this.#dating.time({ tuple: ['', '', ''], found }, this.#now);
    this.text = found.line.slice(found.start, found.end);
    this.version++;
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
      this.#cut = this.#dating.cut(whole, this.ranking);
    }
    return this.#cut;
  }
}
