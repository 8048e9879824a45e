import type { EpochMs, Milliseconds } from '@f2b/config';
import { reasonOf } from '../../errors.js';
import { dropOldest } from '../book/bound.js';

/** Looks a host name up: its addresses as text, IPv4 and (where the host speaks it) IPv6. May reject. */
export type Resolve = (name: string) => Promise<readonly string[]>;

interface Answer {
  readonly addresses: readonly string[];
  readonly at: EpochMs;
}

/** fail2ban's cache: five minutes, a thousand names, failures remembered too. */
const answerAge: Milliseconds = 5 * 60_000;
const maxAnswers = 1000;
/** Lookups under way at once: names come from log lines, an attacker must not be able to start thousands. */
const maxPending = 64;

/** The resolver takes `192.0.2`, `0x7f.1` and `2` for addresses. No name of a host ends in a number, and who writes one into a log means nobody. */
const endsInNumber = /(?:^|\.)(?:\d+|0x[\da-f]*)\.?$/i;

/** What a lookup gave: the addresses, or why there are none. */
export type Lookup =
  | { readonly kind: 'addresses'; readonly addresses: readonly string[] }
  | { readonly kind: 'unknown'; readonly why: string }
  /** Too many lookups are under way; this name was not looked up. */
  | { readonly kind: 'busy' };

/** Names to addresses: cached, bounded, never waited for by the scan. */
export class Dns {
  readonly #resolve: Resolve;
  readonly #answers = new Map<string, Answer>();
  readonly #pending = new Map<string, Promise<Lookup>>();

  constructor(resolve: Resolve) {
    this.#resolve = resolve;
  }

  /** The cached addresses of a name (none for one that is known not to resolve); undefined when it is not in the cache. */
  cached(name: string, now: EpochMs, within = answerAge): readonly string[] | undefined {
    const answer = this.#answers.get(name);
    return answer !== undefined && Math.abs(now - answer.at) < within ? answer.addresses : undefined;
  }

  /**
   * Looks a name up, or answers from the cache. Never rejects.
   *
   * @param within an answer of the cache has to be younger
   */
  async lookup(name: string, now: EpochMs, within = answerAge): Promise<Lookup> {
    if (endsInNumber.test(name)) return { kind: 'unknown', why: 'it ends in a number, as no name does' };
    const cached = this.cached(name, now, within);
    if (cached !== undefined) {
      return cached.length > 0 ? { kind: 'addresses', addresses: cached } : { kind: 'unknown', why: 'no address' };
    }
    const pending = this.#pending.get(name);
    if (pending !== undefined) return pending;
    if (this.#pending.size >= maxPending) return { kind: 'busy' };
    const lookup = this.#ask(name, now);
    this.#pending.set(name, lookup);
    return lookup;
  }

  async #ask(name: string, now: EpochMs): Promise<Lookup> {
    try {
      const addresses = await this.#resolve(name);
      this.#keep(name, { addresses, at: now });
      return addresses.length > 0 ? { kind: 'addresses', addresses } : { kind: 'unknown', why: 'no address' };
    } catch (error) {
      this.#keep(name, { addresses: [], at: now });
      return { kind: 'unknown', why: reasonOf(error) };
    } finally {
      this.#pending.delete(name);
    }
  }

  #keep(name: string, answer: Answer): void {
    this.#answers.delete(name);
    this.#answers.set(name, answer);
    dropOldest(this.#answers, maxAnswers);
  }
}
