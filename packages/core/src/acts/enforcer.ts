import type { EpochMs, Milliseconds } from '@f2b/config';
import type { Firewall, Order, Outcome, Ticket } from '@f2b/firewall';
import type { Clock } from '../clock.js';
import type { Ban, BriefBan } from '../jails/book/bans.js';
import type { Unmet } from '../telling/figures.js';
import { dataOf } from './ticket-data.js';

/** The first try again comes after a second, each later one after twice the time, up to five minutes. */
const firstRetry: Milliseconds = 1000;
const longestRetry: Milliseconds = 300_000;
/** A ban younger than this may still see lines that were on their way. */
const grace: Milliseconds = 3000;
const checkEvery: Milliseconds = 3000;

export interface EnforcerEvents {
  /** A ban holds at every action of its jail, and there is one. */
  enforced(jail: string, id: string): void;
  /** An order failed at an action; `retryIn` is undefined when it will not be tried again. */
  failed(outcome: Outcome, retryIn: Milliseconds | undefined): void;
}

/** A ban that is wanted and does not hold yet. */
interface Wanted {
  readonly jail: string;
  readonly ban: Readonly<Ban>;
  /** Why the last try failed; undefined before one did. */
  why: string | undefined;
  /** The actions that failed at the last try; undefined before the first. */
  actions: readonly string[] | undefined;
  /** Calls off the next try; undefined while a try is under way. */
  cancel: (() => void) | undefined;
  /** Actions that came while a try was under way, which had not reached them. */
  more: readonly string[];
}

/** Hands the judges' decisions to the firewall and does not forget those that failed: a ban is tried until it holds or ends. */
export class Enforcer {
  readonly #firewall: Firewall;
  readonly #clock: Clock;
  readonly #events: EnforcerEvents;
  readonly #wanted = new Map<string, Wanted>();
  readonly #underWay = new Set<Promise<unknown>>();
  #checkedAt: EpochMs = Number.NEGATIVE_INFINITY;
  #stopped = false;

  constructor(firewall: Firewall, clock: Clock, events: EnforcerEvents) {
    this.#firewall = firewall;
    this.#clock = clock;
    this.#events = events;
  }

  /** How many bans are wanted and do not hold (yet): those under way, too. */
  get open(): number {
    return this.#wanted.size;
  }

  /** The bans whose last try failed, of one jail or of all. */
  unmet(jail?: string): readonly Unmet[] {
    const unmet: Unmet[] = [];
    for (const wanted of this.#wanted.values()) {
      const { ban, actions = [], why } = wanted;
      if (why !== undefined && (jail === undefined || wanted.jail === jail)) {
        unmet.push({ jail: wanted.jail, id: ban.who.id, actions, why });
      }
    }
    return unmet;
  }

  ban(jail: string, ban: Readonly<Ban>): void {
    this.#forget(jail, ban.who.id);
    const wanted: Wanted = { jail, ban, why: undefined, actions: undefined, cancel: undefined, more: [] };
    this.#wanted.set(keyOf(jail, ban.who.id), wanted);
    this.#track(this.#tryBan(jail, wanted, 0));
  }

  /** The jail has new actions, which do not know of a ban in force. It is nothing to report again: those with `norestored` pass it by. */
  extend(jail: string, inForce: Readonly<Ban>, actions: readonly string[]): void {
    const ban = { ...inForce, restored: true };
    const known = this.#wanted.get(keyOf(jail, ban.who.id));
    if (known !== undefined && known.cancel === undefined) {
      known.more = [...known.more, ...actions];
      return;
    }
    known?.cancel?.();
    // Where no action is named, all are meant: nothing has been reached yet.
    const missing = known === undefined ? actions : known.actions && [...new Set([...known.actions, ...actions])];
    const wanted: Wanted = { jail, ban, why: known?.why, actions: missing, cancel: undefined, more: [] };
    this.#wanted.set(keyOf(jail, ban.who.id), wanted);
    this.#track(this.#tryBan(jail, wanted, 0));
  }

