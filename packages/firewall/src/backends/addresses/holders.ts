import type { EpochMs } from '@f2b/config';
import type { Family, Network } from '../../network.js';

/** An address or network that is to be kept out, and until when. */
export interface WantedNetwork extends Network {
  /** When the last ban of it ends; infinite: never. A table with time-outs of its own goes by it. */
  readonly until: EpochMs;
}

/**
 * Who holds which address: an address is wanted as long as one jail holds it under one identifier. Two jails may ban
 * one address, and two identifiers of one jail (sessions, users) may have come from one address.
 */
export class Holders {
  readonly #held = new Map<string, Map<string, WantedNetwork>>();
  /** Per address, what its holders want; most often there is one. */
  readonly #claims = new Map<string, Set<WantedNetwork>>();
  readonly #wanted: Readonly<Record<Family, Map<string, WantedNetwork>>> = { inet4: new Map(), inet6: new Map() };

  /** What should hold in the kernel: canonical address to network. */
  wanted(family: Family): ReadonlyMap<string, WantedNetwork> {
    return this.#wanted[family];
  }

  /**
   * Holding twice is holding once, until the later end.
   * @returns a network that was let go because the identifier now stands for another
   */
  hold(jail: string, id: string, network: Network, until: EpochMs): Network | undefined {
    const ofJail = this.#held.get(jail) ?? new Map<string, WantedNetwork>();
    this.#held.set(jail, ofJail);
    const before = ofJail.get(id);
    if (before !== undefined) this.letGo(jail, id);
    const claim = { ...network, until };
    ofJail.set(id, claim);
    const claims = this.#claims.get(network.cidr) ?? new Set();
    this.#claims.set(network.cidr, claims.add(claim));
    this.#want(network, claims);
    return before === undefined || before.cidr === network.cidr ? undefined : before;
  }

  /** @returns the network that the identifier stood for, or undefined where the jail did not hold it */
  letGo(jail: string, id: string): Network | undefined {
    const claim = this.#held.get(jail)?.get(id);
    if (claim === undefined) return undefined;
    this.#held.get(jail)!.delete(id);
    const claims = this.#claims.get(claim.cidr)!;
    claims.delete(claim);
    if (claims.size > 0) this.#want(claim, claims);
    else {
      this.#claims.delete(claim.cidr);
      this.#wanted[claim.family].delete(claim.cidr);
    }
    return claim;
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

  #want({ family, cidr }: Network, claims: ReadonlySet<WantedNetwork>): void {
    let until = Number.NEGATIVE_INFINITY;
    for (const claim of claims) until = Math.max(until, claim.until);
    this.#wanted[family].set(cidr, { family, cidr, until });
  }
}
