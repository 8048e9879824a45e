import type { Milliseconds } from '@f2b/config';
import type { Clock } from '../clock.js';
import { reasonOf } from '../errors.js';
import type { BanChange, KeptFailure, KeptPlace, Step, Store } from './store.js';

/** A store that failed is tried again after a second, then ever more seldom, up to a minute. */
const firstRetry: Milliseconds = 1000;
const longestRetry: Milliseconds = 60_000;
/** Failures and changes that wait for a store that fails; beyond that the oldest are given up. */
const mostWaiting = 100_000;

export interface KeeperEvents {
  /** A step could not be kept: told at the first try, and whenever something had to be given up. */
  failed(why: string, waiting: number, givenUp: number): void;
  /** All that waited is kept. */
  recovered(): void;
}

/** A step that is being gathered. */
class Draft {
  readonly failures: KeptFailure[] = [];
  readonly bans: BanChange[] = [];
  readonly placesByLog = new Map<string, KeptPlace>();
  /** Whom it bans: what they do after that belongs into the next step, or it would count as what led to the ban. */
  readonly banned = new Set<string>();

  get size(): number {
    return this.failures.length + this.bans.length;
  }

  get isEmpty(): boolean {
    return this.size + this.placesByLog.size === 0;
  }

  get step(): Step {
    return { failures: this.failures, bans: this.bans, places: [...this.placesByLog.values()] };
  }
}

/**
 * Gathers what follows from judging into steps, commits each in one transaction, and lets the orders that follow from it go out
 * behind it. A step is what one stretch of judging without a pause gave. A store that fails holds up no order: what it could not
 * take waits, within bounds.
 */
export class Keeper {
  readonly #store: Store;
  readonly #clock: Pick<Clock, 'after'>;
  readonly #events: KeeperEvents;
  #draft = new Draft();
  #queue: Draft[] = [];
  #orders: (() => void)[] = [];
  #scheduled = false;
  /** How long to leave the store alone; undefined while it works. */
  #retryIn: Milliseconds | undefined;
  #stopRetry: () => void = () => {};

  constructor(store: Store, clock: Pick<Clock, 'after'>, events: KeeperEvents) {
    this.#store = store;
    this.#clock = clock;
    this.#events = events;
  }

  /** Failures and changes of bans that wait for the store. */
  get waiting(): number {
    return this.#queue.reduce((sum, draft) => sum + draft.size, this.#draft.size);
  }

  failure(failure: KeptFailure): void {
    const { banned } = this.#draft;
    if (banned.size > 0 && banned.has(keyOf(failure.jail, failure.who.id))) this.#cut();
    this.#draft.failures.push(failure);
    this.#schedule();
  }

  ban(change: BanChange): void {
    if (change.kind === 'made') this.#draft.banned.add(keyOf(change.jail, change.ban.who.id));
    this.#draft.bans.push(change);
    this.#schedule();
  }

  places(places: readonly KeptPlace[]): void {
    for (const one of places) this.#draft.placesByLog.set(keyOf(one.jail, one.place.log), one);
    if (places.length > 0) this.#schedule();
  }

  /** Has something done once what was told until now is committed, or could not be. */
  after(order: () => void): void {
    this.#orders.push(order);
    this.#schedule();
  }

  /** Commits what there is, and lets the orders go. */
  flush(): void {
    this.#scheduled = false;
    if (this.#retryIn === undefined) this.#drain(firstRetry);
    else this.#shed();
    const orders = this.#orders;
    this.#orders = [];
    for (const order of orders) order();
  }

  /** The same, and a store that fails is asked a last time. */
  close(): void {
    this.#stopRetry();
    this.#retryIn = undefined;
    this.flush();
    this.#stopRetry();
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      if (this.#scheduled) this.flush();
    });
  }

  #cut(): void {
    if (this.#draft.isEmpty) return;
    this.#queue.push(this.#draft);
    this.#draft = new Draft();
  }

  /** @param retryIn when to try again, should it fail */
  #drain(retryIn: Milliseconds): void {
    this.#cut();
    const failedBefore = retryIn > firstRetry;
    try {
      for (let first = this.#queue[0]; first !== undefined; first = this.#queue[0]) {
        this.#store.commit(first.step);
        this.#queue.shift();
      }
    } catch (error) {
      this.#retryIn = retryIn;
      if (!failedBefore) this.#events.failed(reasonOf(error), this.waiting, 0);
      this.#stopRetry = this.#clock.after(retryIn, () => {
        this.#retryIn = undefined;
        this.#drain(Math.min(retryIn * 2, longestRetry));
      });
      return;
    }
    if (failedBefore) this.#events.recovered();
  }

  #shed(): void {
    if (this.waiting <= mostWaiting) return;
    this.#cut();
    let givenUp = 0;
    while (this.waiting > mostWaiting / 2) givenUp += this.#queue.shift()?.size ?? 0;
    this.#events.failed('more waits than it may', this.waiting, givenUp);
  }
}

function keyOf(jail: string, name: string): string {
  return `${jail}\u0000${name}`;
}
