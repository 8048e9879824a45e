import type { Network } from '../../network.js';
import type { OffendingIpsParameters } from './parameters.js';
import { type Rule, type RuleLayout, ruleKey, ruleText } from './rules.js';
import type { Ruleset } from './ruleset.js';

/** What must change so that the kernel has what should hold. */
export interface Difference {
  /** The lines between `*filter` and `COMMIT`; empty where nothing must change. */
  readonly lines: readonly string[];
  readonly chainMissing: boolean;
  /** `missing`: no jump at all; `moved`: there is one, but other rules stand before it. */
  readonly jump: 'first' | 'missing' | 'moved';
  readonly head: 'first' | 'missing' | 'moved';
  /** Addresses of ours that lacked a rule, or had their rules in the wrong order. */
  readonly missing: readonly string[];
  /** Addresses that have rules of ours and should have none (or have them twice). */
  readonly leftover: number;
}

/**
 * Compares a ruleset with what should hold, purely. `wanted` maps the canonical address to its network; rules of the
 * chain that are not of the layout are somebody else's and stay.
 */
export function differenceOf(
  ruleset: Ruleset,
  wanted: ReadonlyMap<string, Network>,
  layout: RuleLayout,
  { table, chain }: Pick<OffendingIpsParameters, 'table' | 'chain'>,
): Difference {
  const lines: string[] = [];
  const rules = ruleset.get(table);
  if (rules === undefined) lines.push(`-N ${table}`);

  const jump = jumpState(ruleset.get(chain) ?? [], table);
  if (jump.state === 'moved') for (let copy = 0; copy < jump.copies; copy += 1) lines.push(`-D ${chain} -j ${table}`);
  if (jump.state !== 'first') lines.push(`-I ${chain} 1 -j ${table}`);

  const head = headState(rules ?? [], layout.head);
  for (const rule of head.remove) lines.push(`-D ${table} ${ruleText(rule)}`);
  if (head.state !== 'first') {
    for (const [index, rule] of layout.head.entries()) lines.push(`-I ${table} ${index + 1} ${ruleText(rule)}`);
  }

  const found = addressRules(rules ?? [], layout);
  const bad = new Set<string>();
  for (const [cidr, have] of found) {
    const network = wanted.get(cidr);
    if (network !== undefined && sameRules(have, layout.rulesOf(network))) continue;
    bad.add(cidr);
    for (const rule of have) lines.push(`-D ${table} ${ruleText(rule)}`);
  }
  const missing: string[] = [];
  for (const [cidr, network] of wanted) {
    if (found.has(cidr) && !bad.has(cidr)) continue;
    missing.push(cidr);
    for (const rule of layout.rulesOf(network)) lines.push(`-A ${table} ${ruleText(rule)}`);
  }
  let leftover = 0;
  for (const cidr of bad) if (!wanted.has(cidr)) leftover += 1;
  return { lines, chainMissing: rules === undefined, jump: jump.state, head: head.state, missing, leftover };
}

/** The rules of the layout that a chain has, per address, in the chain's order. */
export function addressRules(rules: readonly Rule[], layout: RuleLayout): Map<string, Rule[]> {
  const found = new Map<string, Rule[]>();
  for (const rule of rules) {
    const network = layout.networkOf(rule);
    if (network === undefined) continue;
    const have = found.get(network.cidr);
    if (have === undefined) found.set(network.cidr, [rule]);
    else have.push(rule);
  }
  return found;
}

export function isJump(rule: Rule, table: string): boolean {
  return rule.length === 2 && rule[0] === '-j' && rule[1] === table;
}

function jumpState(rules: readonly Rule[], table: string): { state: Difference['jump']; copies: number } {
  const copies = rules.filter((rule) => isJump(rule, table)).length;
  if (copies === 0) return { state: 'missing', copies };
  return { state: isJump(rules[0]!, table) ? 'first' : 'moved', copies };
}

function headState(rules: readonly Rule[], head: readonly Rule[]): { state: Difference['head']; remove: Rule[] } {
  if (head.every((rule, index) => rules[index] !== undefined && ruleKey(rules[index]) === ruleKey(rule))) {
    return { state: 'first', remove: [] };
  }
  const keys = new Set(head.map(ruleKey));
  const remove = rules.filter((rule) => keys.has(ruleKey(rule)));
  return { state: remove.length > 0 ? 'moved' : 'missing', remove };
}

function sameRules(have: readonly Rule[], should: readonly Rule[]): boolean {
  return have.length === should.length && have.every((rule, index) => ruleKey(rule) === ruleKey(should[index]!));
}
