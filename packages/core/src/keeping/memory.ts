import type { EpochMs } from '@f2b/config';
import { dropOldest } from '../jails/book/bound.js';
import type { CountedFailure } from '../jails/book/failures.js';
import { MemoryBanHistory } from '../jails/growth/increment.js';
import type { Place } from '../sources/source.js';
import type { BanChange, KeptBan, KeptFailure, Step, Store } from './store.js';

export interface MemoryStoreOptions {
  /** Failures that are kept of each jail; the oldest give way. 0: none, for whoever reads none. */
  readonly maxFailures?: number;
}

/** What is known of one jail. */
class JailMemory {
  readonly places = new Map<string, Place>();
  readonly bans = new Map<string, KeptBan>();
  readonly failures = new Map<string, CountedFailure>();
  /** Keys of failures that still count, by whom they are of. */
  readonly #counting = new Map<string, Set<string>>();
  readonly #maxFailures: number;
  #byHand = 0;

  constructor(maxFailures: number) {
    this.#maxFailures = maxFailures;
  }

  fail(kept: KeptFailure): void {
    if (this.#maxFailures === 0) return;
    const { jail: _jail, ...failure } = kept;
    const { origin, who } = failure;
    const key =
      origin === undefined ? `by hand ${this.#byHand++}` : `${origin.log}\u0000${origin.offset}\u0000${who.id}`;
    if (this.failures.has(key)) return;
    this.failures.set(key, { ...failure, spent: false });
    const counting = this.#counting.get(who.id);
    if (counting === undefined) this.#counting.set(who.id, new Set([key]));
    else counting.add(key);
    dropOldest(this.failures, this.#maxFailures, (oldest) => this.#drop(oldest));
  }

  change(change: BanChange): void {
    switch (change.kind) {
      case 'made':
        this.bans.set(change.ban.who.id, change.ban);
        this.#spend(change.ban.who.id);
        break;
      case 'prolonged':
        this.bans.set(change.ban.who.id, change.ban);
        break;
      case 'spent':
        this.#spend(change.id);
        break;
      case 'ended':
        this.bans.delete(change.id);
        break;
      case 'lifted':
        this.bans.delete(change.id);
        this.#spend(change.id);
        break;
      case 'restored':
        break;
    }
  }

  #spend(id: string): void {
    for (const key of this.#counting.get(id) ?? []) {
      const failure = this.failures.get(key);
      if (failure !== undefined) this.failures.set(key, { ...failure, spent: true });
    }
    this.#counting.delete(id);
  }

  #drop(key: string): void {
    const failure = this.failures.get(key);
    this.failures.delete(key);
    if (failure === undefined) return;
    const counting = this.#counting.get(failure.who.id);
    counting?.delete(key);
    if (counting?.size === 0) this.#counting.delete(failure.who.id);
  }
}

/**
 * Remembers as long as it is there itself. A process that is killed takes it along: the next one begins anew, reads each log from
 * where findtime begins, and knows nothing of the bans that were in force.
 */
export function openMemoryStore({ maxFailures = 100_000 }: MemoryStoreOptions = {}): Store {
  const jails = new Map<string, JailMemory>();
  const of = (name: string): JailMemory => {
    const known = jails.get(name) ?? new JailMemory(maxFailures);
    jails.set(name, known);
    return known;
  };
  return {
    history: new MemoryBanHistory(),
    forgetsFailures: maxFailures === 0,
    trouble: undefined,
    begin() {},
    onceReadable() {},
    commit({ failures, bans, places }: Step): void {
      for (const failure of failures) of(failure.jail).fail(failure);
      for (const change of bans) of(change.jail).change(change);
      for (const { jail, place } of places) of(jail).places.set(place.log, place);
    },
    place: (jail, log) => jails.get(jail)?.places.get(log),
    failuresSince(jail: string, time: EpochMs) {
      const all = [...(jails.get(jail)?.failures.values() ?? [])];
      return all.filter((failure) => failure.time >= time).sort((a, b) => a.time - b.time);
    },
    bans: (jail) => [...(jails.get(jail)?.bans.values() ?? [])],
    async close() {},
  };
}
