import type { Bytes, EpochMs } from '@f2b/config';
import type { LineMatch, RefusedLine, ScanContext, ScanResult } from '../failures.js';
import type { CompiledFilter } from '../filter/compile.js';
import { type MultilineState, matchNextLine } from '../filter/multiline.js';
import { Block } from './block.js';
import { IncidentLog } from './incidents.js';
import { MissedLines } from './missed-lines.js';
import { defaultMaxLineBytes } from './scanner.js';
import { StatisticsCounter } from './statistics.js';
import { keepsPlaces, WindowScan } from './window-scan.js';

/** What is remembered from block to block. */
export interface LinesInOrderState extends MultilineState {
  /** Where every line is counted, and becomes a text. */
  missed?: MissedLines;
  /** Where lines are kept as places. */
  window?: WindowScan;
}

/**
 * The scan for one filter with `maxlines` above 1: every line of the block in order, with what `state` remembers of earlier blocks. The
 * same result as a `BlockScanner`'s, with `lines` in each match.
 *
 * @param bytes whole lines; text behind the last newline is taken for a line too.
 * @param state belongs to one log of one jail, and is changed.
 */
export function scanLinesInOrder(
  filter: CompiledFilter,
  state: LinesInOrderState,
  bytes: Uint8Array,
  context: ScanContext,
  maxLineBytes: Bytes = defaultMaxLineBytes,
): ScanResult {
  if (keepsPlaces(filter)) {
    state.window ??= new WindowScan(filter, bytes);
    return state.window.scan(state, bytes, context, maxLineBytes);
  }
  return scanTextsInOrder(filter, state, bytes, context, maxLineBytes);
}

/** Every line as a text: for a filter whose failregex see what another expression leaves of several lines. */
function scanTextsInOrder(
  filter: CompiledFilter,
  state: LinesInOrderState,
  bytes: Uint8Array,
  context: ScanContext,
  maxLineBytes: Bytes,
): ScanResult {
  const { dating, encoding } = filter;
  const block = new Block(bytes, encoding);
  const overlong = new IncidentLog<{ offset: Bytes; bytes: Bytes }>();
  const matches: LineMatch[] = [];
  const refused = new IncidentLog<RefusedLine>();
  const undecodable = new IncidentLog<{ offset: Bytes }>();
  const statistics = context.statistics && new StatisticsCounter(filter, context.statistics);
  state.missed ??= new MissedLines();
  const { missed } = state;
  const datesBefore = [...state.ranking.hits];
  const skipComments = context.skipComments ?? context.statistics?.skipComments ?? false;
  let lines = 0;
  let lastDated: LineMatch['preceding'];
  let lastTime: EpochMs = Number.NaN;
  state.ranking.now = context.now;

  for (let offset = 0; offset < block.length; lines++) {
    const span = block.lineAt(offset);
    const line = lines;
    const start = offset;
    offset = span.next;
    if (span.end - span.start > maxLineBytes) {
      overlong.add({ offset: start, bytes: span.next - start });
      continue;
    }
    if (skipComments && block.isComment(span)) continue;
    if (!block.isAsciiLine(span) && !encoding.isValid(block.bytes.subarray(span.start, span.end))) {
      undecodable.add({ offset: start });
    }
    const cut = dating.cut(block.decode(span, encoding), state.ranking);
    const time = dating.time(cut, context.now);
    const outcome = matchNextLine(filter, state, cut.tuple, { all: context.all === true });
    const date = dating.kind(cut, time);
    const preceding = date === 'own' ? undefined : lastDated;
    for (const { regex, groups, lines: matched } of outcome.hits) {
      const { tuple } = cut;
      matches.push({ filter: 0, regex, line, offset: start, time, date, tuple, groups, preceding, lines: matched });
    }
    for (const refusal of outcome.refusals) refused.add({ filter: 0, ...refusal, line, offset: start });
    if (statistics !== undefined) {
      for (const { lines: matched } of outcome.hits) missed.take(matched);
      const { tuple } = cut;
      statistics.add(
        outcome,
        line,
        () => tuple.join(''),
        (text) => missed.add(tuple, line, text()),
      );
      missed.settle(state.lines, statistics.missed);
    }
    if (date === 'own') {
      lastDated = { time, text: cut.tuple[1] };
      lastTime = time;
    }
  }
  missed.endBlock(lines);
  if (statistics !== undefined && context.end === true) missed.settle([], statistics.missed);
  const hits = state.ranking.hits.map((count, template) => count - datesBefore[template]!);
  statistics?.setDates({ hits, order: state.ranking.order });
  return {
    matches,
    lines,
    bytes: block.length,
    overlong: overlong.taken(),
    refused: refused.taken(),
    undecodable: undecodable.taken(),
    lastTime: context.lastTime === true ? lastTime : Number.NaN,
    statistics: statistics && [statistics.taken()],
  };
}
