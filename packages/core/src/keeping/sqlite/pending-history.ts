import { dropOldest } from '../../jails/book/bound.js';
import { addedUp, type BanHistory, type BanRecord } from '../../jails/growth/increment.js';

/** Whom nobody has written yet: beyond that the oldest give way. */
const mostPending = 100_000;

/** What the database knows of earlier bans. */
export interface WrittenHistory {
  /** Of one jail or of all, each with its jail. */
  records(id: string, jail: string | undefined): readonly (BanRecord & { readonly jail: string })[];
}

/** Earlier bans: as the database has them, under what has been recorded since and waits to be written. */
export class PendingHistory implements BanHistory {
  readonly #written: WrittenHistory;
  /** By whom, then by jail; undefined for what was forgotten. */
  readonly #pending = new Map<string, Map<string, BanRecord | undefined>>();

  constructor(written: WrittenHistory) {
    this.#written = written;
  }

  find(id: string, jail: string | undefined): BanRecord | undefined {
    const pending = this.#pending.get(id);
    if (jail !== undefined && pending?.has(jail)) return pending.get(jail);
    const records = new Map<string, BanRecord | undefined>();
    for (const record of this.#written.records(id, jail)) records.set(record.jail, record);
    if (jail === undefined) for (const [of, record] of pending ?? []) records.set(of, record);
    let sum: BanRecord | undefined;
    for (const record of records.values()) {
      if (record !== undefined) sum = addedUp(sum, record);
    }
    return sum;
  }

  record(id: string, jail: string, ban: BanRecord): void {
    this.#set(id, jail, ban);
  }

  forget(id: string, jail: string): void {
    this.#set(id, jail, undefined);
  }

  /** What waits of somebody; undefined also when that is that they were forgotten. */
  pending(id: string, jail: string): BanRecord | undefined {
    return this.#pending.get(id)?.get(jail);
  }

  /**
   * It is in the database now.
   * @param record what was written, where something else may have come since
   */
  written(id: string, jail: string, record = this.pending(id, jail)): void {
    const pending = this.#pending.get(id);
    if (pending?.get(jail) !== record) return;
    pending?.delete(jail);
    if (pending?.size === 0) this.#pending.delete(id);
  }

  #set(id: string, jail: string, record: BanRecord | undefined): void {
    const pending = this.#pending.get(id) ?? new Map<string, BanRecord | undefined>();
    this.#pending.set(id, pending.set(jail, record));
    dropOldest(this.#pending, mostPending);
  }
}
