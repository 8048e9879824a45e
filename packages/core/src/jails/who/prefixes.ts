import type { Address } from '@f2b/matcher';

/**
 * A set of addresses and networks that answers "does one of you hold this address" in as many probes as there are
 * different prefix lengths in the set (at most 33 for IPv4, 129 for IPv6), however many networks it holds.
 */
export class PrefixSet {
  readonly #byLength = { inet4: new Map<number, Set<string>>(), inet6: new Map<number, Set<string>>() };
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(address: Address): void {
    const lengths = this.#byLength[address.family];
    let keys = lengths.get(address.prefix);
    if (keys === undefined) {
      keys = new Set();
      lengths.set(address.prefix, keys);
    }
    const key = keyOf(address.bytes, address.prefix);
    if (!keys.has(key)) this.#size++;
    keys.add(key);
  }

  /** Whether one of the networks holds all of `address`. */
  has(address: Address): boolean {
    for (const [prefix, keys] of this.#byLength[address.family]) {
      if (prefix <= address.prefix && keys.has(keyOf(address.bytes, prefix))) return true;
    }
    return false;
  }
}

/** The leading bits as text: whole bytes, then what is left of the next one. */
function keyOf(bytes: Uint8Array, prefix: number): string {
  const whole = prefix >> 3;
  const key = String.fromCharCode(...bytes.subarray(0, whole));
  const rest = prefix & 7;
  return rest === 0 ? key : key + String.fromCharCode(bytes[whole]! & (0xff00 >> rest));
}
