import { type Family, type Network, networkOf } from '../../network.js';
import { ourMark, type Rule, ruleKey } from '../../tools/rule.js';
import type { OffendingIpsParameters } from './parameters.js';

/** How bans are laid out as rules of the chain, which rules head it, and which of the rules there are of this layout. */
export interface RuleLayout {
  /** The rule that leads to the chain. */
  readonly jump: Rule;
  /** The rules that head the chain, in this order. */
  readonly head: readonly Rule[];
  /** The rules that ban one network, in this order. */
  rulesOf(network: Network): readonly Rule[];
  /** Which network a rule found in the chain bans; undefined where the rule is not of this layout. */
  networkOf(rule: Rule): Network | undefined;
}

/** The article's layout: whoever is marked stays out; per address first LOG, then a DROP that marks. */
export function rulesPerAddress(parameters: OffendingIpsParameters, family: Family): RuleLayout {
  const { table, recent, seconds, logprefix } = parameters;
  const target = targetOf(parameters.blocktype, family);
  const log: Rule = ['-j', 'LOG', '--log-prefix', logprefix];
  const block: Rule = ['-m', 'recent', '--set', '--name', recent, '-j', ...target];
  const logKey = ruleKey(log);
  const blockKey = ruleKey(block);
  return {
    jump: [...ourMark, '-j', table],
    head: [['-m', 'recent', '--update', '--seconds', String(seconds), '--name', recent, ...ourMark, '-j', 'DROP']],
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
