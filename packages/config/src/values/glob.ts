import type { ConfigEdge } from '../syntax/edge.js';

/** Names that one glob may give; more is a mistake (`/*\/*\/*`). */
const maxMatches = 10_000;

/**
 * The paths that a pattern names, by the rules of Python's `glob`: `*`, `?` and `[...]` inside one path part, hidden files
 * only where the pattern's part begins with a dot, `**` means `*`, the order is the directory's own. A pattern without
 * magic names itself if it exists (a dangling link counts).
 */
export function glob(pattern: string, edge: ConfigEdge): string[] {
  if (!hasMagic(pattern)) return pattern !== '' && edge.kind(pattern) !== 'missing' ? [pattern] : [];
  const slash = pattern.lastIndexOf('/');
  const part = pattern.slice(slash + 1);
  const parent = pattern.slice(0, slash + 1).replace(/(?<=[^/])\/+$/, '');
  const parents = hasMagic(parent) ? glob(parent, edge) : [parent];
  const matches: string[] = [];
  for (const directory of parents) {
    if (part === '') {
      if (edge.kind(directory) === 'directory') matches.push(`${directory}/`);
    } else if (!hasMagic(part)) {
      const path = join(directory, part);
      if (edge.kind(path) !== 'missing') matches.push(path);
    } else {
      for (const { name } of edge.listDirectory(directory === '' ? '.' : directory)) {
        if (name.startsWith('.') && !part.startsWith('.')) continue;
        if (matchesGlob(name, part)) matches.push(join(directory, name));
        if (matches.length >= maxMatches) return matches;
      }
    }
  }
  return matches;
}

function join(directory: string, name: string): string {
  return directory === '' ? name : directory.endsWith('/') ? directory + name : `${directory}/${name}`;
}

export function hasMagic(pattern: string): boolean {
  return /[*?[]/.test(pattern);
}

/**
 * Whether a file name matches one part of a pattern, by the rules of Python's `fnmatch`. Linear in the product of both
 * lengths: of several stars only the last ever has to be reconsidered.
 */
export function matchesGlob(name: string, pattern: string): boolean {
  const tokens = globTokens(pattern);
  const chars = Array.from(name);
  let at = 0;
  let token = 0;
  let star = -1;
  let starAt = 0;
  while (at < chars.length) {
    const current = tokens[token];
    if (current === '*') {
      star = token++;
      starAt = at;
    } else if (current !== undefined && (current as (char: string) => boolean)(chars[at]!)) {
      token++;
      at++;
    } else if (star >= 0) {
      token = star + 1;
      at = ++starAt;
    } else return false;
  }
  while (tokens[token] === '*') token++;
  return token === tokens.length;
}

type Token = '*' | ((char: string) => boolean);

function globTokens(pattern: string): Token[] {
  const tokens: Token[] = [];
  const chars = Array.from(pattern);
  for (let at = 0; at < chars.length; at++) {
    const char = chars[at]!;
    if (char === '*') {
      if (tokens.at(-1) !== '*') tokens.push('*');
    } else if (char === '?') tokens.push(() => true);
    else if (char === '[') {
      let close = at + 1;
      if (chars[close] === '!') close++;
      if (chars[close] === ']') close++;
      while (close < chars.length && chars[close] !== ']') close++;
      if (close >= chars.length) tokens.push((other) => other === '[');
      else {
        tokens.push(characterSet(chars.slice(at + 1, close)));
        at = close;
      }
    } else tokens.push((other) => other === char);
  }
  return tokens;
}

function characterSet(chars: readonly string[]): (char: string) => boolean {
  const negated = chars[0] === '!';
  const ranges: [string, string][] = [];
  for (let at = negated ? 1 : 0; at < chars.length; at++) {
    if (chars[at + 1] === '-' && at + 2 < chars.length) {
      ranges.push([chars[at]!, chars[at + 2]!]);
      at += 2;
    } else ranges.push([chars[at]!, chars[at]!]);
  }
  return (char) => ranges.some(([low, high]) => low <= char && char <= high) !== negated;
}
