import type { ActionSettings, Milliseconds } from '@f2b/config';
import { errors, sentence } from '../../errors.js';
import type { FirewallLog } from '../../log.js';
import { type Family, type Network, networkOf } from '../../network.js';
import type { Order, Outcome } from '../../orders.js';
import type { Exec } from '../../process/exec.js';
import type { Backend, Repair } from '../backend.js';
import { FamilyTable } from './family-table.js';
import { Holders } from './holders.js';
import { familyNames, openIptables } from './iptables.js';
import { type OffendingIpsParameters, readParameters } from './parameters.js';
import { ensureRecentTable } from './recent-table.js';
import { rulesPerAddress } from './rules.js';
import { simulateIptables } from './simulated-iptables.js';

/** What the backend needs from outside. */
export interface OffendingIpsEdge {
  readonly exec: Exec;
  readonly log: FirewallLog;
  readonly ipv6: boolean;
  /** Set for a dry run: gets each line that would be run. */
  readonly print: ((line: string) => void) | undefined;
  /** Directory of the loaded kernel modules, `/sys/module`. */
  readonly modules: string;
  readonly timeout: Milliseconds;
}

/**
 * The built-in action `offendingips`: the chain OFFENDINGIPS at the top of INPUT, whose first rule keeps out whoever is
 * marked ATTACKER until silent for an hour, and a LOG and a marking DROP per banned address, IPv4 and IPv6. A batch of
 * orders is one `iptables-restore` per family.
 *
 * Throws `F2B_ACTION_PARAMETER` for parameters that cannot be.
 */
export function openOffendingIps(settings: ActionSettings, edge: OffendingIpsEdge): Backend {
  return new OffendingIps(settings.name, readParameters(settings), edge);
}

/** Two actions with the same key share one chain, one backend and its reference counts. */
export function offendingIpsKey(settings: ActionSettings): string {
  return JSON.stringify(readParameters(settings));
}

class OffendingIps implements Backend {
  readonly #holders = new Holders();
  readonly #tables: ReadonlyMap<Family, FamilyTable>;

  constructor(
    private readonly action: string,
    private readonly parameters: OffendingIpsParameters,
    private readonly edge: OffendingIpsEdge,
  ) {
    const families: readonly Family[] = edge.ipv6 ? ['inet4', 'inet6'] : ['inet4'];
    this.#tables = new Map(
      families.map((family) => {
        const iptables =
          edge.print === undefined
            ? openIptables(family, edge.exec, edge.log, edge.timeout)
            : simulateIptables(family, edge.print);
        const layout = rulesPerAddress(parameters, family);
        return [family, new FamilyTable(family, this.#holders.wanted(family), layout, parameters, iptables, edge.log)];
      }),
    );
  }

  async start(): Promise<readonly string[]> {
    // Before the first rule: the module's table can be enlarged only as long as no rule uses it.
    if (this.edge.print === undefined) {
      const { exec, log, modules } = this.edge;
      await ensureRecentTable(this.parameters.recentsize, { exec, log, modules });
    }
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
    const failures = new Map<Family, string>();
    await Promise.all(
      [...this.#tables].map(async ([family, table]) => {
        if (touched[family].size === 0) return;
        try {
          await table.sync(touched[family], verify[family]);
        } catch (error) {
          failures.set(family, `${familyNames[family]}: ${sentence(error)}`);
        }
      }),
    );
    return orders.map((order, index) => {
      const plan = plans[index]!;
      const why = plan.refused ?? plan.networks.map(({ family }) => failures.get(family)).find((text) => text);
      return { jail: order.jail, action: this.action, kind: order.kind, id: order.ticket.id, ok: !why, why };
    });
  }

  async release(jail: string): Promise<readonly string[]> {
    const networks = this.#holders.letGoAll(jail);
    return this.#inEachFamily(async (table) => {
      const touched = networks.filter(({ family }) => family === table.family).map(({ cidr }) => cidr);
      if (touched.length > 0) await table.sync(touched, false);
    });
  }

  async check(): Promise<readonly Repair[]> {
    const repairs: Repair[] = [];
    await Promise.all(
      [...this.#tables.values()].map(async (table) => {
        try {
          for (const what of await table.reconcile()) {
            repairs.push({ action: this.action, what, repaired: true, why: undefined });
          }
        } catch (error) {
          const what = `${familyNames[table.family]}: the chain could not be compared with the bans`;
          repairs.push({ action: this.action, what, repaired: false, why: sentence(error) });
        }
      }),
    );
    return repairs;
  }

  async stop(): Promise<readonly string[]> {
    this.#holders.clear();
    return this.#inEachFamily((table) => table.stop());
  }

  #plan(order: Order): { networks: readonly Network[]; refused?: string } {
    const { jail, kind, ticket } = order;
    if (kind === 'unban') {
      const network = this.#holders.letGo(jail, ticket.id);
      return { networks: network === undefined ? [] : [network] };
    }
    try {
      const network = networkOf(ticket.ip);
      if (!this.#tables.has(network.family)) {
        const why = 'allowipv6 is off (fail2ban.conf), or this host has no IPv6';
        return { networks: [], refused: errors.noFamily(familyNames[network.family], why).message };
      }
      const replaced = this.#holders.hold(jail, ticket.id, network);
      return { networks: replaced === undefined ? [network] : [replaced, network] };
    } catch (error) {
      return { networks: [], refused: sentence(error) };
    }
  }

  async #inEachFamily(work: (table: FamilyTable) => Promise<void>): Promise<readonly string[]> {
    const failures: string[] = [];
    await Promise.all(
      [...this.#tables].map(async ([family, table]) => {
        try {
          await work(table);
        } catch (error) {
          failures.push(`${familyNames[family]}: ${sentence(error)}`);
        }
      }),
    );
    return failures;
  }
}
