import type { Bytes, EpochMs } from '@f2b/config';
import type { LineMatch, RefusedLine, ScanContext } from '../failures.js';
import type { DateCut, Dating } from '../filter/dating.js';
import { type LineOutcome, matchLine, type PossibleRegexes } from '../filter/line.js';
import { meets } from '../literals/bits.js';
import { Block, type LineSpan } from './block.js';
import type { CandidateFinder } from './candidates.js';
import type { LogEncoding } from './encoding.js';
import type { GroupSpans } from './in-place/group-spans.js';
import { type JudgeInPlace, LEFT } from './in-place/judge.js';
import { LineDates } from './in-place/line-dates.js';
import { IncidentLog } from './incidents.js';
import type { MatchInPlace, MatchWriter, WireResult } from './result.js';
import type { BlockScanner } from './scanner.js';
import { StatisticsCounter } from './statistics.js';

/** How far back a match without date looks for a dated line. */
const lookBackLines = 32;

/** One way of reading a line's date, shared by the filters that read it alike. */
export interface DateSlot {
  readonly dating: Dating;
  readonly encoding: LogEncoding;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * One scan, over one block or several that follow each other: candidate lines are judged where they stand if they are ordinary, else as
 * text, and what matches is packed.
 */
export class ScanRun {
  readonly #scanner: BlockScanner;
  readonly #finder: CandidateFinder;
  readonly #context: ScanContext;
  readonly #dates: readonly LineDates[];
  readonly #lookedBack: { start: number; found: LineMatch['preceding'] }[];
  readonly #writer: MatchWriter;
  readonly #overlong = new IncidentLog<{ offset: Bytes; bytes: Bytes }>();
  readonly #refused = new IncidentLog<RefusedLine>();
  readonly #undecodable = new IncidentLog<{ offset: Bytes }>();
  readonly #statistics: StatisticsCounter[] | undefined;
  readonly #judgesInPlace: boolean;
  readonly #match: Writable<MatchInPlace>;
  #block: Block;
  /** Where the block under the scan begins, and how many lines came before it. */
  #offset: Bytes = 0;
  #line = 0;
  #end: Bytes = 0;
  #rowWritten = false;

  constructor(scanner: BlockScanner, finder: CandidateFinder, writer: MatchWriter, context: ScanContext) {
    const { slots, filters, encoding } = scanner;
    this.#scanner = scanner;
    this.#finder = finder;
    this.#writer = writer;
    this.#context = context;
    this.#block = new Block(new Uint8Array(0), encoding);
    this.#dates = slots.map((slot) => new LineDates(slot.dating, slot.encoding, context.now));
    this.#lookedBack = slots.map(() => ({ start: -1, found: undefined }));
    this.#statistics =
      context.statistics && filters.map((filter) => new StatisticsCounter(filter, context.statistics!.keep));
    // Statistics and further failregex are the business of the text's way.
    this.#judgesInPlace = context.statistics === undefined && context.all !== true;
    const span = { start: 0, end: 0, next: 0 };
    this.#match = { filter: 0, regex: 0, line: 0, offset: 0, block: this.#block, span, dates: this.#dates[0]! };
  }

  /**
   * Scans the next block.
   * @param bytes whole lines; text behind the last newline is taken for a line too
   * @param offset where it begins, for the offsets in the result
   */
  take(bytes: Uint8Array, offset: Bytes): void {
    const block = new Block(bytes, this.#scanner.encoding);
    this.#block = block;
    this.#match.block = block;
    this.#offset = offset;
    for (const looked of this.#lookedBack) looked.start = -1;
    const { filters: needs } = this.#scanner.plan;
    const { lines, overlong } = this.#finder.find(block, this.#scanner.maxLineBytes, (start, end, line, words, at) => {
      const span = block.span(start, end);
      for (let index = 0; index < needs.length; index++) {
        const needed = needs[index]!;
        if (meets(needed.any, words, at) && meets(needed.prefregex, words, at)) {
          this.#judge(index, span, this.#line + line, { needed: needed.failregex, words, at });
        }
      }
    });
    this.#overlong.count += overlong.count - overlong.first.length;
    for (const one of overlong.first) this.#overlong.add({ offset: one.offset + offset, bytes: one.bytes });
    this.#line += lines;
    this.#end = offset + block.length;
  }

  /** Notes a line that is too long to be read at all. */
  skip(offset: Bytes, bytes: Bytes): void {
    this.#overlong.add({ offset, bytes });
    this.#line++;
    this.#end = offset + bytes;
  }

  /** What came out; the run is over. */
  taken(): WireResult {
    return {
      packed: this.#writer.packed(),
      lines: this.#line,
      bytes: this.#end,
      overlong: this.#overlong.taken(),
      refused: this.#refused.taken(),
      undecodable: this.#undecodable.taken(),
      lastTime: this.#context.lastTime === true && this.#dates.length > 0 ? this.#lastTime() : Number.NaN,
      statistics: this.#statistics?.map((one) => one.taken()),
    };
  }

