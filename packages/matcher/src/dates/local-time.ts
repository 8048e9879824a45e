/** Local time of a place with summer time, between an instant and what the wall clock there shows. */
import type { EpochMs, Milliseconds } from '@f2b/config';
import { dayNumber } from './calendar.js';

/** What a wall clock shows, counted in milliseconds as if the clock were in Greenwich; may carry a fraction. */
export type WallMs = number;

/** A place's clock. */
export interface LocalTime {
  /**
   * The instant at which the clock shows `wall`. As C's mktime: a time shown twice is the later one, a time that is skipped
   * is counted with the offset before the jump.
   */
  toEpoch(wall: WallMs): EpochMs;
  /** What the clock shows at an instant. */
  toWall(epoch: EpochMs): WallMs;
}

const minuteLength: Milliseconds = 60_000;
const dayLength: Milliseconds = 86_400_000;

/**
 * A clock from its offsets.
 *
 * @param offsetAt milliseconds east of Greenwich at an instant
 */
export function localTime(offsetAt: (epoch: EpochMs) => Milliseconds): LocalTime {
  const convert = (wall: WallMs): EpochMs => {
    const before = offsetAt(wall - dayLength);
    const after = offsetAt(wall + dayLength);
    const early = wall - before;
    if (before === after) return early;
    const late = wall - after;
    const earlyHolds = offsetAt(early) === before;
    const lateHolds = offsetAt(late) === after;
    if (earlyHolds && lateHolds) return Math.max(early, late);
    return lateHolds ? late : early;
  };
  // Log lines come by the second while offsets change at whole minutes: the last minute's offset is kept.
  let cachedMinute = Number.NaN;
  let cachedOffset: Milliseconds = 0;
  let shownMinute = Number.NaN;
  let shownOffset: Milliseconds = 0;
  return {
    toEpoch(wall) {
      const minute = Math.floor(wall / minuteLength);
      if (minute !== cachedMinute) {
        const start = minute * minuteLength;
        cachedOffset = start - convert(start);
        cachedMinute = minute;
      }
      return wall - cachedOffset;
    },
    toWall(epoch) {
      const minute = Math.floor(epoch / minuteLength);
      if (minute !== shownMinute) {
        shownOffset = offsetAt(minute * minuteLength);
        shownMinute = minute;
      }
      return epoch + shownOffset;
    },
  };
}

/** The clock of this process (`TZ`, else /etc/localtime). */
export function processLocalTime(): LocalTime {
  return localTime((epoch) => -new Date(epoch).getTimezoneOffset() * minuteLength);
}

/**
 * The clock of a zone by its name in the time zone database, for example `Europe/Zurich`.
 *
 * @throws RangeError when there is no such zone
 */
export function namedLocalTime(zone: string): LocalTime {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  return localTime((epoch) => {
    const second = Math.floor(epoch / 1000) * 1000;
    const shown = new Map<string, number>();
    for (const { type, value } of format.formatToParts(second)) shown.set(type, Number(value));
    const part = (name: string): number => shown.get(name) ?? 0;
    const day = dayNumber(part('year'), part('month'), part('day'));
    return day * dayLength + ((part('hour') * 60 + part('minute')) * 60 + part('second')) * 1000 - second;
  });
}
