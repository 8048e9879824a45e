import type { ActionSettings } from '@f2b/config';
import type { Found } from '../backends/backend.js';
import { errors, type FirewallError, firewallError } from '../errors.js';
import { type Order, type Outcome, outcomeOf } from '../orders.js';
import type { ScriptAction } from '../scripts/action.js';
import type { Speaker } from '../voice.js';
import type { ActionLane } from './action-lane.js';
import { OrderLane } from './order-lane.js';

/** One action of `action.d` in one jail behind its own queue: a slow one keeps nobody waiting but itself. */
export class ScriptLane implements ActionLane {
  readonly #action: ScriptAction;
  readonly #orders: OrderLane;
  #stopping = false;

  constructor(action: ScriptAction, voice: Speaker) {
    this.#action = action;
    this.#orders = new OrderLane(action.name, { carryOut: (orders) => this.#carryOut(orders) }, voice);
  }

  get waiting(): number {
    return this.#orders.waiting;
  }

  amend(settings: ActionSettings): boolean {
    this.#action.amend(settings);
    return true;
  }

  start(_jail: string, after?: Promise<void>): Promise<readonly FirewallError[]> {
    return this.#task(async () => {
      await after;
      await this.#action.start();
      return [];
    });
  }

  submit(order: Order): Promise<Outcome> {
    return this.#orders.submit(order);
  }

  check(): Promise<readonly Found[]> {
    return this.#orders.task(() => this.#action.check());
  }

  reload(): Promise<readonly FirewallError[]> {
    return this.#task(async () => {
      await this.#action.reload();
      return [];
    });
  }

  flush(): Promise<readonly FirewallError[]> {
    return this.#task(() => this.#action.flush());
  }

  /**
   * What still waits is not carried out any more: stopping lifts the bans anyway, and a slow command with a long queue
   * would hold up the end for hours. An action of commands cannot take over what it finds at its start, so nothing is kept.
   */
  stop(): Promise<readonly FirewallError[]> {
    this.#stopping = true;
    return this.#task(() => this.#action.stop());
  }

  async #carryOut(orders: readonly Order[]): Promise<readonly Outcome[]> {
    const outcomes: Outcome[] = [];
    for (const order of orders) {
      let failure: FirewallError | undefined;
      try {
        if (this.#stopping) throw errors.stopped();
        await this.#action.carryOut(order);
      } catch (error) {
        failure = firewallError(error);
      }
      outcomes.push(outcomeOf(order, this.#action.name, failure));
    }
    return outcomes;
  }

  async #task(work: () => Promise<readonly FirewallError[]>): Promise<readonly FirewallError[]> {
    try {
      return await this.#orders.task(work);
    } catch (error) {
      return [firewallError(error)];
    }
  }
}
