import { type CompiledFilter, type FoundColumns, type LineMatch, listedTexts, type ScanContext } from '@f2b/matcher';
import type { LogPart } from '../log.js';
import type { Output } from '../output.js';
import { MatchesInOrder, type MatchTaker } from './matches-in-order.js';
import { RowKeys } from './row-keys.js';
import type { Sink } from './sink.js';
import { lineText, tokenWriter } from './tokens.js';
import { type ReadMatch, type Verdict, Verdicts } from './verdict.js';

export interface InvertedOptions {
  readonly filter: CompiledFilter;
  readonly now: number;
  readonly skipComments: boolean;
  readonly out: Output;
  /** What is printed of a line, as `-o` says it; undefined: the line. */
  readonly token: string | undefined;
}

/** `-i`: the lines that are no failure, whole or as `-o` says. */
export class InvertedLines implements Sink, MatchTaker {
  readonly wants: Omit<ScanContext, 'now'>;
  matched = 0;
  readonly #out: Output;
  readonly #matches: MatchesInOrder;
  readonly #write: ((line: number, text: string) => string | Promise<string>) | undefined;
  #others: { line: number; text: string }[] = [];

  constructor({ filter, now, skipComments, out, token }: InvertedOptions) {
    const keep = Number.POSITIVE_INFINITY;
    this.wants = {
      statistics: { keepIgnored: keep, keepMissed: keep, skipComments },
      ...(filter.maxlines > 1 ? {} : { sink: { pieces: undefined } }),
    };
    this.#out = out;
    this.#write = token === undefined || token === 'msg' ? undefined : lineWriter(token, filter, now);
    const verdicts = new Verdicts(filter, now, false, filter.maxlines > 1 ? undefined : Number.POSITIVE_INFINITY);
    this.#matches = new MatchesInOrder({ verdicts, goesOn: true, skipComments });
  }

  async take({ result }: LogPart): Promise<void> {
    const [counted] = result.statistics ?? [];
    this.#others = counted === undefined ? [] : [...listedTexts(counted.missed), ...listedTexts(counted.ignored)];
    await this.#matches.give(result, this);
    for (const { line, text } of this.#others.sort((a, b) => a.line - b.line)) {
      this.#out.line(this.#write === undefined ? text : await this.#write(line, text));
      if (this.#out.full) await this.#out.flush();
    }
  }

  plain(_found: FoundColumns, _index: number, isFirst: boolean): void {
    if (isFirst) this.matched++;
  }

  judged(verdict: Verdict, { match }: ReadMatch, isFirst: boolean): void {
    if (!isFirst) return;
    if (verdict.kind === 'failure') this.matched++;
    else this.#others.push({ line: match.line, text: lineText(match.tuple) });
  }

  async end(): Promise<void> {
    await this.#out.flush();
  }
}

/** Writes lines as failures that name nobody. A line without a date has that of the dated line before it. */
function lineWriter(token: string, filter: CompiledFilter, now: number) {
  const { dating } = filter;
  const ranking = dating.newRanking(now);
  const write = tokenWriter(token, filter, now, new RowKeys(filter));
  let preceding: LineMatch['preceding'];
  return (line: number, text: string): string | Promise<string> => {
    const cut = dating.cut(text, ranking);
    const time = dating.time(cut, now);
    const date = dating.kind(cut, time);
    if (date === 'own') preceding = { time, text: cut.tuple[1] };
    const { tuple } = cut;
    const match = { filter: 0, regex: 0, line, offset: 0, time, date, tuple, groups: none, preceding };
    const shown = date === 'own' ? time : (preceding?.time ?? Number.NaN);
    const nobody = { id: undefined, parts: undefined, ip: undefined, family: undefined };
    return write({ regex: 0, match, own: none, ...nobody, time: shown, groups: none, lines: [tuple] });
  };
}

const none: ReadonlyMap<string, string> = new Map();
