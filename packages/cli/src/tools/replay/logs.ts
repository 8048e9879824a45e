import { statSync } from 'node:fs';
import type { EpochMs } from '@f2b/config';
import type { CompiledFilter, LineMatch, ScanPool } from '@f2b/matcher';
import { compressionOf } from '../regex/compression.js';
import { type LogPart, type LogScan, scanBlocks, scanLog } from '../regex/log.js';
import { gunzipLines } from './gunzip.js';

/** What a log that goes back in time by more than this says of the present is not believed. */
const tolerance = 60_000;

/** A matching line, and when it was written as far as the log tells. */
interface DatedMatch {
  readonly match: LineMatch;
  readonly time: EpochMs;
}

/** What is counted while logs are read. */
export interface ReadingCounts {
  lines: number;
  /** Lines that are over the cap, or that an expression gave up. */
  passedOver: number;
  matches: number;
}

export interface LogsToRead {
  readonly paths: readonly string[];
  readonly filter: CompiledFilter;
  readonly workers: ScanPool | undefined;
  /** The present. */
  readonly now: EpochMs;
  readonly counts: ReadingCounts;
  progress(done: number | undefined): void;
}

/**
 * Hands out the matching lines of several logs in the order of their dates, each with what the time was when it was written. A line that
 * claims to be of a later time than the next one of its log does not move that time: a clock that jumped, or a forged date.
 */
export async function readInTime(logs: LogsToRead, judge: (match: LineMatch, now: EpochMs) => void): Promise<void> {
  const heads = logs.paths.map((path) => new LogHead(matchesOf(path, logs)));
  for (const head of heads) await head.more();
  let present = Number.NEGATIVE_INFINITY;
  for (let first = earliest(heads); first !== undefined; first = earliest(heads)) {
    const { match, time } = first.current!;
    if (!first.next()) await first.more();
    const following = first.current?.time ?? time;
    const believed = time <= present + tolerance || following >= time - tolerance;
    if (believed && time > present) present = Math.min(time, logs.now);
    judge(match, Number.isFinite(present) ? present : Math.min(time, logs.now));
  }
}

/** One log, at one of its matching lines. */
class LogHead {
  readonly #matches: AsyncGenerator<readonly DatedMatch[]>;
  #part: readonly DatedMatch[] = [];
  #at = 0;

  constructor(matches: AsyncGenerator<readonly DatedMatch[]>) {
    this.#matches = matches;
  }

  /** Undefined: the log is at its end. */
  get current(): DatedMatch | undefined {
    return this.#part[this.#at];
  }

  /** @returns whether the next match is there already */
  next(): boolean {
    return ++this.#at < this.#part.length;
  }

  /** Reads on to the next match. */
  async more(): Promise<void> {
    do {
      const { done, value } = await this.#matches.next();
      this.#part = done ? [] : value;
      this.#at = 0;
      if (done) return;
    } while (this.#part.length === 0);
  }
}

function earliest(heads: readonly LogHead[]): LogHead | undefined {
  let first: LogHead | undefined;
  for (const head of heads) {
    if (head.current !== undefined && head.current.time < (first?.current?.time ?? Number.POSITIVE_INFINITY))
      first = head;
  }
  return first;
}

async function* matchesOf(path: string, logs: LogsToRead): AsyncGenerator<readonly DatedMatch[]> {
  const { counts, now } = logs;
  // A line without a date of its own goes by those before it; before the first date of a log the present of the file is all that is known.
  let last: EpochMs | undefined;
  for await (const { result, done } of partsOf(path, logs)) {
    counts.lines += result.lines;
    counts.matches += result.matches.length;
    counts.passedOver += result.overlong.count + result.refused.count;
    logs.progress(done);
    yield result.matches.map((match) => {
      const own = match.date === 'own' && Number.isFinite(match.time) ? match.time : match.preceding?.time;
      last = own ?? last;
      return { match, time: last ?? now };
    });
  }
}

async function* partsOf(path: string, { filter, workers, now }: LogsToRead): AsyncGenerator<LogPart> {
  const scan = { filter, context: { now: path === '-' ? now : writtenBefore(path, now) } };
  if (path !== '-' && compressionOf(path)?.name === 'gzip') yield* scanUnpacked(path, scan);
  else yield* scanLog(path, scan, workers);
}

/** One scan for all blocks: what it looks for is chosen once. */
async function* scanUnpacked(path: string, scan: LogScan): AsyncGenerator<LogPart> {
  let block: Buffer = Buffer.alloc(0);
  const parts = scanBlocks(
    (function* () {
      for (;;) yield block;
    })(),
    scan,
  );
  for await (block of gunzipLines(path, scan.filter.encoding)) yield parts.next().value as LogPart;
}

/** Dates that leave out their year are of the last one before the file was last changed. */
function writtenBefore(path: string, now: EpochMs): EpochMs {
  const changed = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
  return changed === undefined ? now : Math.min(now, Math.ceil(changed));
}
