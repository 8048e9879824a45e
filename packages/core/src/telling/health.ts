import { monitorEventLoopDelay } from 'node:perf_hooks';
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
  /** The longest that anything had to wait for the main thread. */
  readonly longestDelay: Milliseconds;
  /** Blocks that were scanned again because a worker died over them. */
  readonly blocksRedone: number;
}

/** Measures how long the event loop keeps its timers waiting. */
export interface LoopDelay {
  readonly longest: Milliseconds;
  stop(): void;
}

/** How often the event loop is looked at: often enough to see what a person could notice, seldom enough to cost nothing. */
const lookEvery: Milliseconds = 20;

export function measureLoopDelay(): LoopDelay {
  const histogram = monitorEventLoopDelay({ resolution: lookEvery });
  histogram.enable();
  return {
    get longest() {
      // What it records is the time between two looks.
      return histogram.count === 0 ? 0 : Math.max(0, histogram.max / 1e6 - lookEvery);
    },
    stop: () => void histogram.disable(),
  };
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
