import { maxSessions } from '@f2b/core';
import type { Groups, ReadyRows } from '@f2b/matcher';
import type { RowKeys } from './row-keys.js';
import type { Verdicts } from './verdict.js';

/** The first line of a session. */
type FirstLine =
  /** It has a ready row, and has not been looked at. */
  | { readonly kind: 'row'; readonly rows: ReadyRows; readonly index: number }
  | { readonly kind: 'read'; readonly regex: number; readonly groups: Groups }
  /** It was judged: verdicts and keys know the session. */
  | { readonly kind: 'judged'; readonly key: string };

interface Session {
  /** The same for all lines of a session, and now and then for those of another. */
  readonly number: number;
  first: FirstLine;
}

const filterSize = 1 << 16;
/** Sessions that ended leave gaps among those that are remembered, up to this many. */
const mostPlaces = 4 * maxSessions;

/**
 * The sessions that are remembered: the last hundred that began. Of most only the first line is ever seen, and that one has a ready row:
 * nothing is known of them but a number and where the row is. Once another line of a session comes, its first line is taken in as if it
 * had been judged when it came.
 */
export class BegunSessions {
  readonly #verdicts: Verdicts;
  readonly #keys: RowKeys;
  /** In the order of their beginning; undefined for one that ended. */
  #sessions: (Session | undefined)[] = [];
  /** Those before it are gone. */
  #first = 0;
  #live = 0;
  /** By the lower bits of their numbers: how many sessions have these. */
  readonly #filter = new Uint16Array(filterSize);

  /** @param verdicts, keys forget no session by themselves */
  constructor(verdicts: Verdicts, keys: RowKeys) {
    this.#verdicts = verdicts;
    this.#keys = keys;
  }

  /**
   * Takes in a row that begins its session, or belongs to none.
   * @returns false: the session is known, perhaps; the line has to be judged
   */
  begin(rows: ReadyRows, index: number): boolean {
    const number = rows.session(index);
    if (number === 0) return true;
    if (this.#filter[number & (filterSize - 1)] !== 0 && this.#has(number)) return false;
    this.#add({ number, first: { kind: 'row', rows, index } });
    return true;
  }

  #has(number: number): boolean {
    for (let at = this.#first; at < this.#sessions.length; at++) if (this.#sessions[at]?.number === number) return true;
    return false;
  }

  #add(session: Session): void {
    if (this.#sessions.length === mostPlaces) {
      this.#sessions = this.#sessions.filter((one) => one !== undefined);
      this.#first = 0;
    }
    this.#sessions.push(session);
    this.#filter[session.number & (filterSize - 1)]!++;
    if (++this.#live > maxSessions) this.#dropOldest();
  }

  #dropOldest(): void {
    while (this.#sessions[this.#first] === undefined) this.#first++;
    const { first } = this.#sessions[this.#first]!;
    if (first.kind === 'judged') {
      this.#verdicts.forget(first.key);
      this.#keys.forget(first.key);
    }
    this.#remove(this.#first);
  }

  #remove(at: number): void {
    this.#filter[this.#sessions[at]!.number & (filterSize - 1)]!--;
    this.#sessions[at] = undefined;
    this.#live--;
  }

  /** A line of the session is about to be judged: its first one must be known. */
  settle(key: string): void {
    const number = sessionNumber(key);
    if (this.#filter[number & (filterSize - 1)] === 0) return;
    for (let at = this.#first; at < this.#sessions.length; at++) {
      const session = this.#sessions[at];
      if (session === undefined || session.number !== number || session.first.kind === 'judged') continue;
      const { regex, groups } = read(session);
      if (groups.get('mlfid') !== key) continue;
      this.#verdicts.begin(key, groups);
      this.#keys.begin(key, regex, groups);
      session.first = { kind: 'judged', key };
      return;
    }
  }

  /** A line of the session was judged: it may have begun, or ended. */
  judged(key: string): void {
    const at = this.#sessions.findIndex((one) => one?.first.kind === 'judged' && one.first.key === key);
    const isKnown = this.#verdicts.knows(key);
    if (isKnown && at < 0) this.#add({ number: sessionNumber(key), first: { kind: 'judged', key } });
    if (!isKnown && at >= 0) this.#remove(at);
  }

  /** The rows are about to go: what is still needed of them is read. */
  keep(): void {
    for (let at = this.#first; at < this.#sessions.length; at++) {
      const session = this.#sessions[at];
      if (session?.first.kind === 'row') session.first = { kind: 'read', ...read(session) };
    }
  }
}

function read({ first }: Session): { readonly regex: number; readonly groups: Groups } {
  if (first.kind === 'read') return first;
  if (first.kind === 'judged') throw new TypeError('the first line of a session is judged once');
  const { regex, groups } = first.rows.match(first.index);
  return { regex, groups };
}

/** The number that the scan gives the session of a row: FNV-1a, never 0. */
function sessionNumber(key: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < key.length; at++) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193);
  return hash === 0 ? 1 : hash;
}
