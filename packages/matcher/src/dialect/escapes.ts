/** Backslash escapes, outside and inside of character classes. */
import { type CharSet, negate } from './charset.js';
import type { Cursor } from './cursor.js';
import type { Assertion } from './tree.js';
import { asciiDigitSet, asciiSpaceSet, asciiWordSet, digitSet, spaceSet, wordSet } from './unicode.js';

const controls: Readonly<Record<string, number>> = { a: 7, f: 12, n: 10, r: 13, t: 9, v: 11, '\\': 92 };
const notDigit = negate(digitSet);
const notWord = negate(wordSet);
const notSpace = negate(spaceSet);
const notAsciiDigit = negate(asciiDigitSet);
const notAsciiWord = negate(asciiWordSet);
const notAsciiSpace = negate(asciiSpaceSet);
const octalDigits = '01234567';
const decimalDigits = '0123456789';

/** What an escape stands for. */
export type Escape =
  | { readonly kind: 'literal'; readonly codePoint: number }
  | { readonly kind: 'class'; readonly set: CharSet }
  | { readonly kind: 'assert'; readonly what: Assertion }
  | { readonly kind: 'backref'; readonly group: number };

/** Reads an escape outside of a class; the cursor stands behind the backslash. */
export function readEscape(cursor: Cursor, ascii: boolean): Escape {
  const at = cursor.pos - 1;
  const char = cursor.take();
  switch (char) {
    case 'A':
      return { kind: 'assert', what: 'start' };
    case 'Z':
      return { kind: 'assert', what: 'end' };
    case 'b':
      return { kind: 'assert', what: ascii ? 'asciiWordBoundary' : 'wordBoundary' };
    case 'B':
      return { kind: 'assert', what: ascii ? 'notAsciiWordBoundary' : 'notWordBoundary' };
    case '0':
      return literal(Number.parseInt(`0${cursor.takeOf(octalDigits, 2)}`, 8));
  }
  const set = classEscape(char, ascii);
  if (set) return { kind: 'class', set };
  if (decimalDigits.includes(char)) return readDigits(cursor, char, at);
  return literal(readCharacter(cursor, char, at));
}

function readDigits(cursor: Cursor, first: string, at: number): Escape {
  let digits = first + cursor.takeOf(decimalDigits, 1);
  if (digits.length === 2 && octalDigits.includes(digits[0]!) && octalDigits.includes(digits[1]!)) {
    const third = cursor.takeOf(octalDigits, 1);
    if (third) {
      digits += third;
      return literal(octal(cursor, digits, at));
    }
  }
  return { kind: 'backref', group: Number(digits) };
}

/** Reads an escape inside of a class. */
export function readClassEscape(cursor: Cursor, ascii: boolean): Escape {
  const at = cursor.pos - 1;
  const char = cursor.take();
  if (char === 'b') return literal(8);
  const set = classEscape(char, ascii);
  if (set) return { kind: 'class', set };
  if (octalDigits.includes(char)) return literal(octal(cursor, char + cursor.takeOf(octalDigits, 2), at));
  if (decimalDigits.includes(char)) cursor.fail(`bad escape \\${char}`, at);
  return literal(readCharacter(cursor, char, at));
}

function literal(codePoint: number): Escape {
  return { kind: 'literal', codePoint };
}

function classEscape(char: string, ascii: boolean): CharSet | undefined {
  switch (char) {
    case 'd':
      return ascii ? asciiDigitSet : digitSet;
    case 'D':
      return ascii ? notAsciiDigit : notDigit;
    case 'w':
      return ascii ? asciiWordSet : wordSet;
    case 'W':
      return ascii ? notAsciiWord : notWord;
    case 's':
      return ascii ? asciiSpaceSet : spaceSet;
    case 'S':
      return ascii ? notAsciiSpace : notSpace;
    default:
      return undefined;
  }
}

function octal(cursor: Cursor, digits: string, at: number): number {
  const value = Number.parseInt(digits, 8);
  if (value > 0o377) cursor.fail(`octal escape value \\${digits} outside of range 0-0o377`, at);
  return value;
}

function readCharacter(cursor: Cursor, char: string, at: number): number {
  const control = controls[char];
  if (control !== undefined) return control;
  const length = { x: 2, u: 4, U: 8 }[char];
  if (length) {
    const digits = cursor.takeHex(length);
    if (digits.length < length) cursor.fail(`incomplete escape \\${char}${digits}`, at);
    const value = Number.parseInt(digits, 16);
    if (value > 0x10ffff) cursor.fail(`bad escape \\${char}${digits}`, at);
    return value;
  }
  if (char === 'N') cursor.fail('characters by name (\\N{…}) are not supported, write \\uXXXX instead', at);
  if (/[a-zA-Z]/.test(char)) cursor.fail(`bad escape \\${char}`, at);
  return char.codePointAt(0)!;
}
