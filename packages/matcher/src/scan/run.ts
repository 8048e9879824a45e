import { isAscii } from 'node:buffer';
import type { Bytes, EpochMs } from '@f2b/config';
import type { LogEncoding } from '../encoding/encoding.js';
import type { LineMatch, RefusedLine, ScanContext } from '../failures.js';
import type { CompiledFilter } from '../filter/compile.js';
import type { DateCut, Dating } from '../filter/dating.js';
import { type LineOutcome, matchLine, type PossibleRegexes } from '../filter/line.js';
import { meets } from '../literals/bits.js';
import type { Hits, PlacedHits } from '../literals/literal-scanner.js';
import { Block, type LineSpan } from './block.js';
import type { EveryLine, LiteralFinder } from './candidates.js';
import { LineDates } from './in-place/line-dates.js';
import type { LineMachine, MachineLine, MachineTask } from './in-place/line-machine.js';
import { IncidentLog } from './incidents.js';
import type { MatchWriter } from './match-writer.js';
import type { ScanPlan } from './needs.js';
import { StatisticsCounter } from './statistics.js';
import type { WireResult } from './wire.js';

/** How far back a match without date looks for a dated line. */
const lookBackLines = 32;

/** One way of reading a line's date, shared by the filters that read it alike. */
export interface DateSlot {
  readonly dating: Dating;
  readonly encoding: LogEncoding;
}

/** What a scan works with; one scan at a time. */
export interface ScanTools {
  readonly filters: readonly CompiledFilter[];
  readonly maxLineBytes: Bytes;
  readonly encoding: LogEncoding;
  readonly plan: ScanPlan;
  /** Ways of reading dates, and by filter which one is its own. */
  readonly slots: readonly DateSlot[];
  readonly slotOf: readonly number[];
  /** Undefined where literals find no lines: code units of two bytes. */
  readonly finder: LiteralFinder | undefined;
  readonly everyLine: EveryLine;
  /** Matches lines where they stand; undefined where `finder` is. */
  readonly machine: LineMachine | undefined;
}

/**
 * One scan, over one block or several that follow each other: candidate lines are matched where they stand if they are ordinary, else as
 * text, and what matches is packed.
 */
export class ScanRun {
  readonly #scanner: ScanTools;
  readonly #context: ScanContext;
  /** Matches lines where they stand; undefined: they are matched as text. */
  readonly #machine: LineMachine | undefined;
  readonly #dates: readonly LineDates[];
  readonly #lookedBack: { start: number; found: LineMatch['preceding'] }[];
  readonly #writer: MatchWriter;
  readonly #overlong = new IncidentLog<{ offset: Bytes; bytes: Bytes }>();
  readonly #refused = new IncidentLog<RefusedLine>();
  readonly #undecodable = new IncidentLog<{ offset: Bytes }>();
  readonly #statistics: StatisticsCounter[] | undefined;
  #block: Block;
  /** Where the block under the scan begins, and how many lines came before it. */
  #offset: Bytes = 0;
  #line = 0;
  #end: Bytes = 0;

  constructor(scanner: ScanTools, writer: MatchWriter, context: ScanContext) {
    const { slots, filters, encoding } = scanner;
    this.#scanner = scanner;
    this.#writer = writer;
    this.#context = context;
    this.#block = new Block(new Uint8Array(0), encoding);
    const { statistics } = context;
    this.#statistics = statistics && filters.map((filter) => new StatisticsCounter(filter, statistics));
    const task = this.#task();
    this.#machine = task === undefined || scanner.machine?.begin(task, writer) !== true ? undefined : scanner.machine;
    this.#dates = slots.map(
      (slot, index) => new LineDates(slot.dating, slot.encoding, context.now, this.#machine?.dates[index]),
    );
    this.#lookedBack = slots.map(() => ({ start: -1, found: undefined }));
  }

