import type { Backend, Repair } from '../backends/backend.js';
import type { FirewallLog } from '../log.js';
import type { Order, Outcome } from '../orders.js';
import { type ActionLane, OrderLane } from './action-lane.js';

/** A native backend behind its queue: all that waits is one change to the kernel, whatever jails it comes from. */
export class BackendLane implements ActionLane {
  readonly #orders: OrderLane;
  readonly #jails = new Set<string>();

  constructor(
    action: string,
    private readonly backend: Backend,
    log: FirewallLog,
  ) {
    this.#orders = new OrderLane(action, backend, log);
  }

  /** No jail uses it any more. */
  get idle(): boolean {
    return this.#jails.size === 0;
  }

  start(jail: string): Promise<readonly string[]> {
    const first = this.#jails.size === 0;
    this.#jails.add(jail);
    return this.#orders.task(async () => (first ? this.backend.start() : []));
  }

  submit(order: Order): Promise<Outcome> {
    return this.#orders.submit(order);
  }

  check(): Promise<readonly Repair[]> {
    return this.#orders.task(() => this.backend.check());
  }

  async reload(): Promise<readonly string[]> {
    return [];
  }

  flush(jail: string): Promise<readonly string[]> {
    return this.#orders.task(() => this.backend.release(jail));
  }

  stop(jail: string): Promise<readonly string[]> {
    const last = this.#jails.delete(jail) && this.#jails.size === 0;
    return this.#orders.task(() => (last ? this.backend.stop() : this.backend.release(jail)));
  }
}
