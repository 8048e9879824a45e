import type { ScanPool } from '@f2b/matcher';
import { scanJournal } from './journal.js';
import { type LogPart, type LogScan, scanLog, scanText } from './log.js';
import type { LogSource } from './log-source.js';

/** The parts of the log, whatever it is. */
export function scanSource(
  log: LogSource,
  scan: LogScan,
  workers?: ScanPool,
): Iterable<LogPart> | AsyncIterable<LogPart> {
  switch (log.kind) {
    case 'file':
      return scanLog(log.path, scan, workers);
    case 'journal':
      return scanJournal(log, scan);
    case 'text':
      return scanText(log.text, scan);
  }
}
