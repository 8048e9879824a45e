import type { Family } from '../network.js';
import { type Iptables, restoreCommand, restoreInput } from './iptables.js';
import { type Rule, ruleKey } from './rule.js';
import { readRuleset } from './ruleset.js';
import { shellWord } from './shell-word.js';

/**
 * The packet filter of a dry run: prints each change as the command with exactly the input it would be given, and
 * keeps the rules in memory only. It reads nothing of the real firewall and supposes that it is empty.
 */
export function simulateIptables(family: Family, print: (line: string) => void): Iptables {
  const chains = new Map<string, Rule[]>();
  const chainOf = (name: string): Rule[] => {
    const rules = chains.get(name) ?? [];
    chains.set(name, rules);
    return rules;
  };
  return {
    async read() {
      return chains;
    },
    async change(lines) {
      print(`${restoreCommand(family).map(shellWord).join(' ')} <<'EOF'`);
      for (const line of restoreInput(lines).trimEnd().split('\n')) print(line);
      print('EOF');
      for (const line of lines) apply(line, chains, chainOf);
    },
  };
}

function apply(line: string, chains: Map<string, Rule[]>, chainOf: (name: string) => Rule[]): void {
  const [verb, name = '', position] = line.split(' ', 3);
  const written = line.slice(verb!.length + name.length + 2);
  if (verb === '-N') chainOf(name);
  else if (verb === '-F') chains.set(name, []);
  else if (verb === '-X') chains.delete(name);
  else if (verb === '-A') chainOf(name).push(ruleOf(written));
  else if (verb === '-I') chainOf(name).splice(Number(position) - 1, 0, ruleOf(written.slice(position!.length + 1)));
  else if (verb === '-D') {
    const rules = chainOf(name);
    const key = ruleKey(ruleOf(written));
    const index = rules.findIndex((rule) => ruleKey(rule) === key);
    if (index >= 0) rules.splice(index, 1);
  }
}

function ruleOf(written: string): Rule {
  return readRuleset(`*filter\n-A x ${written}`).get('x')?.[0] ?? [];
}
