import type { EpochMs } from '@f2b/config';
import { byteNewline } from '@f2b/matcher';
import { FileBytes } from '../../sources/files/file-bytes.js';
import type { Files } from '../../sources/files/files.js';
import { type FilePlace, marksOf, type Place } from '../../sources/source.js';
import type { KeptPlace } from '../store.js';
import type { Connection, Statement } from './connection.js';

const markerBytes = 64;
const headBytes = 256;

interface LogRow {
  readonly firstlinemd5: string | null;
  readonly lastfilepos: number | null;
}

/** Where each jail goes on in each log: ours in full, and beside it what fail2ban goes on by. */
export class PlaceBook {
  readonly #files: Files;
  readonly #get: Statement;
  readonly #put: Statement;
  readonly #touch: Statement;
  readonly #getLog: Statement;
  readonly #updateLog: Statement;
  readonly #insertLog: Statement;
  /** What stands in the database, as far as this process knows: what has not moved is not written again. */
  readonly #written = new Map<string, { readonly jail: string; readonly log: string; readonly at: string }>();

  constructor(db: Connection, files: Files) {
    this.#files = files;
    this.#get = db.prepare('SELECT place FROM f2bPlaces WHERE jail = ? AND path = ?').pluck();
    this.#put = db.prepare('INSERT OR REPLACE INTO f2bPlaces (jail, path, place, kept) VALUES (?, ?, ?, ?)');
    this.#touch = db.prepare('UPDATE f2bPlaces SET kept = ? WHERE jail = ? AND path = ?');
    this.#getLog = db.prepare('SELECT firstlinemd5, lastfilepos FROM logs WHERE jail = ? AND path = ?');
    this.#updateLog = db.prepare('UPDATE logs SET firstlinemd5 = ?, lastfilepos = ? WHERE jail = ? AND path = ?');
    this.#insertLog = db.prepare('INSERT INTO logs (firstlinemd5, lastfilepos, jail, path) VALUES (?, ?, ?, ?)');
  }

  /** Nothing has been written of this log for this jail by this process. */
  isFirst({ jail, place }: KeptPlace): boolean {
    return !this.#written.has(keyOf(jail, place.log));
  }

  isWritten({ jail, place }: KeptPlace): boolean {
    return this.#written.get(keyOf(jail, place.log))?.at === markOf(place);
  }

  /** Inside the transaction of a step; the jail is known to the database. */
  put({ jail, place }: KeptPlace, now: EpochMs): void {
    this.#put.run(jail, place.log, JSON.stringify(place), now);
    // What fail2ban goes on by: the journal under the name that it has for it.
    const row =
      place.kind === 'file'
        ? [place.firstLine, place.offset, jail, place.log]
        : [new Date(place.time).toISOString(), place.time / 1000, jail, 'systemd-journal'];
    if (this.#updateLog.run(row).changes === 0) this.#insertLog.run(row);
    this.#written.set(keyOf(jail, place.log), { jail, log: place.log, at: markOf(place) });
  }

  /** A transaction failed: what it wrote is not there. */
  forget(places: readonly KeptPlace[]): void {
    for (const { jail, place } of places) this.#written.delete(keyOf(jail, place.log));
  }

  /** Where logs stand that have not grown is still of use. */
  touch(now: EpochMs): void {
    for (const { jail, log } of this.#written.values()) this.#touch.run(now, jail, log);
  }

  get(jail: string, log: string): Place | undefined {
    const place = placeOf(this.#get.get(jail, log));
    if (place?.kind === 'journal') return place;
    const row = this.#getLog.get(jail, log) as LogRow | undefined;
    if (row === undefined) return place;
    // fail2ban has read on since.
    const isOurs = place?.firstLine === row.firstlinemd5 && place?.offset === row.lastfilepos;
    return isOurs ? place : (this.#placeOfFail2ban(log, row) ?? place);
  }

  /** fail2ban knows a log by its first line; undefined when that is another now. */
  #placeOfFail2ban(log: string, { firstlinemd5: firstLine, lastfilepos }: LogRow): FilePlace | undefined {
    if (firstLine === null || firstLine === '' || lastfilepos === null || lastfilepos <= 0) return undefined;
    let fd: number | undefined;
    try {
      fd = this.#files.open(log);
      const { kind, size, identity, born } = this.#files.state(fd);
      const bytes = new FileBytes(this.#files, fd, byteNewline);
      if (kind !== 'file' || size < lastfilepos || bytes.firstLine() !== firstLine) return undefined;
      const part = (from: number, to: number) => bytes.at(from, to).toString('base64');
      return {
        kind: 'file',
        log,
        identity: `${identity}@${born ?? ''}`,
        offset: lastfilepos,
        marker: part(Math.max(0, lastfilepos - markerBytes), lastfilepos),
        head: part(0, Math.min(headBytes, lastfilepos)),
        firstLine,
      };
    } catch {
      // Whoever follows the log says what is wrong with it.
      return undefined;
    } finally {
      if (fd !== undefined) this.#files.close(fd);
    }
  }
}

function placeOf(json: unknown): Place | undefined {
  if (typeof json !== 'string') return undefined;
  try {
    const place = JSON.parse(json) as Place;
    return place.kind === 'file' || place.kind === 'journal' ? place : undefined;
  } catch {
    return undefined;
  }
}

function markOf(place: Place): string {
  if (place.kind === 'journal') return place.cursor;
  const marks = marksOf(place).map(
    ({ identity, file, offset, firstLine }) => `${identity} ${file} ${offset} ${firstLine}`,
  );
  return `${marks.join(' ')} ${place.noticed?.born} ${place.noticed?.files}`;
}

function keyOf(jail: string, log: string): string {
  return `${jail}\u0000${log}`;
}
