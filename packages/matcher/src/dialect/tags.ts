/**
 * fail2ban's tags in expressions: `<HOST>`, `<F-USER>…</F-USER>`, `<SKIPLINES>` and their kin become Python groups. One pass over the
 * text; a tag that is not known stays as it is.
 */

/** How host names in logs are treated. With `no`, `<HOST>` is an address only. */
export type UseDns = 'yes' | 'warn' | 'no' | 'raw';

const ip4 = String.raw`(?:::f{4,6}:)?(?P<ip4>(?:\d{1,3}\.){3}\d{1,3})`;
const ip6 = '(?P<ip6>(?:[0-9a-fA-F]{1,4}::?|:){1,7}(?:[0-9a-fA-F]{1,4}|(?<=:):))';
const dns = String.raw`(?P<dns>[\w\-.^_]*\w)`;
const cidr = String.raw`(?P<cidr>\d+)`;
const addr = String.raw`\[?(?:${ip4}|${ip6})\]?`;
const subnet = String.raw`\[?(?:${ip4}|${ip6})(?:/${cidr})?\]?`;

const fixedTags = new Map([
  ['<IP4>', ip4],
  ['<F-IP4/>', ip4],
  ['<IP6>', ip6],
  ['<F-IP6/>', ip6],
  ['<DNS>', dns],
  ['<F-DNS/>', dns],
  ['<ADDR>', addr],
  ['<F-ADDR/>', addr],
  ['<CIDR>', cidr],
  ['<F-CIDR/>', cidr],
  ['<SUBNET>', subnet],
  ['<F-SUBNET/>', subnet],
  ['<F-ID/>', String.raw`(?P<fid>\S+)`],
  ['<F-PORT/>', String.raw`(?P<fport>\w+)`],
]);

/** Group names that differ from the tag's own name. */
const groupNames = new Map([
  ['id', 'fid'],
  ['port', 'fport'],
]);

/** Expanded text, and where each piece of it came from. */
export interface Expansion {
  /** The Python expression, as `fail2ban-client get JAIL failregex` shows it. */
  readonly text: string;
  /** Offset in the written text (UTF-16 units from 0) of the piece that offset `expanded` of `text` came from. */
  writtenAt(expanded: number): number;
}

/** A stretch of text that was replaced: from and to in the text before, and what stands there now. */
interface Replacement {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** The expanded text alone, see `expandTagsMapped`. */
export function expandTags(source: string, options: { readonly usedns?: UseDns } = {}): string {
  return expandTagsMapped(source, options).text;
}

/**
 * Expands the tags of a failregex, prefregex or ignoreregex, and turns a global flag right behind an opening bracket,
 * `((?i)X)` or `(?:(?i)X)`, into `(?i:X)`: fail2ban's rules.
 */
export function expandTagsMapped(source: string, options: { readonly usedns?: UseDns } = {}): Expansion {
  const scoped = scopeFlags(source);
  const tagged = replaceTags(scoped.text, options.usedns ?? 'warn');
  return { text: tagged.text, writtenAt: (expanded) => scoped.writtenAt(tagged.writtenAt(expanded)) };
}

function scopeFlags(source: string): Expansion {
  const replacements: Replacement[] = [];
  for (const found of source.matchAll(/(?<!\\)\((?:\?:)?\(\?([a-z]+)\)/g)) {
    replacements.push({ from: found.index, to: found.index + found[0].length, text: `(?${found[1]}:` });
  }
  return apply(source, replacements);
}

function replaceTags(source: string, usedns: UseDns): Expansion {
  const replacements: Replacement[] = [];
  const opened = new Set<string>();
  let skipLines = 0;
  const expand = (tag: string): string | undefined => {
    if (tag === '<HOST>') return usedns === 'no' ? addr : `(?:${addr}|${dns})`;
    if (tag === '<SKIPLINES>') return String.raw`\n(?P<skiplines${skipLines++}>(?:(?:.*\n)*?))`;
    const fixed = fixedTags.get(tag);
    if (fixed !== undefined) return fixed;
    const pair = /^<(\/?)F-([A-Z0-9_-]+)>$/.exec(tag);
    if (!pair) return undefined;
    const name = pair[2]!.toLowerCase();
    if (pair[1]) return opened.has(name) ? ')' : undefined;
    opened.add(name);
    return `(?P<${groupNames.get(name) ?? name}>`;
  };
  for (const found of source.matchAll(/<\/?[A-Za-z0-9_-]+\/?>/g)) {
    const text = expand(found[0]);
    if (text !== undefined) replacements.push({ from: found.index, to: found.index + found[0].length, text });
  }
  return apply(source, replacements);
}

function apply(source: string, replacements: readonly Replacement[]): Expansion {
  let text = '';
  let read = 0;
  const starts: { readonly at: number; readonly from: number; readonly to: number }[] = [];
  for (const replacement of replacements) {
    text += source.slice(read, replacement.from);
    starts.push({ at: text.length, from: replacement.from, to: text.length + replacement.text.length });
    text += replacement.text;
    read = replacement.to;
  }
  text += source.slice(read);
  const writtenAt = (expanded: number): number => {
    let shift = 0;
    for (const [i, start] of starts.entries()) {
      if (expanded < start.at) break;
      if (expanded < start.to) return start.from;
      shift = replacements[i]!.to - start.to;
    }
    return expanded + shift;
  };
  return { text, writtenAt };
}
