import type { Rule } from './rule.js';

/** The chains of the filter table with their rules in order, as `iptables-save` printed them. */
export type Ruleset = ReadonlyMap<string, readonly Rule[]>;

/** Reads the filter table out of what `iptables-save` or `ip6tables-save` printed. Lines it does not know are passed by. */
export function readRuleset(saved: string): Ruleset {
  const chains = new Map<string, Rule[]>();
  let inFilter = false;
  for (const line of saved.split('\n')) {
    if (line.startsWith('*')) inFilter = line.trim() === '*filter';
    else if (!inFilter) continue;
    else if (line.startsWith(':')) {
      const name = line.slice(1).split(' ', 1)[0]!;
      if (!chains.has(name)) chains.set(name, []);
    } else if (line.startsWith('-A ')) {
      const [, name, ...rule] = words(line);
      if (name === undefined) continue;
      const rules = chains.get(name);
      if (rules === undefined) chains.set(name, [rule]);
      else rules.push(rule);
    }
  }
  return chains;
}

/** Splits a rule line into words: blanks divide, double quotes hold together, a backslash takes the next character as it is. */
function words(line: string): string[] {
  const found: string[] = [];
  let word: string | undefined;
  let inQuotes = false;
  for (let index = 0; index < line.length; index += 1) {
    const char = line[index]!;
    if (char === '\\' && index + 1 < line.length) {
      index += 1;
      word = (word ?? '') + line[index]!;
    } else if (char === '"') {
      inQuotes = !inQuotes;
      word ??= '';
    } else if (char === ' ' && !inQuotes) {
      if (word !== undefined) found.push(word);
      word = undefined;
    } else word = (word ?? '') + char;
  }
  if (word !== undefined) found.push(word);
  return found;
}
