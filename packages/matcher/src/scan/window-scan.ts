import { isAscii } from 'node:buffer';
import type { Bytes, EpochMs } from '@f2b/config';
import type { LineMatch, RefusedLine, ScanContext, ScanResult } from '../failures.js';
import type { CompiledFilter } from '../filter/compile.js';
import type { MultilineState } from '../filter/multiline.js';
import type { PlacedHits } from '../literals/literal-scanner.js';
import { Block, type LineSpan } from './block.js';
import { LiteralFinder } from './candidates.js';
import { LineDates } from './in-place/line-dates.js';
import { IncidentLog } from './incidents.js';
import { LineWindow, type WindowOutcome } from './line-window.js';
import { StatisticsCounter } from './statistics.js';
import { WindowLine } from './window-line.js';
import { WindowNeeds } from './window-needs.js';

/** Of the first block so much tells what the log is like. */
const leastSampled: Bytes = 512;
const sampledShare = 5;

/** Whether the lines of a filter can be kept as places: its failregex see them as they are, and a newline is one byte. */
export function keepsPlaces({ prefregex, ignoresEarly, encoding }: CompiledFilter): boolean {
  return prefregex === undefined && !ignoresEarly && encoding.asciiBytes && encoding.unit === 1;
}

/** What a scan of one log remembers from block to block: the last lines, and those of them that no match has taken yet. */
export class WindowScan {
  readonly #filter: CompiledFilter;
  readonly #needs: WindowNeeds;
  readonly #finder: LiteralFinder;
  readonly #window: LineWindow;
  /** As long as a later line may complete a match that they are part of, lines are not missed: in order, those that a match took too. */
  #waiting: WindowLine[] = [];

  constructor(filter: CompiledFilter, first: Uint8Array) {
    this.#filter = filter;
    this.#needs = new WindowNeeds(filter, first.subarray(0, leastSampled + (first.length >> sampledShare)));
    this.#finder = new LiteralFinder({ ...this.#needs, alwaysBits: [], filters: [] });
    this.#window = new LineWindow(filter);
  }

