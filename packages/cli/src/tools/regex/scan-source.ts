import type { ScanPool } from '@f2b/matcher';
import { type LogPart, type LogScan, scanLog, scanText } from './log.js';
import type { LogSource } from './log-source.js';

/** The parts of the log, whatever it is. */
export async function* scanSource(log: LogSource, scan: LogScan, workers?: ScanPool): AsyncGenerator<LogPart> {
  switch (log.kind) {
    case 'file':
      yield* scanLog(log.path, scan, workers);
      return;
    case 'journal': {
      // The reader of the journal is loaded for it alone.
      const { scanJournal } = await import('./journal.js');
      yield* scanJournal(log, scan);
      return;
    }
    case 'text':
      yield* scanText(log.text, scan);
  }
}
