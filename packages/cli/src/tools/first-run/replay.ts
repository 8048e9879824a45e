import { appendFileSync } from 'node:fs';
import type { EpochMs } from '@f2b/config';
import { type SampleLine, type SampleLog, stampLine } from './sample.js';

/** The clock and the timer that a replay runs on. */
export interface ReplayClock {
  now(): EpochMs;
  /** @returns how to call it off. */
  after(milliseconds: number, run: () => void): () => void;
}

const systemClock: ReplayClock = {
  now: Date.now,
  after(milliseconds, run) {
    const timer = setTimeout(run, milliseconds);
    return () => clearTimeout(timer);
  },
};

/**
 * Appends the sample's lines to their logs, each when its time has come, stamped with the present.
 * @returns how to stop it early.
 */
export function replay(
  lines: readonly SampleLine[],
  files: Readonly<Record<SampleLog, string>>,
  onEnd: () => void,
  clock: ReplayClock = systemClock,
): () => void {
  const began = clock.now();
  let next = 0;
  let cancel = () => {};
  const step = () => {
    const now = clock.now();
    for (let line = lines[next]; line !== undefined && began + line.at <= now; line = lines[next]) {
      appendFileSync(files[line.log], stampLine(line, now));
      next += 1;
    }
    const following = lines[next];
    if (following === undefined) onEnd();
    else cancel = clock.after(Math.max(1, began + following.at - clock.now()), step);
  };
  step();
  return () => cancel();
}
