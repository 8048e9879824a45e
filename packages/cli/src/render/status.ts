import type { ReplyValue } from '../daemon/control/reply.js';
import { printable } from '../printable.js';

type Pair = readonly [name: string, value: ReplyValue];

/**
 * The tree that fail2ban-client prints for `status`, `status JAIL` and `status --all`; monitoring scripts cut it apart,
 * so every blank and tab counts. No line end after the last line.
 */
export function renderStatus(jail: string | undefined, reply: ReplyValue): string {
  if (jail === undefined) return ['Status', ...branches(reply as readonly Pair[], '')].join('\n');
  if (jail !== '--all') {
    return [`Status for the jail: ${printable(jail)}`, ...branches(reply as readonly Pair[], '')].join('\n');
  }
  const [overview, jails] = reply as readonly [readonly Pair[], { readonly [name: string]: readonly Pair[] }];
  const names = Object.keys(jails).sort();
  const lines = ['Status', ...branches(overview, '', names.length > 0)];
  if (names.length > 0) lines.push('`- Status for the jails:');
  names.forEach((name, index) => {
    const last = index === names.length - 1;
    lines.push(`   ${last ? '`-' : '|-'} Jail: ${printable(name)}`);
    lines.push(...branches(jails[name]!, last ? '      ' : '   |  '));
  });
  return lines.join('\n');
}

function branches(pairs: readonly Pair[], indent: string, moreFollows = false): string[] {
  const lines: string[] = [];
  pairs.forEach(([key, value], index) => {
    const name = printable(key);
    const last = index === pairs.length - 1 && !moreFollows;
    const mark = last ? '`-' : '|-';
    if (isPairs(value)) {
      lines.push(`${indent}${mark} ${name}`, ...branches(value, `${indent}${last ? '   ' : '|  '}`));
    } else {
      lines.push(`${indent}${mark} ${name}:\t${leaf(value)}`);
    }
  });
  return lines;
}

function isPairs(value: ReplyValue): value is readonly Pair[] {
  return Array.isArray(value) && value.length > 0 && value.every((one) => Array.isArray(one) && one.length === 2);
}

function leaf(value: ReplyValue): string {
  const text = Array.isArray(value) ? value.map(String).join(' ') : String(value);
  return printable(text);
}
