import type { Seconds } from '@f2b/config';
import type { CompiledFilter, Expression, FoundColumns, LineMatch, ScanContext } from '@f2b/matcher';
import type { LogPart } from '../log.js';
import type { RegexOptions } from '../options.js';
import type { Output } from '../output.js';
import { localDate } from '../python.js';
import { LineList, type NumberedLine } from './line-list.js';
import { MatchesInOrder, type MatchTaker } from './matches-in-order.js';
import { failregexTitle, listedLine, tooMany } from './report-lists.js';
import type { Sink } from './sink.js';
import { Spool } from './spool.js';
import { lineText } from './tokens.js';
import { type Found, type ReadMatch, type Verdict, Verdicts } from './verdict.js';

/** So many lines or more of a kind are not listed unless asked for, fail2ban-regex's rule. */
const fewLines = 20;

export interface ReportOptions {
  readonly filter: CompiledFilter;
  readonly options: RegexOptions;
  readonly now: number;
  readonly skipComments: boolean;
  /** Dates are looked for in the lines; the journal's come beside them. */
  readonly datesRead: boolean;
  readonly out: Output;
  /** When the run began, as the process counts. */
  readonly started: Seconds;
  /** Writes what prefregex found in the first lines, where that is asked for. */
  readonly prefregexGroups: (() => Promise<void>) | undefined;
}

/** Gathers what the full report says, and prints it. */
export class Report implements Sink, MatchTaker {
  readonly wants: Omit<ScanContext, 'now'>;
  readonly #parts: ReportOptions;
  readonly #limit: number;
  readonly #hits: number[];
  /** By failregex, where they are asked for: whom it matched, and when. */
  readonly #entries: readonly Spool[];
  readonly #ignoreregex: number[];
  readonly #dates = new Map<string, number>();
  /** Names of the date templates in the order in which the last part of the log came to try them. */
  #dateOrder: readonly string[] = [];
  readonly #matched: LineList;
  readonly #ignored: LineList;
  readonly #missed: LineList;
  readonly #matches: MatchesInOrder;
  #prefregex = 0;
  #lines = 0;
  /** Failures of the line under way. */
  #ofLine = 0;
  #matchedNow: NumberedLine[] = [];
  #ignoredNow: NumberedLine[] = [];
  #missedNow: NumberedLine[] = [];

