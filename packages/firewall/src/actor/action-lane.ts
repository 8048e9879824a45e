import type { Repair } from '../backends/backend.js';
import { errors, sentence } from '../errors.js';
import { type FirewallLog, quoted } from '../log.js';
import type { Order, Outcome } from '../orders.js';
import { Lane } from './lane.js';

/** One action, or one native backend that several jails share, behind its own queue. */
export interface ActionLane {
  /** Answers what of the start failed, one sentence each; nothing when all went well. */
  start(jail: string): Promise<readonly string[]>;
  submit(order: Order): Promise<Outcome>;
  check(): Promise<readonly Repair[]>;
  reload(): Promise<readonly string[]>;
  /** Lifts all bans of a jail. */
  flush(jail: string): Promise<readonly string[]>;
  /** Lifts all bans of a jail and, with the last jail, takes away what the start had set up. */
  stop(jail: string): Promise<readonly string[]>;
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
  readonly #lane: Lane<Waiting>;

  constructor(
    private readonly action: string,
    private readonly worker: OrderWorker,
    private readonly log: FirewallLog,
  ) {
    this.#lane = new Lane((batch) => this.#work(batch));
  }

  submit(order: Order): Promise<Outcome> {
    if (this.#lane.waiting >= waitingLimit && order.kind !== 'unban') {
      return Promise.resolve(outcomeOf(order, this.action, errors.full(this.#lane.waiting).message));
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
    let why: string | undefined;
    try {
      outcomes = await this.worker.carryOut(waiting.map(({ order }) => order));
    } catch (error) {
      // A defect of ours: it must not take the lane with it.
      why = sentence(error);
    }
    const failed = new Map<string, Order[]>();
    for (const [index, { order, done }] of waiting.entries()) {
      const outcome = outcomes[index] ?? outcomeOf(order, this.action, why ?? 'the action gave no answer');
      if (outcome.why !== undefined) {
        const orders = failed.get(outcome.why);
        if (orders === undefined) failed.set(outcome.why, [order]);
        else orders.push(order);
      }
      done(outcome);
    }
    for (const [reason, orders] of failed) {
      const line = failureOf(orders, this.action, reason);
      if (reason === errors.stopped().message) this.log.info(line);
      else this.log.error(line);
    }
  }
}

/** One line for all orders of a batch that failed for one reason: a missing iptables is one error, not a thousand. */
function failureOf(orders: readonly Order[], action: string, why: string): string {
  const [{ kind, jail, ticket }] = orders as readonly [Order];
  const info = `{'ip': ${quoted(ticket.ip, 80)}, 'fid': ${quoted(ticket.id, 80)}, 'family': '${ticket.family ?? 'None'}'}`;
  const more = orders.length > 1 ? ` and ${orders.length - 1} more orders` : '';
  return `Failed to execute ${kind} jail '${jail}' action '${action}' info '${info}'${more}: ${why}`;
}

export function outcomeOf(order: Order, action: string, why: string | undefined): Outcome {
  const { jail, kind, ticket } = order;
  return { jail, action, kind, id: ticket.id, ok: why === undefined, why };
}
