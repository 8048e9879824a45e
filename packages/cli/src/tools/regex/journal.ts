import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { type LineMatch, matchLine, matchNextLine, newMultilineState } from '@f2b/matcher';
import { CliError } from '../../errors.js';
import type { LogPart, LogScan } from './log.js';

/** What to read of the journal. */
export interface JournalSource {
  /** Matches as journalctl takes them, `+` its own word; none: everything. */
  readonly matches: readonly string[];
  /** `journalpath`, `journalfiles`, `namespace` of `systemd-journal[...]`. */
  readonly args: ReadonlyMap<string, string>;
}

/** Entries that are judged before the results are passed on. */
const entriesPerPart = 1000;
/** An entry's text beyond this is passed over, like an overlong line of a file. */
const maxEntryChars = 64 * 1024;

/**
 * Scans the journal, from its beginning, through journalctl.
 * @throws CliError `F2B_JOURNAL` when there is no journalctl, or it fails
 */
export async function* scanJournal(source: JournalSource, scan: LogScan): AsyncGenerator<LogPart> {
  const words = ['--output=json', '--no-pager', '--quiet', '--all', ...journalOptions(source.args), ...source.matches];
  const child = spawn('journalctl', words, { stdio: ['ignore', 'pipe', 'pipe'] });
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    if (complaint.length < 2000) complaint += text;
  });
  const ended = new Promise<number | Error>((resolve) => {
    child.on('error', resolve);
    child.on('close', (code) => resolve(code ?? -1));
  });
  try {
    const judge = entryJudge(scan);
    let entries: JournalLine[] = [];
    let line = 0;
    const part = (): LogPart => {
      const result = judge(entries);
      const at = line;
      line += entries.length;
      entries = [];
      return { result, line: at, done: undefined };
    };
    for await (const json of createInterface({ input: child.stdout, crlfDelay: Number.POSITIVE_INFINITY })) {
      const entry = readEntry(json);
      if (entry === undefined) continue;
      entries.push(entry);
      if (entries.length >= entriesPerPart) yield part();
    }
    if (entries.length > 0) yield part();
    const code = await ended;
    if (code instanceof Error) throw absent(code);
    // journalctl ends with 1 when no entry matches.
    if (code !== 0 && complaint.trim() !== '') {
      throw new CliError('F2B_JOURNAL', `journalctl failed: ${complaint.trim().split('\n')[0]}`);
    }
  } finally {
    child.kill();
  }
}

function absent(error: Error): CliError {
  const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
  return new CliError(
    'F2B_JOURNAL',
    missing
      ? 'cannot read the journal: there is no journalctl on this host; give a log file instead of systemd-journal'
      : `cannot run journalctl: ${error.message}`,
  );
}

function journalOptions(args: ReadonlyMap<string, string>): string[] {
  const words: string[] = [];
  const path = args.get('journalpath');
  if (path !== undefined) words.push(`--directory=${path}`);
  for (const file of args.get('journalfiles')?.split(',') ?? [])
    if (file.trim() !== '') words.push(`--file=${file.trim()}`);
  const namespace = args.get('namespace');
  if (namespace !== undefined) words.push(`--namespace=${namespace}`);
  const flags = Number(args.get('journalflags') ?? 0);
  if ((flags & 4) !== 0) words.push('--system');
  if ((flags & 8) !== 0) words.push('--user');
  return words;
}

interface JournalLine {
  readonly time: number;
  readonly date: string;
  readonly text: string;
}

/** One entry as fail2ban's filters expect it: host, program with its process id, message. */
export function readEntry(json: string): JournalLine | undefined {
  let fields: Record<string, unknown>;
  try {
    fields = JSON.parse(json) as Record<string, unknown>;
  } catch {
    return undefined;
  }
  if (typeof fields !== 'object' || fields === null) return undefined;
  const field = (name: string): string => fieldText(fields[name]);
  const program = field('SYSLOG_IDENTIFIER') || field('_COMM');
  const pid = field('SYSLOG_PID') || field('_PID');
  const parts: string[] = [];
  if (field('_HOSTNAME') !== '') parts.push(field('_HOSTNAME'));
  if (program !== '') {
    parts.push(`${program}${/^\d+$/.test(pid) ? `[${pid}]` : ''}:`);
    if (program === 'kernel') {
      const monotonic = Number(field('_SOURCE_MONOTONIC_TIMESTAMP') || field('__MONOTONIC_TIMESTAMP'));
      parts.push(`[${(monotonic / 1e6).toFixed(6).padStart(12)}]`);
    }
  }
  parts.push(field('MESSAGE'));
  const micros = Number(field('_SOURCE_REALTIME_TIMESTAMP') || field('__REALTIME_TIMESTAMP'));
  const text = parts.join(' ').replaceAll('\n', '\\n');
  if (text.length > maxEntryChars || !Number.isFinite(micros) || micros > 8.64e18) return undefined;
  const time = Math.floor(micros / 1000);
  return { time, date: `${new Date(time).toISOString().slice(0, -1)} `, text };
}

/** A field is text, bytes, null where it is too large, or a list where the entry holds it several times. */
function fieldText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (!Array.isArray(value)) return '';
  if (value.every((one) => typeof one === 'number')) return Buffer.from(value as number[]).toString('utf8');
  return value.map(fieldText).join(' ');
}

/** Judges entries as a block scan judges lines; only the date is known already. */
function entryJudge({ filter, context }: LogScan): (entries: readonly JournalLine[]) => LogPart['result'] {
  const state = newMultilineState(filter, context.now);
  const options = { all: context.all === true };
  return (entries) => {
    const matches: LineMatch[] = [];
    const ignoreregex = filter.ignoreregex.map(() => 0);
    const ignored: { line: number; offset: number; text: string }[] = [];
    const missed: { line: number; offset: number; text: string }[] = [];
    const counts = { ignored: 0, missed: 0, prefregex: 0 };
    const keep = context.statistics?.keep ?? 0;
    for (const [line, { time, date, text }] of entries.entries()) {
      const tuple = ['', date, text] as const;
      const outcome =
        filter.maxlines > 1 ? matchNextLine(filter, state, tuple, options) : matchLine(filter, tuple, options);
      const common = { filter: 0, line, offset: 0, time, date: 'own', tuple, preceding: undefined } as const;
      for (const hit of outcome.hits) matches.push({ ...common, ...hit });
      if (outcome.prefregex) counts.prefregex++;
      if (outcome.ignored >= 0) {
        ignoreregex[outcome.ignored]!++;
        if (counts.ignored++ < keep) ignored.push({ line, offset: 0, text: date + text });
      } else if (outcome.hits.length === 0 && counts.missed++ < keep) {
        missed.push({ line, offset: 0, text: date + text });
      }
    }
    const statistics = context.statistics && [
      {
        lines: entries.length,
        prefregex: counts.prefregex,
        ignoreregex,
        dates: new Map<string, number>(),
        ignored: { count: counts.ignored, first: ignored },
        missed: { count: counts.missed, first: missed },
      },
    ];
    const none = { count: 0, first: [] };
    return { matches, lines: entries.length, statistics, overlong: none, refused: none };
  };
}
