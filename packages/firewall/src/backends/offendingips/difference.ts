import type { Network } from '../../network.js';
import { isMarked, type Rule, ruleKey, ruleText } from '../../tools/rule.js';
import type { Ruleset } from '../../tools/ruleset.js';
import type { OffendingIpsParameters } from './parameters.js';
import type { RuleLayout } from './rules.js';

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

  const jump = jumpState(ruleset.get(chain) ?? [], layout.jump);
  if (jump.state === 'moved') for (const rule of jump.found) lines.push(`-D ${chain} ${ruleText(rule)}`);
  // An administrator's own jump stays his when it is moved.
  if (jump.state !== 'first') lines.push(`-I ${chain} 1 ${ruleText(jump.found[0] ?? layout.jump)}`);

  const head = headState(rules ?? [], layout.head);
  const addresses = addressChange(rules ?? [], wanted, layout, table, head.keep);
  if (!addresses.rebuilt) {
    for (const rule of retiredIn(rules ?? [], layout)) lines.push(`-D ${table} ${ruleText(rule)}`);
    for (const rule of head.remove) lines.push(`-D ${table} ${ruleText(rule)}`);
    if (head.state !== 'first') {
      for (const [index, rule] of head.keep.entries()) lines.push(`-I ${table} ${index + 1} ${ruleText(rule)}`);
    }
  }
  for (const line of addresses.lines) lines.push(line);
  const { missing, leftover } = addresses;
  return { lines, chainMissing: rules === undefined, jump: jump.state, head: head.state, missing, leftover };
}

/** From so many rules to remove, the chain is rebuilt: `-D` searches the chain for each rule, which is quadratic. */
export const rebuildFrom = 256;

interface AddressChange {
  readonly lines: readonly string[];
  /** The lines empty the chain and fill it anew, head and all. */
  readonly rebuilt: boolean;
  readonly missing: readonly string[];
  readonly leftover: number;
}

/**
 * What must change in the chain so that it has the rules of the wanted addresses and of no others. `head` is what a
 * rebuilt chain begins with. A chain with rules of somebody else is never rebuilt.
 */
export function addressChange(
  rules: readonly Rule[],
  wanted: ReadonlyMap<string, Network>,
  layout: RuleLayout,
  table: string,
  head: readonly Rule[],
): AddressChange {
  const found = addressRules(rules, layout);
  const add = (network: Network) => layout.rulesOf(network).map((rule) => `-A ${table} ${ruleText(rule)}`);
  const bad = new Set<string>();
  const removals: string[] = [];
  let leftover = 0;
  for (const [cidr, have] of found) {
    const network = wanted.get(cidr);
    if (network !== undefined && sameRules(have, layout.rulesOf(network))) continue;
    if (network === undefined) leftover += 1;
    bad.add(cidr);
    for (const rule of have) removals.push(`-D ${table} ${ruleText(rule)}`);
  }
  const missing = [...wanted.keys()].filter((cidr) => !found.has(cidr) || bad.has(cidr));
  if (removals.length >= rebuildFrom && !hasStrangers(rules, layout)) {
    const filled = [...head.map((rule) => `-A ${table} ${ruleText(rule)}`), ...[...wanted.values()].flatMap(add)];
    return { lines: [`-F ${table}`, ...filled], rebuilt: true, missing, leftover };
  }
  const added = missing.flatMap((cidr) => add(wanted.get(cidr)!));
  return { lines: [...removals, ...added], rebuilt: false, missing, leftover };
}

/** Whether a chain has rules that are neither the layout's head nor its addresses. */
export function hasStrangers(rules: readonly Rule[], layout: RuleLayout): boolean {
  const ours = new Set([...layout.head, ...layout.retired].map(ruleKey));
  return rules.some((rule) => layout.networkOf(rule) === undefined && !ours.has(ruleKey(rule)));
}

/** The rules in a chain that another layout of ours has left there. */
export function retiredIn(rules: readonly Rule[], layout: RuleLayout): readonly Rule[] {
  const keys = new Set(layout.retired.map(ruleKey));
  return rules.filter((rule) => isMarked(rule) && keys.has(ruleKey(rule)));
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

/** Whether a rule is the plain jump of the layout, ours or an administrator's. */
export function isJump(rule: Rule, jump: Rule): boolean {
  return ruleKey(rule) === ruleKey(jump);
}

function jumpState(rules: readonly Rule[], jump: Rule): { state: Difference['jump']; found: readonly Rule[] } {
  const found = rules.filter((rule) => isJump(rule, jump));
  if (found.length === 0) return { state: 'missing', found };
  // Jumps of ours to other tables may stand before it: if each wanted to be the first, they would move for ever.
  const before = rules.slice(0, rules.indexOf(found[0]!));
  return { state: before.every(isMarked) ? 'first' : 'moved', found };
}

/** `keep`: the head as it is to stand in the chain, an administrator's own where there is one. */
function headState(
  rules: readonly Rule[],
  head: readonly Rule[],
): { state: Difference['head']; remove: readonly Rule[]; keep: readonly Rule[] } {
  if (head.every((rule, index) => rules[index] !== undefined && ruleKey(rules[index]) === ruleKey(rule))) {
    return { state: 'first', remove: [], keep: rules.slice(0, head.length) };
  }
  const keys = new Set(head.map(ruleKey));
  const remove = rules.filter((rule) => keys.has(ruleKey(rule)));
  const keep = head.map((rule) => remove.find((found) => ruleKey(found) === ruleKey(rule)) ?? rule);
  return { state: remove.length > 0 ? 'moved' : 'missing', remove, keep };
}

function sameRules(have: readonly Rule[], should: readonly Rule[]): boolean {
  return have.length === should.length && have.every((rule, index) => ruleKey(rule) === ruleKey(should[index]!));
}
