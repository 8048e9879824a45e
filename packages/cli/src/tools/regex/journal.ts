import { entryOf, JournalMatches, journalWhere, readJournal } from '@f2b/core';
import { type LineMatch, matchLine, matchNextLine, newMultilineState, StatisticsCounter } from '@f2b/matcher';
import type { LogPart, LogScan } from './log.js';

/** What to read of the journal. */
export interface JournalSource {
  /** Words of the matches, `+` its own word; none: everything. */
  readonly matches: readonly string[];
  /** What stands in the brackets of `systemd-journal[...]`. */
  readonly args: ReadonlyMap<string, string>;
}

/** Entries that are judged before the results are passed on. */
const entriesPerPart = 1000;

/**
 * Scans the journal, from its beginning.
 * @throws CoreError `F2B_JOURNAL` when there is no journalctl, or it fails; the errors of matches and options
 */
export async function* scanJournal(source: JournalSource, scan: LogScan): AsyncGenerator<LogPart> {
  const query = { where: journalWhere(source.args), matches: new JournalMatches([source.matches]) };
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
  for await (const several of readJournal(query)) {
    for (const fields of several) {
      const entry = entryOf(fields);
      if (entry !== undefined) entries.push(entry);
    }
    if (entries.length >= entriesPerPart) yield part();
  }
  if (entries.length > 0) yield part();
}

interface JournalLine {
  readonly time: number;
  readonly date: string;
  readonly text: string;
}

/** Judges entries as a block scan judges lines; only the date is known already. */
function entryJudge({ filter, context }: LogScan): (entries: readonly JournalLine[]) => LogPart['result'] {
  const state = newMultilineState(filter, context.now);
  const options = { all: context.all === true };
  return (entries) => {
    const matches: LineMatch[] = [];
    const counter = context.statistics && new StatisticsCounter(filter, context.statistics);
    for (const [line, { time, date, text }] of entries.entries()) {
      const tuple = ['', date, text] as const;
      const outcome =
        filter.maxlines > 1 ? matchNextLine(filter, state, tuple, options) : matchLine(filter, tuple, options);
      const common = { filter: 0, line, offset: 0, time, date: 'own', tuple, preceding: undefined } as const;
      for (const hit of outcome.hits) matches.push({ ...common, ...hit });
      counter?.add(outcome, line, () => date + text);
    }
    const statistics = counter && [counter.taken()];
    const none = { count: 0, first: [] };
    return { matches, lines: entries.length, statistics, overlong: none, refused: none };
  };
}
