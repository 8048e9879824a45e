import type { EpochMs, Milliseconds, Seconds, VoiceMessage } from '@f2b/config';
import type { Origin } from '../../sources/source.js';
import { formatDuration } from './duration.js';

/** A log that is read live may lag or lead the clock by this much before its dates are mistrusted (fail2ban's limit). */
const tolerance: Milliseconds = 60_000;
/** A shift of an hour, less a little, is rather a wrong time zone than a slow writer. */
const zoneShift: Milliseconds = 3_300_000;
const warningEvery: Milliseconds = 86_400_000;
/** Zones lie whole quarters of an hour apart. */
const quarter: Milliseconds = 900_000;
/** So many lines in a row that are off by the same zone are no accident. */
const linesForZone = 3;

/** The part of a match that its time is decided on. */
export interface DatedLine {
  readonly time: EpochMs;
  /** `own`: the line's date converted; `empty`: the pattern matched nothing on purpose; `none`: no usable date. */
  readonly date: 'own' | 'empty' | 'none';
  readonly tuple: readonly [before: string, date: string, after: string];
  /** For a line without a date of its own: the nearest dated line before it. */
  readonly preceding?: { readonly time: EpochMs; readonly text: string } | undefined;
}

/** When the line is read: the present, and whether the end of its log has been reached before ("in operation"). */
export interface Reading {
  readonly now: EpochMs;
  readonly inOperation: boolean;
  /** Where the line stands; undefined for one that is no log's. */
  readonly origin?: Origin | undefined;
}

export interface TimedLine {
  readonly time: EpochMs;
  readonly tuple: readonly [before: string, date: string, after: string];
}

/**
 * Which time a line counts for. One per jail: all logs of a jail share the last date, as in fail2ban. In operation, a date
 * more than a minute off is replaced by the present; while old content is read, what is older than findtime is skipped.
 */
export class LineTime {
  readonly #jail: string;
  #lastDate: EpochMs = Number.NEGATIVE_INFINITY;
  #lastText = '';
  readonly #warnedAt = new Map<string, EpochMs>();
  /** By how many quarters of an hour the last lines were off, and how many of them. */
  #skew = { quarters: 0, lines: 0 };

  constructor(jail: string) {
    this.#jail = jail;
  }

  /**
   * @param findtime the jail's window
   * @param warn takes warnings; each kind comes at most once a day
   * @returns undefined when the line is to be dropped
   */
  of(
    line: DatedLine,
    reading: Reading,
    findtime: Seconds,
    warn: (message: VoiceMessage) => void,
  ): TimedLine | undefined {
    const { now, inOperation } = reading;
    // Cut out of the scan's result each time that it is asked for.
    const { tuple } = line;
    if (line.date === 'own' && Number.isFinite(line.time)) {
      let time = line.time;
      if (inOperation && Math.abs(time - now) > tolerance) {
        this.#warnOfShift(time, now, warn);
        this.#noticeZone(time, now, warn);
        time = now;
      } else if (!inOperation && time < now - findtime * 1000) {
        this.#warnOnce('old', now, warn, () => {
          return `Ignoring all log entries older than ${formatDuration(findtime)}; these are probably messages generated while f2b was not running`;
        });
        return undefined;
      }
      this.#lastDate = time;
      this.#lastText = tuple[1];
      return { time: Math.min(time, now), tuple };
    }
    if (line.preceding !== undefined) {
      const { time, text } = line.preceding;
      const shifted = inOperation && Math.abs(time - now) > tolerance;
      this.#lastDate = shifted ? now : time;
      this.#lastText = text;
    }
    if (this.#lastDate > now - tolerance) {
      return { time: Math.min(this.#lastDate, now), tuple: ['', this.#lastText, tuple.join('')] };
    }
    if (line.date === 'empty' || inOperation) return { time: now, tuple };
    this.#warnOnce('undated', now, warn, () => {
      return 'Found a match but no valid date/time in it: the line is dropped. Set datepattern in the filter, or check the line with f2b regex';
    });
    return undefined;
  }

  /** A log that is written in another zone is off by the same hours in every line: what mends that is said once. */
  #noticeZone(time: EpochMs, now: EpochMs, warn: (message: VoiceMessage) => void): void {
    const quarters = Math.round((time - now) / quarter);
    const isZone = quarters !== 0 && Math.abs(time - now - quarters * quarter) <= tolerance;
    const isSame = isZone && quarters === this.#skew.quarters;
    this.#skew = { quarters: isZone ? quarters : 0, lines: isSame ? this.#skew.lines + 1 : 1 };
    if (!isZone || this.#skew.lines < linesForZone) return;
    this.#warnOnce('zone', now, warn, () => {
      const zone = zoneName(quarters * 15 - new Date(now).getTimezoneOffset());
      return (
        `The log's dates are always ${formatDuration(Math.abs(quarters) * 900)} ${quarters < 0 ? 'behind' : 'ahead of'} the clock: ` +
        `it is written in another zone. Write into the jail: logtimezone = ${zone}`
      );
    });
  }

  #warnOfShift(time: EpochMs, now: EpochMs, warn: (message: VoiceMessage) => void): void {
    const off = Math.abs(time - now);
    const side = time < now ? 'before' : 'after';
    const cause = time > now || off >= zoneShift ? 'timezone' : 'latency';
    this.#warnOnce(`shift-${cause}`, now, warn, () => {
      return (
        `Detected a log entry ${formatDuration(off / 1000)} ${side} the current time in operation mode. ` +
        `This looks like a ${cause} problem. Treating such entries as if they just happened.`
      );
    });
  }

  #warnOnce(kind: string, now: EpochMs, warn: (message: VoiceMessage) => void, text: () => string): void {
    const last = this.#warnedAt.get(kind);
    if (last !== undefined && Math.abs(now - last) < warningEvery) return;
    this.#warnedAt.set(kind, now);
    warn({ logger: 'fail2ban.filter', level: 'WARNING', message: `[${this.#jail}] ${text()}` });
  }
}

/** As `logtimezone` wants it: `UTC+0530`. */
function zoneName(minutesEast: number): string {
  const off = Math.abs(minutesEast);
  const two = (value: number) => String(value).padStart(2, '0');
  return `UTC${minutesEast < 0 ? '-' : '+'}${two(Math.floor(off / 60))}${two(off % 60)}`;
}
