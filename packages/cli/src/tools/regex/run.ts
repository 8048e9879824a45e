import { type Finding, formatOrigin } from '@f2b/config';
import {
  type CompiledFilter,
  compileFilter,
  FilterError,
  type MatchSettings,
  plainSettings,
  readUsedns,
  type ScanPool,
} from '@f2b/matcher';
import type { Flags } from '../../commandline/flags.js';
import { CliError } from '../../errors.js';
import { printable, printableText } from '../../printable.js';
import { chooseDirectory } from './config-directory.js';
import { headerLines } from './header.js';
import { failureJson } from './json.js';
import { isComment } from './log.js';
import { isJournal, type LogSource, logSource } from './log-source.js';
import type { RegexOptions } from './options.js';
import { Output, ReaderGone } from './output.js';
import { prefregexGroups } from './prefregex-groups.js';
import { Progress } from './progress.js';
import { RowOutput } from './ready-rows.js';
import { Report } from './report.js';
import { RowKeys } from './row-keys.js';
import { scanSource } from './scan-source.js';
import { findSubject, ignoreregexFile, type Subject } from './subject.js';
import { lineText, tokenWriter } from './tokens.js';
import { type ReadMatch, type Verdict, Verdicts } from './verdict.js';

/** Exit code of whatever keeps the test from being run, fail2ban-regex's. */
const refused = 255;

/** One run, understood. */
interface Job {
  readonly options: RegexOptions;
  readonly filter: CompiledFilter;
  readonly log: LogSource;
  readonly now: number;
  readonly out: Output;
  readonly workers: ScanPool | undefined;
}

/**
 * Runs `f2b regex`.
 * @param workers for a log that is worth them, see `workersFor`
 * @returns the exit code
 * @throws CliError, ConfigError
 */
export async function runRegex(
  options: RegexOptions,
  operands: readonly string[],
  flags: Flags,
  workers: ScanPool | undefined,
): Promise<number> {
  const [logText = '', regexText = '', ignoreText] = operands;
  const started = performance.now();
  const now = options.now ?? Date.now();
  const out = new Output(process.stdout);
  const place = {
    directory: chooseDirectory(options.config ?? flags.conf),
    backend: isJournal(logText) ? ('systemd' as const) : ('auto' as const),
    report: sayFinding,
  };
  const subject = findSubject(regexText, place);
  const fileIgnores = ignoreText === undefined ? undefined : ignoreregexFile(ignoreText, place);
  const settings = withOptions(subject, options, ignoreText, fileIgnores);
  let filter: CompiledFilter | undefined;
  let broken: FilterError | undefined;
  try {
    if (options.maxlines !== undefined && options.maxlines < 1)
      throw new CliError('F2B_USAGE', 'regex: -L takes 1 or more lines');
    filter = compileFilter(settings, {
      thisYear: new Date(now).getFullYear(),
      ...(options.usedns === undefined ? {} : { usedns: readUsedns(options.usedns) }),
    });
  } catch (error) {
    if (!(error instanceof FilterError)) throw error;
    broken = error;
  }
  const matches = journalMatches(options, subject);
  const log = logSource(logText, matches, filter?.maxlines ?? 1);
  if (log.kind === 'text' && /^\.{0,2}\/\S+$/.test(logText)) {
    process.stderr.write(`f2b: there is no file ${printable(logText)}: taken as a log line\n`);
  }
  const ignoreregex = ignoreText === undefined ? undefined : { text: ignoreText, isFile: fileIgnores !== undefined };
  const encoding = options.encoding ?? settings.logencoding?.value ?? 'UTF-8';
  const reports = options.out === undefined && !options.invert;
  if (reports) {
    const shown = encoding.toLowerCase() === 'auto' ? 'UTF-8' : encoding;
    for (const line of headerLines({ options, subject, ignoreregex, filter, log, encoding: shown })) out.line(line);
  }
  if (filter === undefined) return await refuse(broken!, out, reports);
  const job = { options, filter, log, now, out, workers };
  try {
    await out.flush();
    const matched = reports ? await fullReport(job, started) : await tokens(job);
    return options.strict && matched === 0 ? 1 : 0;
  } catch (error) {
    if (error instanceof ReaderGone) return 0;
    throw error;
  }
}

