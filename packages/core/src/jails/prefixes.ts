import { type Address, maskBytes } from './address.js';

/**
 * A set of addresses and networks that answers "which of you holds this address" in as many probes as there are
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

function keyOf(bytes: Uint8Array, prefix: number): string {
  return String.fromCharCode(...maskBytes(bytes, prefix));
}
