import type { Milliseconds } from '@f2b/config';
import { errors, type FirewallError, firewallError } from '../errors.js';
import { type Order, type Outcome, outcomeOf } from '../orders.js';
import { quoted, type Speaker } from '../voice.js';

/** Resolves after so long; it is the lane's only clock. */
export type Gather = (time: Milliseconds) => Promise<void>;

/** However slow a batch was, the next one waits for no more than this. */
const longestGathering: Milliseconds = 50;

/**
 * A queue with one writer: what is put in is worked on in order, never two batches at a time, and a batch is everything
 * that waits. It has no lock; a lane that stands still costs nothing.
 */
export class Lane<Item> {
  readonly #work: (batch: readonly Item[]) => Promise<void>;
  readonly #gather: Gather | undefined;
  #waiting: Item[] = [];
  #busy = false;

  /**
   * @param work gets everything that waited, in order; it must not reject
   * @param gather given where a batch costs more than what is in it: when more came in during one, as long again is waited for
   *   still more, within bounds. Who comes to a lane at rest is never kept waiting.
   */
  constructor(work: (batch: readonly Item[]) => Promise<void>, gather?: Gather) {
    this.#work = work;
    this.#gather = gather;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  put(item: Item): void {
    this.#waiting.push(item);
    if (this.#busy) return;
    this.#busy = true;
    // Not at once: whatever the caller puts in before it next waits shall be in the same batch.
    queueMicrotask(() => void this.#drain());
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      const began = performance.now();
      await this.#work(batch);
      if (this.#gather !== undefined && this.#waiting.length > 0) {
        await this.#gather(Math.min(longestGathering, performance.now() - began));
      }
    }
    this.#busy = false;
  }
}

/** What a lane of orders drives. None of these throws for what the outside world does wrong, save `task`s. */
export interface OrderWorker {
  carryOut(orders: readonly Order[]): Promise<readonly Outcome[]>;
}

/** More waiting bans than this and a lane refuses: memory stays bounded while a command hangs. Unbans are always taken. */
const waitingLimit = 65_536;

interface WaitingOrder {
  readonly order: Order;
  readonly done: (outcome: Outcome) => void;
}
type Waiting = WaitingOrder | { readonly task: () => Promise<void> };

/** A queue of orders with tasks (start, check, stop) between them, each in its place. */
export class OrderLane {
  readonly #action: string;
  readonly #worker: OrderWorker;
  readonly #voice: Speaker;
  readonly #lane: Lane<Waiting>;

  /** @param gather see `Lane` */
  constructor(action: string, worker: OrderWorker, voice: Speaker, gather?: Gather) {
    this.#action = action;
    this.#worker = worker;
    this.#voice = voice;
    this.#lane = new Lane((batch) => this.#work(batch), gather);
  }

  get waiting(): number {
    return this.#lane.waiting;
  }

  submit(order: Order): Promise<Outcome> {
    if (this.#lane.waiting >= waitingLimit && order.kind !== 'unban') {
      return Promise.resolve(outcomeOf(order, this.#action, errors.full(this.#lane.waiting)));
    }
    return new Promise((done) => this.#lane.put({ order, done }));
  }

  /** Runs a task after everything that waits. Rejects with what the task threw. */
  task<Result>(work: () => Promise<Result>): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#lane.put({ task: () => work().then(resolve, reject) });
    });
  }

  async #work(batch: readonly Waiting[]): Promise<void> {
    let orders: WaitingOrder[] = [];
    for (const waiting of batch) {
      if ('order' in waiting) {
        orders.push(waiting);
        continue;
      }
      await this.#carryOut(orders);
      orders = [];
      await waiting.task();
    }
    await this.#carryOut(orders);
  }

  async #carryOut(waiting: readonly WaitingOrder[]): Promise<void> {
    if (waiting.length === 0) return;
    let outcomes: readonly Outcome[] = [];
    let defect = errors.defect('the action gave no answer');
    try {
      outcomes = await this.#worker.carryOut(waiting.map(({ order }) => order));
    } catch (error) {
      // A defect of ours: it must not take the lane with it.
      defect = firewallError(error);
    }
    const failed = new Map<string, { error: FirewallError; orders: Order[] }>();
    for (const [index, { order, done }] of waiting.entries()) {
      const outcome = outcomes[index] ?? outcomeOf(order, this.#action, defect);
      const { error } = outcome;
      if (error !== undefined) {
        const alike = failed.get(error.message);
        if (alike === undefined) failed.set(error.message, { error, orders: [order] });
        else alike.orders.push(order);
      }
      done(outcome);
    }
    for (const { error, orders } of failed.values()) {
      const line = failureOf(orders, this.#action, error);
      if (error.code === 'F2B_FIREWALL_STOPPED') this.#voice.info(line);
      else this.#voice.error(line);
    }
  }
}

/** One line for all orders of a batch that failed for one reason: a missing iptables is one error, not a thousand. */
function failureOf(orders: readonly Order[], action: string, { message }: FirewallError): string {
  const [{ kind, jail, ticket }] = orders as readonly [Order];
  const info = `{'ip': ${quoted(ticket.ip, 80)}, 'fid': ${quoted(ticket.id, 80)}, 'family': '${ticket.family ?? 'None'}'}`;
  const more = orders.length > 1 ? ` and ${orders.length - 1} more orders` : '';
  return `Failed to execute ${kind} jail '${jail}' action '${action}' info '${info}'${more}: ${message}`;
}