  #judge(index: number, span: LineSpan, line: number, only: PossibleRegexes): void {
    if (this.#context.statistics?.skipComments === true && this.#block.isComment(span)) return;
    const judge = this.#judgesInPlace ? this.#scanner.judges[index] : undefined;
    if (judge === undefined || !this.#judgeInPlace(judge, index, span, line, only))
      this.#judgeText(index, span, line, only);
  }

  /** @returns false: the line has to be judged as text */
  #judgeInPlace(judge: JudgeInPlace, index: number, span: LineSpan, line: number, only: PossibleRegexes): boolean {
    const block = this.#block;
    if (!block.isAsciiLine(span)) return false;
    const dates = this.#dates[this.#scanner.slotOf[index]!]!;
    if (!dates.locate(block, span, line)) return false;
    const match = this.#match;
    match.filter = index;
    match.line = line;
    match.offset = span.start + this.#offset;
    match.span = span;
    match.dates = dates;
    this.#rowWritten = false;
    const regex = judge.judge(block.bytes, span, dates.start, dates.end, only, this.#writeRow);
    if (regex === LEFT) return false;
    if (regex < 0 || this.#rowWritten) return true;
    const groups = judge.groups[regex]!;
    if (!groups.putBack(dates.start, dates.end)) return false;
    this.#writer.addInPlace(match, groups);
    return true;
  }

  readonly #writeRow = (regex: number, groups: GroupSpans): void => {
    this.#match.regex = regex;
    this.#rowWritten = this.#writer.addRow(this.#match, groups);
  };

  #judgeText(index: number, span: LineSpan, line: number, only: PossibleRegexes): void {
    const filter = this.#scanner.filters[index]!;
    const slot = this.#scanner.slotOf[index]!;
    const cut = this.#dates[slot]!.cut(line, () => this.#decode(slot, span));
    const outcome = matchLine(filter, cut.tuple, { all: this.#context.all === true, only });
    const offset = span.start + this.#offset;
    for (const refusal of outcome.refusals) this.#refused.add({ filter: index, ...refusal, line, offset });
    if (outcome.hits.length > 0) this.#write(index, slot, span, line, cut, outcome);
    this.#statistics?.[index]?.add(outcome, cut, { line, offset });
  }

  #write(filter: number, slot: number, span: LineSpan, line: number, cut: DateCut, outcome: LineOutcome): void {
    const { dating } = this.#scanner.slots[slot]!;
    const time = dating.time(cut, this.#context.now);
    const date = dating.kind(cut, time);
    const preceding = date === 'own' ? undefined : this.#preceding(slot, span.start);
    const { tuple, found } = cut;
    const text = found?.line ?? tuple[2];
    const offset = span.start + this.#offset;
    for (const { regex, groups } of outcome.hits) {
      this.#writer.add({ filter, regex, line, offset, time, date, text, tuple, groups, preceding });
    }
  }

  #decode(slot: number, span: LineSpan): string {
    const { encoding } = this.#scanner.slots[slot]!;
    const block = this.#block;
    if (
      !(encoding.asciiBytes && block.isAsciiLine(span)) &&
      !encoding.isValid(block.bytes.subarray(span.start, span.end))
    ) {
      this.#undecodable.add({ offset: span.start + this.#offset });
    }
    return block.decode(span, encoding);
  }

  /** The nearest dated line before `start`, at most `lookBackLines` lines back; no line is looked at twice. */
  #preceding(slot: number, start: number): LineMatch['preceding'] {
    const known = this.#lookedBack[slot]!;
    const { found, reachedKnown } = this.#dateBefore(slot, start, known.start);
    const result = found ?? (reachedKnown ? known.found : undefined);
    this.#lookedBack[slot] = { start, found: result };
    return result;
  }

  #dateBefore(slot: number, start: number, stopAt: number) {
    if (this.#scanner.encoding.unit === 2) return { found: undefined, reachedKnown: false };
    const { dating, encoding } = this.#scanner.slots[slot]!;
    const ranking = dating.newRanking(this.#context.now);
    for (let line = 0, at = start; line < lookBackLines && at > 0; line++) {
      at = this.#block.startOfLine(at - 1);
      const span = this.#block.lineAt(at);
      if (span.end - span.start <= this.#scanner.maxLineBytes) {
        const cut = dating.cut(this.#block.decode(span, encoding), ranking);
        const time = dating.time(cut, this.#context.now);
        if (!Number.isNaN(time)) return { found: { time, text: cut.tuple[1] }, reachedKnown: false };
      }
      if (at === stopAt) return { found: undefined, reachedKnown: true };
    }
    return { found: undefined, reachedKnown: false };
  }

  #lastTime(): EpochMs {
    return this.#dateBefore(0, this.#block.length, -1).found?.time ?? Number.NaN;
  }
}
