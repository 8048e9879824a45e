import { ConfigError } from '../errors.js';
import { isBlank, skipBlanks, strip } from '../syntax/blanks.js';
import { originOf, slice, type Traced } from '../syntax/traced.js';

/** `name[option=value, ...]`: a filter, an action, a backend, each with its arguments. */
export interface Spec {
  readonly name: string;
  /** In written order; names keep their case. Of equal names the last value wins, at the place of the first. */
  readonly args: ReadonlyMap<string, Traced>;
}

/** A mistake in a specification, in the few words that fail2ban uses (they show in `-d`). */
export class SpecError extends Error {}

/** Name of an argument with its `=`; the condition (`x?family=inet6=...`) is fail2ban 1.1's. */
const argumentName = /\s*([\p{L}\p{N}_.-]+(?:\?\w+=\w+(?==))?)=/uy;

/**
 * Takes one specification apart: a name, then bracket groups. A value stands in double or in single quotes, or bare up to a
 * comma or `]`; there is no escape character. A comma may end the list.
 *
 * @throws SpecError
 */
export function parseSpec(spec: Traced): Spec {
  const text = spec.text;
  const args = new Map<string, Traced>();
  const bracket = text.indexOf('[');
  if (bracket < 0 && text !== '') return { name: strip(text), args };
  const close = text.lastIndexOf(']');
  if (bracket <= 0 || close < bracket || skipBlanks(text, close + 1) < text.length) {
    throw new SpecError('unexpected option syntax');
  }
  parseArguments(slice(spec, bracket + 1, close), args);
  return { name: strip(text.slice(0, bracket)), args };
}

function parseArguments(inner: Traced, args: Map<string, Traced>): void {
  const text = inner.text;
  let at = 0;
  while (at < text.length) {
    const next = argumentAt(text, at);
    if (!next) {
      if (skipBlanks(text, text[at] === ',' ? at + 1 : at) >= text.length) return;
      throw new SpecError(`expected option, wrong syntax at ${at}: ${excerpt(text, at)}`);
    }
    args.set(next.name, stripTraced(slice(inner, next.from, next.to)));
    const after = afterSeparator(text, next.end);
    if (after < 0) {
      throw new SpecError(`unexpected syntax at ${next.end} after option '${next.name}': ${excerpt(text, next.end)}`);
    }
    at = after;
  }
}

/** As much of the offending text as fail2ban shows. */
function excerpt(text: string, at: number): string {
  return Array.from(text.slice(at, at + 50))
    .slice(0, 25)
    .join('');
}

interface Argument {
  readonly name: string;
  /** The value without quotes. */
  readonly from: number;
  readonly to: number;
  /** Index after the value with its quotes. */
  readonly end: number;
}

function argumentAt(text: string, at: number, bare = false): Argument | undefined {
  argumentName.lastIndex = at;
  const match = argumentName.exec(text);
  if (!match) return undefined;
  const from = argumentName.lastIndex;
  const quote = text[from];
  if (!bare && (quote === '"' || quote === "'")) {
    const closing = text.indexOf(quote, from + 1);
    if (closing >= 0) return { name: match[1]!, from: from + 1, to: closing, end: closing + 1 };
  }
  let end = from;
  while (end < text.length && text[end] !== ',' && text[end] !== ']') end++;
  return { name: match[1]!, from, to: end, end };
}

/** Index after a comma or the seam between two bracket groups; the end of the text; -1 for anything else. */
function afterSeparator(text: string, at: number): number {
  if (at >= text.length || (text[at] === '\n' && at + 1 === text.length)) return text.length;
  if (text[at] === ',') return at + 1;
  if (text[at] !== ']') return -1;
  const open = skipBlanks(text, at + 1);
  return text[open] === '[' ? open + 1 : -1;
}

function stripTraced(value: Traced): Traced {
  const bare = strip(value.text);
  if (bare.length === value.text.length) return value;
  const start = skipBlanks(value.text);
  return slice(value, start, start + bare.length);
}

/**
 * Splits a list of specifications (`action = a[x=1] b`) at blanks and newlines that stand outside of well-formed bracket
 * groups. What looks like a bracket group but is none is split at its blanks.
 */
export function splitSpecs(list: Traced): Traced[] {
  const text = list.text;
  const specs: Traced[] = [];
  let at = skipBlanks(text);
  while (at < text.length) {
    const start = at;
    while (at < text.length && text[at] !== '[' && !isBlank(text.charCodeAt(at))) at++;
    const open = at > start ? skipBlanks(text, at) : at;
    const close = at > start && text[open] === '[' ? endOfGroups(text, open) : -1;
    if (close >= 0) at = close;
    else while (at < text.length && !isBlank(text.charCodeAt(at))) at++;
    specs.push(slice(list, start, at));
    at = skipBlanks(text, at);
  }
  return specs;
}

/** Where a specification begins that is glued to the one in front of it (`a[x=1]b[y=2]`); -1: none is. */
export function gluedAt(text: string): number {
  for (let open = text.indexOf('['); open >= 0; ) {
    const end = endOfGroups(text, open, true);
    if (end >= 0 && end < text.length && !isBlank(text.charCodeAt(end))) return end;
    open = text.indexOf('[', Math.max(end, open + 1));
  }
  return -1;
}

/**
 * Index after the last bracket of the groups that open at `open`, if they are well-formed and a blank follows; else -1.
 *
 * @param glued anything but a further group may follow
 */
function endOfGroups(text: string, open: number, glued = false): number {
  const tried = new Set<number>();
  /** Positions inside a group at which an argument or the closing bracket may stand; the preferred one last. */
  const waiting = [skipBlanks(text, open + 1)];
  while (waiting.length > 0) {
    const at = waiting.pop()!;
    if (tried.has(at)) continue;
    tried.add(at);
    if (text[at] === ']') {
      const next = text[at + 1];
      if (next === undefined || isBlank(text.charCodeAt(at + 1)) || (glued && next !== '[')) return at + 1;
    }
    for (const bare of [true, false]) {
      const argument = argumentAt(text, at, bare);
      if (!argument) break;
      const end = skipBlanks(text, argument.end);
      waiting.push(end);
      const after = afterSeparator(text, end);
      if (after >= 0 && after < text.length) waiting.push(skipBlanks(text, after));
    }
  }
  return -1;
}

/** A specification error as an error of the tree: fail2ban leaves out the jail and quotes the definition. */
export function specError(kind: 'filter' | 'action', spec: Traced, error: SpecError, quoted: string): ConfigError {
  return new ConfigError(
    'F2B_CONFIG_SPEC',
    `Invalid ${kind} definition ${quoted}: ${error.message}`,
    originOf(spec),
    'Write it name[option=value, option="value, with comma"].',
    { definition: true },
  );
}
