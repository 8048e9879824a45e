import type { Bytes, EpochMs } from '@f2b/config';
import type { DateRanking } from '../dates/detector.js';
import type { LineMatch, RefusedLine, ScanContext } from '../failures.js';
import type { CompiledFilter } from '../filter/compile.js';
import type { DateCut, Dating } from '../filter/dating.js';
import { type LineOutcome, matchLine, type PossibleRegexes } from '../filter/line.js';
import { meets } from '../literals/bits.js';
import { Block, type LineSpan } from './block.js';
import { type CandidateFinder, EveryLine, LiteralFinder } from './candidates.js';
import type { LogEncoding } from './encoding.js';
import { IncidentLog } from './incidents.js';
import { planScan, type ScanPlan } from './needs.js';
import { MatchWriter, type WireResult } from './result.js';
import { RowWriter } from './rows.js';
import { StatisticsCounter } from './statistics.js';

/** A line longer than this is skipped whole unless the owner says otherwise. */
export const defaultMaxLineBytes: Bytes = 64 * 1024;

/** How far back a match without date looks for a dated line. */
const lookBackLines = 32;

export interface ScannerOptions {
  readonly maxLineBytes?: Bytes;
}

/** One way of reading a line's date, shared by the filters that read it alike. */
interface DateSlot {
  readonly dating: Dating;
  readonly encoding: LogEncoding;
}

/**
 * Scans blocks for many filters at once: one search for literals, then only the candidate lines are decoded, dated and matched.
 * Holds no state between blocks: same bytes in, same result out.
 */
export class BlockScanner {
  readonly filters: readonly CompiledFilter[];
  readonly maxLineBytes: Bytes;
  readonly encoding: LogEncoding;
  readonly #plan: ScanPlan;
  readonly #finder: CandidateFinder;
  readonly #slots: DateSlot[] = [];
  readonly #slotOf: readonly number[];

  /**
   * @throws RangeError for filters that cannot share one scan: those with `maxlines` above 1 (they need `MultilineScan`), and
   * logs of different code unit width.
   */
  constructor(filters: readonly CompiledFilter[], options: ScannerOptions = {}) {
    this.filters = filters;
    this.maxLineBytes = options.maxLineBytes ?? defaultMaxLineBytes;
    this.encoding = filters[0]?.encoding ?? { ...neutral };
    for (const { maxlines, encoding } of filters) {
      if (maxlines > 1) throw new RangeError('a filter with maxlines above 1 keeps lines: scan it with MultilineScan');
      if (encoding.unit !== this.encoding.unit || encoding.newlineAt !== this.encoding.newlineAt) {
        throw new RangeError(`one scan cannot read a log both as ${encoding.name} and as ${this.encoding.name}`);
      }
    }
    this.#plan = planScan(filters);
    this.#finder = this.encoding.unit === 1 ? new LiteralFinder(this.#plan) : new EveryLine();
    this.#slotOf = filters.map((filter) => this.#slotFor(filter));
  }

