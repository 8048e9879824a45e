import type { EpochMs, Milliseconds, Seconds } from '@f2b/config';
import type { Clock } from '../../clock.js';
import { CoreError, reasonOf } from '../../errors.js';
import type { CountedFailure } from '../../jails/book/failures.js';
import type { BanHistory } from '../../jails/growth/increment.js';
import { realFiles } from '../../sources/files/files.js';
import type { Place } from '../../sources/source.js';
import type { KeptBan, KeptPlace, Step, Store } from '../store.js';
import type { Left } from './cleaning.js';
import { type Connection, isDamaged, loadSqlite, type SqliteOpener, sqliteCode } from './connection.js';
import { ReadDatabase, WrittenDatabase } from './database.js';
import { readFailureSteps } from './failure-steps.js';
import { identityOf, takePlace } from './moved-file.js';
import { openForReading, openForWriting, storeError } from './opening.js';
import { PendingHistory } from './pending-history.js';

export interface SqliteStoreOptions {
  readonly file: string;
  /** Bans older than this are forgotten, unless they are in force or were not long ago (`dbpurgeage`). */
  readonly purgeAge: Seconds;
  /** Lines that are kept with a ban, the latest (`dbmaxmatches`). */
  readonly maxMatches: number;
  readonly clock: Pick<Clock, 'now' | 'after'>;
  /** What became of the file, where a person should know it. `trouble`: nothing can be kept at the moment. */
  tell(kind: 'notice' | 'trouble', message: string): void;
  /** Another file has the name than before: whoever reads it beside this opens it anew. */
  opened?(): void;
}

/** Places alone wait for so long: lines that gave no failure may be read twice without harm. */
const placesWait: Milliseconds = 1000;
const cleanEvery: Milliseconds = 10_000;
const purgeEvery: Milliseconds = 3_600_000;
/** Between two turns of cleaning. */
const breath: Milliseconds = 20;
/** Failures of one jail that are given back. */
export const mostFailures = 100_000;

