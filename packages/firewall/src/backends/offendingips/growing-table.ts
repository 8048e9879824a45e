import type { EpochMs, Milliseconds } from '@f2b/config';
import { FirewallError } from '../../errors.js';
import { familyNames } from '../../network.js';
import type { Speaker } from '../../voice.js';
import type { WantedNetwork } from '../addresses/holders.js';
import type { AddressTable } from '../addresses/table.js';
import type { AddressSet } from './address-set.js';
import type { FamilyTable } from './family-table.js';
import type { OffendingIpsParameters } from './parameters.js';
import type { RuleLayout } from './rules.js';

export interface GrowingTableParts {
  readonly parameters: Pick<OffendingIpsParameters, 'set' | 'setfrom' | 'table'>;
  readonly wanted: ReadonlyMap<string, WantedNetwork>;
  readonly rules: FamilyTable;
  readonly set: AddressSet;
  readonly layouts: { readonly perAddress: RuleLayout; readonly withSet: RuleLayout };
  readonly voice: Speaker;
  readonly clock: () => EpochMs;
}

/** How long rules per address do when a set cannot be had, until one is tried for again. */
const retryAfter: Milliseconds = 60_000;

const nothing: ReadonlyMap<string, WantedNetwork> = new Map();

/**
 * One family's banned addresses: rules for each of them while they are few, and one set when they are many (`set = auto`), since
 * each rule costs every packet, and every change of a long chain costs the kernel a copy of it. The set is full before the first
 * rule looks into it, and the rules go in the same step, so nobody is let in on the way.
 */
export class GrowingTable implements AddressTable {
  readonly #parts: GrowingTableParts;
  #inSet = false;
  /** What an earlier run left in the set is looked through once, at the first change. */
  #doubtful = false;
  /** When a set may be tried for again, after one could not be had. */
  #retryAt: EpochMs = Number.NEGATIVE_INFINITY;
  #saidWhy = '';

  constructor(parts: GrowingTableParts) {
    this.#parts = parts;
  }

  async start(): Promise<void> {
    const { parameters, rules, set, layouts, wanted } = this.#parts;
    const left = await this.#leftInSet();
    if (parameters.set === 'ipset' || (parameters.set === 'auto' && left.length > 0)) {
      const found = await rules.found();
      const inSet = new Set(left.map(({ cidr }) => cidr));
      const ruled = found.filter(({ cidr }) => !wanted.has(cidr) && !inSet.has(cidr));
      await set.make(ruled.map((network) => ({ ...network, until: Number.POSITIVE_INFINITY })));
      await rules.startAs(layouts.withSet, nothing);
      this.#inSet = true;
      this.#doubtful = found.length > 0 || left.length > 0;
      if (this.#doubtful) this.#say(left.length + found.length);
      return;
    }
    await rules.start(left);
    if (left.length > 0 || parameters.set === 'none') await this.#dropSet();
  }

  async sync(touched: Iterable<string>, verify: boolean): Promise<void> {
    const { rules, set, wanted, parameters } = this.#parts;
    if (!this.#inSet && parameters.set === 'auto' && wanted.size >= parameters.setfrom && (await this.#move())) return;
    if (!this.#inSet) return rules.sync(touched, verify);
    if (this.#doubtful || verify) {
      await this.reconcile();
      return;
    }
    try {
      await set.sync(touched);
    } catch (error) {
      if (error instanceof FirewallError && error.code === 'F2B_FIREWALL_SET_FULL') throw error;
      // Most often somebody destroyed the set in between: look at what is there, and mend all of it.
      const { message } = error as Error;
      this.#parts.voice.info(`${familyNames[rules.family]}: ${message}; comparing with what the kernel has`);
      for (const finding of await this.reconcile()) this.#parts.voice.warn(`Repaired: ${finding}`);
    }
  }

  async reconcile(): Promise<readonly string[]> {
    const { rules, set } = this.#parts;
    if (!this.#inSet) return rules.reconcile();
    this.#doubtful = true;
    // The set first: a rule cannot look into one that is not there.
    const findings = [...(await set.reconcile()), ...(await rules.reconcile())];
    this.#doubtful = false;
    return findings;
  }

  async leave(): Promise<void> {
    await this.#parts.rules.leave();
    this.#inSet = false;
  }

  async stop(): Promise<void> {
    await this.#parts.rules.stop();
    if (this.#inSet) await this.#dropSet();
    this.#inSet = false;
  }

  /** @returns whether all that is wanted stands in the set now */
  async #move(): Promise<boolean> {
    const { rules, set, layouts, wanted, voice, parameters } = this.#parts;
    if (this.#parts.clock() < this.#retryAt) return false;
    const family = familyNames[rules.family];
    try {
      await set.make();
      await rules.become(layouts.withSet, nothing);
    } catch (error) {
      if (error instanceof FirewallError && error.code === 'F2B_FIREWALL_SET_FULL') throw error;
      this.#retryAt = this.#parts.clock() + retryAfter;
      // What has been made of it is of no use; that it cannot be taken away either adds nothing.
      await set.destroy().catch(() => undefined);
      const { message } = error as Error;
      if (message !== this.#saidWhy) {
        voice.warn(
          `${family}: ${wanted.size} addresses are to have a set, which failed (${message}); they get rules of their own, which cost every packet more the more they are; it is tried again every minute, unless set=none stands in the brackets after the action's name`,
        );
      }
      this.#saidWhy = message;
      return false;
    }
    this.#inSet = true;
    voice.info(
      `${family}: the addresses of chain ${parameters.table} stand in the set ${set.name} from now on (${wanted.size} of them)`,
    );
    return true;
  }

  /** What an earlier run left in its set; nothing where sets cannot be read, which matters only to who wants one. */
  async #leftInSet(): Promise<readonly WantedNetwork[]> {
    const { set, parameters, rules } = this.#parts;
    try {
      const found = await set.read();
      return [...(found?.entries ?? [])].map(([cidr, until]) => ({ family: rules.family, cidr, until }));
    } catch (error) {
      if (parameters.set === 'ipset') throw error;
      return [];
    }
  }

  async #dropSet(): Promise<void> {
    try {
      await this.#parts.set.destroy();
    } catch (error) {
      this.#parts.voice.notice(`set ${this.#parts.set.name} stays: ${(error as Error).message}`);
    }
  }

  #say(count: number): void {
    const { rules, set, voice } = this.#parts;
    voice.info(
      `${familyNames[rules.family]}: took over set ${set.name} with ${count} addresses of an earlier run; those that no jail claims go with the next change, or the next check within a minute`,
    );
  }
}
