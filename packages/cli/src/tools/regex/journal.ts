import type { Bytes } from '@f2b/config';
import { entriesAsLines, entryOf, JournalMatches, journalWhere, readJournal } from '@f2b/core';
import { BlocksScan, type LogPart, type LogScan } from './log.js';

/** What to read of the journal. */
export interface JournalSource {
  /** Words of the matches, `+` its own word; none: everything. */
  readonly matches: readonly string[];
  /** What stands in the brackets of `systemd-journal[...]`. */
  readonly args: ReadonlyMap<string, string>;
}

/** What is scanned at once: enough that what each scan costs beside its lines does not count. */
const bytesPerPart: Bytes = 256 * 1024;

/**
 * Scans the journal, from its beginning: its entries as lines, as the daemon does.
 * @param scan with a filter for such lines, see `entryLines`
 * @throws CoreError `F2B_JOURNAL` when there is no journalctl, or it fails; the errors of matches and options
 */
export async function* scanJournal(source: JournalSource, scan: LogScan): AsyncGenerator<LogPart> {
  const query = { where: journalWhere(source.args), matches: new JournalMatches([source.matches]) };
  const scanner = new BlocksScan(scan);
  let waiting: Buffer[] = [];
  let size: Bytes = 0;
  const part = (): LogPart => {
    const lines = Buffer.concat(waiting);
    waiting = [];
    size = 0;
    return scanner.part(lines);
  };
  for await (const several of readJournal(query)) {
    // Bytes at once: the texts would hold on to all that journalctl said.
    const lines = Buffer.from(entriesAsLines(several.flatMap((fields) => entryOf(fields) ?? [])));
    waiting.push(lines);
    size += lines.length;
    if (size >= bytesPerPart) yield part();
  }
  if (size > 0) yield part();
  yield* scanner.end();
}
