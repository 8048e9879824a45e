import type { ScanContext } from '@f2b/matcher';
import type { LogPart } from '../log.js';

/** Takes what a scan found, one part of the log after the other, and makes of it what was asked for. */
export interface Sink {
  /** What the scan is to find out for it. */
  readonly wants: Omit<ScanContext, 'now'>;
  /** Lines that matched, so far. */
  readonly matched: number;
  take(part: LogPart): Promise<void>;
  /** The log is read: what is left is printed. */
  end(): Promise<void>;
}
