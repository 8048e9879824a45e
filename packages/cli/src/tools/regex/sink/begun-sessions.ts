import { maxSessions, sessionKey } from '@f2b/core';
import { type FoundColumns, type Groups, sessionNumber } from '@f2b/matcher';
import type { RowKeys } from './row-keys.js';
import type { ReadMatch, Verdicts } from './verdict.js';

/** A plain line of a session, which was not judged: nobody has looked at it, or it was read. */
interface PlainLine {
  found: FoundColumns | undefined;
  readonly index: number;
  read: ReadMatch | undefined;
}

/** A session, and its first line; most have no other, and cost one object. */
interface Session extends PlainLine {
  /** The same for all lines of a session, and now and then for those of another. */
  readonly number: number;
  /** All its lines say all of what is shown: another such line holds as well. */
  readonly isWhole: boolean;
  /** Further lines that hold as they were written, in order. */
  more: PlainLine[] | undefined;
  /** It was judged: verdicts and keys know the session. */
  key: string | undefined;
}

const filterSize = 1 << 16;
/** Sessions that ended leave gaps among those that are remembered, up to this many. */
const mostPlaces = 4 * maxSessions;
/** A session with more plain lines is judged. */
const mostPlainLines = 12;

/**
 * The sessions that are remembered: the last hundred that began. Most have plain lines only, which hold as they were written: nothing is known
 * of them but a number and where the lines are. Once another line of a session comes, those are taken in as if they had been judged
 * when they came.
 */
export class BegunSessions {
  readonly #verdicts: Verdicts;
  readonly #keys: RowKeys | undefined;
  readonly #goesOn: boolean;
  /** In the order of their beginning; undefined for one that ended. */
  #sessions: (Session | undefined)[] = [];
  /** Those before it are gone. */
  #first = 0;
  #live = 0;
  /** By the lower bits of their numbers: how many sessions have these. */
  readonly #filter = new Uint16Array(filterSize);

  /**
   * @param verdicts, keys forget no session by themselves
   * @param goesOn what is shown of a line does not depend on earlier ones of its session, as long as all are plain
   */
  constructor(verdicts: Verdicts, keys: RowKeys | undefined, goesOn: boolean) {
    this.#verdicts = verdicts;
    this.#keys = keys;
    this.#goesOn = goesOn;
  }

  /**
   * Takes in a plain match that begins its session, goes on with one of plain lines, or belongs to none.
   * @returns false: the line has to be judged
   */
  holds(found: FoundColumns, index: number): boolean {
    const number = found.session(index);
    if (number === 0) return true;
    const known = this.#filter[number & (filterSize - 1)] === 0 ? undefined : this.#find(number);
    if (known === undefined) {
      this.#add(sessionOf(number, found, index, found.isWhole(index), undefined));
      return true;
    }
    const goesOn = this.#goesOn && known.key === undefined && known.isWhole && found.isWhole(index);
    if (!goesOn || (known.more?.length ?? 0) >= mostPlainLines) return false;
    known.more ??= [];
    known.more.push({ found, index, read: undefined });
    return true;
  }

  #find(number: number): Session | undefined {
    for (let at = this.#sessions.length - 1; at >= this.#first; at--) {
      const session = this.#sessions[at];
      if (session?.number === number) return session;
    }
    return undefined;
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
    const { key } = this.#sessions[this.#first]!;
    if (key !== undefined) {
      this.#verdicts.forget(key);
      this.#keys?.forget(key);
    }
    this.#remove(this.#first);
  }

  #remove(at: number): void {
    this.#filter[this.#sessions[at]!.number & (filterSize - 1)]!--;
    this.#sessions[at] = undefined;
    this.#live--;
  }

  /** A line of the session is about to be judged: those before it must be known. */
  settle(key: string): void {
    const number = sessionNumber(key);
    if (this.#filter[number & (filterSize - 1)] === 0 || this.#sessions.some((one) => one?.key === key)) return;
    for (let at = this.#first; at < this.#sessions.length; at++) {
      const session = this.#sessions[at];
      if (session === undefined || session.number !== number || session.key !== undefined) continue;
      const read = [session, ...(session.more ?? [])].map(readOf);
      const own = read.filter(({ groups }) => keyOf(groups) === key);
      const [first, ...later] = own;
      if (first === undefined) continue;
      this.#verdicts.begin(key, first.groups);
      this.#keys?.begin(key, first.match.regex, first.groups);
      for (const one of later) this.#verdicts.of(one);
      // Two sessions of one number: the other one stays as it is.
      if (own.length < read.length) this.#add(sessionOf(number, undefined, 0, false, key));
      else session.key = key;
      return;
    }
  }

  /** A line of the session was judged: it may have begun, or ended. */
  judged(key: string): void {
    const at = this.#sessions.findIndex((one) => one?.key === key);
    const isKnown = this.#verdicts.knows(key);
    if (isKnown && at < 0) this.#add(sessionOf(sessionNumber(key), undefined, 0, false, key));
    if (!isKnown && at >= 0) this.#remove(at);
  }

  /** The columns are about to go: what is still needed of them is read. */
  keep(): void {
    for (let at = this.#first; at < this.#sessions.length; at++) {
      const session = this.#sessions[at];
      if (session === undefined || session.key !== undefined) continue;
      for (const line of [session, ...(session.more ?? [])]) {
        line.read = readOf(line);
        line.found = undefined;
      }
    }
  }
}

/** One literal for all: objects of one shape. */
function sessionOf(
  number: number,
  found: FoundColumns | undefined,
  index: number,
  isWhole: boolean,
  key: string | undefined,
): Session {
  return { found, index, read: undefined, number, isWhole, more: undefined, key };
}

function readOf({ found, index, read }: PlainLine): ReadMatch {
  if (read !== undefined) return read;
  if (found === undefined) throw new TypeError('a line of a session is read before its columns go');
  const { regex, line: number, offset, filter, time, date, groups } = found.match(index);
  // Its text was shown already, and is no part of what is shown of later lines.
  const tuple = ['', '', ''] as const;
  return { match: { filter, regex, line: number, offset, time, date, tuple, groups, preceding: undefined }, groups };
}

function keyOf(groups: Groups): string | undefined {
  const mlfid = groups.get('mlfid');
  return mlfid === undefined ? undefined : sessionKey(mlfid);
}
