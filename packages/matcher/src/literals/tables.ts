import {
  hashFactor,
  hashFold,
  hashShift,
  heads,
  headsBytes,
  literalBit,
  literalBytes,
  literalFingerprint,
  literalFold,
  literalLength,
  literalNext,
  literals,
  literalText,
  nibbles,
  nibblesBytes,
} from '../memory-layout.js';
import { chooseFingerprints, firstFingerprints } from './fingerprints.js';
import type { Literal } from './literal.js';

/** Bytes that `writeTables` needs for the literals' entries and texts. */
export function tableBytes(sought: readonly Literal[]): number {
  return sought.reduce((sum, literal) => sum + literalBytes + 2 * literal.text.length, 0);
}

/**
 * Fills the tables of the scanner: nibbles for the first look, hashed entries for the second.
 * @param sample text of the kind that will be scanned; only the speed rests on it. Undefined: that is not worth a choice
 */
export function writeTables(memory: ArrayBuffer, sought: readonly Literal[], sample: Uint8Array | undefined): void {
  const bytes = new Uint8Array(memory);
  const words = new DataView(memory);
  bytes.fill(0, nibbles, nibbles + nibblesBytes);
  bytes.fill(0, heads, heads + headsBytes);

  let text = literals + sought.length * literalBytes;
  const fingerprints = sample === undefined ? firstFingerprints(sought) : chooseFingerprints(sought, sample);
  for (const [index, { at, bucket }] of fingerprints.entries()) {
    const literal = sought[index]!;
    for (let i = 0; i < 3; i++) {
      for (const byte of bothCases(literal.text[at + i]!, literal.foldCase)) {
        const table = nibbles + i * 32;
        bytes[table + (byte & 15)]! |= 1 << bucket;
        bytes[table + 16 + (byte >> 4)]! |= 1 << bucket;
      }
    }
    const entry = literals + index * literalBytes;
    const head = heads + 2 * hash(literal.text, at);
    const fold = text + literal.text.length;
    words.setUint32(entry + literalText, text, true);
    words.setUint32(entry + literalFold, fold, true);
    words.setUint32(entry + literalLength, literal.text.length, true);
    words.setUint32(entry + literalFingerprint, at, true);
    words.setUint32(entry + literalBit, literal.bit, true);
    words.setUint32(entry + literalNext, words.getUint16(head, true), true);
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
  const word = (text[at]! | (text[at + 1]! << 8) | (text[at + 2]! << 16) | hashFold) >>> 0;
  return Math.imul(word, hashFactor) >>> hashShift;
}
