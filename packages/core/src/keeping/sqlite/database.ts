import { closeSync, openSync } from 'node:fs';
import type { EpochMs } from '@f2b/config';
import type { BanRecord } from '../../jails/growth/increment.js';
import type { Files } from '../../sources/files/files.js';
import type { KeptBan, KeptPlace, Step } from '../store.js';
import { Cleaning } from './cleaning.js';
import type { Connection, Statement } from './connection.js';
import { type FailureStep, failureSteps } from './failure-steps.js';
import { PlaceBook } from './place-book.js';
import { type BanRow, banOf, bantimeOf, ticketData, timeOfBan } from './tickets.js';

/** How often somebody has been banned in a jail, for the book. */
export type CountBans = (jail: string, id: string) => number | undefined;

/** A database that can be read. */
export class ReadDatabase {
  readonly places: PlaceBook;
  readonly #bips: Statement;
  readonly #recordOf: Statement;
  readonly #recordsOf: Statement;
  readonly #steps: Statement;

  constructor(db: Connection, files: Files) {
    this.places = new PlaceBook(db, files);
    // Of fail2ban's order: by the text of who is banned.
    this.#bips = db.prepare(
      `SELECT ip, timeofban, bantime, bancount, data FROM bips
        WHERE jail = ? AND (bantime < 0 OR timeofban + bantime > ?) ORDER BY ip`,
    );
    const record = 'SELECT jail, bancount, timeofban, bantime FROM bips WHERE ip = ?';
    this.#recordOf = db.prepare(`${record} AND jail = ?`);
    this.#recordsOf = db.prepare(record);
    this.#steps = db.prepare('SELECT data FROM f2bFailures WHERE jail = ? ORDER BY n DESC').pluck();
  }

  bans(jail: string, now: EpochMs): readonly KeptBan[] {
    return (this.#bips.all(jail, now / 1000) as BanRow[]).map(banOf);
  }

  records(id: string, jail: string | undefined): readonly (BanRecord & { readonly jail: string })[] {
    const rows = jail === undefined ? this.#recordsOf.all(id) : this.#recordOf.all(id, jail);
    return (rows as (BanRecord & { readonly jail: string })[]).map((row) => ({
      ...row,
      timeofban: row.timeofban * 1000,
    }));
  }

  /** From the last to the first. */
  *failureSteps(jail: string): Generator<FailureStep> {
    for (const data of this.#steps.iterate(jail)) {
      const step = stepOf(data);
      if (step !== undefined) yield step;
    }
  }
}

/** A database that is written: one transaction a step. */
export class WrittenDatabase extends ReadDatabase {
  readonly cleaning: Cleaning;
  readonly #db: Connection;
  readonly #begin: Statement;
  readonly #mention: Statement;
  readonly #addBan: Statement;
  readonly #setBip: Statement;
  readonly #prolongBan: Statement;
  readonly #prolongBip: Statement;
  readonly #dropBans: Statement;
  readonly #dropBip: Statement;
  readonly #addStep: Statement;
  readonly #jails = new Set<string>();

  constructor(db: Connection, files: Files) {
    super(db, files);
    this.#db = db;
    db.exec('UPDATE jails SET enabled = 0');
    this.cleaning = new Cleaning(db);
    this.#begin = db.prepare(
      'INSERT INTO jails (name, enabled) VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET enabled = 1',
    );
    this.#mention = db.prepare('INSERT OR IGNORE INTO jails (name, enabled) VALUES (?, 0)');
    // The same ban again, of a start that could not read what was remembered, is no other.
    this.#addBan = db.prepare(
      `INSERT INTO bans (jail, ip, timeofban, bantime, bancount, data)
        SELECT $jail, $ip, $timeofban, $bantime, $bancount, $data
        WHERE NOT EXISTS (SELECT 1 FROM bans WHERE jail = $jail AND timeofban = $timeofban AND ip = $ip)`,
    );
    this.#setBip = db.prepare(
      `INSERT OR REPLACE INTO bips (ip, jail, timeofban, bantime, bancount, data)
        VALUES ($ip, $jail, $timeofban, $bantime, $bancount, $data)`,
    );
    this.#prolongBan = db.prepare('UPDATE bans SET bantime = ? WHERE jail = ? AND ip = ? AND timeofban = ?');
    this.#prolongBip = db.prepare('UPDATE bips SET bantime = ? WHERE jail = ? AND ip = ? AND timeofban = ?');
    this.#dropBans = db.prepare('DELETE FROM bans WHERE jail = ? AND ip = ?');
    this.#dropBip = db.prepare('DELETE FROM bips WHERE jail = ? AND ip = ?');
    this.#addStep = db.prepare('INSERT INTO f2bFailures (jail, kept, failures, data) VALUES (?, ?, ?, ?)');
  }

  begin(jail: string): void {
    this.#begin.run(jail);
    this.#jails.add(jail);
  }

  /** All of it or nothing. */
  write(step: Step, now: EpochMs, maxMatches: number, count: CountBans): void {
    const { cleaning, places } = this;
    const moved = step.places.filter((place) => !places.isWritten(place));
    const steps = failureSteps(step, maxMatches);
    try {
      this.#db
        .transaction(() => {
          for (const [jail, failures] of steps) {
            this.#addStep.run(jail, now, failures.failures.length, JSON.stringify(failures));
          }
          this.#changeBans(step, maxMatches, count);
          for (const place of moved) this.#putPlace(place, now);
        })
        .immediate();
    } catch (error) {
      places.forget(moved);
      this.#jails.clear();
      throw error;
    }
    for (const [jail, { failures }] of steps) cleaning.added(jail, failures.length);
  }

  #changeBans({ bans }: Step, maxMatches: number, count: CountBans): void {
    for (const change of bans) {
      const { jail } = change;
      switch (change.kind) {
        case 'made': {
          const { ban } = change;
          const ip = ban.who.id;
          this.#known(jail);
          const bancount = count(jail, ip) ?? ban.bancount;
          const data = ticketData(ban, maxMatches);
          const row = { jail, ip, timeofban: timeOfBan(ban), bantime: bantimeOf(ban), bancount, data };
          this.#addBan.run(row);
          this.#setBip.run(row);
          break;
        }
        case 'prolonged': {
          const { ban } = change;
          const row = [bantimeOf(ban), jail, ban.who.id, timeOfBan(ban)];
          this.#prolongBan.run(row);
          this.#prolongBip.run(row);
          break;
        }
        case 'lifted':
          this.#dropBans.run(jail, change.id);
          this.#dropBip.run(jail, change.id);
          break;
        // A ban that has ended stays, as history: its end says that it is over.
        case 'ended':
        case 'restored':
        // Its failures stand in the row of the step.
        case 'spent':
          break;
      }
    }
  }

  #putPlace(place: KeptPlace, now: EpochMs): void {
    this.#known(place.jail);
    this.places.put(place, now);
  }

  #known(jail: string): void {
    if (this.#jails.has(jail)) return;
    this.#mention.run(jail);
    this.#jails.add(jail);
  }

  /** Copies all of it, also when the file has lost its name. */
  copyTo(file: string): void {
    // SQLite takes an empty file, and would make one that others may read.
    closeSync(openSync(file, 'w', 0o600));
    this.#db.prepare('VACUUM INTO ?').run(file);
  }

  close(): void {
    this.#db.close();
  }
}

function stepOf(data: unknown): FailureStep | undefined {
  try {
    const step = JSON.parse(String(data)) as FailureStep;
    return Array.isArray(step.failures) && Array.isArray(step.spent) && Array.isArray(step.logs) ? step : undefined;
  } catch {
    return undefined;
  }
}
