import { chooseFingerprints } from './fingerprints.js';
import type { Literal } from './literal.js';

/** Addresses that the compiled scanner exports (see assembly/scanner.ts). */
export interface TableAddresses {
  readonly nibbles: number;
  readonly heads: number;
  readonly rows: number;
}

const rowBytes = 32;

/** Bytes that `writeTables` needs after `addresses.rows`. */
export function tableBytes(literals: readonly Literal[]): number {
  return literals.reduce((sum, literal) => sum + rowBytes + 2 * literal.text.length, 0);
}

/**
 * Fills the tables of the scanner: nibbles for the first look, hashed rows for the second.
 * @param sample text of the kind that will be scanned; only the speed rests on it
 */
export function writeTables(
  memory: ArrayBuffer,
  addresses: TableAddresses,
  literals: readonly Literal[],
  sample: Uint8Array,
): void {
  const bytes = new Uint8Array(memory);
  const words = new DataView(memory);
  bytes.fill(0, addresses.nibbles, addresses.nibbles + 96);
  bytes.fill(0, addresses.heads, addresses.heads + 8192);

  let text = addresses.rows + literals.length * rowBytes;
  for (const [index, { at, bucket }] of chooseFingerprints(literals, sample).entries()) {
    const literal = literals[index]!;
    for (let i = 0; i < 3; i++) {
      for (const byte of bothCases(literal.text[at + i]!, literal.foldCase)) {
        const table = addresses.nibbles + i * 32;
        bytes[table + (byte & 15)]! |= 1 << bucket;
        bytes[table + 16 + (byte >> 4)]! |= 1 << bucket;
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
  }
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
