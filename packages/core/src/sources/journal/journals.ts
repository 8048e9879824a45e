import type { JournalPlace, Source, SourceReader } from '../source.js';
import {
  type FollowedJournal as Followed,
  FollowedJournal,
  type FollowJournal,
  type FollowJournalParts,
} from './followed-journal.js';
import type { JournalMatches } from './matches.js';

/** Journals as a source: each is read through one journalctl, whatever is asked of it. */
export class Journals implements Source<FollowJournal> {
  readonly #parts: FollowJournalParts;
  readonly #followed = new Map<string, Followed>();
  #closed = false;

  constructor(parts: FollowJournalParts) {
    this.#parts = parts;
  }

  follow(log: string, reader: SourceReader, from: FollowJournal): void {
    if (this.#closed || this.#followed.has(log)) return;
    this.#followed.set(log, new FollowedJournal(from, reader, this.#parts));
  }

  /** Has other entries of a journal read from now on. */
  ask(log: string, matches: JournalMatches): void {
    this.#followed.get(log)?.ask(matches);
  }

  async unfollow(log: string): Promise<JournalPlace | undefined> {
    const followed = this.#followed.get(log);
    if (followed === undefined) return undefined;
    this.#followed.delete(log);
    await followed.close();
    return followed.place;
  }

  places(): readonly JournalPlace[] {
    return [...this.#followed.values()].flatMap(({ place }) => place ?? []);
  }

  async settled(): Promise<void> {
    await Promise.all([...this.#followed.values()].map((followed) => followed.settled()));
  }

  async close(): Promise<readonly JournalPlace[]> {
    this.#closed = true;
    await Promise.all([...this.#followed.values()].map((followed) => followed.close()));
    return this.places();
  }
}
