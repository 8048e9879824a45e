/** A rule as the words that follow the chain's name: `['-s', '192.0.2.1/32', '-j', 'DROP']`. */
export type Rule = readonly string[];

/** What tells our rules from an administrator's; firewalls that guard INPUT for themselves look for this word as well. */
export const ourMark: Rule = ['-m', 'comment', '--comment', 'f2b'];

/** Whether a rule bears our mark. */
export function isMarked(rule: Rule): boolean {
  return markAt(rule) >= 0;
}

function markAt(rule: Rule): number {
  return rule.findIndex((_word, index) => ourMark.every((word, offset) => rule[index + offset] === word));
}

/** The key under which two rules are the same rule, whoever put it there. */
export function ruleKey(rule: Rule): string {
  const words = withoutDefaults(rule);
  const mark = markAt(words);
  return (mark < 0 ? words : words.toSpliced(mark, ourMark.length)).join('\0');
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
