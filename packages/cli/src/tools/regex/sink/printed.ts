import type { CompiledFilter, FoundColumns, ScanContext } from '@f2b/matcher';
import type { LogPart } from '../log.js';
import type { Output } from '../output.js';
import { type Format, formatOf } from './formats.js';
import { failureJson } from './json.js';
import { MatchesInOrder, type MatchTaker } from './matches-in-order.js';
import { RowKeys } from './row-keys.js';
import type { Sink } from './sink.js';
import { showsAllGroups, type TokenWriter, tokenWriter } from './tokens.js';
import { type ReadMatch, type Verdict, Verdicts } from './verdict.js';

export interface PrintedOptions {
  /** What `-o` asks for. */
  readonly token: string;
  readonly filter: CompiledFilter;
  readonly now: number;
  readonly skipComments: boolean;
  readonly out: Output;
}

/** `-o`: only what was asked for of each failure; lines that do not match cost nothing but their scan. */
export class PrintedFailures implements Sink, MatchTaker {
  readonly wants: Omit<ScanContext, 'now'>;
  matched = 0;
  readonly #out: Output;
  readonly #isJson: boolean;
  readonly #showsGroups: boolean;
  readonly #format: Format | undefined;
  /** Undefined for JSON. */
  readonly #write: TokenWriter | undefined;
  readonly #matches: MatchesInOrder;
  readonly #counts = { lines: 0, failures: 0, nofail: 0 };
  /** Lines of the log before the part under way. */
  #before = 0;
  #found: FoundColumns | undefined;
  /** Up to here what was written of it is printed. */
  #printed = 0;

  constructor({ token, filter, now, skipComments, out }: PrintedOptions) {
    this.#out = out;
    this.#isJson = token === 'json';
    this.#showsGroups = showsAllGroups(token);
    this.#format = filter.maxlines > 1 ? undefined : formatOf(token, filter);
    this.wants = { skipComments, ...(this.#format === undefined ? {} : { sink: { pieces: this.#format.pieces } }) };
    // Where plain matches are written by the scan, sessions are forgotten by whoever knows of those that had no other.
    const mostSessions = this.#format === undefined ? undefined : Number.POSITIVE_INFINITY;
    const keys = this.#showsGroups ? new RowKeys(filter, mostSessions) : undefined;
    const keepsLines = token === 'msg' || token === 'matches' || token.includes('<');
    const verdicts = new Verdicts(filter, now, keepsLines, mostSessions);
    this.#write = this.#isJson ? undefined : tokenWriter(token, filter, now, keys);
    this.#matches = new MatchesInOrder({ verdicts, keys, goesOn: this.#format?.goesOn ?? false, skipComments });
  }

  async take({ result, line }: LogPart): Promise<void> {
    this.#before = line;
    this.#found = result.found;
    this.#printed = 0;
    await this.#matches.give(result, this);
    if (this.#found !== undefined) this.#printUpTo(this.#found, this.#found.count);
    this.#counts.lines += result.lines;
    if (this.#out.full || this.#out.borrows) await this.#out.flush();
  }

  plain(found: FoundColumns, index: number): void {
    this.matched++;
    this.#counts.failures++;
    if (this.#format?.beforeNumber === undefined) return;
    this.#out.numbered(this.#format.beforeNumber, this.#before + found.line(index) + 1, found.written, {
      from: startOf(found, index),
      to: found.end(index),
    });
  }

  /** What was written of the plain matches before `index` goes out in one piece. */
  #printUpTo(found: FoundColumns, index: number): void {
    const end = startOf(found, index);
    if (end > this.#printed && this.#format?.beforeNumber === undefined) {
      this.#out.bytes(found.written.subarray(this.#printed, end));
    }
    this.#printed = end;
  }

  async judged(verdict: Verdict, { match }: ReadMatch, _isFirst: boolean, index: number): Promise<void> {
    if (this.#found !== undefined) {
      this.#printUpTo(this.#found, index);
      this.#printed = this.#found.end(index);
    }
    const line = this.#before + match.line + 1;
    if (verdict.kind === 'failure') {
      this.matched++;
      for (const found of verdict.found) {
        this.#counts.failures++;
        if (this.#write === undefined) this.#out.line(failureJson(found, line, false));
        else {
          const text = this.#write(found);
          this.#out.line(typeof text === 'string' ? text : await text);
        }
      }
    } else if (verdict.kind !== 'nobody') {
      this.#counts.nofail++;
      if (this.#isJson) this.#out.line(failureJson(verdict.found, line, true));
      // The order of groups is learnt from lines that are not printed, too.
      else if (this.#showsGroups) await this.#write?.(verdict.found);
    }
    if (this.#out.full) await this.#out.flush();
  }

  async end(): Promise<void> {
    const { lines, failures, nofail } = this.#counts;
    if (this.#isJson) {
      this.#out.line(JSON.stringify({ summary: { lines, matched: this.matched, failures, nofail } }));
    }
    await this.#out.flush();
  }
}

function startOf(found: FoundColumns, index: number): number {
  return index === 0 ? 0 : found.end(index - 1);
}
