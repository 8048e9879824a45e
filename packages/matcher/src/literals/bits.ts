/** How many bits a line has for the literals in it. */
export const lineBits = 256;

/** A set of a line's bits: pairs of a word's index and the bits in that word. Most sets lie in one or two words. */
export type Bits = readonly number[];

/** The set of `bits`. */
export function bitSet(bits: Iterable<number>): Bits {
  const words = new Map<number, number>();
  for (const bit of bits) words.set(bit >> 5, (words.get(bit >> 5) ?? 0) | (1 << (bit & 31)));
  return [...words].flat();
}

/** What a line has: its bits begin at `words[at]`. */
export interface LineBits {
  readonly words: Uint32Array;
  readonly at: number;
}

/** Whether a line has one of the bits that are needed; undefined needs none. */
export function meets(needed: Bits | undefined, words: Uint32Array, at: number): boolean {
  if (needed === undefined) return true;
  for (let i = 0; i < needed.length; i += 2) if ((words[at + needed[i]!]! & needed[i + 1]!) !== 0) return true;
  return false;
}