  constructor(parts: ReportOptions) {
    const { filter, options, now, skipComments } = parts;
    this.#parts = parts;
    this.#limit = options.maxlines ?? fewLines;
    this.#hits = filter.failregex.map(() => 0);
    this.#entries = options.verbose > 0 ? filter.failregex.map(() => new Spool()) : [];
    this.#ignoreregex = filter.ignoreregex.map(() => 0);
    const all = Number.POSITIVE_INFINITY;
    const keepOf = { few: this.#limit, none: 0, all };
    const list = (keep: number, expressions: readonly Expression[]) => {
      const links = options.debuggex ? expressions : undefined;
      return new LineList(keep, (text) => listedLine(text, links));
    };
    this.#matched = list(options.matched ? all : 0, filter.failregex);
    this.#ignored = list(keepOf[options.ignored], filter.ignoreregex);
    this.#missed = list(keepOf[options.missed], filter.failregex);
    const isOneLine = filter.maxlines === 1;
    this.wants = {
      all: options.checkAll,
      statistics: { keepIgnored: this.#ignored.keep, keepMissed: this.#missed.keep, skipComments },
      ...(isOneLine ? { sink: { pieces: undefined } } : {}),
    };
    const verdicts = new Verdicts(filter, now, false, isOneLine ? all : undefined);
    this.#matches = new MatchesInOrder({ verdicts, goesOn: true, skipComments });
  }

  get matched(): number {
    return this.#matched.count;
  }

  async take({ result }: LogPart): Promise<void> {
    const [statistics] = result.statistics ?? [];
    if (statistics === undefined) return;
    this.#matchedNow = [];
    this.#ignoredNow = [];
    this.#missedNow = [];
    await this.#matches.give(result, this);
    this.#lines += statistics.lines;
    this.#prefregex += statistics.prefregex;
    for (const [index, count] of statistics.ignoreregex.entries()) this.#ignoreregex[index]! += count;
    for (const [name, count] of statistics.dates) this.#dates.set(name, (this.#dates.get(name) ?? 0) + count);
    this.#dateOrder = statistics.dateOrder;
    this.#matched.add(undefined, this.#matchedNow);
    this.#ignored.add(statistics.ignored, this.#ignoredNow);
    this.#missed.add(statistics.missed, this.#missedNow);
  }

  plain(found: FoundColumns, index: number, isFirst: boolean): void {
    this.#hits[found.regex(index)]!++;
    this.#ofLine = isFirst ? 1 : this.#ofLine + 1;
    if (this.#entries.length > 0) {
      const match = found.match(index);
      this.#entry(match.regex, String(match.groups.get('ip4')), match.time);
    }
    if (!isFirst) return;
    if (this.#parts.options.matched) this.#matchedNow.push(numbered(found.match(index)));
    else this.#matched.count++;
  }

  judged(verdict: Verdict, { match }: ReadMatch, isFirst: boolean): void {
    if (isFirst) this.#ofLine = 0;
    for (const found of shownOf(verdict)) {
      this.#hits[found.regex]!++;
      if (verdict.kind !== 'nofail') this.#ofLine++;
      if (this.#entries.length > 0) this.#entry(found.regex, found.id ?? 'None', found.time);
    }
    if (!isFirst) return;
    if (verdict.kind === 'nofail') this.#ignoredNow.push(numbered(match));
    else if (verdict.kind === 'nobody') this.#missedNow.push(numbered(match));
    else if (match.lines === undefined) this.#matchedNow.push(numbered(match));
    else for (const tuple of match.lines) this.#matchedNow.push({ line: match.line, text: lineText(tuple) });
  }

  #entry(regex: number, id: string, time: number): void {
    const date = localDate(Number.isNaN(time) ? this.#parts.now : time);
    // fail2ban-regex says so from the third failregex of a line on.
    const several = this.#ofLine > 2 ? ' (multiple regex matched)' : '';
    this.#entries[regex]!.add(`|      ${id}  ${date}${several}\n`);
  }

  async end(): Promise<void> {
    const { out, filter, options, started, datesRead, prefregexGroups } = this.#parts;
    const seconds = process.uptime() - started;
    const { prefregex, failregex, ignoreregex } = filter;
    out.add('\nResults\n=======\n\n');
    if (prefregex !== undefined) {
      out.line(`Prefregex: ${this.#prefregex} total`);
      out.line(`|  ${prefregex.expanded}`);
      await prefregexGroups?.();
      out.add('`-\n\n');
    }
    await this.#expressions(out, 'Failregex', failregex, this.#hits, this.#entries);
    await this.#expressions(out, 'Ignoreregex', ignoreregex, this.#ignoreregex, []);
    if (datesRead) this.#dateTemplates(out);
    const counts = `${this.#ignored.count} ignored, ${this.#matched.count} matched, ${this.#missed.count} missed`;
    out.line(`Lines: ${this.#lines} lines, ${counts}`);
    out.line(`[processed in ${seconds.toFixed(2)} sec]\n`);
    const { missed, ignored } = options;
    if (options.matched) await this.#list(out, 'Matched', this.#matched, 'all', failregex);
    if (ignored !== 'none') await this.#list(out, 'Ignored', this.#ignored, ignored, ignoreregex);
    if (missed !== 'none') await this.#list(out, 'Missed', this.#missed, missed, failregex);
    for (const one of [this.#matched, this.#ignored, this.#missed, ...this.#entries]) one.close();
    await out.flush();
  }

  async #expressions(
    out: Output,
    title: string,
    expressions: readonly Expression[],
    hits: readonly number[],
    entries: readonly Spool[],
  ): Promise<void> {
    const verbose = this.#parts.options.verbose > 0;
    out.line(`${title}: ${hits.reduce((sum, count) => sum + count, 0)} total`);
    const shown = expressions.flatMap(({ setting }, index) =>
      hits[index]! > 0 || verbose ? [{ source: setting.source, index }] : [],
    );
    if (shown.length > 0) {
      out.line(failregexTitle);
      for (const { source, index } of shown) {
        out.line(`|  ${String(index + 1).padStart(2)}) [${hits[index]}] ${source}`);
        await print(out, entries[index]?.read() ?? []);
      }
      out.line('`-');
    }
    out.line('');
  }

  #dateTemplates(out: Output): void {
    const { filter, options } = this.#parts;
    const { templates } = filter.dating.detector;
    const hitsOf = (name: string) => this.#dates.get(name) ?? 0;
    const placeOf = (name: string) => this.#dateOrder.indexOf(name);
    const shown = [...templates]
      .sort((a, b) => placeOf(a.name) - placeOf(b.name))
      .filter(({ name }) => hitsOf(name) > 0 || options.verbose > 0);
    out.line('Date template hits:');
    if (shown.length > 0) out.line('|- [# of hits] date format');
    for (const { name, weight, value, pattern, regex } of shown) {
      out.line(`|  [${hitsOf(name)}] ${name}`);
      if (!options.verboseDate) continue;
      const shownPattern = value === 'fields' ? pattern : '';
      const rank = (hitsOf(name) * weight).toFixed(3);
      out.line(`|      # weight: ${rank} (${weight.toFixed(3)}), pattern: ${shownPattern}`);
      out.line(`|      # regex:   ${regex}`);
    }
    if (shown.length > 0) out.line('`-');
    out.line('');
  }

  async #list(
    out: Output,
    title: string,
    list: LineList,
    how: 'few' | 'all',
    expressions: readonly Expression[],
  ): Promise<void> {
    if (list.count === 0 || (this.#parts.options.debuggex && expressions.length === 0)) return;
    if (how === 'few' && list.count >= this.#limit) {
      out.line(tooMany(title, list.count));
      return;
    }
    out.line(`|- ${title} line(s):`);
    await print(out, list.read());
    out.line('`-');
  }
}

/** Those of a verdict that count as hits of their failregex. */
function shownOf(verdict: Verdict): readonly Found[] {
  if (verdict.kind === 'failure') return verdict.found;
  return verdict.kind === 'nobody' ? [] : [verdict.found];
}

function numbered({ line, tuple }: LineMatch): NumberedLine {
  return { line, text: lineText(tuple) };
}

async function print(out: Output, pieces: Iterable<string>): Promise<void> {
  for (const piece of pieces) {
    out.add(piece);
    if (out.full) await out.flush();
  }
}
