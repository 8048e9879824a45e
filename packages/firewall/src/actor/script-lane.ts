import type { Repair } from '../backends/backend.js';
import { errors, sentence } from '../errors.js';
import type { FirewallLog } from '../log.js';
import type { Order, Outcome } from '../orders.js';
import type { ScriptAction } from '../scripts/action.js';
import { type ActionLane, OrderLane, outcomeOf } from './action-lane.js';

/** One action of `action.d` in one jail behind its own queue: a slow one keeps nobody waiting but itself. */
export class ScriptLane implements ActionLane {
  readonly #orders: OrderLane;
  #stopping = false;

  constructor(
    private readonly action: ScriptAction,
    log: FirewallLog,
  ) {
    this.#orders = new OrderLane(action.name, { carryOut: (orders) => this.#carryOut(orders) }, log);
  }

  start(): Promise<readonly string[]> {
    return this.#task(async () => {
      await this.action.start();
      return [];
    });
  }

  submit(order: Order): Promise<Outcome> {
    return this.#orders.submit(order);
  }

  check(): Promise<readonly Repair[]> {
    return this.#orders.task(() => this.action.check());
  }

  reload(): Promise<readonly string[]> {
    return this.#task(async () => {
      await this.action.reload();
      return [];
    });
  }

  flush(): Promise<readonly string[]> {
    return this.#task(() => this.action.flush());
  }

  /**
   * What still waits is not carried out any more: stopping lifts the bans anyway, and a slow command with a long queue
   * would hold up the end for hours.
   */
  stop(): Promise<readonly string[]> {
    this.#stopping = true;
    return this.#task(() => this.action.stop());
  }

  async #carryOut(orders: readonly Order[]): Promise<readonly Outcome[]> {
    const outcomes: Outcome[] = [];
    for (const order of orders) {
      let why: string | undefined;
      try {
        if (this.#stopping) throw errors.stopped();
        await this.action.carryOut(order);
      } catch (error) {
        why = sentence(error);
      }
      outcomes.push(outcomeOf(order, this.action.name, why));
    }
    return outcomes;
  }

  async #task(work: () => Promise<readonly string[]>): Promise<readonly string[]> {
    try {
      return await this.#orders.task(work);
    } catch (error) {
      return [sentence(error)];
    }
  }
}
