import type { Family, Network } from '../../network.js';

/**
 * Who holds which address: an address is wanted as long as one jail holds it under one identifier. Two jails may ban
 * one address, and two identifiers of one jail (sessions, users) may have come from one address.
 */
export class Holders {
  readonly #held = new Map<string, Map<string, Network>>();
  readonly #counts = new Map<string, number>();
  readonly #wanted: Readonly<Record<Family, Map<string, Network>>> = { inet4: new Map(), inet6: new Map() };

  /** What should hold in the kernel: canonical address to network. */
  wanted(family: Family): ReadonlyMap<string, Network> {
    return this.#wanted[family];
  }

  /** Holding twice is holding once. Returns a network that was let go because the identifier now stands for another. */
  hold(jail: string, id: string, network: Network): Network | undefined {
    const ofJail = this.#held.get(jail) ?? new Map<string, Network>();
    this.#held.set(jail, ofJail);
    const before = ofJail.get(id);
    if (before?.cidr === network.cidr) return undefined;
    if (before !== undefined) this.letGo(jail, id);
    ofJail.set(id, network);
    this.#counts.set(network.cidr, (this.#counts.get(network.cidr) ?? 0) + 1);
    this.#wanted[network.family].set(network.cidr, network);
    return before;
  }

  /** Returns the network that the identifier stood for, or undefined where the jail did not hold it. */
  letGo(jail: string, id: string): Network | undefined {
    const network = this.#held.get(jail)?.get(id);
    if (network === undefined) return undefined;
    this.#held.get(jail)!.delete(id);
    const left = this.#counts.get(network.cidr)! - 1;
    if (left > 0) this.#counts.set(network.cidr, left);
    else {
      this.#counts.delete(network.cidr);
      this.#wanted[network.family].delete(network.cidr);
    }
    return network;
  }

  /** Lets go of all that a jail holds, and returns it. */
  letGoAll(jail: string): readonly Network[] {
    const ids = [...(this.#held.get(jail)?.keys() ?? [])];
    const networks = ids.map((id) => this.letGo(jail, id)!);
    this.#held.delete(jail);
    return networks;
  }

  clear(): void {
    for (const jail of [...this.#held.keys()]) this.letGoAll(jail);
  }
}
