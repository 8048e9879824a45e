/** The character classes and the case rules of Python's `re` for text patterns. */
import { type CharSet, fromRanges, has, isDisjoint, lastCodePoint, onlyMember, single, union } from './charset.js';
import { blanks, casedLetters, decimalDigits, extraCases, lowerCase, wordLetters } from './unicode-data.js';

function decodeRanges(text: string): CharSet {
  const ranges: number[] = [];
  let previous = 0;
  const numbers = text.split(' ');
  for (let i = 0; i < numbers.length; i += 2) {
    const lo = previous + Number.parseInt(numbers[i]!, 36);
    previous = lo + Number.parseInt(numbers[i + 1]!, 36);
    ranges.push(lo, previous);
  }
  return { ranges };
}

export const digitSet = decodeRanges(decimalDigits);
export const wordSet = union(decodeRanges(wordLetters), single(0x5f));
export const spaceSet = decodeRanges(blanks);
export const asciiDigitSet = fromRanges([[0x30, 0x39]]);
export const asciiWordSet = fromRanges([
  [0x30, 0x39],
  [0x41, 0x5a],
  [0x5f, 0x5f],
  [0x61, 0x7a],
]);
export const asciiSpaceSet = fromRanges([
  [0x09, 0x0d],
  [0x20, 0x20],
]);
export const asciiSet: CharSet = { ranges: [0, 0x7f] };
export const nonAsciiSet: CharSet = { ranges: [0x80, lastCodePoint] };

const cased = decodeRanges(casedLetters);

interface CaseTables {
  /** Upper (or title) case letter to its simple lower case. */
  readonly lower: ReadonlyMap<number, number>;
  /** Lower-case letters that count as equal to the key besides itself. */
  readonly extra: ReadonlyMap<number, readonly number[]>;
  /** Lower-case letter to the letters of which it is the simple lower case. */
  readonly upper: ReadonlyMap<number, readonly number[]>;
}

let tables: CaseTables | undefined;

function caseTables(): CaseTables {
  if (tables) return tables;
  const lower = new Map<number, number>();
  let start = 0;
  for (const run of lowerCase.split(',')) {
    const [gap, count, step, distance] = run.split(' ').map((number) => Number.parseInt(number, 36)) as [
      number,
      number,
      number,
      number,
    ];
    start += gap;
    for (let i = 0; i < count; i++) lower.set(start + i * step, start + i * step + distance);
  }
  const extra = new Map<number, readonly number[]>();
  for (const entry of extraCases.split(',')) {
    const [letter, ...others] = entry.split(' ').map((number) => Number.parseInt(number, 36));
    extra.set(letter!, others);
  }
  const upper = new Map<number, number[]>();
  for (const [letter, low] of lower) {
    const letters = upper.get(low);
    if (letters === undefined) upper.set(low, [letter]);
    else letters.push(letter);
  }
  tables = { lower, extra, upper };
  return tables;
}

/** Python's simple lower case of one code point. */
export function toLower(codePoint: number): number {
  if (codePoint < 0x80) return codePoint >= 0x41 && codePoint <= 0x5a ? codePoint + 32 : codePoint;
  return caseTables().lower.get(codePoint) ?? codePoint;
}

/** ASCII lower case of one code point. */
export function toAsciiLower(codePoint: number): number {
  return codePoint >= 0x41 && codePoint <= 0x5a ? codePoint + 32 : codePoint;
}

/**
 * What a class or character matches under IGNORECASE. Python lower-cases the subject's character and looks it up among the lower-cased
 * members and their listed equals; a set without any cased member is left alone.
 */
export function ignoreCase(set: CharSet, ascii: boolean): CharSet {
  return ascii ? ignoreAsciiCase(set) : ignoreUnicodeCase(set);
}

function ignoreAsciiCase(set: CharSet): CharSet {
  const more: [number, number][] = [];
  for (let upper = 0x41; upper <= 0x5a; upper++) {
    if (has(set, upper) || has(set, upper + 32)) more.push([upper, upper], [upper + 32, upper + 32]);
  }
  return more.length === 0 ? set : union(set, fromRanges(more));
}

/** Letters in an expression that ignores case come back again and again. */
const foldedLetters = new Map<number, CharSet>();

function ignoreUnicodeCase(set: CharSet): CharSet {
  const only = onlyMember(set);
  if (only === undefined) return foldedSet(set);
  let folded = foldedLetters.get(only);
  if (!folded) {
    folded = foldedLetter(set, only);
    foldedLetters.set(only, folded);
  }
  return folded;
}

/** The same as `foldedSet`, without going through all letters. */
function foldedLetter(set: CharSet, letter: number): CharSet {
  if (!has(cased, letter)) return set;
  const { lower, extra, upper } = caseTables();
  const keys = [letter, lower.get(letter) ?? letter];
  const closed = [...keys, ...keys.flatMap((key) => extra.get(key) ?? [])];
  const all = [...closed, ...closed.flatMap((key) => upper.get(key) ?? [])];
  return fromRanges(all.map((one) => [one, one]));
}

function foldedSet(set: CharSet): CharSet {
  if (isDisjoint(set, cased)) return set;
  const { lower, extra } = caseTables();
  const keys: [number, number][] = [];
  for (let i = 0; i < set.ranges.length; i += 2) keys.push([set.ranges[i]!, set.ranges[i + 1]!]);
  for (const [upper, low] of lower) {
    if (has(set, upper)) keys.push([low, low]);
  }
  const folded = fromRanges(keys);
  for (const [letter, others] of extra) {
    if (has(folded, letter)) for (const other of others) keys.push([other, other]);
  }
  const closed = fromRanges(keys);
  const out: [number, number][] = [];
  for (let i = 0; i < closed.ranges.length; i += 2) out.push([closed.ranges[i]!, closed.ranges[i + 1]!]);
  for (const [upper, low] of lower) if (has(closed, low)) out.push([upper, upper]);
  return fromRanges(out);
}
