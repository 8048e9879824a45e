import { type CompiledFilter, type FoundColumns, listedTexts, type ScanContext } from '@f2b/matcher';
import type { LogPart } from '../log.js';
import type { Output } from '../output.js';
import { MatchesInOrder, type MatchTaker } from './matches-in-order.js';
import type { Sink } from './sink.js';
import { lineText } from './tokens.js';
import { type ReadMatch, type Verdict, Verdicts } from './verdict.js';

export interface InvertedOptions {
  readonly filter: CompiledFilter;
  readonly now: number;
  readonly skipComments: boolean;
  readonly out: Output;
}

/** `-i`: the lines that are no failure, whole. */
export class InvertedLines implements Sink, MatchTaker {
  readonly wants: Omit<ScanContext, 'now'>;
  matched = 0;
  readonly #out: Output;
  readonly #matches: MatchesInOrder;
  #others: { line: number; text: string }[] = [];

  constructor({ filter, now, skipComments, out }: InvertedOptions) {
    const keep = Number.POSITIVE_INFINITY;
    this.wants = {
      statistics: { keepIgnored: keep, keepMissed: keep, skipComments },
      ...(filter.maxlines > 1 ? {} : { sink: { pieces: undefined } }),
    };
    this.#out = out;
    const verdicts = new Verdicts(filter, now, false, filter.maxlines > 1 ? undefined : Number.POSITIVE_INFINITY);
    this.#matches = new MatchesInOrder({ verdicts, goesOn: true, skipComments });
  }

  async take({ result }: LogPart): Promise<void> {
    const [counted] = result.statistics ?? [];
    this.#others = counted === undefined ? [] : [...listedTexts(counted.missed), ...listedTexts(counted.ignored)];
    await this.#matches.give(result, this);
    for (const { text } of this.#others.sort((a, b) => a.line - b.line)) {
      this.#out.line(text);
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
