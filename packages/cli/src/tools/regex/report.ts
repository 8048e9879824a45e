import type { CompiledFilter, Expression, LineMatch } from '@f2b/matcher';
import type { LogPart } from './log.js';
import type { RegexOptions } from './options.js';
import type { Output } from './output.js';
import { localDate } from './python.js';
import { failregexTitle, listLines, type NumberedLine, tooMany } from './report-lists.js';
import { lineText } from './tokens.js';
import type { Verdict } from './verdict.js';

/** So many lines or more of a kind are not listed unless asked for, fail2ban-regex's rule. */
const fewLines = 20;

/** A list of lines of one kind: all are counted, the first are kept. */
class LineList {
  count = 0;
  readonly kept: string[] = [];
  readonly #keep: number;

  constructor(keep: number) {
    this.#keep = keep;
  }

  /** @param count how many there are; `lines` are the first of them */
  add(lines: readonly NumberedLine[], count: number): void {
    this.count += count;
    for (const { text } of lines) {
      if (this.kept.length >= this.#keep) return;
      this.kept.push(text);
    }
  }
}

/** Gathers what the full report says, and prints it. */
export class Report {
  /** Lines of each kind to keep; what the scan is to name. */
  readonly keep: number;
  readonly #datesRead: boolean;
  readonly #filter: CompiledFilter;
  readonly #options: RegexOptions;
  readonly #limit: number;
  readonly #hits: number[];
  readonly #entries: string[][];
  readonly #ignoreregex: number[];
  readonly #dates = new Map<string, number>();
  readonly #matched: LineList;
  readonly #ignored: LineList;
  readonly #missed: LineList;
  #prefregex = 0;
  #lines = 0;

