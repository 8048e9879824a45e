import type { Milliseconds } from '@f2b/config';
import type { ScanResult } from '@f2b/matcher';

/** How the guard fares, in figures that only grow. All are counted since it was started. */
export interface GuardHealth {
  /** Lines that were read and searched, of all logs. */
  readonly linesRead: number;
  /** Lines longer than `maxLineBytes`: skipped whole. */
  readonly linesSkipped: number;
  /** Lines that an expression refused to judge because its step budget ran out. */
  readonly linesRefused: number;
  /** Candidate lines that are not valid in their log's encoding. */
  readonly linesUndecodable: number;
  /** The longest that anything had to wait for the main thread while there was work. */
  readonly longestDelay: Milliseconds;
  /** Blocks that were scanned again because a worker died over them. */
  readonly blocksRedone: number;
}

/** Counts for `GuardHealth` what came out of the scans. */
export class LineCounts {
  read = 0;
  skipped = 0;
  refused = 0;
  undecodable = 0;

  add({ lines, overlong, refused, undecodable }: ScanResult): void {
    this.read += lines;
    this.skipped += overlong.count;
    this.refused += refused.count;
    this.undecodable += undecodable.count;
  }
}

/** What the event of a scan says of its lines. */
export function scannedLines({ bytes, lines, matches, overlong, refused, undecodable }: ScanResult) {
  const notUnderstood = overlong.count + refused.count + undecodable.count;
  return { bytes, lines, matched: matches.length, notUnderstood };
}
