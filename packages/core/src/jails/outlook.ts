import { type EpochMs, roundHalfEven, type Seconds } from '@f2b/config';
import { type Ban, endOf, timesBanned } from './book/bans.js';
import type { FailureCount } from './book/failures.js';
import { type BanRecord, weightOfKnownBad } from './growth/increment.js';
import type { Rules } from './rules.js';
import type { IgnoredBy } from './who/ignore.js';

/** How somebody stands with a jail, and what their next failure would do. */
export interface Outlook {
  /** By which rule they are ignored: nothing is counted. */
  readonly ignored: IgnoredBy | undefined;
  /** The ban in force, with the lines that led to it (hostile text). */
  readonly ban:
    | {
        readonly since: EpochMs;
        /** Infinite for one that never ends. */
        readonly until: EpochMs;
        readonly bancount: number;
        readonly failures: number;
        readonly lines: readonly string[];
      }
    | undefined;
  /** What is counted at the moment, by fail2ban's rate: failures that come too slowly count for less. */
  readonly counted: number;
  readonly maxretry: number;
  readonly findtime: Seconds;
  /** Failures that are missing for a ban, if they come now; 1: the next one bans. */
  readonly missing: number;
  /** When what is counted is forgotten if nothing more comes; undefined while nothing is. */
  readonly forgottenAt: EpochMs | undefined;
  /** The lines that are counted (hostile text). */
  readonly lines: readonly string[];
  /** Bans so far in this jail. */
  readonly bancount: number;
  /** When the last of these bans began. */
  readonly lastBan: EpochMs | undefined;
  /** How long the next ban would last; negative: for ever. A random part is left out. */
  readonly nextBantime: Seconds;
}

/** What the book says of somebody. */
export interface Known {
  readonly ignored: IgnoredBy | undefined;
  readonly count: Readonly<FailureCount> | undefined;
  readonly ban: Readonly<Ban> | undefined;
  /** Earlier bans in this jail, and those by which ban times grow. */
  readonly record: BanRecord | undefined;
  readonly growing: BanRecord | undefined;
}

/** Looks ahead without counting anything. */
export function outlookOf({ ignored, count, ban, record, growing }: Known, rules: Rules, now: EpochMs): Outlook {
  const { maxretry, findtime, increment, bantime } = rules;
  const window = now - findtime * 1000;
  const counting = count !== undefined && count.time > window ? count : undefined;
  const counted = counting === undefined ? 0 : scaled(counting, now, findtime);
  const weight = increment === undefined || record === undefined ? 1 : weightOfKnownBad(record.bancount, maxretry);
  return {
    ignored,
    ban: ban && {
      since: ban.since,
      until: endOf(ban),
      bancount: timesBanned(ban),
      failures: ban.failures,
      lines: ban.matches,
    },
    counted,
    maxretry,
    findtime,
    missing: Math.max(1, Math.ceil((maxretry - counted) / Math.max(1, Math.floor(weight)))),
    forgottenAt: counting && counting.time + findtime * 1000,
    lines: counting?.matches ?? [],
    bancount: record?.bancount ?? 0,
    lastBan: record?.timeofban,
    nextBantime:
      increment === undefined || growing === undefined || bantime < 0
        ? bantime
        : Math.trunc(increment.bantime(bantime, growing.bancount, 0)),
  };
}

/** The count as the next failure would find it: what came more slowly than findtime allows is scaled down. */
function scaled({ retry, firstTime }: Readonly<FailureCount>, now: EpochMs, findtime: Seconds): number {
  if (firstTime >= now - findtime * 1000) return retry;
  return roundHalfEven((retry / ((now - firstTime) / 1000)) * findtime);
}
