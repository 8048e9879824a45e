import { type Family, type Network, networkOf } from '../../network.js';
import type { OffendingIpsParameters } from './parameters.js';

/** A rule as the words that follow the chain's name: `['-s', '192.0.2.1/32', '-j', 'DROP']`. */
export type Rule = readonly string[];

/**
 * How bans are laid out as rules of the chain. One rule pair per address is the article's layout; a layout that keeps
 * the addresses in one set and looks them up in one rule can stand in its place.
 */
export interface RuleLayout {
  /** The rules that head the chain, in this order. */
  readonly head: readonly Rule[];
  /** The rules that ban one network, in this order. */
  rulesOf(network: Network): readonly Rule[];
  /** Which network a rule found in the chain bans; undefined where the rule is not of this layout. */
  networkOf(rule: Rule): Network | undefined;
}

/** The article's layout: whoever is marked stays out; per address first LOG, then a DROP that marks. */
export function rulesPerAddress(parameters: OffendingIpsParameters, family: Family): RuleLayout {
  const { recent, seconds, logprefix } = parameters;
  const target = targetOf(parameters.blocktype, family);
  const log: Rule = ['-j', 'LOG', '--log-prefix', logprefix];
  const block: Rule = ['-m', 'recent', '--set', '--name', recent, '-j', ...target];
  const logKey = ruleKey(log);
  const blockKey = ruleKey(block);
  return {
    head: [['-m', 'recent', '--update', '--seconds', String(seconds), '--name', recent, '-j', 'DROP']],
    rulesOf: ({ cidr }) => [
      ['-s', cidr, ...log],
      ['-s', cidr, ...block],
    ],
    networkOf(rule) {
      if (rule[0] !== '-s' || rule[1] === undefined) return undefined;
      const rest = ruleKey(rule.slice(2));
      if (rest !== logKey && rest !== blockKey) return undefined;
      try {
        return networkOf(rule[1]);
      } catch {
        return undefined;
      }
    },
  };
}

/** REJECT is listed with the answer it gives, also where that is the default one. */
function targetOf(blocktype: string, family: Family): Rule {
  if (blocktype !== 'REJECT') return blocktype.split(' ');
  return ['REJECT', '--reject-with', family === 'inet4' ? 'icmp-port-unreachable' : 'icmp6-port-unreachable'];
}

/** The key under which two rules are the same rule. */
export function ruleKey(rule: Rule): string {
  return withoutDefaults(rule).join('\0');
}

/**
 * A rule without xt_recent's defaults. Some versions of `iptables-save` print them and some do not; and a `-D` that
 * spells them out does not find a rule that was added without (seen with iptables 1.8.9).
 */
function withoutDefaults(rule: Rule): Rule {
  const words: string[] = [];
  for (let index = 0; index < rule.length; index += 1) {
    const word = rule[index]!;
    if (word === '--rsource') continue;
    if (word === '--mask' && /^(?:255\.255\.255\.255|ffff(?::ffff){7})$/.test(rule[index + 1] ?? '')) index += 1;
    else words.push(word);
  }
  return words;
}

/** Writes a rule for `iptables-restore`, which reads double quotes and backslashes, and no shell. */
export function ruleText(rule: Rule): string {
  return withoutDefaults(rule)
    .map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `"${word.replace(/["\\]/g, (char) => `\\${char}`)}"`))
    .join(' ');
}