/** What is wrong in the file that is tried out goes to the error output: what has no effect should not pass for what matches nothing. */
function sayFinding({ severity, what, origin, advice }: Finding): void {
  const place = origin === undefined ? '' : `${formatOrigin(origin)}: `;
  process.stderr.write(`${printable(`f2b: ${place}${severity}: ${what.replace(/[^.!?:]$/, '$&.')} ${advice}`)}\n`);
}

/** Every problem on its own line; what to do about it goes to the error output. */
async function refuse(error: FilterError, out: Output, reports: boolean): Promise<number> {
  for (const { what, origin, advice } of error.problems) {
    const place = origin === undefined ? '' : `${formatOrigin(origin)}: `;
    const text = `ERROR: ${place}${what.replace(/\.$/, '')}`;
    if (reports) out.line(text);
    else process.stderr.write(`${printableText(text)}\n`);
    process.stderr.write(`${printableText(advice)}\n`);
  }
  await out.flush().catch(() => {});
  return refused;
}

function withOptions(
  subject: Subject,
  options: RegexOptions,
  ignoreText: string | undefined,
  ignoreFile: MatchSettings | undefined,
): MatchSettings {
  const { settings } = subject;
  const given = <T>(value: T | undefined) => (value === undefined ? undefined : { value, origin: undefined });
  const ignores =
    ignoreFile?.ignoreregex ?? (ignoreText === undefined ? [] : [{ source: ignoreText, origin: undefined }]);
  return {
    ...plainSettings({ failregex: [] }),
    ...settings,
    ignoreregex: ignoreText === undefined ? settings.ignoreregex : ignores,
    datepattern: given(options.datepattern) ?? settings.datepattern,
    maxlines: given(options.maxlines) ?? settings.maxlines,
    logtimezone: given(options.timezone) ?? settings.logtimezone,
    logencoding: given(options.encoding) ?? settings.logencoding,
  };
}

function journalMatches(options: RegexOptions, subject: Subject): string[] {
  if (options.journalmatch !== undefined) return options.journalmatch.split(/\s+/).filter((word) => word !== '');
  if (subject.kind === 'regex') return [];
  return subject.settings.journalmatch.flatMap((words, index) => (index === 0 ? words : ['+', ...words]));
}

/** Matches of one part by line, without those on comments. */
function* byLine(matches: readonly ReadMatch[], skipComments: boolean): Generator<readonly ReadMatch[]> {
  for (let at = 0; at < matches.length; ) {
    const first = matches[at]!;
    const { line } = first.match;
    let past = at + 1;
    while (past < matches.length && matches[past]!.match.line === line) past++;
    if (!(skipComments && isComment(first.match))) yield matches.slice(at, past);
    at = past;
  }
}

const passesComments = (log: LogSource) => log.kind === 'file' || (log.kind === 'text' && log.several);

async function fullReport({ options, filter, log, now, out, workers }: Job, started: number): Promise<number> {
  const report = new Report(filter, options, log.kind !== 'journal' || filter.settings.datepattern !== undefined);
  const verdicts = new Verdicts(filter, now, false);
  const progress = new Progress();
  const skipComments = passesComments(log);
  const context = { now, all: options.checkAll, statistics: { keep: report.keep, skipComments } };
  let lines = 0;
  for await (const part of scanSource(log, { filter, context }, workers)) {
    const matches = await verdicts.prepare(part.result.matches);
    const judged: { verdict: Verdict; line: number }[] = [];
    for (const hits of byLine(matches, skipComments)) {
      const verdict = verdicts.of(hits[0]!);
      judged.push({ verdict, line: hits[0]!.match.line });
      report.hit(verdict, now);
      for (const other of hits.slice(1)) report.hit(verdicts.ofOther(other), now);
    }
    report.part(part, judged);
    lines += part.result.lines;
    progress.at(part.done, lines, report.matchedLines);
  }
  progress.end();
  const groups = options.verbose > 0 ? () => prefregexGroups(filter, log, context.now, skipComments, out) : undefined;
  await report.print(out, (performance.now() - started) / 1000, groups);
  await out.flush();
  return report.matchedLines;
}

