import { fnvBasis, fnvPrime } from '../memory-layout.js';

/** The number that the scan gives the session of this name (see `pieces.ts` in the assembly): FNV-1a, never 0. */
export function sessionNumber(key: string): number {
  let hash: number = fnvBasis;
  for (let at = 0; at < key.length; at++) hash = Math.imul(hash ^ key.charCodeAt(at), fnvPrime);
  return hash === 0 ? 1 : hash;
}