  /** @param bytes whole lines */
  scan({ ranking }: MultilineState, bytes: Uint8Array, context: ScanContext, maxLineBytes: Bytes): ScanResult {
    const block = new Block(this.#finder.placed(bytes), this.#filter.encoding);
    const run = new BlockRun(this.#filter, block, context, ranking, (line) => this.#waiting.push(line));
    const { statistics } = run;
    const { hits: before } = ranking;
    const datesBefore = [...before];
    const lines = this.#finder.find(
      block,
      maxLineBytes,
      (hits) => {
        for (let hit = 0; hit < hits.count; hit++) {
          if (!run.enters(hits, hit)) continue;
          const { somewhere, completing } = this.#needs.of(hits.words, hits.bitsAt(hit));
          const line = run.line(hits, hit, somewhere);
          run.take(line, this.#window.next(line, completing, context.all === true));
          if (statistics !== undefined) this.#settle(statistics);
        }
      },
      true,
    );
    for (const line of new Set([...this.#window.lines, ...this.#waiting])) line.settle(lines);
    if (statistics !== undefined && context.end === true) {
      for (const { line, tuple, taken } of this.#waiting) if (!taken) statistics.missed.add(line, tuple.join(''));
      this.#waiting = [];
    }
    const hits = ranking.hits.map((count, template) => count - datesBefore[template]!);
    statistics?.setDates({ hits, order: ranking.order });
    return run.result(lines, block.length);
  }

  /** Lines that are no longer among the last ones are missed for good. */
  #settle({ missed }: StatisticsCounter): void {
    const waiting = this.#waiting;
    let gone = 0;
    for (; gone < waiting.length && !waiting[gone]!.kept; gone++) {
      const one = waiting[gone]!;
      if (!one.taken) missed.addLater(one.line, () => one.tuple.join(''));
    }
    if (gone > 0) waiting.splice(0, gone);
  }
}

/** One block's way through the scan. */
class BlockRun {
  readonly statistics: StatisticsCounter | undefined;
  readonly #filter: CompiledFilter;
  readonly #block: Block;
  readonly #context: ScanContext;
  readonly #skipComments: boolean;
  readonly #dates: LineDates;
  readonly #isAscii: boolean;
  readonly #wait: (line: WindowLine) => void;
  readonly #matches: LineMatch[] = [];
  readonly #overlong = new IncidentLog<{ offset: Bytes; bytes: Bytes }>();
  readonly #refused = new IncidentLog<RefusedLine>();
  readonly #undecodable = new IncidentLog<{ offset: Bytes }>();
  #lastDated: { readonly time: EpochMs; readonly text: () => string } | undefined;
  #date: LineMatch['date'] = 'none';
  #time: EpochMs = Number.NaN;
  #offset: Bytes = 0;

  constructor(
    filter: CompiledFilter,
    block: Block,
    context: ScanContext,
    ranking: MultilineState['ranking'],
    wait: (line: WindowLine) => void,
  ) {
    const { statistics, now, skipComments } = context;
    this.#filter = filter;
    this.#block = block;
    this.#context = context;
    this.#wait = wait;
    this.#skipComments = skipComments ?? statistics?.skipComments ?? false;
    ranking.now = now;
    this.#dates = new LineDates(filter.dating, filter.encoding, now, undefined, ranking);
    this.#isAscii = isAscii(block.bytes);
    this.statistics = statistics && new StatisticsCounter(filter, statistics);
  }

  /** Whether a line is one for the scan: comments and what is too long are not. */
  enters(hits: PlacedHits, hit: number): boolean {
    const start = hits.start(hit);
    const end = hits.end(hit);
    if (hits.tooLong(hit)) {
      this.#overlong.add({ offset: start, bytes: Math.min(end + 1, this.#block.length) - start });
      return false;
    }
    return !(this.#skipComments && this.#block.isComment(this.#block.span(start, end)));
  }

  /** The line with its date cut out. */
  line(hits: PlacedHits, hit: number, somewhere: number): WindowLine {
    const { dating, encoding } = this.#filter;
    const block = this.#block;
    const dates = this.#dates;
    const number = hits.line(hit);
    const span = block.span(hits.start(hit), hits.end(hit));
    const place = { block, span, encoding };
    this.#offset = span.start;
    if ((this.#isAscii || block.isAsciiLine(span)) && dates.locate(block, span, number)) {
      this.#date = 'own';
      this.#time = dates.time;
      return new WindowLine(somewhere, number, place, [dates.start, dates.end]);
    }
    const cut = dates.cut(number, () => this.#decode(span));
    this.#time = dating.time(cut, this.#context.now);
    this.#date = dating.kind(cut, this.#time);
    return new WindowLine(somewhere, number, place, cut.tuple);
  }

  #decode(span: LineSpan): string {
    const { encoding } = this.#filter;
    const block = this.#block;
    if (!block.isAsciiLine(span) && !encoding.isValid(block.bytes.subarray(span.start, span.end))) {
      this.#undecodable.add({ offset: span.start });
    }
    return block.decode(span, encoding);
  }

  /** Notes what became of the line that was made last. */
  take(line: WindowLine, outcome: WindowOutcome): void {
    const { hits, refusals } = outcome;
    const offset = this.#offset;
    if (hits.length > 0) {
      const lastDated = this.#date === 'own' ? undefined : this.#lastDated;
      const preceding = lastDated && { time: lastDated.time, text: lastDated.text() };
      for (const { regex, groups, lines } of hits) {
        this.#matches.push({
          filter: 0,
          regex,
          line: line.line,
          offset,
          time: this.#time,
          date: this.#date,
          tuple: line.tuple,
          groups,
          preceding,
          lines: lines.map(({ tuple }) => tuple),
        });
        for (const one of lines) one.taken = true;
      }
    }
    for (const refusal of refusals) this.#refused.add({ filter: 0, ...refusal, line: line.line, offset });
    this.statistics?.add(
      outcome,
      line.line,
      () => line.tuple.join(''),
      () => this.#wait(line),
    );
    if (this.#date === 'own') this.#lastDated = { time: this.#time, text: () => line.tuple[1] };
  }

  result(lines: number, bytes: Bytes): ScanResult {
    const { statistics } = this;
    return {
      matches: this.#matches,
      lines,
      bytes,
      overlong: this.#overlong.taken(),
      refused: this.#refused.taken(),
      undecodable: this.#undecodable.taken(),
      lastTime: this.#context.lastTime === true ? (this.#lastDated?.time ?? Number.NaN) : Number.NaN,
      statistics: statistics && [statistics.taken()],
    };
  }
}
