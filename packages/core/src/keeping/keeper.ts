import type { Milliseconds } from '@f2b/config';
import type { Clock } from '../clock.js';
import { reasonOf } from '../errors.js';
import type { BanChange, KeptFailure, KeptPlace, Step, Store } from './store.js';

/** A store that failed is tried again after a second, then ever more seldom, up to a minute. */
const firstRetry: Milliseconds = 1000;
const longestRetry: Milliseconds = 60_000;
/** Failures and changes that wait for a store that fails; beyond that the oldest are given up. */
const mostWaiting = 100_000;
/** Steps that the store has under way; what comes meanwhile is the next one. */
const stepsAtOnce = 2;
/** Failures and changes that wait for a store that works: judging is held up when there are more. */
const mostUnanswered = 20_000;
/** Orders do not wait longer for a store that does not answer. */
const ordersWait: Milliseconds = 1000;

export interface KeeperEvents {
  /** A step could not be kept: told at the first try, and whenever something had to be given up. */
  failed(why: string, waiting: number, givenUp: number): void;
  /** All that waited is kept. */
  recovered(): void;
}

/** A step that is being gathered, and what is to be done behind it. */
class Draft {
  readonly failures: KeptFailure[] = [];
  readonly bans: BanChange[] = [];
  readonly placesByLog = new Map<string, KeptPlace>();
  /** Whom it bans: what they do after that belongs into the next step, or it would count as what led to the ban. */
  readonly banned = new Set<string>();
  #orders: (() => void)[] = [];

  get size(): number {
    return this.failures.length + this.bans.length;
  }

  get isEmpty(): boolean {
    return this.size + this.placesByLog.size === 0;
  }

  get hasOrders(): boolean {
    return this.#orders.length > 0;
  }

  get step(): Step {
    return { failures: this.failures, bans: this.bans, places: [...this.placesByLog.values()] };
  }

  order(order: () => void): void {
    this.#orders.push(order);
  }

  /** Lets the orders go, once. */
  release(): void {
    const orders = this.#orders;
    this.#orders = [];
    for (const order of orders) order();
  }
}

/**
 * Gathers what follows from judging into steps, has each committed in one transaction, and lets the orders that follow from it go out
 * behind it. A step is what one stretch of judging without a pause gave, or several, while the store is busy. A store that fails or
 * hangs holds up no order: what it could not take waits, within bounds.
 */
export class Keeper {
  readonly #store: Store;
  readonly #clock: Pick<Clock, 'after'>;
  readonly #events: KeeperEvents;
  #draft = new Draft();
  /** Not offered yet, or refused. */
  #queue: Draft[] = [];
  /** Offered, oldest first. */
  #underWay: Draft[] = [];
  #scheduled = false;
  /** How long to leave the store alone; undefined while it works. */
  #retryIn: Milliseconds | undefined;
  /** Whether the store failed and has not taken everything since. */
  #behind = false;
  #stopRetry: () => void = () => {};
  #stopWaiting: (() => void) | undefined;
  #idle: (() => void)[] = [];

  constructor(store: Store, clock: Pick<Clock, 'after'>, events: KeeperEvents) {
    this.#store = store;
    this.#clock = clock;
    this.#events = events;
  }

  /** Whether anybody will read failures back. */
  get keepsFailures(): boolean {
    return this.#store.forgetsFailures !== true;
  }

