/** Proof by example that text which a client chooses can pose as the address of somebody else. */
import { has } from '../dialect/charset.js';
import type { Expression as Tree } from '../dialect/tree.js';
import { CompiledRegex } from '../engines/regex.js';
import { RegexBudgetError } from '../errors.js';
import type { CompiledFilter } from '../filter/compile.js';
import { chooseIdentifier } from '../filter/identifier.js';
import { matchLine } from '../filter/line.js';
import type { LintExample } from './finding.js';
import { forAddress } from './host.js';
import { choicesOf, type FreeStretch, type Sample, sampleOf } from './sample.js';

/** Addresses of examples: reserved for documentation, nobody's. */
export const trueAddress = '192.0.2.10';
export const victimAddress = '203.0.113.66';

const variants = 10;
/** Lines tried for one expression at most: enough for every stock expression, and an end for any other. */
const mostTries = 4000;
const glue = [
  ['x', ''],
  ['', ''],
  ['x', ' '],
  ['', 'x'],
] as const;

export interface SpoofProof extends LintExample {
  readonly truth: string;
  /** The piece of the expression that held the lie. */
  readonly piece: string;
}

/** A sample of one failregex inside of what the filter's prefregex wants around it. */
export interface SampleLine {
  readonly sample: Sample;
  /** Puts a text in the sample's place. */
  readonly line: (text: string) => string;
}

/** Lines that the filter accuses `address` for by this very failregex. */
export function* sampleLines(
  filter: CompiledFilter,
  index: number,
  tree: Tree,
  prefix: Tree | undefined,
  address: string,
) {
  const seen = new Set<string>();
  for (let variant = 0; variant < variants; variant++) {
    const sample = sampleOf(tree, address, choicesOf(variant));
    const line = surrounding(prefix, address, variant);
    const text = line(sample.text);
    // The same line, read by other pieces of the expression, is another sample.
    const key = JSON.stringify([text, sample.free.map(({ from, piece }) => [from, piece])]);
    if (seen.has(key)) continue;
    seen.add(key);
    const verdict = accusation(filter, text);
    if (verdict?.regex === index && verdict.accused === address) yield { sample, line } satisfies SampleLine;
  }
}

function surrounding(prefix: Tree | undefined, address: string, variant: number): SampleLine['line'] {
  if (prefix === undefined) return (text) => text;
  // Most prefixes wrap the content; one without `<F-CONTENT>` sees the same text as the expression.
  if (!prefix.groupNames.includes('content')) return (text) => text;
  return (text) => sampleOf(prefix, address, choicesOf(variant % 2), new Map([['content', text]])).text;
}

/** Whom the filter accuses for a line behind its date, and by which failregex. */
export function accusation(filter: CompiledFilter, line: string): { regex: number; accused: string } | undefined {
  const [hit] = matchLine(filter, ['', '', line]).hits;
  if (hit === undefined) return undefined;
  const { identifier } = chooseIdentifier(hit.groups, filter.usedns);
  return identifier.kind === 'address' ? { regex: hit.regex, accused: identifier.text } : undefined;
}

/**
 * Looks for a line that the failregex matches with two addresses, the one of a client and one that this client wrote into a part that it
 * controls, and for which the filter accuses the latter. What is found has run through the filter; what is not found may still exist.
 */
export function proveSpoof(
  filter: CompiledFilter,
  index: number,
  tree: Tree,
  prefix: Tree | undefined,
): SpoofProof | undefined {
  // For one address alone, an expression refuses most lines by that address's literal.
  const honest = new CompiledRegex(forAddress(tree, trueAddress));
  const lying = new CompiledRegex(forAddress(tree, victimAddress));
  let tries = 0;
  for (const { sample, line } of sampleLines(filter, index, tree, prefix, trueAddress)) {
    const { host } = sample;
    if (host === undefined) continue;
    for (const stretch of sample.free) {
      for (const lie of liesOf(sample, host, stretch)) {
        if (!fits(lie, stretch)) continue;
        if (++tries > mostTries) return undefined;
        const text = sample.text.slice(0, stretch.from) + lie + sample.text.slice(stretch.to);
        if (!matches(lying, text) || !matches(honest, text)) continue;
        const whole = line(text);
        if (!accuses(filter, index, whole)) continue;
        return { line: whole, accused: victimAddress, truth: trueAddress, piece: stretch.piece };
      }
    }
  }
  return undefined;
}

function accuses(filter: CompiledFilter, index: number, line: string): boolean {
  const verdict = accusation(filter, line);
  if (verdict?.regex !== index || verdict.accused !== victimAddress) return false;
  // An expression whose name of the host is optional may take the client's address for that name; real lines do have the name.
  return accusation(filter, ` gateway ${line}`)?.accused !== trueAddress;
}

function matches(regex: CompiledRegex, text: string): boolean {
  try {
    return regex.test(`${text}\n`);
  } catch (error) {
    if (error instanceof RegexBudgetError) return false;
    throw error;
  }
}

/**
 * Pieces of the line around its address with the victim's in its place: first those that follow the stretch, as if the line ended there
 * and went on, then all others, short ones first.
 */
function* liesOf({ text, cuts }: Sample, host: { from: number; to: number }, stretch: FreeStretch) {
  const ends = cuts.filter((at) => at >= host.to);
  const starts = cuts.filter((at) => at <= host.from && at !== stretch.to).reverse();
  if (stretch.to <= host.from) starts.unshift(stretch.to);
  for (const start of starts) {
    for (const end of ends) {
      const window = text.slice(start, host.from) + victimAddress + text.slice(host.to, end);
      for (const [before, behind] of glue) yield before + window + behind;
    }
  }
}

function fits(lie: string, { set, min, max }: FreeStretch): boolean {
  const chars = [...lie];
  return chars.length >= min && chars.length <= max && chars.every((char) => has(set, char.codePointAt(0)!));
}