  /** @param datesRead whether dates are looked for in the lines; the journal's come beside them */
  constructor(filter: CompiledFilter, options: RegexOptions, datesRead: boolean) {
    this.#datesRead = datesRead;
    this.#filter = filter;
    this.#options = options;
    this.#limit = options.maxlines ?? fewLines;
    this.#hits = filter.failregex.map(() => 0);
    this.#entries = filter.failregex.map(() => []);
    this.#ignoreregex = filter.ignoreregex.map(() => 0);
    const keepOf = (how: 'few' | 'none' | 'all') => (how === 'all' ? Number.POSITIVE_INFINITY : this.#limit);
    this.#matched = new LineList(options.matched ? Number.POSITIVE_INFINITY : 0);
    this.#ignored = new LineList(keepOf(options.ignored));
    this.#missed = new LineList(keepOf(options.missed));
    this.keep = Math.max(keepOf(options.ignored), keepOf(options.missed));
  }

  get matchedLines(): number {
    return this.#matched.count;
  }

  /** One match of one failregex, whether it is the first of its line or not. */
  hit(verdict: Verdict, now: number): void {
    if (verdict.kind === 'nobody') return;
    const found = verdict.kind === 'failure' ? verdict.found : [verdict.found];
    for (const one of found) {
      this.#hits[one.regex]!++;
      if (this.#options.verbose === 0) continue;
      const time = localDate(Number.isNaN(one.time) ? now : one.time);
      const several = found.length > 1 ? ' (multiple regex matched)' : '';
      this.#entries[one.regex]!.push(`|      ${one.id ?? 'None'}  ${time}${several}`);
    }
  }

  /** One stretch of the log, with what became of its matching lines, in order. */
  part({ result }: LogPart, verdicts: readonly { readonly verdict: Verdict; readonly line: number }[]): void {
    const [statistics] = result.statistics ?? [];
    if (statistics === undefined) return;
    this.#lines += statistics.lines;
    this.#prefregex += statistics.prefregex;
    for (const [index, count] of statistics.ignoreregex.entries()) this.#ignoreregex[index]! += count;
    for (const [name, count] of statistics.dates) this.#dates.set(name, (this.#dates.get(name) ?? 0) + count);
    const matched: NumberedLine[] = [];
    const nofail: NumberedLine[] = [];
    const nobody: NumberedLine[] = [];
    for (const { verdict, line } of verdicts) {
      const text = lineText(matchOf(verdict).tuple);
      (verdict.kind === 'failure' ? matched : verdict.kind === 'nofail' ? nofail : nobody).push({ line, text });
    }
    this.#matched.add(matched, matched.length);
    this.#ignored.add(merged(statistics.ignored.first, nofail), statistics.ignored.count + nofail.length);
    this.#missed.add(merged(statistics.missed.first, nobody), statistics.missed.count + nobody.length);
  }

  /**
   * @param seconds that the whole took
   * @param prefregexGroups writes what prefregex found, where that is asked for
   */
  async print(out: Output, seconds: number, prefregexGroups?: () => Promise<void>): Promise<void> {
    const { prefregex, failregex, ignoreregex } = this.#filter;
    out.add('\nResults\n=======\n\n');
    if (prefregex !== undefined) {
      out.line(`Prefregex: ${this.#prefregex} total`);
      out.line(`|  ${prefregex.expanded}`);
      await prefregexGroups?.();
      out.add('`-\n\n');
    }
    this.#expressions(out, 'Failregex', failregex, this.#hits, this.#entries);
    this.#expressions(out, 'Ignoreregex', ignoreregex, this.#ignoreregex, []);
    if (this.#datesRead) this.#dateTemplates(out);
    const counts = `${this.#ignored.count} ignored, ${this.#matched.count} matched, ${this.#missed.count} missed`;
    out.line(`Lines: ${this.#lines} lines, ${counts}`);
    out.line(`[processed in ${seconds.toFixed(2)} sec]\n`);
    const { missed, ignored } = this.#options;
    if (this.#options.matched) await this.#list(out, 'Matched', this.#matched, 'all', failregex);
    if (ignored !== 'none') await this.#list(out, 'Ignored', this.#ignored, ignored, ignoreregex);
    if (missed !== 'none') await this.#list(out, 'Missed', this.#missed, missed, failregex);
  }

  #expressions(
    out: Output,
    title: string,
    expressions: readonly Expression[],
    hits: readonly number[],
    entries: readonly (readonly string[])[],
  ): void {
    const verbose = this.#options.verbose > 0;
    out.line(`${title}: ${hits.reduce((sum, count) => sum + count, 0)} total`);
    const shown = expressions.flatMap(({ setting }, index) =>
      hits[index]! > 0 || verbose ? [{ source: setting.source, index }] : [],
    );
    if (shown.length > 0) {
      out.line(failregexTitle);
      for (const { source, index } of shown) {
        out.line(`|  ${String(index + 1).padStart(2)}) [${hits[index]}] ${source}`);
        for (const entry of entries[index] ?? []) out.line(entry);
      }
      out.line('`-');
    }
    out.line('');
  }

  #dateTemplates(out: Output): void {
    const { templates } = this.#filter.dating.detector;
    const hitsOf = (name: string) => this.#dates.get(name) ?? 0;
    const shown = [...templates]
      .sort((a, b) => hitsOf(b.name) - hitsOf(a.name))
      .filter(({ name }) => hitsOf(name) > 0 || this.#options.verbose > 0);
    out.line('Date template hits:');
    if (shown.length > 0) out.line('|- [# of hits] date format');
    for (const { name, weight, value, pattern, regex } of shown) {
      out.line(`|  [${hitsOf(name)}] ${name}`);
      if (!this.#options.verboseDate) continue;
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
    if (list.count === 0 || (this.#options.debuggex && expressions.length === 0)) return;
    if (how === 'few' && list.count >= this.#limit) {
      out.line(tooMany(title, list.count));
      return;
    }
    out.line(`|- ${title} line(s):`);
    for (const line of listLines(list.kept, this.#options.debuggex ? expressions : undefined)) {
      out.line(`|  ${line}`);
      if (out.full) await out.flush();
    }
    out.line('`-');
  }
}

function matchOf(verdict: Verdict): LineMatch {
  if (verdict.kind === 'failure') return verdict.found[0]!.match;
  return verdict.kind === 'nofail' ? verdict.found.match : verdict.read.match;
}

/** Two lists of lines as one, in the log's order. */
function merged(a: readonly NumberedLine[], b: readonly NumberedLine[]): readonly NumberedLine[] {
  return b.length === 0 ? a : [...a, ...b].sort((x, y) => x.line - y.line);
}