/** `-o`: only what was asked for of each failure; lines that do not match cost nothing but their scan. */
async function tokens(job: Job): Promise<number> {
  const { options, filter, log, now, out } = job;
  if (options.invert) return await inverted(job);
  const token = options.out!;
  const json = token === 'json';
  const keepsLines = token === 'msg' || token === 'matches' || token.includes('<');
  // Where rows come ready, their sessions are remembered by whoever puts them out.
  const rows = token === 'row' && filter.maxlines === 1;
  const mostSessions = rows ? Number.POSITIVE_INFINITY : undefined;
  const keys = new RowKeys(filter, mostSessions);
  const write = json ? undefined : tokenWriter(token, filter, now, keys);
  const verdicts = new Verdicts(filter, now, keepsLines, mostSessions);
  const progress = new Progress();
  const counts = { lines: 0, matched: 0, failures: 0, nofail: 0 };
  const skipComments = passesComments(log);
  /** @param before lines of the log before the match's part */
  const judge = async (read: ReadMatch, before: number): Promise<void> => {
    const { match } = read;
    const verdict = verdicts.of(read);
    if (verdict.kind === 'failure') {
      counts.matched++;
      for (const found of verdict.found) {
        counts.failures++;
        if (write === undefined) out.line(failureJson(found, before + match.line + 1, false));
        else {
          const text = write(found);
          out.line(typeof text === 'string' ? text : await text);
        }
      }
    } else if (verdict.kind === 'nofail') {
      counts.nofail++;
      if (json) out.line(failureJson(verdict.found, before + match.line + 1, true));
      // A row shows the groups in the order in which the session came to know them.
      else if (token === 'row') write?.(verdict.found);
    }
    if (out.full) await out.flush();
  };
  const context = { now, rows, skipComments };
  let before = 0;
  const rowOutput = new RowOutput(verdicts, keys, out, async (read, hasRow) => {
    // A comment has no row.
    if (hasRow || !skipComments || !isComment(read.match)) await judge(read, before);
  });
  for await (const { result, line, done } of scanSource(log, { filter, context }, job.workers)) {
    before = line;
    if (result.rows !== undefined) counts.matched += await rowOutput.put(result.rows);
    for (const read of await verdicts.prepare(result.matches)) {
      if (!(skipComments && isComment(read.match))) await judge(read, line);
    }
    counts.lines += result.lines;
    progress.at(done, counts.lines, counts.matched);
  }
  progress.end();
  if (json) out.line(JSON.stringify({ summary: counts }));
  await out.flush();
  return counts.matched;
}

/** `-i`: the lines that are no failure, whole. */
async function inverted({ options, filter, log, now, out, workers }: Job): Promise<number> {
  if (options.out !== undefined && options.out !== 'msg') {
    throw new CliError('F2B_USAGE', `regex: -i prints whole lines: leave -o ${options.out} out, or write -o msg`);
  }
  const verdicts = new Verdicts(filter, now, false);
  const skipComments = passesComments(log);
  const statistics = { keep: Number.POSITIVE_INFINITY, skipComments };
  let matched = 0;
  for await (const { result } of scanSource(log, { filter, context: { now, statistics } }, workers)) {
    const matches = await verdicts.prepare(result.matches);
    const [counted] = result.statistics ?? [];
    const others = [...(counted?.missed.first ?? []), ...(counted?.ignored.first ?? [])].map(({ line, text }) => ({
      line,
      text,
    }));
    for (const hits of byLine(matches, skipComments)) {
      if (verdicts.of(hits[0]!).kind === 'failure') matched++;
      else others.push({ line: hits[0]!.match.line, text: lineText(hits[0]!.match.tuple) });
    }
    for (const { text } of others.sort((a, b) => a.line - b.line)) {
      out.line(text);
      if (out.full) await out.flush();
    }
  }
  await out.flush();
  return matched;
}
