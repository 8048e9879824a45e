import type { EpochMs, Seconds } from '@f2b/config';
import type { Groups } from '@f2b/matcher';
import type { Identifier } from '../who/identifier.js';

/** A ban in force. */
export interface Ban {
  readonly who: Identifier;
  /** Time of the last failure; the ban time counts from here. */
  readonly time: EpochMs;
  /** When the ban was put into the book. */
  readonly since: EpochMs;
  /** Negative: for ever. */
  bantime: Seconds;
  bancount: number;
  readonly failures: number;
  readonly matches: readonly string[];
  readonly data: Groups;
  readonly restored: boolean;
}

/** What becomes of a ban that is asked for. */
export type BanResult =
  | { readonly kind: 'new'; readonly ban: Ban }
  /** Its end has passed already (old log lines, or a ban time of 0). */
  | { readonly kind: 'expired' }
  /** Somebody is banned twice; `prolonged` when the new end is later than the old one. */
  | { readonly kind: 'already'; readonly ban: Ban; readonly prolonged: boolean };

/** End of a ban; infinite for a permanent one. */
export function endOf(ban: { readonly time: EpochMs; readonly bantime: Seconds }): EpochMs {
  return ban.bantime < 0 ? Number.POSITIVE_INFINITY : ban.time + ban.bantime * 1000;
}

/** The bans of one jail, by identifier in the order they came, and by their ends. */
export class Bans {
  readonly #bans = new Map<string, Ban>();
  readonly #expiry = new ExpiryHeap();
  #total = 0;

  /** `Currently banned`. */
  get current(): number {
    return this.#bans.size;
  }

  /** `Total banned`: all bans ever, restored ones included. */
  get total(): number {
    return this.#total;
  }

  get(id: string): Readonly<Ban> | undefined {
    return this.#bans.get(id);
  }

  /** Bans in the order in which they came. */
  list(): readonly Readonly<Ban>[] {
    return [...this.#bans.values()];
  }

  add(ban: Ban, now: EpochMs): BanResult {
    if (endOf(ban) < now) return { kind: 'expired' };
    const known = this.#bans.get(ban.who.id);
    if (known !== undefined) return { kind: 'already', ban: known, prolonged: this.#merge(known, ban) };
    this.#total++;
    this.#bans.set(ban.who.id, ban);
    this.#expiry.push(endOf(ban), ban.who.id);
    return { kind: 'new', ban };
  }

  remove(id: string): Ban | undefined {
    const ban = this.#bans.get(id);
    this.#bans.delete(id);
    this.#expiry.compact(this.#bans.size, (end, candidate) => this.#isEnd(end, candidate));
    return ban;
  }

  /** Takes out all bans that have ended: the present is strictly behind their end (fail2ban's rule). */
  takeEnded(now: EpochMs): Ban[] {
    const ended: Ban[] = [];
    for (let first = this.#expiry.first(); first !== undefined && first.end < now; first = this.#expiry.first()) {
      this.#expiry.pop();
      const ban = this.#bans.get(first.id);
      if (ban === undefined || endOf(ban) !== first.end) continue;
      this.#bans.delete(first.id);
      ended.push(ban);
    }
    return ended;
  }

  /** When the next ban ends; undefined when none does. */
  nextEnd(): EpochMs | undefined {
    for (let first = this.#expiry.first(); first !== undefined; first = this.#expiry.first()) {
      if (this.#isEnd(first.end, first.id)) return first.end;
      this.#expiry.pop();
    }
    return undefined;
  }

  #isEnd(end: EpochMs, id: string): boolean {
    const ban = this.#bans.get(id);
    return ban !== undefined && endOf(ban) === end;
  }

  #merge(known: Ban, added: Ban): boolean {
    if (endOf(added) <= endOf(known)) return false;
    known.bantime = added.bantime < 0 ? -1 : added.bantime + (added.time - known.time) / 1000;
    this.#expiry.push(endOf(known), known.who.id);
    return true;
  }
}

interface Expiry {
  readonly end: EpochMs;
  readonly id: string;
}

/**
 * A binary heap of ends. Entries whose ban is gone or was prolonged stay in it until they come up; when they are the
 * larger part, they are swept out, so that churn cannot grow the heap.
 */
class ExpiryHeap {
  #entries: Expiry[] = [];

  first(): Expiry | undefined {
    return this.#entries[0];
  }

  push(end: EpochMs, id: string): void {
    if (!Number.isFinite(end)) return;
    const entries = this.#entries;
    let at = entries.push({ end, id }) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (entries[parent]!.end <= entries[at]!.end) return;
      [entries[parent], entries[at]] = [entries[at]!, entries[parent]!];
      at = parent;
    }
  }

  pop(): void {
    const entries = this.#entries;
    const last = entries.pop();
    if (last === undefined || entries.length === 0) return;
    entries[0] = last;
    let at = 0;
    for (;;) {
      const left = at * 2 + 1;
      if (left >= entries.length) return;
      const right = left + 1;
      const child = right < entries.length && entries[right]!.end < entries[left]!.end ? right : left;
      if (entries[at]!.end <= entries[child]!.end) return;
      [entries[child], entries[at]] = [entries[at]!, entries[child]!];
      at = child;
    }
  }

  compact(live: number, isLive: (end: EpochMs, id: string) => boolean): void {
    if (this.#entries.length <= 64 || this.#entries.length <= live * 2) return;
    const kept = this.#entries.filter((entry) => isLive(entry.end, entry.id));
    this.#entries = [];
    for (const entry of kept) this.push(entry.end, entry.id);
  }
}
