import type { EpochMs } from '@f2b/config';
import { dropOldest } from '../book/bound.js';
import type { Dns } from './dns.js';

/** Look-ups that are under way at once. */
const atOnce = 32;
const maxNames = 10_000;

/**
 * Names that are looked up before lines are judged, so that judging them is one thought without a pause. For whoever may wait: the
 * guard may not.
 */
export class KnownNames {
  readonly #dns: Dns;
  readonly #addresses = new Map<string, readonly string[]>();

  constructor(dns: Dns) {
    this.#dns = dns;
  }

  /** Looks up what is not known yet. */
  async learn(names: Iterable<string>, now: EpochMs): Promise<void> {
    const unknown = [...new Set(names)].filter((name) => !this.#addresses.has(name));
    for (let at = 0; at < unknown.length; at += atOnce) {
      const some = unknown.slice(at, at + atOnce);
      const answers = await Promise.all(some.map((name) => this.#dns.lookup(name, now)));
      for (const [index, answer] of answers.entries()) {
        this.#addresses.set(some[index]!, answer.kind === 'addresses' ? answer.addresses : []);
      }
    }
    dropOldest(this.#addresses, maxNames);
  }

  /** The addresses of a name, none where it has none or was never asked for. */
  addresses(name: string): readonly string[] {
    return this.#addresses.get(name) ?? [];
  }
}
