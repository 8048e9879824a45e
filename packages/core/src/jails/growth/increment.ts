import type { EpochMs, GrowthSettings, Seconds } from '@f2b/config';
import { dropOldest } from '../book/bound.js';

/** What is known of earlier bans of one identifier. */
export interface BanRecord {
  /** How often it was banned. */
  readonly bancount: number;
  /** Start of the last ban: the time of its last failure. */
  readonly timeofban: EpochMs;
  readonly bantime: Seconds;
}

/** Bans of one identifier in several jails, as one record. */
export function addedUp(sum: BanRecord | undefined, { bancount, timeofban, bantime }: BanRecord): BanRecord {
  if (sum === undefined) return { bancount, timeofban: Math.max(0, timeofban), bantime };
  return {
    bancount: sum.bancount + bancount,
    timeofban: Math.max(sum.timeofban, timeofban),
    bantime: sum.bantime + bantime,
  };
}

/** The book of earlier bans: in memory here, on disk once there is a store. Lookups must be quick, they are made per failure. */
export interface BanHistory {
  /** @param jail undefined: over all jails (counts added up, latest time) */
  find(id: string, jail: string | undefined): BanRecord | undefined;
  record(id: string, jail: string, ban: BanRecord): void;
  /** Forgets somebody who was unbanned by hand. */
  forget(id: string, jail: string): void;
}

/** Growing ban times of one jail. */
export interface Increment {
  readonly overalljails: boolean;
  /** No ban is longer; undefined: as long as it grows. */
  readonly maxtime: Seconds | undefined;
  /** Ban time of somebody who was banned `bancount` times before; `random` is in [0, 1). */
  bantime(base: Seconds, bancount: number, random: number): Seconds;
}

/**
 * How ban times of a jail grow. fail2ban's rule: multipliers if there are any, else the formula but at least the jail's ban
 * time; then the cap; then up to `rndtime` at random.
 */
export function incrementOf(growth: GrowthSettings): Increment {
  const { factor, multipliers, formula, maxtime, rndtime } = growth;
  return {
    overalljails: growth.overalljails,
    maxtime,
    bantime(base, bancount, random) {
      let seconds: Seconds;
      if (multipliers.length > 0) {
        seconds = base * factor * multipliers[Math.min(bancount, multipliers.length - 1)]!;
      } else {
        const variables = new Map([
          ['ban.Time', base],
          ['ban.Count', bancount],
          ['banFactor', factor],
        ] as const);
        seconds = Math.max(base, formula?.evaluate(variables) ?? base * 2 ** Math.min(bancount, 20) * factor);
      }
      if (maxtime !== undefined) seconds = Math.min(seconds, maxtime);
      if (rndtime !== undefined) seconds += random * rndtime;
      // A formula that runs off to infinity or nonsense must not turn a ban into none.
      if (Number.isNaN(seconds)) return base;
      return Math.min(seconds, 1e11);
    },
  };
}

/**
 * How long a ban lasts that an earlier process made, by fail2ban's rule: no longer than the jail would ban now, so that whoever
 * lowers `bantime` shortens it; a higher one lengthens nothing. A ban whose time nobody wrote down gets the jail's.
 */
export function restoredBantime(
  written: Seconds,
  { bantime, increment }: { readonly bantime: Seconds; readonly increment: Increment | undefined },
): Seconds {
  const most = increment === undefined ? bantime : (increment.maxtime ?? -1);
  const lasts = written < -1 ? bantime : written;
  if (most < 0) return lasts;
  return lasts < 0 ? most : Math.min(lasts, most);
}

/** The weight of a failure of somebody who was banned `bancount` times: 2, 3, 5, 9, … but at most maxretry. */
export function weightOfKnownBad(bancount: number, maxretry: number): number {
  return Math.min(2 ** Math.min(bancount, 20) / 2 + 1, maxretry);
}

/** One jail's record of somebody, before that of the next jail: most are known to one jail alone. */
interface RecordOfJail extends BanRecord {
  readonly jail: string;
  readonly next: RecordOfJail | undefined;
}

/** A book of bans in memory. It holds so many identifiers at most; the one banned longest ago gives way. */
export class MemoryBanHistory implements BanHistory {
  readonly #records = new Map<string, RecordOfJail>();
  readonly #maxIds: number;

  constructor(maxIds = 100_000) {
    this.#maxIds = maxIds;
  }

  find(id: string, jail: string | undefined): BanRecord | undefined {
    let sum: BanRecord | undefined;
    for (let record = this.#records.get(id); record !== undefined; record = record.next) {
      if (record.jail === jail) return record;
      if (jail !== undefined) continue;
      sum = addedUp(sum, record);
    }
    return sum;
  }

  record(id: string, jail: string, ban: BanRecord): void {
    const { bancount, timeofban, bantime } = ban;
    const next = without(this.#records.get(id), jail);
    this.#records.delete(id);
    this.#records.set(id, { jail, bancount, timeofban, bantime, next });
    dropOldest(this.#records, this.#maxIds);
  }

  forget(id: string, jail: string): void {
    const left = without(this.#records.get(id), jail);
    if (left === undefined) this.#records.delete(id);
    else this.#records.set(id, left);
  }
}

function without(record: RecordOfJail | undefined, jail: string): RecordOfJail | undefined {
  if (record === undefined || record.jail === jail) return record?.next;
  return { ...record, next: without(record.next, jail) };
}
