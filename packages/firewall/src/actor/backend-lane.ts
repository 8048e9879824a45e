import { setTimeout as delay } from 'node:timers/promises';
import type { Backend, Found } from '../backends/backend.js';
import type { FirewallError } from '../errors.js';
import type { Order, Outcome } from '../orders.js';
import type { Speaker } from '../voice.js';
import type { ActionLane, Ending } from './action-lane.js';
import { OrderLane } from './order-lane.js';

/** A native backend behind its queue: all that waits is one change to the kernel, whatever jails it comes from. */
export class BackendLane implements ActionLane {
  readonly #backend: Backend;
  readonly #orders: OrderLane;
  readonly #jails = new Set<string>();

  constructor(action: string, backend: Backend, voice: Speaker) {
    this.#backend = backend;
    this.#orders = new OrderLane(action, backend, voice, (time) => delay(time));
  }

  /** No jail uses it any more. */
  get idle(): boolean {
    return this.#jails.size === 0;
  }

  get waiting(): number {
    return this.#orders.waiting;
  }

  start(jail: string, after?: Promise<void>): Promise<readonly FirewallError[]> {
    const first = this.#jails.size === 0;
    this.#jails.add(jail);
    return this.#orders.task(async () => {
      if (!first) return [];
      await after;
      return this.#backend.start();
    });
  }

  submit(order: Order): Promise<Outcome> {
    return this.#orders.submit(order);
  }

  check(): Promise<readonly Found[]> {
    return this.#orders.task(() => this.#backend.check());
  }

  /** The kernel's rules are made of the parameters: they would have to be made anew. */
  amend(): boolean {
    return false;
  }

  async reload(): Promise<readonly FirewallError[]> {
    return [];
  }

  flush(jail: string): Promise<readonly FirewallError[]> {
    return this.#orders.task(() => this.#backend.release(jail));
  }

  stop(jail: string, how: Ending): Promise<readonly FirewallError[]> {
    const last = this.#jails.delete(jail) && this.#jails.size === 0;
    return this.#orders.task(async () => {
      // With the last jail all is taken away at once: a change for each of a hundred before that would take a hundred times as long.
      if (how !== 'jail' && !last) return [];
      if (how === 'keep') return this.#backend.leave();
      return last ? this.#backend.stop() : this.#backend.release(jail);
    });
  }
}
