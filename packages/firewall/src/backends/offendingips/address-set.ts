import type { EpochMs } from '@f2b/config';
import { errors } from '../../errors.js';
import { type Family, familyNames } from '../../network.js';
import { type Ipset, type KernelSet, longestTimeout } from '../../tools/ipset.js';
import type { Speaker } from '../../voice.js';
import type { WantedNetwork } from '../addresses/holders.js';

export interface AddressSetParts {
  readonly name: string;
  readonly family: Family;
  /** How many addresses it is to hold at most. */
  readonly size: number;
  /** What should hold in it at any moment. */
  readonly wanted: ReadonlyMap<string, WantedNetwork>;
  readonly ipset: Ipset;
  readonly voice: Speaker;
  readonly clock: () => EpochMs;
}

/** From so much of its size on a set is called nearly full. */
const nearlyFull = 0.9;
/** The kernel's end of a ban may be so far from ours until it is set anew. */
const endTolerance = 5_000;

/** One family's set of banned addresses, which the kernel ends by itself, and what we believe to stand in it. */
export class AddressSet {
  readonly #parts: AddressSetParts;
  readonly #installed = new Map<string, EpochMs>();
  #warned = false;

  constructor(parts: AddressSetParts) {
    this.#parts = parts;
  }

  get name(): string {
    return this.#parts.name;
  }

  /** What the kernel has under this name; undefined: nothing. @throws FirewallError `F2B_FIREWALL_SET_FOREIGN` where it is not ours */
  async read(): Promise<KernelSet | undefined> {
    const { name, family, ipset } = this.#parts;
    const found = await ipset.read(name);
    if (found === undefined || (found.type === 'hash:net' && found.family === family && found.timeouts)) return found;
    throw errors.setForeign(name, `${found.type}${found.timeouts ? '' : ' without timeouts'}`);
  }

  /** Makes the set, filled with what is wanted and with `more`; one that is too small or too large is exchanged in one step. */
  async make(more: readonly WantedNetwork[] = []): Promise<void> {
    const { name, size, wanted, ipset } = this.#parts;
    const found = await this.read();
    const fill = (set: string) => [...more, ...wanted.values()].map((network) => this.#add(set, network));
    if (found === undefined || found.size === size) {
      await this.#change([...(found === undefined ? [this.#create(name)] : []), ...fill(name)]);
    } else {
      const next = `${name}.n`;
      if ((await ipset.read(next)) !== undefined) await ipset.change([`destroy ${next}`]);
      const kept = [...found.entries].filter(([cidr]) => !wanted.has(cidr));
      const lines = kept.map(([cidr, until]) => this.#add(next, { family: this.#parts.family, cidr, until }));
      await this.#change([this.#create(next), ...lines, ...fill(next), `swap ${name} ${next}`, `destroy ${next}`]);
    }
    this.#installed.clear();
    for (const [cidr, until] of found?.entries ?? []) this.#installed.set(cidr, until);
    for (const { cidr, until } of [...more, ...wanted.values()]) this.#installed.set(cidr, until);
  }

  /** Brings these addresses to what is wanted. */
  async sync(touched: Iterable<string>): Promise<void> {
    const { name, wanted } = this.#parts;
    const lines: string[] = [];
    for (const cidr of new Set(touched)) {
      const network = wanted.get(cidr);
      const until = this.#installed.get(cidr);
      if (network === undefined) {
        if (until !== undefined) lines.push(`del ${name} ${cidr}`);
      } else if (until !== network.until) lines.push(this.#add(name, network));
    }
    await this.#change(lines);
    for (const cidr of touched) {
      const network = wanted.get(cidr);
      if (network === undefined) this.#installed.delete(cidr);
      else this.#installed.set(cidr, network.until);
    }
  }

  /** Compares with what the kernel has and mends the difference. @returns what was wrong, one phrase each */
  async reconcile(): Promise<readonly string[]> {
    const { name, wanted, size } = this.#parts;
    const label = familyNames[this.#parts.family];
    const found = await this.read();
    if (found === undefined) {
      await this.make();
      return [
        `${label}: set ${name} was missing${wanted.size > 0 ? `, ${wanted.size} addresses were not blocked` : ''}`,
      ];
    }
    const added: string[] = [];
    let lost = 0;
    const now = this.#parts.clock();
    for (const network of wanted.values()) {
      const until = found.entries.get(network.cidr);
      // It is over, and the kernel was faster than the order to lift it.
      if (until === undefined && network.until <= now) continue;
      if (until !== undefined && this.#holdsUntil(until, network.until)) continue;
      if (until === undefined && this.#installed.has(network.cidr)) lost += 1;
      added.push(this.#add(name, network));
    }
    const removed = [...found.entries.keys()].filter((cidr) => !wanted.has(cidr));
    // Removed first: a set that is full takes nothing.
    const lines = [...removed.map((cidr) => `del ${name} ${cidr}`), ...added];
    await this.#change(lines);
    this.#installed.clear();
    for (const { cidr, until } of wanted.values()) this.#installed.set(cidr, until);
    this.#watchFill(wanted.size, found.size || size);
    const findings: string[] = [];
    if (lost > 0)
      findings.push(`${label}: ${lost} banned ${lost === 1 ? 'address was' : 'addresses were'} not blocked`);
    if (removed.length > 0) {
      const who = removed.length === 1 ? 'address was' : 'addresses were';
      findings.push(`${label}: ${removed.length} ${who} blocked without a ban`);
    }
    return findings;
  }

  /** Takes the set away; no rule may look into it any more. */
  async destroy(): Promise<void> {
    if ((await this.read()) !== undefined) await this.#parts.ipset.change([`destroy ${this.#parts.name}`]);
    this.#installed.clear();
  }

  async #change(lines: readonly string[]): Promise<void> {
    const { name, size, ipset } = this.#parts;
    if (lines.length > 0 && (await ipset.change(lines)) === 'full') throw errors.setFull(name, size);
  }

  #create(name: string): string {
    const family = this.#parts.family === 'inet4' ? 'inet' : 'inet6';
    return `create ${name} hash:net family ${family} maxelem ${this.#parts.size} timeout 0`;
  }

  #add(set: string, { cidr, until }: WantedNetwork): string {
    return `add ${set} ${cidr} timeout ${this.#timeoutOf(until)}`;
  }

  /** Zero: for ever. A longer ban than the kernel can time is given the longest time there is, and more at a later check. */
  #timeoutOf(until: EpochMs): number {
    if (until === Number.POSITIVE_INFINITY) return 0;
    return Math.min(longestTimeout, Math.max(1, Math.ceil((until - this.#parts.clock()) / 1_000)));
  }

  #holdsUntil(found: EpochMs, wanted: EpochMs): boolean {
    if (found === wanted) return true;
    const timeout = this.#timeoutOf(wanted);
    if (timeout === 0) return false;
    const until = this.#parts.clock() + timeout * 1_000;
    // The longest time there is begins to run out at once; a day less is near enough.
    return Math.abs(found - until) <= (timeout === longestTimeout ? 86_400_000 : endTolerance);
  }

  #watchFill(used: number, size: number): void {
    const nearly = used >= size * nearlyFull;
    if (nearly && !this.#warned) {
      this.#parts.voice.warn(
        `set ${this.#parts.name} holds ${used} of ${size} addresses, and takes no more when it is full; raise setsize in the brackets after the action's name`,
      );
    }
    this.#warned = nearly;
  }
}