  /** What the machine is to do; undefined: it is the business of the text's way. */
  #task(): MachineTask | undefined {
    const { statistics, all, sink } = this.#context;
    if (statistics === undefined) return all === true ? undefined : { sink, survey: undefined };
    const [counter, another] = this.#statistics ?? [];
    if (counter === undefined || another !== undefined) return undefined;
    return { sink, survey: { all: all === true, skipComments: statistics.skipComments, counter } };
  }

  /**
   * Scans the next block.
   * @param bytes whole lines; text behind the last newline is taken for a line too
   * @param offset where it begins, for the offsets in the result
   */
  take(bytes: Uint8Array, offset: Bytes): void {
    const { finder, everyLine, encoding, maxLineBytes } = this.#scanner;
    const surveys = this.#statistics !== undefined;
    const literals = surveys && this.#machine === undefined ? undefined : finder;
    const block = new Block(literals?.placed(bytes) ?? bytes, encoding);
    this.#block = block;
    this.#offset = offset;
    for (const looked of this.#lookedBack) looked.start = -1;
    const machine = this.#machine;
    if (literals === undefined) this.#line += everyLine.find(block, maxLineBytes, (hits) => this.#matchHits(hits));
    else if (machine === undefined) this.#line += literals.find(block, maxLineBytes, (hits) => this.#matchHits(hits));
    else {
      machine.block(block.bytes.byteOffset, this.#line, offset);
      const take = (hits: PlacedHits) =>
        surveys ? this.#surveyInPlace(hits, machine) : this.#matchHitsInPlace(hits, machine);
      this.#line += literals.find(block, maxLineBytes, take, surveys || undefined);
      machine.take(this.#writer);
    }
    this.#end = offset + block.length;
  }

  #matchHits(hits: Hits): void {
    const { filters: needs } = this.#scanner.plan;
    for (let hit = 0; hit < hits.count; hit++) {
      if (this.#isTooLong(hits, hit)) continue;
      const { words } = hits;
      const at = hits.bitsAt(hit);
      const span = this.#block.span(hits.start(hit), hits.end(hit));
      for (let index = 0; index < needs.length; index++) {
        const needed = needs[index]!;
        if (!meets(needed.any, words, at) || !meets(needed.prefregex, words, at)) continue;
        this.#matchText(index, span, this.#line + hits.line(hit), { needed: needed.failregex, words, at });
      }
    }
  }

  /** The machine goes through the hits; what it leaves is done here. */
  #matchHitsInPlace(hits: PlacedHits, machine: LineMachine): void {
    const { filters } = this.#scanner;
    const end = hits.address(hits.count);
    let at = hits.address(0);
    for (let filter = 0; ; ) {
      at = machine.matchHits(at, end, filter, this.#writer);
      if (at === end) return;
      const hit = hits.at(at);
      filter = machine.stoppedAt;
      if (this.#isTooLong(hits, hit)) filter = filters.length;
      else this.#matchHit(hits, hit, filter, machine);
      if (++filter < filters.length) continue;
      filter = 0;
      at = hits.address(hit + 1);
    }
  }

  /** The same for every line, each of which is counted. */
  #surveyInPlace(hits: PlacedHits, machine: LineMachine): void {
    const end = hits.address(hits.count);
    for (let at = hits.address(0); ; ) {
      at = machine.surveyHits(at, end, this.#writer);
      if (at === end) return;
      const hit = hits.at(at);
      if (!this.#isTooLong(hits, hit)) this.#surveyLine(hits, hit, machine);
      at = hits.address(hit + 1);
    }
  }

  #surveyLine(hits: PlacedHits, hit: number, machine: LineMachine): void {
    const span = this.#block.span(hits.start(hit), hits.end(hit));
    if (this.#context.statistics?.skipComments === true && this.#block.isComment(span)) return;
    const line = this.#machineLine(hits, hit, span, this.#dates[this.#scanner.slotOf[0]!]!);
    if (line === undefined || !machine.surveyLine(line, this.#writer)) this.#matchLeft(hits, hit, span, 0, machine);
  }

  /** The line as the machine takes it; undefined: it has to be matched as text. */
  #machineLine(hits: PlacedHits, hit: number, span: LineSpan, dates: LineDates): MachineLine | undefined {
    const block = this.#block;
    const base = block.bytes.byteOffset;
    if (!isAscii(block.bytes.subarray(span.start, span.end))) return undefined;
    if (!dates.locate(block, span, this.#line + hits.line(hit))) return undefined;
    return {
      start: base + span.start,
      end: base + span.end,
      line: hits.line(hit),
      dateStart: base + dates.start,
      dateEnd: base + dates.end,
      time: dates.time,
      timeText: () => dates.timeText(),
      bits: 4 * hits.bitsAt(hit),
    };
  }

  /** Matches a line as text that the machine left. */
  #matchLeft(hits: PlacedHits, hit: number, span: LineSpan, filter: number, machine: LineMachine): void {
    machine.take(this.#writer);
    const needed = this.#scanner.plan.filters[filter]!.failregex;
    const line = this.#line + hits.line(hit);
    this.#matchText(filter, span, line, { needed, words: hits.words, at: hits.bitsAt(hit) });
    machine.continue(this.#writer);
  }

  #isTooLong(hits: Hits, hit: number): boolean {
    if (!hits.tooLong(hit)) return false;
    const start = hits.start(hit);
    const bytes = Math.min(hits.end(hit) + this.#block.unit, this.#block.length) - start;
    this.#overlong.add({ offset: start + this.#offset, bytes });
    return true;
  }

  /** Matches a line for one filter: where it stands if it can be, else as text. */
  #matchHit(hits: PlacedHits, hit: number, filter: number, machine: LineMachine): void {
    const span = this.#block.span(hits.start(hit), hits.end(hit));
    const line = this.#machineLine(hits, hit, span, this.#dates[this.#scanner.slotOf[filter]!]!);
    if (line === undefined || !machine.matchLine(filter, line)) this.#matchLeft(hits, hit, span, filter, machine);
  }

  /** Notes a line that is too long to be read at all. */
  skip(offset: Bytes, bytes: Bytes): void {
    this.#overlong.add({ offset, bytes });
    this.#line++;
    this.#end = offset + bytes;
  }

  /**
   * What came out; the run is over.
   * @param lent memory for it, if it fits
   */
  taken(lent?: SharedArrayBuffer): WireResult {
    return {
      packed: this.#writer.packed(lent),
      lines: this.#line,
      bytes: this.#end,
      overlong: this.#overlong.taken(),
      refused: this.#refused.taken(),
      undecodable: this.#undecodable.taken(),
      lastTime: this.#context.lastTime === true && this.#dates.length > 0 ? this.#lastTime() : Number.NaN,
      statistics: this.#statistics?.map((one, filter) => {
        one.setDates(this.#dates[this.#scanner.slotOf[filter]!]!.settled());
        return one.taken();
      }),
    };
  }

  #matchText(index: number, span: LineSpan, line: number, only: PossibleRegexes): void {
    if (this.#context.statistics?.skipComments === true && this.#block.isComment(span)) return;
    const filter = this.#scanner.filters[index]!;
    const slot = this.#scanner.slotOf[index]!;
    const cut = this.#dates[slot]!.cut(line, () => this.#decode(slot, span));
    const outcome = matchLine(filter, cut.tuple, { all: this.#context.all === true, only });
    const offset = span.start + this.#offset;
    for (const refusal of outcome.refusals) this.#refused.add({ filter: index, ...refusal, line, offset });
    if (outcome.hits.length > 0) this.#write(index, slot, span, line, cut, outcome);
    this.#statistics?.[index]?.add(outcome, line, () => cut.tuple.join(''));
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