  prolong(jail: string, ban: Readonly<Ban>): void {
    this.#track(this.#submit({ kind: 'prolong', jail, ticket: ticketOf(ban) }));
  }

  unban(jail: string, ban: Readonly<Ban>): void {
    this.#forget(jail, ban.who.id);
    this.#track(this.#submit({ kind: 'unban', jail, ticket: ticketOf(ban) }));
  }

  /** Somebody who is banned failed again: perhaps the firewall lost the rule. */
  doubt(ban: BriefBan, now: EpochMs): void {
    if (now - ban.since < grace || Math.abs(now - this.#checkedAt) < checkEvery) return;
    this.#checkedAt = now;
    this.check();
  }

  /** Has the firewall compare what should hold with what does, and mend it. */
  check(): void {
    this.#track(this.#firewall.check());
  }

  /** Resolves when all orders so far have been carried out or have failed. */
  async idle(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }

  /** Tries nothing of a jail again: it is gone, or its actions are others. */
  forgetJail(jail: string): void {
    for (const [key, wanted] of this.#wanted) {
      if (wanted.jail !== jail) continue;
      wanted.cancel?.();
      this.#wanted.delete(key);
    }
  }

  /** Tries nothing again from now on. */
  stop(): void {
    this.#stopped = true;
    for (const { cancel } of this.#wanted.values()) cancel?.();
    this.#wanted.clear();
  }

  async #tryBan(jail: string, wanted: Wanted, tries: number): Promise<void> {
    const { ban, actions } = wanted;
    const key = keyOf(jail, ban.who.id);
    wanted.cancel = undefined;
    const order: Order = { kind: 'ban', jail, ticket: ticketOf(ban) };
    const outcomes = await this.#firewall.submit(actions === undefined ? order : { ...order, actions });
    const { more } = wanted;
    wanted.more = [];
    const failed = outcomes.filter((outcome) => !outcome.ok && !more.includes(outcome.action));
    // Meanwhile it may have been lifted, or lifted and wanted anew.
    const current = this.#wanted.get(key) === wanted && !this.#stopped;
    if (current && more.length > 0) {
      wanted.actions = [...failed.map(({ action }) => action), ...more];
      return await this.#tryBan(jail, wanted, 0);
    }
    if (failed.length === 0) {
      if (current) this.#wanted.delete(key);
      if (outcomes.length > 0) this.#events.enforced(jail, ban.who.id);
      return;
    }
    const delay = current ? Math.min(firstRetry * 2 ** tries, longestRetry) : undefined;
    for (const outcome of failed) this.#events.failed(outcome, delay);
    if (delay === undefined) return;
    // What has succeeded (a mail was sent) is not done again.
    const names = failed.map(({ action }) => action);
    // No name: the firewall did not get as far as an action.
    wanted.actions = names.includes('') ? undefined : names;
    wanted.why = failed[0]?.error?.message ?? 'no reason given';
    wanted.cancel = this.#clock.after(delay, () => this.#track(this.#tryBan(jail, wanted, tries + 1)));
  }

  async #submit(order: Order): Promise<void> {
    for (const outcome of await this.#firewall.submit(order)) if (!outcome.ok) this.#events.failed(outcome, undefined);
  }

  #forget(jail: string, id: string): void {
    const key = keyOf(jail, id);
    this.#wanted.get(key)?.cancel?.();
    this.#wanted.delete(key);
  }

  #track(work: Promise<unknown>): void {
    const settled = work
      .catch(() => {
        // The firewall promises not to reject; should it do so, its log has told why.
      })
      .finally(() => this.#underWay.delete(settled));
    this.#underWay.add(settled);
  }
}

function keyOf(jail: string, id: string): string {
  return `${jail}\u0000${id}`;
}

/** A ban as the firewall's actions see it. */
export function ticketOf(ban: Readonly<Ban>): Ticket {
  const { who, time, bantime, bancount, failures, matches, restored } = ban;
  const data = dataOf(ban.data);
  return { id: who.id, ip: who.ip, family: who.family, time, bantime, bancount, failures, matches, data, restored };
}
