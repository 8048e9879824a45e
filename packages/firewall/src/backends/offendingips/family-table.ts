import { sentence } from '../../errors.js';
import type { FirewallLog } from '../../log.js';
import type { Family, Network } from '../../network.js';
import {
  addressChange,
  addressRules,
  type Difference,
  differenceOf,
  hasStrangers,
  isJump,
  rebuildFrom,
} from './difference.js';
import { familyNames, type Iptables } from './iptables.js';
import type { OffendingIpsParameters } from './parameters.js';
import { type RuleLayout, ruleKey, ruleText } from './rules.js';

/** One family's chain, and what we believe to stand in it. */
export class FamilyTable {
  readonly #installed = new Set<string>();
  /** Set while what we believe may be wrong: before the start, after a failure, with leftovers of an earlier run. */
  #doubtful = true;
  /** What of the scaffold is our own work, and so ours to take away. */
  readonly #made = { chain: false, jump: false, head: false };

  constructor(
    readonly family: Family,
    private readonly wanted: ReadonlyMap<string, Network>,
    private readonly layout: RuleLayout,
    private readonly parameters: OffendingIpsParameters,
    private readonly iptables: Iptables,
    private readonly log: FirewallLog,
  ) {}

  /**
   * Sets up chain, jump and head. Addresses that stand in the chain already are left there until the first bans (the
   * restored ones) have been carried out, so that a restart opens no gap; then the unclaimed ones go.
   */
  async start(): Promise<void> {
    const ruleset = await this.iptables.read();
    const found = addressRules(ruleset.get(this.parameters.table) ?? [], this.layout);
    const adopted = new Map(this.wanted);
    for (const [cidr, rules] of found) adopted.set(cidr, this.layout.networkOf(rules[0]!)!);
    await this.#apply(differenceOf(ruleset, adopted, this.layout, this.parameters), adopted);
    this.#doubtful = found.size > 0;
    if (found.size > 0) {
      this.log.info(
        `${this.#name}: took over chain ${this.parameters.table} with ${found.size} addresses of an earlier run; those that no jail claims go with the next change, or the next check within a minute`,
      );
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
      const network = this.wanted.get(cidr);
      if (network !== undefined && !this.#installed.has(cidr)) added.push(cidr);
      if (network === undefined && this.#installed.has(cidr)) removed.push(cidr);
    }
    if (removed.length >= rebuildFrom) {
      await this.reconcile();
      return;
    }
    for (const cidr of removed) {
      for (const rule of this.layout.rulesOf({ family: this.family, cidr })) {
        lines.push(`-D ${this.parameters.table} ${ruleText(rule)}`);
      }
    }
    for (const cidr of added) {
      for (const rule of this.layout.rulesOf(this.wanted.get(cidr)!)) {
        lines.push(`-A ${this.parameters.table} ${ruleText(rule)}`);
      }
    }
    if (lines.length === 0) return;
    try {
      await this.iptables.change(lines);
    } catch (error) {
      // Most often somebody flushed or reloaded the firewall in between: look at what is there, and mend all of it.
      this.log.info(`${this.#name}: ${sentence(error)}; comparing with the kernel's rules`);
      for (const finding of await this.reconcile()) this.log.warn(`Repaired: ${finding}`);
      return;
    }
    for (const cidr of removed) this.#installed.delete(cidr);
    for (const cidr of added) this.#installed.add(cidr);
  }

  /** Compares with the kernel's own rules and mends the difference. Returns what was wrong, one phrase each. */
  async reconcile(): Promise<readonly string[]> {
    this.#doubtful = true;
    const expected = new Set(this.#installed);
    const difference = differenceOf(await this.iptables.read(), this.wanted, this.layout, this.parameters);
    const lost = difference.missing.filter((cidr) => expected.has(cidr)).length;
    await this.#apply(difference, this.wanted);
    this.#doubtful = false;
    return this.#findings(difference, lost);
  }

  /** Takes away exactly what was added; the administrator's own chain, jump, guard and rules stay. */
  async stop(): Promise<void> {
    const ruleset = await this.iptables.read();
    const { table, chain } = this.parameters;
    const rules = ruleset.get(table);
    if (rules !== undefined) {
      const others = [...ruleset].some(([name, inChain]) =>
        inChain.some((rule) => targetOf(rule) === table && !(name === chain && isJump(rule, table))),
      );
      const shared = others || hasStrangers(rules, this.layout);
      const keepChain = !this.#made.chain || shared;
      if (this.#made.chain && shared) {
        this.log.notice(`${this.#name}: chain ${table} stays, since others have rules in it or jump to it`);
      }
      const keepScaffold = this.#made.chain && shared;
      const keepHead = keepScaffold || !this.#made.head;
      const headKeys = new Set(this.layout.head.map(ruleKey));
      const head = rules.filter((rule) => headKeys.has(ruleKey(rule)));
      const addresses = addressChange(rules, new Map(), this.layout, table, keepHead ? head : []);
      const lines = [...addresses.lines];
      if (!keepHead && !addresses.rebuilt) for (const rule of head) lines.push(`-D ${table} ${ruleText(rule)}`);
      if (this.#made.jump && !keepScaffold) {
        for (const rule of ruleset.get(chain) ?? []) if (isJump(rule, table)) lines.push(`-D ${chain} -j ${table}`);
      }
      if (!keepChain) lines.push(`-X ${table}`);
      if (lines.length > 0) await this.iptables.change(lines);
    }
    this.#installed.clear();
    this.#doubtful = true;
    this.#made.chain = this.#made.jump = this.#made.head = false;
  }

  async #apply(difference: Difference, installed: ReadonlyMap<string, Network>): Promise<void> {
    if (difference.lines.length > 0) await this.iptables.change(difference.lines);
    if (difference.chainMissing) this.#made.chain = true;
    if (difference.jump === 'missing') this.#made.jump = true;
    if (difference.head === 'missing') this.#made.head = true;
    this.#installed.clear();
    for (const cidr of installed.keys()) this.#installed.add(cidr);
  }

  #findings(difference: Difference, lost: number): readonly string[] {
    const { table, chain } = this.parameters;
    const name = this.#name;
    const findings: string[] = [];
    if (difference.chainMissing) findings.push(`${name}: chain ${table} was missing`);
    if (difference.jump === 'missing') findings.push(`${name}: the jump from ${chain} to ${table} was missing`);
    if (difference.jump === 'moved')
      findings.push(`${name}: other rules stood in ${chain} before the jump to ${table}`);
    if (difference.head === 'missing' && !difference.chainMissing) {
      findings.push(`${name}: the rule that keeps persistent attackers out was missing from ${table}`);
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
    return familyNames[this.family];
  }
}

function targetOf(rule: readonly string[]): string | undefined {
  const at = rule.findIndex((word) => word === '-j' || word === '-g');
  return at < 0 ? undefined : rule[at + 1];
}