/**
 * Keeps what outlives the process in one SQLite file of fail2ban's own schema. Each step is one transaction: after `kill -9` all steps
 * are there, after a loss of power all but perhaps the last, whose lines are read again.
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  return new SqliteStore(await loadSqlite(), options);
}

class SqliteStore implements Store {
  readonly history: BanHistory;
  readonly #sqlite: SqliteOpener;
  readonly #options: SqliteStoreOptions;
  readonly #history: PendingHistory;
  readonly #jails = new Map<string, Seconds>();
  readonly #laterPlaces = new Map<string, KeptPlace>();
  #db: WrittenDatabase | undefined;
  /** What stands in a file that cannot be written. */
  #readable: { readonly db: ReadDatabase; readonly connection: Connection } | undefined;
  #trouble: string | undefined;
  #maySetAside = true;
  /** To be called when the file can be read after all. */
  #late: (() => void) | undefined;
  #stopPlaces: (() => void) | undefined;
  #stopClean: () => void = () => {};
  #stopPurge: () => void = () => {};
  #closed = false;
  /** Which file was opened. */
  #identity: string | undefined;
  /** Which file is its write-ahead log, as soon as there is one. */
  #log: string | undefined;

  constructor(sqlite: SqliteOpener, options: SqliteStoreOptions) {
    this.#sqlite = sqlite;
    this.#options = options;
    this.#history = new PendingHistory({
      records: (id, jail) => this.#read((db) => db.records(id, jail), []),
    });
    this.history = this.#history;
    try {
      this.#db = this.#open();
    } catch (error) {
      this.#failed(error);
      const connection = openForReading(sqlite, options.file);
      if (connection !== undefined) this.#readable = { connection, db: new ReadDatabase(connection, realFiles) };
      options.tell('trouble', reasonOf(error));
    }
    this.#cleanLater(cleanEvery);
    this.#purgeLater(purgeEvery, 'bans');
  }

  get trouble(): string | undefined {
    return this.#trouble;
  }

  begin(jail: string, findtime: Seconds): void {
    this.#jails.set(jail, findtime);
    try {
      this.#db?.begin(jail);
    } catch (error) {
      // It is begun again with the next opening.
      this.#failed(error);
    }
  }

  onceReadable(then: () => void): void {
    if (this.#db === undefined && this.#readable === undefined) this.#late = then;
  }

  commit(step: Step): void {
    for (const place of step.places) this.#laterPlaces.set(`${place.jail}\u0000${place.place.log}`, place);
    const bans = step.bans.filter(({ kind }) => kind !== 'restored' && kind !== 'ended');
    // What has no place yet gets one at once: without it, a later process takes what was written meanwhile for old.
    const isFirst = step.places.some((place) => this.#db?.places.isFirst(place));
    if (step.failures.length + bans.length === 0 && !isFirst) {
      if (this.#laterPlaces.size > 0)
        this.#stopPlaces ??= this.#options.clock.after(placesWait, () => this.#putPlaces());
      return;
    }
    this.#write({ failures: step.failures, bans, places: [...this.#laterPlaces.values()] });
    this.#laterPlaces.clear();
    for (const change of bans) {
      if (change.kind === 'spent') continue;
      const id = 'ban' in change ? change.ban.who.id : change.id;
      this.#history.written(id, change.jail);
    }
  }

  place(jail: string, log: string): Place | undefined {
    return this.#read((db) => db.places.get(jail, log), undefined);
  }

  failuresSince(jail: string, time: EpochMs): readonly CountedFailure[] {
    return this.#read((db) => readFailureSteps(db.failureSteps(jail), time, mostFailures), []);
  }

  bans(jail: string): readonly KeptBan[] {
    return this.#read((db) => db.bans(jail, this.#options.clock.now()), []);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#putPlaces();
    this.#closed = true;
    for (const stop of [this.#stopPlaces, this.#stopClean, this.#stopPurge]) stop?.();
    this.#drop();
  }

  #putPlaces(): void {
    this.#stopPlaces?.();
    this.#stopPlaces = undefined;
    if (this.#closed || this.#laterPlaces.size === 0) return;
    try {
      this.#write({ failures: [], bans: [], places: [...this.#laterPlaces.values()] });
      this.#laterPlaces.clear();
    } catch {
      this.#stopPlaces = this.#options.clock.after(cleanEvery, () => this.#putPlaces());
    }
  }

  /** @throws CoreError when it could not be written */
  #write(step: Step): void {
    const { clock, maxMatches } = this.#options;
    const count = (jail: string, id: string) => this.#history.pending(id, jail)?.bancount;
    for (let tries = 0; ; tries++) {
      try {
        this.#followFile();
        this.#db ??= this.#open();
        this.#db.write(step, clock.now(), maxMatches, count);
        this.#log ??= identityOf(`${this.#options.file}-wal`);
        this.#trouble = undefined;
        return;
      } catch (error) {
        this.#failed(error);
        if (tries > 0 || !isDamaged(error))
          throw error instanceof CoreError ? error : storeError(this.#options.file, error);
      }
    }
  }

  #read<T>(read: (db: ReadDatabase) => T, otherwise: T): T {
    for (let tries = 0; tries < 2; tries++) {
      const db = this.#db ?? this.#readable?.db;
      if (db === undefined) return otherwise;
      try {
        return read(db);
      } catch (error) {
        this.#failed(error);
        if (!isDamaged(error) || this.#closed) return otherwise;
        try {
          this.#db ??= this.#open();
        } catch (reason) {
          this.#failed(reason);
        }
      }
    }
    return otherwise;
  }

  /** Somebody deleted the file, or put another one in its place: what was kept in it goes on in the one that has the name now. */
  #followFile(): void {
    const { file, tell } = this.#options;
    const db = this.#db;
    if (db === undefined || this.#closed || identityOf(file) === this.#identity) return;
    const copy = `${file}.moving`;
    db.copyTo(copy);
    this.#drop();
    const what = takePlace(this.#sqlite, copy, file, this.#log);
    this.#db = this.#open();
    tell('notice', `Database ${file} was ${what} while f2b runs: what is remembered has been written into it anew`);
  }

  #open(): WrittenDatabase {
    const { file, clock, tell } = this.#options;
    if (this.#closed) throw new CoreError('F2B_STORE', `database ${file} is closed`);
    const { db: connection, said } = openForWriting(this.#sqlite, file, clock.now(), this.#maySetAside);
    try {
      const db = new WrittenDatabase(connection, realFiles);
      for (const jail of this.#jails.keys()) db.begin(jail);
      this.#identity = identityOf(file);
      this.#log = undefined;
      this.#trouble = undefined;
      this.#readable?.connection.close();
      this.#readable = undefined;
      // A disk that damages one file after the other shall not be filled with them.
      if (said.length > 0) this.#maySetAside = false;
      for (const message of said) tell('notice', message);
      this.#options.opened?.();
      this.#late?.();
      this.#late = undefined;
      return db;
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  #failed(error: unknown): void {
    this.#trouble = reasonOf(error);
    const code = sqliteCode(error) ?? '';
    // The file is as it was, and will do once there is room or nobody else is at it. Anything else: it is opened anew.
    if (!/^SQLITE_(?:BUSY|LOCKED|FULL)/.test(code)) this.#drop();
  }

  #drop(): void {
    const db = this.#db;
    this.#db = undefined;
    try {
      db?.close();
      this.#readable?.connection.close();
    } catch {
      // There is nothing that could still be saved.
    }
    this.#readable = undefined;
  }

  #cleanLater(delay: Milliseconds): void {
    this.#stopClean = this.#options.clock.after(delay, () => {
      const { purgeAge, clock } = this.#options;
      const now = clock.now();
      const before = (jail: string) => now - (this.#jails.get(jail) ?? purgeAge) * 1000;
      const left = this.#inTurn((db) => db.cleaning.failures(before), true);
      this.#cleanLater(left === 'more' ? breath : cleanEvery);
    });
  }

  #purgeLater(delay: Milliseconds, what: 'bans' | 'pages'): void {
    this.#stopPurge = this.#options.clock.after(delay, () => {
      const { purgeAge, clock } = this.#options;
      const left = this.#inTurn(({ cleaning, places }) => {
        if (what === 'pages') return cleaning.shrink();
        places.touch(clock.now());
        return cleaning.purge(clock.now(), purgeAge);
      });
      if (left === 'more') this.#purgeLater(breath, what);
      else if (what === 'bans') this.#purgeLater(breath, 'pages');
      else this.#purgeLater(purgeEvery, 'bans');
    });
  }

  #inTurn(work: (db: WrittenDatabase) => Left, looksAtFile = false): Left {
    try {
      if (looksAtFile) this.#followFile();
      return this.#db === undefined ? 'nothing' : work(this.#db);
    } catch (error) {
      this.#failed(error);
      return 'nothing';
    }
  }
}
