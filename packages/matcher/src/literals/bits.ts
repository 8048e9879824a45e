/** A set of the 64 bits that a line's literals set. */
export interface Bits {
  readonly low: number;
  readonly high: number;
}

/** Whether a line with these bits has one of those needed. */
export function meets(needed: Bits, low: number, high: number): boolean {
  return ((needed.low & low) | (needed.high & high)) !== 0;
}
