import type { EpochMs, Milliseconds, Seconds, VoiceMessage } from '@f2b/config';
import type { Origin } from '../../sources/source.js';
import { formatDuration } from './duration.js';

/** A log that is read live may lag or lead the clock by this much before its dates are mistrusted (fail2ban's limit). */
const tolerance: Milliseconds = 60_000;
/** A shift of an hour, less a little, is rather a wrong time zone than a slow writer. */
const zoneShift: Milliseconds = 3_300_000;
const warningEvery: Milliseconds = 86_400_000;

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
