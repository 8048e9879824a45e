import type { EpochMs, Seconds } from '@f2b/config';
import type { Groups } from '@f2b/matcher';
import type { Identifier } from '../who/identifier.js';
import type { Cells } from './cells.js';
import { Ends } from './ends.js';
import { grownColumn, Roster, SlotList } from './roster.js';
import { noText, Texts } from './texts.js';

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

/** Who is banned since when: what is asked of a ban without its texts. */
export type BriefBan = Pick<Ban, 'who' | 'since'>;

/** What becomes of a ban that is asked for. */
export type BanResult =
  | { readonly kind: 'new'; readonly ban: Ban }
  /** Its end has passed already (old log lines, or a ban time of 0). */
  | { readonly kind: 'expired' }
  /** Somebody is banned twice; `prolonged`: the ban with its new end, when that is later than the old one. */
  | { readonly kind: 'already'; readonly ban: BriefBan; readonly prolonged: Ban | undefined };

/** Bans whose end has come that are taken out at once: each becomes an object, with its lines. */
const endedAtOnce = 1000;

/** End of a ban; infinite for a permanent one. */
export function endOf(ban: { readonly time: EpochMs; readonly bantime: Seconds }): EpochMs {
  return ban.bantime < 0 ? Number.POSITIVE_INFINITY : ban.time + ban.bantime * 1000;
}

/** How often somebody was banned until now: fail2ban counts a ban once more that is in force again after a restart. */
export function timesBanned({ bancount, restored }: Pick<Ban, 'bancount' | 'restored'>): number {
  return Math.max(1, bancount - Number(restored));
}

/** The bans of one jail, by identifier in the order they came, and by their ends. Numbers stand in columns, texts in cells. */
export class Bans {
  readonly #roster: Roster;
  readonly #order = new SlotList();
  readonly #ends = new Ends();
  readonly #texts: Texts;
  #time = new Float64Array();
  #since = new Float64Array();
  #bantime = new Float64Array();
  #bancount = new Float64Array();
  #failures = new Float64Array();
  #text = new Int32Array();
  #restored = new Uint8Array();
  #total = 0;

  constructor(cells?: Cells) {
    this.#texts = new Texts(cells);
    this.#roster = new Roster((capacity) => {
      this.#time = grownColumn(this.#time, new Float64Array(capacity));
      this.#since = grownColumn(this.#since, new Float64Array(capacity));
      this.#bantime = grownColumn(this.#bantime, new Float64Array(capacity));
      this.#bancount = grownColumn(this.#bancount, new Float64Array(capacity));
      this.#failures = grownColumn(this.#failures, new Float64Array(capacity));
      this.#text = grownColumn(this.#text, new Int32Array(capacity));
      this.#restored = grownColumn(this.#restored, new Uint8Array(capacity));
      this.#ends.grow(capacity);
    });
  }

  /** `Currently banned`. */
  get current(): number {
    return this.#roster.size;
  }

  /** `Total banned`: all bans ever, restored ones included. */
  get total(): number {
    return this.#total;
  }

  get textBytes(): number {
    return this.#texts.bytes;
  }

  has(id: string): boolean {
    return this.#roster.slotOf(id) !== undefined;
  }

  get(id: string): Readonly<Ban> | undefined {
    const slot = this.#roster.slotOf(id);
    return slot === undefined ? undefined : this.#ban(slot);
  }

  /** Who is banned, in the order in which they came. */
  ids(): readonly string[] {
    return [...this.#roster.ids()];
  }

  /** Bans in the order in which they came, each made when it is asked for. */
  *all(): Generator<Readonly<Ban>> {
    for (const slot of this.#roster.slots()) yield this.#ban(slot);
  }

  add(ban: Ban, now: EpochMs): BanResult {
    if (endOf(ban) < now) return { kind: 'expired' };
    const { who, matches, data } = ban;
    const known = this.#roster.slotOf(who.id);
    if (known !== undefined) {
      const brief = { who: this.#roster.who(known), since: this.#since[known]! };
      return { kind: 'already', ban: brief, prolonged: this.#merge(known, ban) ? this.#ban(known) : undefined };
    }
    this.#total++;
    const slot = this.#roster.enter(who, this.#order);
    this.#time[slot] = ban.time;
    this.#since[slot] = ban.since;
    this.#bantime[slot] = ban.bantime;
    this.#bancount[slot] = ban.bancount;
    this.#failures[slot] = ban.failures;
    this.#restored[slot] = Number(ban.restored);
    this.#text[slot] = this.#texts.keep(matches, data);
    this.#ends.set(slot, endOf(ban));
    return { kind: 'new', ban };
  }

  remove(id: string): Ban | undefined {
    const slot = this.#roster.slotOf(id);
    return slot === undefined ? undefined : this.#takeOut(slot);
  }

  /**
   * Takes out bans that have ended: the present is strictly behind their end (fail2ban's rule). Some at once; when there are more,
   * `nextEnd` is still in the past.
   */
  takeEnded(now: EpochMs): Ban[] {
    const ended: Ban[] = [];
    for (let slot = this.#ends.first; slot !== undefined; slot = this.#ends.first) {
      if (this.#ends.endOf(slot) >= now || ended.length === endedAtOnce) break;
      ended.push(this.#takeOut(slot));
    }
    return ended;
  }

  /** When the next ban ends; undefined when none does. */
  nextEnd(): EpochMs | undefined {
    const { first } = this.#ends;
    return first === undefined ? undefined : this.#ends.endOf(first);
  }

  /** Gives up the lines and groups of the oldest bans, which go on without. @returns of how many */
  shedTexts(bytes: number): number {
    const until = this.#texts.bytes - bytes;
    let shed = 0;
    for (
      let slot: number | undefined = this.#order.length === 0 ? undefined : this.#order.first;
      slot !== undefined && this.#texts.bytes > until;
      slot = this.#roster.newer(slot)
    ) {
      if (this.#text[slot] === noText) continue;
      this.#texts.drop(this.#text[slot]!);
      this.#text[slot] = noText;
      shed++;
    }
    return shed;
  }

  #merge(known: number, added: Ban): boolean {
    const time = this.#time[known]!;
    const end = endOf({ time, bantime: this.#bantime[known]! });
    if (endOf(added) <= end) return false;
    this.#bantime[known] = added.bantime < 0 ? -1 : added.bantime + (added.time - time) / 1000;
    this.#ends.set(known, endOf({ time, bantime: this.#bantime[known]! }));
    return true;
  }

  #takeOut(slot: number): Ban {
    const ban = this.#ban(slot);
    this.#texts.drop(this.#text[slot]!);
    this.#text[slot] = noText;
    this.#ends.remove(slot);
    this.#roster.leave(slot, this.#order);
    return ban;
  }

  #ban(slot: number): Ban {
    return {
      who: this.#roster.who(slot),
      time: this.#time[slot]!,
      since: this.#since[slot]!,
      bantime: this.#bantime[slot]!,
      bancount: this.#bancount[slot]!,
      failures: this.#failures[slot]!,
      restored: this.#restored[slot] === 1,
      ...this.#texts.read(this.#text[slot]!),
    };
  }
}
