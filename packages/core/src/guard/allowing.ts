import type { EpochMs } from '@f2b/config';
import type { Clock } from '../clock.js';
import { type Allowance, type Allowed, mayBeAllowed } from '../jails/who/allowed.js';
import { identifierOf } from '../jails/who/identifier.js';
import type { JailSet } from './jail-set.js';

/** Keeps the list of who is allowed beyond the end of the process. */
export interface AllowanceKeeper {
  load(): readonly Allowance[];
  /** @throws what keeps it from being written */
  save(allowances: readonly Allowance[]): void;
}

/** What became of something that was to be allowed. */
export interface AllowOutcome {
  /** Whose bans were lifted for it, by jail. */
  readonly lifted: readonly { readonly jail: string; readonly id: string }[];
  /** It holds as long as the process does: why it could not be kept. */
  readonly notKept: string | undefined;
}

/** Allows by hand: who is on the list is not banned, and is unbanned when they come onto it. */
export class Allowing {
  readonly #allowed: Allowed;
  readonly #jails: JailSet;
  readonly #clock: Clock;
  readonly #keeper: AllowanceKeeper | undefined;

  constructor(allowed: Allowed, jails: JailSet, clock: Clock, keeper: AllowanceKeeper | undefined) {
    this.#allowed = allowed;
    this.#jails = jails;
    this.#clock = clock;
    this.#keeper = keeper;
  }

  list(): readonly Allowance[] {
    return this.#allowed.list(this.#clock.now());
  }

  /** @returns undefined when it is no address, network or name, or there are too many */
  async allow(asked: Omit<Allowance, 'since'>): Promise<AllowOutcome | undefined> {
    const now = this.#clock.now();
    if (!mayBeAllowed(asked.what) || !this.#allowed.add({ ...asked, since: now }, now)) return undefined;
    // The answer tells whose bans were lifted: those at the addresses of a name, too.
    await this.#allowed.refreshNames(now);
    return { lifted: this.#lift(asked.jail, now), notKept: this.#keep(now) };
  }

  remove(what: string, jail: string | undefined): { readonly removed: number; readonly notKept: string | undefined } {
    const now = this.#clock.now();
    const removed = this.#allowed.remove(what, jail, now).length;
    return { removed, notKept: removed === 0 ? undefined : this.#keep(now) };
  }

  /** Whether somebody may not be banned in a jail. */
  isAllowed(jail: string, id: string): boolean {
    return this.#allowed.check(jail, identifierOf(id), this.#clock.now()) !== undefined;
  }

  #lift(only: string | undefined, now: EpochMs): { jail: string; id: string }[] {
    const lifted: { jail: string; id: string }[] = [];
    for (const jail of this.#jails.running()) {
      if (only !== undefined && jail.name !== only) continue;
      for (const { who } of jail.judge.bans) {
        if (this.#allowed.check(jail.name, who, now) === undefined) continue;
        jail.apply(jail.judge.unban(who.id));
        lifted.push({ jail: jail.name, id: who.id });
      }
    }
    return lifted;
  }

  #keep(now: EpochMs): string | undefined {
    if (this.#keeper === undefined) return 'nothing outlives the process (dbfile)';
    try {
      this.#keeper.save(this.#allowed.list(now));
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }
}
