/** Backslash escapes, outside and inside of character classes. */
import { type CharSet, negate } from './charset.js';
import type { Cursor } from './cursor.js';
import type { Assertion } from './tree.js';
import { ASCII_DIGIT, ASCII_SPACE, ASCII_WORD, DIGIT, SPACE, WORD } from './unicode.js';

const CONTROL: Readonly<Record<string, number>> = { a: 7, f: 12, n: 10, r: 13, t: 9, v: 11, '\\': 92 };
const NOT_DIGIT = negate(DIGIT);
const NOT_WORD = negate(WORD);
const NOT_SPACE = negate(SPACE);
const NOT_ASCII_DIGIT = negate(ASCII_DIGIT);
const NOT_ASCII_WORD = negate(ASCII_WORD);
const NOT_ASCII_SPACE = negate(ASCII_SPACE);
const OCTAL = '01234567';
const DIGITS = '0123456789';

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
      return literal(Number.parseInt(`0${cursor.takeOf(OCTAL, 2)}`, 8));
  }
  const set = classEscape(char, ascii);
  if (set) return { kind: 'class', set };
  if (DIGITS.includes(char)) return readDigits(cursor, char, at);
  return literal(readCharacter(cursor, char, at));
}

function readDigits(cursor: Cursor, first: string, at: number): Escape {
  let digits = first + cursor.takeOf(DIGITS, 1);
  if (digits.length === 2 && OCTAL.includes(digits[0]!) && OCTAL.includes(digits[1]!)) {
    const third = cursor.takeOf(OCTAL, 1);
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
  if (OCTAL.includes(char)) return literal(octal(cursor, char + cursor.takeOf(OCTAL, 2), at));
  if (DIGITS.includes(char)) cursor.fail(`bad escape \\${char}`, at);
  return literal(readCharacter(cursor, char, at));
}

function literal(codePoint: number): Escape {
  return { kind: 'literal', codePoint };
}

function classEscape(char: string, ascii: boolean): CharSet | undefined {
  switch (char) {
    case 'd':
      return ascii ? ASCII_DIGIT : DIGIT;
    case 'D':
      return ascii ? NOT_ASCII_DIGIT : NOT_DIGIT;
    case 'w':
      return ascii ? ASCII_WORD : WORD;
    case 'W':
      return ascii ? NOT_ASCII_WORD : NOT_WORD;
    case 's':
      return ascii ? ASCII_SPACE : SPACE;
    case 'S':
      return ascii ? NOT_ASCII_SPACE : NOT_SPACE;
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
  const control = CONTROL[char];
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
