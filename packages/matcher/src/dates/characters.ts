/**
 * Character classes as Python's `re` sees them (Unicode), with a table for the ASCII part, which is what logs consist of.
 */

/** What a character beyond ASCII can be, as bits: the classes that `\d`, `\w` and `\s` cut Unicode into (8: none of them). */
const Beyond = { None: 0, Digit: 1, Letter: 2, All: 15, Space: 4 } as const;

/** A set of characters. Beyond ASCII, `beyond` is an upper bound by category and `has` decides. */
export interface CharSet {
  /** 1 at each member below 128. */
  readonly ascii: Uint8Array;
  /** Which categories beyond ASCII may have members. */
  readonly beyond: number;
  /** Membership of a code point of 128 and above. */
  readonly has: (codePoint: number) => boolean;
}

const digit = /^\p{Nd}$/u;
const word = /^[\p{L}\p{N}]$/u;

/** Python's `\d` beyond ASCII: any decimal digit of Unicode. */
export function isDigitBeyond(codePoint: number): boolean {
  return digit.test(String.fromCodePoint(codePoint));
}

/** Python's `\w` beyond ASCII: letters and numbers of all scripts, no combining marks. */
export function isWordBeyond(codePoint: number): boolean {
  return word.test(String.fromCodePoint(codePoint));
}

/** Python's `\s` beyond ASCII; a byte order mark is no blank. */
export function isSpaceBeyond(codePoint: number): boolean {
  return (
    codePoint === 0x85 ||
    codePoint === 0xa0 ||
    codePoint === 0x1680 ||
    (codePoint >= 0x2000 && codePoint <= 0x200a) ||
    codePoint === 0x2028 ||
    codePoint === 0x2029 ||
    codePoint === 0x202f ||
    codePoint === 0x205f ||
    codePoint === 0x3000
  );
}

function isSpaceAscii(code: number): boolean {
  return (code >= 9 && code <= 13) || (code >= 0x1c && code <= 0x20);
}

function isDigitAscii(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** `\w` below 128. */
export function isWordAscii(code: number): boolean {
  return isDigitAscii(code) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || code === 95;
}

function table(has: (code: number) => boolean): Uint8Array {
  const ascii = new Uint8Array(128);
  for (let code = 0; code < 128; code++) ascii[code] = has(code) ? 1 : 0;
  return ascii;
}

export const digitSet: CharSet = { ascii: table(isDigitAscii), beyond: Beyond.Digit, has: isDigitBeyond };
export const wordSet: CharSet = { ascii: table(isWordAscii), beyond: Beyond.Digit | Beyond.Letter, has: isWordBeyond };
export const spaceSet: CharSet = { ascii: table(isSpaceAscii), beyond: Beyond.Space, has: isSpaceBeyond };
export const everything: CharSet = { ascii: table(() => true), beyond: Beyond.All, has: () => true };
/** `.`: Python leaves out the newline only. */
export const anyButNewline: CharSet = { ascii: table((code) => code !== 10), beyond: Beyond.All, has: () => true };

/** The characters outside `set`. */
export function complement(set: CharSet): CharSet {
  const known = set === digitSet || set === wordSet || set === spaceSet;
  return {
    ascii: table((code) => set.ascii[code] === 0),
    beyond: known || set.beyond === Beyond.None ? Beyond.All & ~set.beyond : Beyond.All,
    has: (codePoint) => !set.has(codePoint),
  };
}

/** The members of all `sets`. */
export function union(sets: readonly CharSet[]): CharSet {
  const only = sets[0];
  if (sets.length === 1 && only !== undefined) return only;
  if (sets.includes(everything)) return everything;
  const ascii = new Uint8Array(128);
  let beyond = 0;
  for (const set of sets) {
    for (let code = 0; code < 128; code++) if (set.ascii[code] === 1) ascii[code] = 1;
    beyond |= set.beyond;
  }
  return { ascii, beyond, has: (codePoint) => sets.some((set) => set.has(codePoint)) };
}

/** Characters from `low` to `high`, both included. */
export function range(low: number, high: number): CharSet {
  return {
    ascii: table((code) => code >= low && code <= high),
    beyond: high >= 128 ? Beyond.All : Beyond.None,
    has: (codePoint) => codePoint >= low && codePoint <= high,
  };
}

const singles = new Map<number, CharSet>();
const caselessSingles = new Map<number, CharSet>();

/** One ASCII character, in any letter case if `ignoreCase`; always the same set for the same character. */
export function single(code: number, ignoreCase: boolean): CharSet {
  const known = (ignoreCase ? caselessSingles : singles).get(code);
  if (known !== undefined) return known;
  const plain = range(code, code);
  const set = ignoreCase ? ignoringCase(plain) : plain;
  (ignoreCase ? caselessSingles : singles).set(code, set);
  return set;
}

/** Whether no character can be in both; errs towards false. */
export function disjoint(a: CharSet, b: CharSet): boolean {
  if ((a.beyond & b.beyond) !== 0) return false;
  for (let code = 0; code < 128; code++) if (a.ascii[code] === 1 && b.ascii[code] === 1) return false;
  return true;
}

/**
 * The simple lower-case form that Python compares by. Four characters beyond ASCII fall together with ASCII letters: long s,
 * Kelvin sign, dotless i and dotted capital I.
 */
function fold(codePoint: number): number {
  if (codePoint < 128) return codePoint >= 65 && codePoint <= 90 ? codePoint + 32 : codePoint;
  if (codePoint === 0x17f) return 115;
  if (codePoint === 0x212a) return 107;
  if (codePoint === 0x130 || codePoint === 0x131) return 105;
  const lower = String.fromCodePoint(codePoint).toLowerCase();
  const folded = lower.codePointAt(0) ?? codePoint;
  return lower.length === (folded > 0xffff ? 2 : 1) ? folded : codePoint;
}

function variants(codePoint: number): number[] {
  const folded = fold(codePoint);
  const forms = [codePoint, folded];
  const upper = String.fromCodePoint(folded).toUpperCase();
  const upperPoint = upper.codePointAt(0) ?? folded;
  if (upper.length === (upperPoint > 0xffff ? 2 : 1)) forms.push(upperPoint);
  if (folded === 115) forms.push(0x17f);
  if (folded === 107) forms.push(0x212a);
  if (folded === 105) forms.push(0x130, 0x131);
  return forms;
}

/** The members of `set` in any letter case, as Python's IGNORECASE has it. */
export function ignoringCase(set: CharSet): CharSet {
  const member = (codePoint: number): boolean => (codePoint < 128 ? set.ascii[codePoint] === 1 : set.has(codePoint));
  const has = (codePoint: number): boolean => member(codePoint) || variants(codePoint).some(member);
  const outside = [0x17f, 0x212a, 0x130, 0x131].some(has) ? Beyond.Letter : Beyond.None;
  return { ascii: table(has), beyond: set.beyond | outside, has };
}

/** Whether two characters are the same to Python's IGNORECASE. */
export function sameIgnoringCase(a: number, b: number): boolean {
  return a === b || fold(a) === fold(b);
}

/** The value of a decimal digit of any script; undefined when it is none. */
export function digitValue(codePoint: number): number | undefined {
  if (codePoint >= 48 && codePoint <= 57) return codePoint - 48;
  if (codePoint < 128 || !isDigitBeyond(codePoint)) return undefined;
  // Unicode keeps the ten digits of a script together, zero first; only the mathematical digits stand in one longer run.
  let first = codePoint;
  while (first - 1 >= 128 && codePoint - first < 60 && isDigitBeyond(first - 1)) first--;
  return (codePoint - first) % 10;
}
