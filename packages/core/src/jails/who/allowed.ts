import type { EpochMs } from '@f2b/config';
import { parseAddress } from '@f2b/matcher';
import type { Identifier } from './identifier.js';
import { type IgnoredBy, IgnoreList, type IgnoreSources } from './ignore.js';

/** Somebody who is not to be banned, because a person has said so. */
export interface Allowance {
  /** An address, a network or a host name. */
  readonly what: string;
  /** Undefined: in every jail. */
  readonly jail?: string | undefined;
  readonly since: EpochMs;
  /** Undefined: until it is removed. */
  readonly until?: EpochMs | undefined;
  readonly why?: string | undefined;
  /** `unban`: the grace that came with an unban. */
  readonly origin: 'allow' | 'unban';
}

/** What the log says of whoever is allowed. */
const byHand: IgnoredBy = 'allow list';
/** More is a mistake of a script. */
export const mostAllowances = 10_000;
const hostName = /^(?=.*[A-Za-z])[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,252})$/;

/** Whether something can be allowed: an address, a network, a host name. */
export function mayBeAllowed(what: string): boolean {
  return parseAddress(what) !== undefined || hostName.test(what);
}

/** Who is allowed, by hand. It wins over every rule of a jail. Each jail asks it before its own ignore list. */
export class Allowed {
  readonly #sources: IgnoreSources;
  #entries: readonly Allowance[];
  /** By jail; the empty name: every jail. Made anew with every change. */
  #lists = new Map<string, IgnoreList>();
  #nextEnd: EpochMs = Number.POSITIVE_INFINITY;

  constructor(entries: readonly Allowance[], sources: IgnoreSources, now: EpochMs) {
    this.#sources = sources;
    this.#entries = entries.slice(0, mostAllowances);
    this.#divide(now);
  }

  /** Those in force, in the order in which they came. */
  list(now: EpochMs): readonly Allowance[] {
    if (now >= this.#nextEnd) this.#divide(now);
    return this.#entries;
  }

  /**
   * Adds one, in place of an earlier one of the same and for the same jail.
   * @returns false when there are too many already
   */
  add(allowance: Allowance, now: EpochMs): boolean {
    const others = this.list(now).filter((one) => !isSame(one, allowance.what, allowance.jail));
    if (others.length >= mostAllowances) return false;
    this.#entries = [...others, allowance];
    this.#divide(now);
    return true;
  }

  /** @returns what was removed: of that jail, or (undefined) those for every jail */
  remove(what: string, jail: string | undefined, now: EpochMs): readonly Allowance[] {
    const gone = this.list(now).filter((one) => isSame(one, what, jail));
    this.#entries = this.#entries.filter((one) => !gone.includes(one));
    this.#divide(now);
    return gone;
  }

  /** By what somebody is spared in a jail; undefined: by nothing here. */
  check(jail: string, who: Identifier, now: EpochMs): IgnoredBy | undefined {
    if (this.#entries.length === 0) return undefined;
    if (now >= this.#nextEnd) this.#divide(now);
    const spares = (list: IgnoreList | undefined) => list?.check(who, now) !== undefined;
    return spares(this.#lists.get('')) || spares(this.#lists.get(jail)) ? byHand : undefined;
  }

  /** Asks for the host names again. */
  async refreshNames(now: EpochMs): Promise<void> {
    await Promise.all([...this.#lists.values()].map((list) => list.refreshNames(now)));
  }

  #divide(now: EpochMs): void {
    this.#entries = this.#entries.filter(({ until }) => until === undefined || until > now);
    this.#nextEnd = Math.min(...this.#entries.map(({ until }) => until ?? Number.POSITIVE_INFINITY));
    const known = this.#lists;
    this.#lists = new Map();
    for (const { what, jail = '' } of this.#entries) {
      let list = this.#lists.get(jail);
      if (list === undefined) {
        list = new IgnoreList({ ignoreself: false, ignoreip: [] }, this.#sources);
        this.#lists.set(jail, list);
      }
      list.add(what);
    }
    // Names whose addresses were known are asked for again, from the cache.
    if (known.size > 0 || this.#lists.size > 0) void this.refreshNames(now);
  }
}

function isSame(one: Allowance, what: string, jail: string | undefined): boolean {
  return one.jail === jail && spelling(one.what) === spelling(what);
}

function spelling(what: string): string {
  return parseAddress(what)?.text ?? what.toLowerCase();
}
