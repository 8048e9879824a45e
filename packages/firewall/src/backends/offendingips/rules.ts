import { createHash } from 'node:crypto';
import { type Family, type Network, networkOf } from '../../network.js';
import { ourMark, type Rule, ruleKey } from '../../tools/rule.js';
import { listedRate } from './log-limit.js';
import type { OffendingIpsParameters } from './parameters.js';

/** How bans are laid out as rules of the chain, which rules head it, and which of the rules there are of this layout. */
export interface RuleLayout {
  /** The rule that leads to the chain. */
  readonly jump: Rule;
  /** The rules that head the chain, in this order. */
  readonly head: readonly Rule[];
  /** Rules with our mark that another layout of ours has left in the chain: they go. */
  readonly retired: readonly Rule[];
  /** The rules that ban one network, in this order. */
  rulesOf(network: Network): readonly Rule[];
  /** Which network a rule found in the chain bans; undefined where the rule is not of this layout. */
  networkOf(rule: Rule): Network | undefined;
}

/** The article's layout: whoever is marked stays out; per address first LOG, then a DROP that marks. */
export function rulesPerAddress(parameters: OffendingIpsParameters, family: Family, set: string): RuleLayout {
  const { logs, blocks } = endings(parameters, family);
  const keys = new Set([...logs, blocks].map(ruleKey));
  return {
    jump: [...ourMark, '-j', parameters.table],
    head: guardOf(parameters),
    retired: rulesOfSet(parameters, family, set),
    rulesOf: ({ cidr }) => [...logs, blocks].map((ending) => ['-s', cidr, ...ending]),
    networkOf(rule) {
      if (rule[0] !== '-s' || rule[1] === undefined || !keys.has(ruleKey(rule.slice(2)))) return undefined;
      try {
        return networkOf(rule[1]);
      } catch {
        return undefined;
      }
    },
  };
}

/** The same with one LOG and one DROP for all addresses of a set: a packet's way is as long with one of them as with thousands. */
export function rulesWithSet(parameters: OffendingIpsParameters, family: Family, set: string): RuleLayout {
  return {
    ...rulesPerAddress(parameters, family, set),
    head: [...guardOf(parameters), ...rulesOfSet(parameters, family, set)],
    retired: [],
  };
}

/** The kernel takes 31 bytes for a set's name, and another while one is exchanged needs two of them. */
const setNameLimit = 29;

/** The set of a family that belongs to a chain. */
export function setNameOf({ table }: OffendingIpsParameters, family: Family): string {
  const name = `f2b-${table}`;
  const ending = family === 'inet6' ? '-6' : '';
  if (name.length + ending.length <= setNameLimit) return `${name}${ending}`;
  const digest = createHash('sha256').update(table).digest('hex').slice(0, 8);
  return `${name.slice(0, setNameLimit - ending.length - 9)}-${digest}${ending}`;
}

/** Whoever is marked and comes again stays out until silent. */
function guardOf({ recent, seconds }: OffendingIpsParameters): readonly Rule[] {
  if (seconds === 0) return [];
  return [['-m', 'recent', '--update', '--seconds', String(seconds), '--name', recent, ...ourMark, '-j', 'DROP']];
}

function rulesOfSet(parameters: OffendingIpsParameters, family: Family, set: string): readonly Rule[] {
  const { logs, blocks } = endings(parameters, family);
  return [...logs, blocks].map((ending) => ['-m', 'set', '--match-set', set, 'src', ...ourMark, ...ending]);
}

/** What follows the address in each of its rules. */
function endings(parameters: OffendingIpsParameters, family: Family): { logs: readonly Rule[]; blocks: Rule } {
  const { recent, seconds, logprefix, loglimit } = parameters;
  const limit = loglimit === undefined ? [] : ['-m', 'limit', '--limit', listedRate(loglimit)];
  const marks = seconds === 0 ? [] : ['-m', 'recent', '--set', '--name', recent];
  return {
    logs: loglimit === 'none' ? [] : [[...limit, '-j', 'LOG', '--log-prefix', logprefix]],
    blocks: [...marks, '-j', ...targetOf(parameters.blocktype, family)],
  };
}

/** REJECT is listed with the answer it gives, also where that is the default one. */
function targetOf(blocktype: string, family: Family): Rule {
  if (blocktype !== 'REJECT') return blocktype.split(' ');
  return ['REJECT', '--reject-with', family === 'inet4' ? 'icmp-port-unreachable' : 'icmp6-port-unreachable'];
}
