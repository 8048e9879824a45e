import { firewallError } from '../../errors.js';
import { type Family, familyNames, type Network } from '../../network.js';
import type { Iptables } from '../../tools/iptables.js';
import { isMarked, ruleKey, ruleText } from '../../tools/rule.js';
import type { Ruleset } from '../../tools/ruleset.js';
import type { Speaker } from '../../voice.js';
import type { AddressTable } from '../addresses/table.js';
import {
  addressChange,
  addressRules,
  type Difference,
  differenceOf,
  hasStrangers,
  isJump,
  rebuildFrom,
} from './difference.js';
import type { OffendingIpsParameters } from './parameters.js';
import type { RuleLayout } from './rules.js';

export interface FamilyTableParts {
  readonly family: Family;
  /** The networks that should have rules of their own at any moment, by canonical address. */
  readonly wanted: ReadonlyMap<string, Network>;
  readonly layout: RuleLayout;
  readonly parameters: OffendingIpsParameters;
  readonly iptables: Iptables;
  readonly voice: Speaker;
}

/** One family's chain, and what we believe to stand in it. */
export class FamilyTable implements AddressTable {
  #parts: FamilyTableParts;
  readonly #installed = new Set<string>();
  /** Set while what we believe may be wrong: before the start, after a failure, with leftovers of an earlier run. */
  #doubtful = true;
  /** What of the scaffold is our own work, and so ours to take away. */
  readonly #made = { chain: false, jump: false };

  constructor(parts: FamilyTableParts) {
    this.#parts = parts;
  }

