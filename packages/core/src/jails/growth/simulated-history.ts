import { type BanHistory, type BanRecord, MemoryBanHistory } from './increment.js';

/** The bans so far as a simulation sees them: those that there were, and on top of them those that it would have made, which nobody else sees. */
export class SimulatedHistory implements BanHistory {
  readonly #real: BanHistory;
  readonly #simulated = new MemoryBanHistory();

  constructor(real: BanHistory) {
    this.#real = real;
  }

  find(id: string, jail: string | undefined): BanRecord | undefined {
    return this.#simulated.find(id, jail) ?? this.#real.find(id, jail);
  }

  record(id: string, jail: string, ban: BanRecord): void {
    this.#simulated.record(id, jail, ban);
  }

  /** By hand: the bans that there were are forgotten, too. */
  forget(id: string, jail: string): void {
    this.#simulated.forget(id, jail);
    this.#real.forget(id, jail);
  }
}
