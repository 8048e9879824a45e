import { errors, FirewallError, firewallError } from '../../errors.js';
import { type Family, familyNames, type Network, networkOf } from '../../network.js';
import { endOf, type Order, type Outcome, outcomeOf } from '../../orders.js';
import type { Backend, Found } from '../backend.js';
import { Holders, type WantedNetwork } from './holders.js';
import type { AddressTable } from './table.js';

/** What a backend of addresses is made of. */
export interface AddressBackendParts {
  readonly action: string;
  readonly families: readonly Family[];
  /** Done once before the tables start. */
  readonly prepare?: () => Promise<void>;
  /** Opens the table of a family; `wanted` is what should hold in it at any moment. */
  readonly openTable: (family: Family, wanted: ReadonlyMap<string, WantedNetwork>) => AddressTable;
}

/** A backend that keeps addresses: counts who holds which, and has one table per family. A batch of orders is one change of each. */
export function openAddressBackend(parts: AddressBackendParts): Backend {
  return new AddressBackend(parts);
}

class AddressBackend implements Backend {
  readonly #parts: AddressBackendParts;
  readonly #holders = new Holders();
  readonly #tables: ReadonlyMap<Family, AddressTable>;

  constructor(parts: AddressBackendParts) {
    this.#parts = parts;
    this.#tables = new Map(
      parts.families.map((family) => [family, parts.openTable(family, this.#holders.wanted(family))]),
    );
  }

  async start(): Promise<readonly FirewallError[]> {
    await this.#parts.prepare?.();
    return this.#inEachFamily((table) => table.start());
  }

  async carryOut(orders: readonly Order[]): Promise<readonly Outcome[]> {
    const touched = { inet4: new Set<string>(), inet6: new Set<string>() };
    const verify = { inet4: false, inet6: false };
    const plans = orders.map((order) => {
      const plan = this.#plan(order);
      for (const { family, cidr } of plan.networks) {
        touched[family].add(cidr);
        // A ban that is repeated means that packets still arrive: look at what the kernel really has.
        if (order.kind === 'reban') verify[family] = true;
      }
      return plan;
    });
    const failures = new Map<Family, FirewallError>();
    await this.#inEachFamily(
      (table, family) => (touched[family].size === 0 ? undefined : table.sync(touched[family], verify[family])),
      failures,
    );
    return orders.map((order, index) => {
      const { refused, networks } = plans[index]!;
      const error = refused ?? networks.map(({ family }) => failures.get(family)).find((failure) => failure);
      return outcomeOf(order, this.#parts.action, error);
    });
  }

  async release(jail: string): Promise<readonly FirewallError[]> {
    const networks = this.#holders.letGoAll(jail);
    return this.#inEachFamily((table, family) => {
      const touched = networks.filter((network) => network.family === family).map(({ cidr }) => cidr);
      return touched.length > 0 ? table.sync(touched, false) : undefined;
    });
  }

  async check(): Promise<readonly Found[]> {
    const found: Found[] = [];
    const failures = new Map<Family, FirewallError>();
    await this.#inEachFamily(async (table) => {
      for (const what of await table.reconcile()) found.push({ what, error: undefined });
    }, failures);
    for (const [family, error] of failures) {
      found.push({ what: `${familyNames[family]}: the kernel could not be compared with the bans`, error });
    }
    return found;
  }

  async leave(): Promise<readonly FirewallError[]> {
    return this.#inEachFamily((table) => table.leave());
  }

  async stop(): Promise<readonly FirewallError[]> {
    this.#holders.clear();
    return this.#inEachFamily((table) => table.stop());
  }

  #plan(order: Order): { networks: readonly Network[]; refused?: FirewallError } {
    const { jail, kind, ticket } = order;
    if (kind === 'unban') {
      const network = this.#holders.letGo(jail, ticket.id);
      return { networks: network === undefined ? [] : [network] };
    }
    try {
      const network = networkOf(ticket.ip);
      if (!this.#tables.has(network.family)) {
        const why = 'allowipv6 is off (fail2ban.conf), or this host has no IPv6';
        return { networks: [], refused: errors.noFamily(familyNames[network.family], why) };
      }
      const replaced = this.#holders.hold(jail, ticket.id, network, endOf(ticket));
      return { networks: replaced === undefined ? [network] : [replaced, network] };
    } catch (error) {
      return { networks: [], refused: firewallError(error) };
    }
  }

  async #inEachFamily(
    work: (table: AddressTable, family: Family) => Promise<void> | undefined,
    failures = new Map<Family, FirewallError>(),
  ): Promise<readonly FirewallError[]> {
    await Promise.all(
      [...this.#tables].map(async ([family, table]) => {
        try {
          await work(table, family);
        } catch (error) {
          const { code, message } = firewallError(error);
          failures.set(family, new FirewallError(code, `${familyNames[family]}: ${message}`));
        }
      }),
    );
    return [...failures.values()];
  }
}
