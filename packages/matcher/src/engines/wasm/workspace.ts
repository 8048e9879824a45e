import type { Alphabet, Bits } from './alphabet.js';
import { holds } from './alphabet.js';
import type { ModuleWriter } from './module.js';

/** Thrown while a matcher is written: this engine does not take the expression, another one does. */
export class Declined extends Error {}

/** The module that matchers are written into, and the places in its memory that they work with. */
export interface Workspace {
  readonly module: ModuleWriter;
  /** Number of the global variable that holds the steps left. */
  readonly steps: number;
  /** Choices left open: from here to there. */
  readonly stack: { readonly from: number; readonly to: number };
  /** Address of a table with a byte for each code: 1 for those in `bits`. */
  table(bits: Bits, alphabet: Alphabet): number;
}

/** The bytes of such a table. */
export function tableOf(bits: Bits, { size }: Alphabet): Uint8Array {
  return Uint8Array.from({ length: size }, (_, code) => (holds(bits, code) ? 1 : 0));
}