  /**
   * Sets up chain, jump and head. Addresses that stand in the chain already are left there until the first bans (the
   * restored ones) have been carried out, so that a start after a crash or a `leave` opens no gap; then the unclaimed ones go.
   * So it is with `left`, what an earlier run kept out in another way.
   */
  async start(left: readonly Network[] = []): Promise<void> {
    const ruleset = await this.#parts.iptables.read();
    const found = addressRules(ruleset.get(this.#parts.parameters.table) ?? [], this.#parts.layout);
    const adopted = new Map(this.#parts.wanted);
    for (const network of left) adopted.set(network.cidr, network);
    for (const [cidr, rules] of found) adopted.set(cidr, this.#parts.layout.networkOf(rules[0]!)!);
    this.#recognise(ruleset);
    await this.#apply(differenceOf(ruleset, adopted, this.#parts.layout, this.#parts.parameters), adopted);
    this.#doubtful = found.size + left.length > 0;
    if (this.#doubtful) {
      this.#parts.voice.info(
        `${this.#name}: took over chain ${this.#parts.parameters.table} with ${adopted.size - this.#parts.wanted.size} addresses of an earlier run; those that no jail claims go with the next change, or the next check within a minute`,
      );
    }
  }

  /** The networks that have rules of their own in the chain, whoever wants them. */
  async found(): Promise<readonly Network[]> {
    const ruleset = await this.#parts.iptables.read();
    const rules = addressRules(ruleset.get(this.#parts.parameters.table) ?? [], this.#parts.layout);
    return [...rules.values()].map((have) => this.#parts.layout.networkOf(have[0]!)!);
  }

  get family(): Family {
    return this.#parts.family;
  }

  /** Sets up chain, jump and head in another layout than the first one; the rules of addresses become those of `wanted`. */
  async startAs(layout: RuleLayout, wanted: ReadonlyMap<string, Network>): Promise<void> {
    this.#recognise(await this.#parts.iptables.read());
    await this.become(layout, wanted);
  }

  /** Exchanges one layout for another, in one change of the kernel; where that fails the old one stays. */
  async become(layout: RuleLayout, wanted: ReadonlyMap<string, Network>): Promise<void> {
    const before = this.#parts;
    this.#parts = { ...before, layout, wanted };
    try {
      await this.reconcile();
    } catch (error) {
      this.#parts = before;
      throw error;
    }
  }

  /** Brings the kernel to what is wanted, for these addresses; for all of them where there is doubt, or on `verify`. */
  async sync(touched: Iterable<string>, verify: boolean): Promise<void> {
    if (this.#doubtful || verify) {
      await this.reconcile();
      return;
    }
    const lines: string[] = [];
    const added: string[] = [];
    const removed: string[] = [];
    for (const cidr of new Set(touched)) {
      const network = this.#parts.wanted.get(cidr);
      if (network !== undefined && !this.#installed.has(cidr)) added.push(cidr);
      if (network === undefined && this.#installed.has(cidr)) removed.push(cidr);
    }
    if (removed.length >= rebuildFrom) {
      await this.reconcile();
      return;
    }
    for (const cidr of removed) {
      for (const rule of this.#parts.layout.rulesOf({ family: this.#parts.family, cidr })) {
        lines.push(`-D ${this.#parts.parameters.table} ${ruleText(rule)}`);
      }
    }
    for (const cidr of added) {
      for (const rule of this.#parts.layout.rulesOf(this.#parts.wanted.get(cidr)!)) {
        lines.push(`-A ${this.#parts.parameters.table} ${ruleText(rule)}`);
      }
    }
    if (lines.length === 0) return;
    try {
      await this.#parts.iptables.change(lines);
    } catch (error) {
      // Most often somebody flushed or reloaded the firewall in between: look at what is there, and mend all of it.
      this.#parts.voice.info(`${this.#name}: ${firewallError(error).message}; comparing with the kernel's rules`);
      for (const finding of await this.reconcile()) this.#parts.voice.warn(`Repaired: ${finding}`);
      return;
    }
    for (const cidr of removed) this.#installed.delete(cidr);
    for (const cidr of added) this.#installed.add(cidr);
  }

  /** Compares with the kernel's own rules and mends the difference. @returns what was wrong, one phrase each */
  async reconcile(): Promise<readonly string[]> {
    this.#doubtful = true;
    const expected = new Set(this.#installed);
    const difference = differenceOf(
      await this.#parts.iptables.read(),
      this.#parts.wanted,
      this.#parts.layout,
      this.#parts.parameters,
    );
    const lost = difference.missing.filter((cidr) => expected.has(cidr)).length;
    await this.#apply(difference, this.#parts.wanted);
    this.#doubtful = false;
    return this.#findings(difference, lost);
  }

  /** The rules stand on: nothing is to be done, and the next start takes them over. */
  async leave(): Promise<void> {
    this.#installed.clear();
    this.#doubtful = true;
  }

  /** Takes away exactly what was added; the administrator's own chain, jump, guard and rules stay. */
  async stop(): Promise<void> {
    const ruleset = await this.#parts.iptables.read();
    const { table, chain } = this.#parts.parameters;
    const rules = ruleset.get(table);
    if (rules !== undefined) {
      const others = [...ruleset].some(([name, inChain]) =>
        inChain.some((rule) => targetOf(rule) === table && !(name === chain && isJump(rule, this.#parts.layout.jump))),
      );
      const shared = others || hasStrangers(rules, this.#parts.layout);
      const keepChain = !this.#made.chain || shared;
      if (this.#made.chain && shared) {
        this.#parts.voice.notice(`${this.#name}: chain ${table} stays, since others have rules in it or jump to it`);
      }
      const keepScaffold = this.#made.chain && shared;
      const headKeys = new Set(this.#parts.layout.head.map(ruleKey));
      const head = rules.filter((rule) => headKeys.has(ruleKey(rule)));
      const keptHead = keepScaffold
        ? head.filter((rule) => !looksIntoSet(rule))
        : head.filter((rule) => !isMarked(rule));
      const addresses = addressChange(rules, new Map(), this.#parts.layout, table, keptHead);
      const lines = [...addresses.lines];
      if (!addresses.rebuilt) {
        for (const rule of head) if (!keptHead.includes(rule)) lines.push(`-D ${table} ${ruleText(rule)}`);
      }
      if (this.#made.jump && !keepScaffold) {
        for (const rule of ruleset.get(chain) ?? [])
          if (isJump(rule, this.#parts.layout.jump)) lines.push(`-D ${chain} ${ruleText(rule)}`);
      }
      if (!keepChain) lines.push(`-X ${table}`);
      if (lines.length > 0) await this.#parts.iptables.change(lines);
    }
    this.#installed.clear();
    this.#doubtful = true;
    this.#made.chain = this.#made.jump = false;
  }

  /** What bears our mark is an earlier run's that could not take it away: it is ours to take away now. */
  #recognise(ruleset: Ruleset): void {
    const { table, chain } = this.#parts.parameters;
    const { jump, head } = this.#parts.layout;
    const rules = ruleset.get(table) ?? [];
    const jumps = (ruleset.get(chain) ?? []).filter((rule) => isJump(rule, jump));
    const keys = new Set(head.map(ruleKey));
    const heads = rules.filter((rule) => keys.has(ruleKey(rule)));
    this.#made.jump = jumps.length > 0 && jumps.every(isMarked);
    this.#made.chain = this.#made.jump && heads.every(isMarked);
  }

  async #apply(difference: Difference, installed: ReadonlyMap<string, Network>): Promise<void> {
    if (difference.lines.length > 0) await this.#parts.iptables.change(difference.lines);
    if (difference.chainMissing) this.#made.chain = true;
    if (difference.jump === 'missing') this.#made.jump = true;
    this.#installed.clear();
    for (const cidr of installed.keys()) this.#installed.add(cidr);
  }

  #findings(difference: Difference, lost: number): readonly string[] {
    const { table, chain } = this.#parts.parameters;
    const name = this.#name;
    const findings: string[] = [];
    if (difference.chainMissing) findings.push(`${name}: chain ${table} was missing`);
    if (difference.jump === 'missing') findings.push(`${name}: the jump from ${chain} to ${table} was missing`);
    if (difference.jump === 'moved')
      findings.push(`${name}: other rules stood in ${chain} before the jump to ${table}`);
    if (difference.head === 'missing' && !difference.chainMissing) {
      findings.push(`${name}: the first rules of ${table} were missing`);
    }
    if (difference.head === 'moved') findings.push(`${name}: other rules stood in ${table} before its first one`);
    if (lost > 0) findings.push(`${name}: ${lost} banned ${lost === 1 ? 'address was' : 'addresses were'} not blocked`);
    const { leftover } = difference;
    if (leftover > 0) {
      findings.push(`${name}: ${leftover} ${leftover === 1 ? 'address was' : 'addresses were'} blocked without a ban`);
    }
    return findings;
  }

  get #name(): string {
    return familyNames[this.#parts.family];
  }
}

/** Such a rule bans nobody without its set, which goes. */
function looksIntoSet(rule: readonly string[]): boolean {
  return rule.includes('--match-set');
}

function targetOf(rule: readonly string[]): string | undefined {
  const at = rule.findIndex((word) => word === '-j' || word === '-g');
  return at < 0 ? undefined : rule[at + 1];
}
