import type { EpochMs, Seconds } from '@f2b/config';
import type { Connection, Statement } from './connection.js';

/** Rows that one turn deletes at most: a fraction of a millisecond to some milliseconds of the main thread. */
const rowsATurn = 500;
/** Pages that one turn gives back to the file system. */
const pagesATurn = 200;
/** Failures of one jail that are kept; the oldest give way. */
const mostFailures = 100_000;
/** Places in logs that no jail has read for so long. */
const placesLast: Seconds = 90 * 86_400;

/** What a turn of cleaning left to do. */
export type Left = 'more' | 'nothing';

/** Deletes what has had its time, some of it a turn. */
export class Cleaning {
  readonly #db: Connection;
  readonly #bans: Statement;
  readonly #bips: Statement;
  readonly #jails: Statement;
  readonly #places: Statement;
  readonly #oldest: Statement;
  readonly #dropSteps: Statement;
  readonly #kept = new Map<string, number>();

  constructor(db: Connection) {
    this.#db = db;
    const some = (table: string, where: string) =>
      db.prepare(`DELETE FROM ${table} WHERE rowid IN (SELECT rowid FROM ${table} WHERE ${where} LIMIT ${rowsATurn})`);
    this.#bans = some('bans', 'jail = ? AND timeofban < ?');
    // A ban for ever is never forgotten, a long one not before three times its length.
    this.#bips = some('bips', 'timeofban < $before AND bantime <> -1 AND timeofban + 3 * bantime < $before');
    this.#jails = db.prepare(
      `DELETE FROM jails WHERE enabled = 0 AND NOT EXISTS (SELECT 1 FROM bans WHERE bans.jail = jails.name)
        AND NOT EXISTS (SELECT 1 FROM bips WHERE bips.jail = jails.name)`,
    );
    this.#places = some('f2bPlaces', 'kept < ?');
    this.#oldest = db.prepare(`SELECT n, kept, failures FROM f2bFailures WHERE jail = ? ORDER BY n LIMIT ${rowsATurn}`);
    this.#dropSteps = db.prepare('DELETE FROM f2bFailures WHERE jail = ? AND n <= ?');
    const sums = db.prepare('SELECT jail, sum(failures) FROM f2bFailures GROUP BY jail').raw();
    for (const [jail, sum] of sums.iterate() as IterableIterator<[string, number]>) this.#kept.set(jail, sum);
  }

  /** Failures were written. */
  added(jail: string, failures: number): void {
    this.#kept.set(jail, (this.#kept.get(jail) ?? 0) + failures);
  }

  /**
   * Failures that findtime has passed over, or that are too many.
   * @param before what each jail need not keep is older than this
   */
  failures(before: (jail: string) => EpochMs): Left {
    let left: Left = 'nothing';
    for (const [jail, all] of this.#kept) {
      const rows = this.#oldest.all(jail) as { n: number; kept: EpochMs; failures: number }[];
      let kept = all;
      let last: number | undefined;
      const limit = before(jail);
      for (const row of rows) {
        if (row.kept >= limit && kept <= mostFailures) break;
        kept -= row.failures;
        last = row.n;
      }
      if (last !== undefined) this.#dropSteps.run(jail, last);
      if (rows.length === 0) this.#kept.delete(jail);
      else this.#kept.set(jail, kept);
      if (last !== undefined && last === rows.at(-1)?.n && rows.length === rowsATurn) left = 'more';
    }
    return left;
  }

  /** fail2ban's purge: bans that are older than `dbpurgeage`, and jails that nothing is known of any more. */
  purge(now: EpochMs, age: Seconds): Left {
    const before = Math.floor(now / 1000 - age);
    let deleted = 0;
    const jails = this.#db.prepare('SELECT name FROM jails').pluck().all() as string[];
    for (const jail of jails) {
      deleted += this.#bans.run(jail, before).changes;
      if (deleted >= rowsATurn) return 'more';
    }
    deleted += this.#bips.run({ before }).changes;
    deleted += this.#places.run(now - placesLast * 1000).changes;
    if (deleted > 0) return 'more';
    this.#jails.run();
    return 'nothing';
  }

  /** Gives back what the file no longer needs. */
  shrink(): Left {
    const free = Number(this.#db.pragma('freelist_count', { simple: true }));
    if (free === 0 || this.#db.pragma('auto_vacuum', { simple: true }) !== 2) return 'nothing';
    this.#db.exec(`PRAGMA incremental_vacuum(${pagesATurn})`);
    return Number(this.#db.pragma('freelist_count', { simple: true })) < free ? 'more' : 'nothing';
  }
}
