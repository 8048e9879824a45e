import type { Bytes, EpochMs } from '@f2b/config';
import type { CompiledFilter } from '@f2b/matcher';
import type { Files } from '../sources/files/files.js';
import { type DateOf, seekToTime } from '../sources/files/seek.js';

/** Reads dates the way a filter does; undefined for a line without one. */
export function dateReader({ dating, encoding }: CompiledFilter, now: EpochMs): DateOf {
  const ranking = dating.newRanking(now);
  return (line) => {
    const time = dating.time(dating.cut(encoding.decode(line), ranking), now);
    return Number.isNaN(time) ? undefined : time;
  };
}

/** Where a jail begins in a log that is there at its start: `tail` at the end, else where findtime begins. */
export function startingPoint(
  log: { readonly fd: number; readonly size: Bytes; readonly from: 'head' | 'tail' },
  files: Files,
  filter: CompiledFilter,
  since: EpochMs,
  now: EpochMs,
): Bytes {
  if (log.from === 'tail') return log.size;
  const read = (into: Uint8Array, position: Bytes) => files.read(log.fd, into, position);
  return seekToTime(read, log.size, since, dateReader(filter, now), filter.encoding);
}