  /** Failures and changes of bans that wait for the store. */
  get waiting(): number {
    let sum = this.#draft.size;
    for (const { size } of this.#queue) sum += size;
    for (const { size } of this.#underWay) sum += size;
    return sum;
  }

  failure(failure: KeptFailure): void {
    const { banned } = this.#draft;
    if (banned.size > 0 && banned.has(keyOf(failure.jail, failure.who.id))) this.#cut();
    this.#draft.failures.push(failure);
    this.#schedule();
  }

  ban(change: BanChange): void {
    if (change.kind === 'made') this.#draft.banned.add(keyOf(change.jail, change.ban.who.id));
    else if (change.kind === 'spent') this.#draft.banned.add(keyOf(change.jail, change.id));
    this.#draft.bans.push(change);
    this.#schedule();
  }

  places(places: readonly KeptPlace[]): void {
    for (const one of places) this.#draft.placesByLog.set(keyOf(one.jail, one.place.log), one);
    if (places.length > 0) this.#schedule();
  }

  /** Has something done once what was told until now is committed, or could not be. */
  after(order: () => void): void {
    this.#draft.order(order);
    this.#schedule();
  }

  /** Offers what there is to the store, and lets the orders go that need not wait for it. */
  flush(): void {
    this.#scheduled = false;
    if (this.#retryIn === undefined) {
      this.#offer(firstRetry);
      if (this.waiting > mostUnanswered) this.#store.holdUp?.();
    } else {
      this.#draft.release();
      this.#shed();
    }
  }

  /** Offers what there is, and lets all orders go: a moment is given to the store, and no more. */
  flushNow(): void {
    this.flush();
    if (this.#underWay.length > 0) this.#store.holdUp?.();
    this.#releaseAll();
  }

  /** Offers what there is, and resolves when it is committed, or could not be. */
  async settled(): Promise<void> {
    this.flush();
    if (this.#underWay.length > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  /** Offers everything a last time, also to a store that fails; no order waits any longer. */
  close(): void {
    this.#stopRetry();
    this.#retryIn = undefined;
    this.#offer(firstRetry, Number.POSITIVE_INFINITY);
    this.#stopRetry();
    this.#stopWaiting?.();
    this.#releaseAll();
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      if (this.#scheduled) this.flush();
    });
  }

  #cut(): void {
    if (this.#draft.isEmpty && !this.#draft.hasOrders) return;
    this.#queue.push(this.#draft);
    this.#draft = new Draft();
  }

  /**
   * @param retryIn when to try again, should it fail
   * @param most steps under way at once: the fewer, the more each one holds when there is much
   */
  #offer(retryIn: Milliseconds, most = stepsAtOnce): void {
    if (this.#underWay.length < most) this.#cut();
    while (this.#queue.length > 0 && this.#underWay.length < most) {
      const draft = this.#queue.shift()!;
      if (draft.isEmpty) {
        // Orders alone go out behind the steps before them.
        const last = this.#underWay.at(-1);
        if (last === undefined) draft.release();
        else last.order(() => draft.release());
        continue;
      }
      let commit: void | Promise<void>;
      try {
        commit = this.#store.commit(draft.step);
      } catch (error) {
        this.#queue.unshift(draft);
        this.#fail(error, retryIn);
        return;
      }
      if (commit === undefined) draft.release();
      else this.#follow(draft, commit, retryIn);
    }
    if (this.#underWay.length === 0 && this.#queue.length === 0) this.#allIsWell();
  }

  #follow(draft: Draft, commit: Promise<void>, retryIn: Milliseconds): void {
    this.#underWay.push(draft);
    this.#watch();
    commit.then(
      () => {
        const at = this.#underWay.indexOf(draft);
        // Behind one that failed it is offered again.
        if (at < 0) return;
        this.#underWay.splice(at, 1);
        this.#stopWaiting?.();
        this.#stopWaiting = undefined;
        draft.release();
        if (this.#underWay.length > 0) this.#watch();
        if (this.#retryIn === undefined) this.#offer(firstRetry);
        this.#tellIdle();
      },
      (error: unknown) => {
        if (!this.#underWay.includes(draft)) return;
        this.#queue = [...this.#underWay, ...this.#queue];
        this.#underWay = [];
        this.#fail(error, retryIn);
        this.#tellIdle();
      },
    );
  }

  #releaseAll(): void {
    for (const draft of [...this.#underWay, ...this.#queue, this.#draft]) draft.release();
  }

  /** What is under way may never be answered. */
  #watch(): void {
    this.#stopWaiting ??= this.#clock.after(ordersWait, () => {
      this.#stopWaiting = undefined;
      this.#releaseAll();
      if (this.#underWay.length > 0) this.#watch();
    });
  }

  #fail(error: unknown, retryIn: Milliseconds): void {
    this.#retryIn = retryIn;
    for (const draft of [...this.#queue, this.#draft]) draft.release();
    if (!this.#behind) this.#events.failed(reasonOf(error), this.waiting, 0);
    this.#behind = true;
    this.#stopRetry = this.#clock.after(retryIn, () => {
      this.#retryIn = undefined;
      this.#offer(Math.min(retryIn * 2, longestRetry));
    });
  }

  #allIsWell(): void {
    if (!this.#behind) return;
    this.#behind = false;
    this.#events.recovered();
  }

  #tellIdle(): void {
    if (this.#underWay.length > 0) return;
    for (const tell of this.#idle.splice(0)) tell();
  }

  #shed(): void {
    if (this.waiting <= mostWaiting) return;
    this.#cut();
    let givenUp = 0;
    while (this.waiting > mostWaiting / 2 && this.#queue.length > 0) givenUp += this.#queue.shift()!.size;
    this.#events.failed('more waits than it may', this.waiting, givenUp);
  }
}

function keyOf(jail: string, name: string): string {
  return `${jail}\u0000${name}`;
}
