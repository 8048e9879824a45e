import { rarestTrigram } from './rarity.js';

/** One literal to look for. */
export interface Literal {
  /** At least 3 bytes, none of them a newline. With `foldCase`: its ASCII letters in lower case. */
  readonly text: Uint8Array;
  /** ASCII letters match in either case. */
  readonly foldCase: boolean;
  /** Which of a line's `lineBits` bits this literal sets. Several literals may share a bit. */
  readonly bit: number;
}

/** Addresses that the compiled scanner exports (see assembly/scanner.ts). */
export interface TableAddresses {
  readonly nibbles: number;
  readonly heads: number;
  readonly rows: number;
}

const bucketCount = 8;
const rowBytes = 32;

/** The shortest literal the scanner can look for, in bytes. */
export const shortestLiteralBytes = 3;

/** Bytes that `writeTables` needs after `addresses.rows`. */
export function tableBytes(literals: readonly Literal[]): number {
  return literals.reduce((sum, literal) => sum + rowBytes + 2 * literal.text.length, 0);
}

/** Fills the tables of the scanner: nibbles for the first look, hashed rows for the second. */
export function writeTables(memory: ArrayBuffer, addresses: TableAddresses, literals: readonly Literal[]): void {
  const bytes = new Uint8Array(memory);
  const words = new DataView(memory);
  bytes.fill(0, addresses.nibbles, addresses.nibbles + 96);
  bytes.fill(0, addresses.heads, addresses.heads + 8192);

  // Literals with alike fingerprints share a bucket, so that a bucket's nibbles stay few.
  const sorted = literals
    .map((literal) => ({ literal, at: rarestTrigram(literal.text) }))
    .sort((a, b) => Buffer.compare(fingerprint(a.literal, a.at), fingerprint(b.literal, b.at)));

  let text = addresses.rows + sorted.length * rowBytes;
  sorted.forEach(({ literal, at }, index) => {
    const bucket = 1 << Math.floor((index * bucketCount) / sorted.length);
    for (let i = 0; i < 3; i++) {
      for (const byte of bothCases(literal.text[at + i]!, literal.foldCase)) {
        const table = addresses.nibbles + i * 32;
        bytes[table + (byte & 15)]! |= bucket;
        bytes[table + 16 + (byte >> 4)]! |= bucket;
      }
    }
    const row = addresses.rows + index * rowBytes;
    const head = addresses.heads + 2 * hash(literal.text, at);
    const fold = text + literal.text.length;
    const fields = [text, fold, literal.text.length, at, literal.bit, words.getUint16(head, true)];
    for (const [field, value] of fields.entries()) words.setUint32(row + 4 * field, value, true);
    words.setUint16(head, index + 1, true);
    bytes.set(literal.text, text);
    for (const [i, byte] of literal.text.entries()) bytes[fold + i] = literal.foldCase && isLowerCase(byte) ? 0x20 : 0;
    text = fold + literal.text.length;
  });
}

function fingerprint(literal: Literal, at: number): Uint8Array {
  return literal.text.subarray(at, at + 3);
}

function isLowerCase(byte: number): boolean {
  return byte >= 0x61 && byte <= 0x7a;
}

function bothCases(byte: number, foldCase: boolean): number[] {
  return foldCase && isLowerCase(byte) ? [byte, byte - 0x20] : [byte];
}

/** The same hash as `hashAt` in assembly/scanner.ts. */
function hash(text: Uint8Array, at: number): number {
  const word = (text[at]! | (text[at + 1]! << 8) | (text[at + 2]! << 16) | 0x202020) >>> 0;
  return Math.imul(word, 2654435761) >>> 20;
}
