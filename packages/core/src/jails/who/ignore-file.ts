import type { EpochMs } from '@f2b/config';
import { type Address, parseAddress } from '@f2b/matcher';
import { reasonOf } from '../../errors.js';
import type { Identifier } from './identifier.js';
import { PrefixSet } from './prefixes.js';

/** What tells whether a file has changed. */
export interface FileStamp {
  readonly mtimeMs: EpochMs;
  readonly inode: number;
  readonly size: number;
}

/** Reads lists of ignored addresses from disk. Both throw when the file cannot be read. */
export interface ListReader {
  stamp(path: string): FileStamp;
  read(path: string): string;
}

const checkEvery = 1000;
const retryAfterError = 60_000;

/**
 * One `file:PATH` entry of ignoreip: addresses, networks and free identifiers, separated by blanks, commas or newlines,
 * comments behind `#` or `;`. Read again when the file changes; while it cannot be read, the last good list holds.
 */
export class IgnoreFile {
  readonly path: string;
  readonly #reader: ListReader;
  #networks = new PrefixSet();
  #ids = new Set<string>();
  #stamp: FileStamp | undefined;
  #nextCheck: EpochMs = Number.NEGATIVE_INFINITY;

  constructor(path: string, reader: ListReader) {
    this.path = path;
    this.#reader = reader;
  }

  /** @param problem takes a sentence when the file cannot be read; at most once a minute */
  has(who: Identifier, address: Address | undefined, now: EpochMs, problem: (what: string) => void): boolean {
    this.#refresh(now, problem);
    return this.#ids.has(who.id) || (address !== undefined && this.#networks.has(address));
  }

  #refresh(now: EpochMs, problem: (what: string) => void): void {
    // A clock set back must not stop the checks for long.
    if (now < this.#nextCheck && this.#nextCheck - now <= retryAfterError) return;
    this.#nextCheck = now + checkEvery;
    try {
      const stamp = this.#reader.stamp(this.path);
      if (this.#stamp !== undefined && sameStamp(stamp, this.#stamp)) return;
      this.#load(this.#reader.read(this.path));
      this.#stamp = stamp;
    } catch (error) {
      this.#nextCheck = now + retryAfterError;
      problem(`cannot read the ignore list ${this.path}: ${reasonOf(error)}`);
    }
  }

  #load(text: string): void {
    const networks = new PrefixSet();
    const ids = new Set<string>();
    for (const line of text.split(/\r?\n/)) {
      for (const word of line.replace(/(?:^|\s)[#;].*$/, '').split(/[\s,]+/)) {
        if (word === '') continue;
        const address = parseAddress(word);
        if (address === undefined) ids.add(word);
        else networks.add(address);
      }
    }
    this.#networks = networks;
    this.#ids = ids;
  }
}

function sameStamp(a: FileStamp, b: FileStamp): boolean {
  return a.mtimeMs === b.mtimeMs && a.inode === b.inode && a.size === b.size;
}