  #slotFor({ dating, encoding }: CompiledFilter): number {
    const same = this.#slots.findIndex((one) => one.dating.key === dating.key && one.encoding.name === encoding.name);
    return same >= 0 ? same : this.#slots.push({ dating, encoding }) - 1;
  }

  /** Memory to read a block into so that it is scanned without being copied; its contents hold until the next scan. */
  room(bytes: Bytes): Buffer | undefined {
    return this.#finder.room(bytes);
  }

  /** @param bytes whole lines; text behind the last newline is taken for a line too. */
  scan(bytes: Uint8Array, context: ScanContext): WireResult {
    const run = new BlockRun(new Block(bytes, this.encoding), this, this.#slots, this.#slotOf, context);
    return run.run(context.statistics === undefined ? this.#finder : new EveryLine(), this.#plan);
  }
}

const neutral = { name: 'utf-8', asciiBytes: true, unit: 1, newlineAt: 0 } as LogEncoding;

/** What is known of the line under the scan, for one way of reading dates; filled in when first needed. */
interface LineReading {
  line: number;
  cut: DateCut;
}

/** One block on its way through the scan. */
class BlockRun {
  readonly #block: Block;
  readonly #scanner: BlockScanner;
  readonly #slots: readonly DateSlot[];
  readonly #slotOf: readonly number[];
  readonly #context: ScanContext;
  readonly #rankings: DateRanking[];
  readonly #readings: (LineReading | undefined)[];
  readonly #lookedBack: { start: number; found: LineMatch['preceding'] }[];
  readonly #writer: MatchWriter;
  readonly #refused = new IncidentLog<RefusedLine>();
  readonly #undecodable = new IncidentLog<{ offset: Bytes }>();
  readonly #statistics: StatisticsCounter[] | undefined;

  constructor(
    block: Block,
    scanner: BlockScanner,
    slots: readonly DateSlot[],
    slotOf: readonly number[],
    context: ScanContext,
  ) {
    this.#block = block;
    this.#scanner = scanner;
    this.#slots = slots;
    this.#slotOf = slotOf;
    this.#context = context;
    this.#writer = new MatchWriter(context.rows === true ? new RowWriter(scanner.filters) : undefined);
    this.#rankings = slots.map(({ dating }) => dating.newRanking(context.now));
    this.#readings = slots.map(() => undefined);
    this.#lookedBack = slots.map(() => ({ start: -1, found: undefined }));
    this.#statistics =
      context.statistics === undefined
        ? undefined
        : scanner.filters.map((filter) => new StatisticsCounter(filter, context.statistics!.keep));
  }

  run(finder: CandidateFinder, { filters: needs }: ScanPlan): WireResult {
    const block = this.#block;
    const { lines, overlong } = finder.find(block, this.#scanner.maxLineBytes, (start, end, line, words, at) => {
      const span = block.span(start, end);
      for (let index = 0; index < needs.length; index++) {
        const needed = needs[index]!;
        if (meets(needed.any, words, at) && meets(needed.prefregex, words, at)) {
          this.#judge(index, span, line, { needed: needed.failregex, words, at });
        }
      }
    });
    return {
      packed: this.#writer.packed(),
      lines,
      bytes: block.length,
      overlong,
      refused: this.#refused.taken(),
      undecodable: this.#undecodable.taken(),
      lastTime: this.#context.lastTime === true && this.#slots.length > 0 ? this.#lastTime() : Number.NaN,
      statistics: this.#statistics?.map((one) => one.taken()),
    };
  }

  #judge(index: number, span: LineSpan, line: number, only: PossibleRegexes): void {
    const filter = this.#scanner.filters[index]!;
    const slot = this.#slotOf[index]!;
    if (this.#context.statistics?.skipComments === true && this.#block.isComment(span)) return;
    const { cut } = this.#read(slot, span, line);
    const outcome = matchLine(filter, cut.tuple, { all: this.#context.all === true, only });
    for (const refusal of outcome.refusals) {
      this.#refused.add({ filter: index, ...refusal, line, offset: span.start });
    }
    if (outcome.hits.length > 0) this.#write(index, slot, span, line, cut, outcome);
    this.#statistics?.[index]?.add(outcome, cut, { line, offset: span.start });
  }

  #write(filter: number, slot: number, span: LineSpan, line: number, cut: DateCut, outcome: LineOutcome): void {
    const time = this.#slots[slot]!.dating.time(cut, this.#context.now);
    const date = this.#slots[slot]!.dating.kind(cut, time);
    const preceding = date === 'own' ? undefined : this.#preceding(slot, span.start);
    const { tuple, found } = cut;
    const text = found?.line ?? tuple[2];
    for (const { regex, groups } of outcome.hits) {
      this.#writer.add({ filter, regex, line, offset: span.start, time, date, text, tuple, groups, preceding });
    }
  }

  #read(slot: number, span: LineSpan, line: number): LineReading {
    const known = this.#readings[slot];
    if (known?.line === line) return known;
    const { dating } = this.#slots[slot]!;
    const reading = { line, cut: dating.cut(this.#decode(slot, span), this.#rankings[slot]!) };
    this.#readings[slot] = reading;
    return reading;
  }

  #decode(slot: number, span: LineSpan): string {
    const { encoding } = this.#slots[slot]!;
    const block = this.#block;
    if (
      !(encoding.asciiBytes && block.isAsciiLine(span)) &&
      !encoding.isValid(block.bytes.subarray(span.start, span.end))
    ) {
      this.#undecodable.add({ offset: span.start });
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
    const { dating, encoding } = this.#slots[slot]!;
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
