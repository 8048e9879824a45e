import { type Finding, formatOrigin } from '@f2b/config';
import { entryLines } from '@f2b/core';
import {
  type CompiledFilter,
  compileFilter,
  FilterError,
  type MatchSettings,
  plainSettings,
  type Regex,
  readUsedns,
  type ScanPool,
} from '@f2b/matcher';
import type { Flags } from '../../commandline/flags.js';
import { CliError } from '../../errors.js';
import { printable, printableText } from '../../printable.js';
import { runBriefly } from './brief.js';
import { chooseDirectory } from './config-directory.js';
import { headerLines } from './header.js';
import { logHint } from './log-hint.js';
import { isJournal, type LogSource, logSource } from './log-source.js';
import type { RegexOptions } from './options.js';
import { Output, ReaderGone } from './output.js';
import { writePrefregexGroups } from './prefregex-groups.js';
import { Progress } from './progress.js';
import { scanSource } from './scan-source.js';
import { InvertedLines } from './sink/inverted.js';
import { PrintedFailures } from './sink/printed.js';
import { Report } from './sink/report.js';
import type { Sink } from './sink/sink.js';
import { isSmallFile } from './small-log.js';
import { findSubject, ignoreregexFile, type Subject } from './subject.js';

/** Exit code of whatever keeps the test from being run, fail2ban-regex's. */
const refused = 255;

/** One run, understood. */
interface Job {
  readonly options: RegexOptions;
  readonly filter: CompiledFilter;
  /** Dates are looked for in the lines, or are to be told of all the same. */
  readonly readsDates: boolean;
  readonly log: LogSource;
  readonly now: number;
  readonly out: Output;
  readonly workers: ScanPool | undefined;
}

/**
 * Runs `f2b regex`.
 * @param workers for a log that is worth them, see `workersWorth`
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
  const started = process.uptime();
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
  const known = new Map<string, Regex>();
  const compile = (of: MatchSettings) =>
    compileFilter(of, {
      known,
      thisYear: new Date(now).getFullYear(),
      ...(options.usedns === undefined ? {} : { usedns: readUsedns(options.usedns) }),
    });
  let filter: CompiledFilter | undefined;
  let broken: FilterError | undefined;
  try {
    if (options.maxlines !== undefined && options.maxlines < 1)
      throw new CliError('F2B_USAGE', 'regex: -L takes 1 or more lines');
    filter = compile(settings);
  } catch (error) {
    if (!(error instanceof FilterError)) throw error;
    broken = error;
  }
  const matches = journalMatches(options, subject);
  const log = logSource(logText, matches, filter?.maxlines ?? 1);
  const hint = logHint(log, logText);
  if (hint !== undefined) process.stderr.write(`f2b: ${hint}\n`);
  const ignoreregex = ignoreText === undefined ? undefined : { text: ignoreText, isFile: fileIgnores !== undefined };
  const encoding = options.encoding ?? settings.logencoding?.value ?? 'UTF-8';
  const reports = options.out === undefined && !options.invert;
  if (reports) {
    const shown = encoding.toLowerCase() === 'auto' ? 'UTF-8' : encoding;
    for (const line of headerLines({ options, subject, ignoreregex, filter, log, encoding: shown })) out.line(line);
  }
  if (filter === undefined) return await refuse(broken!, out, reports);
  if (filter.failregex.length === 0) {
    await out.flush();
    throw new CliError('F2B_NO_FAILREGEX', `there is no failregex in ${printable(regexText)}: nothing could match`);
  }
  const readsDates = log.kind !== 'journal' || filter.settings.datepattern !== undefined;
  const forLines = log.kind === 'journal' ? compile(entryLines(settings)) : filter;
  const job = { options, filter: forLines, readsDates, log, now, out, workers };
  try {
    await out.flush();
    const sink = sinkFor(job, started);
    if (log.kind === 'text' || (log.kind === 'file' && isSmallFile(log.path))) runBriefly();
    await scanInto(sink, job);
    return options.strict && sink.matched === 0 ? 1 : 0;
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

/** fail2ban-regex passes over comments and empty lines of what it reads line by line. */
const passesComments = (log: LogSource) => log.kind === 'file' || (log.kind === 'text' && log.several);

function sinkFor({ options, filter, readsDates: datesRead, log, now, out }: Job, started: number): Sink {
  const common = { filter, now, out, skipComments: passesComments(log) };
  if (options.invert) {
    if (options.out !== 'json' && options.out !== 'row') return new InvertedLines({ ...common, token: options.out });
    throw new CliError('F2B_USAGE', `regex: -i has no failures to print with -o ${options.out}: write -o msg, or tags`);
  }
  if (options.out !== undefined) return new PrintedFailures({ ...common, token: options.out });
  const showsGroups = options.verbose > 0;
  const prefregexGroups = showsGroups
    ? () => writePrefregexGroups(filter, log, now, common.skipComments, out)
    : undefined;
  return new Report({ ...common, options, datesRead, started, prefregexGroups });
}

async function scanInto(sink: Sink, { filter, log, now, workers }: Job): Promise<void> {
  const progress = new Progress();
  let lines = 0;
  for await (const part of scanSource(log, { filter, context: { now, ...sink.wants } }, workers)) {
    await sink.take(part);
    lines += part.result.lines;
    progress.at(part.done, lines, sink.matched);
  }
  progress.end();
  await sink.end();
}
