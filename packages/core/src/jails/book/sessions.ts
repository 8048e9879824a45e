import type { EpochMs, Milliseconds } from '@f2b/config';
import type { Groups, GroupValue } from '@f2b/matcher';
import { dropOldest } from './bound.js';

/** fail2ban's limit of sessions. */
export const maxSessions = 100;
/** A session is forgotten this long after its first line, however busy it is (fail2ban's limit). */
const sessionAge: Milliseconds = 5 * 60_000;
/** Lines kept in each of a session's two lists, and user names: f2b's own bound, so that one session cannot eat the memory. */
const maxSessionLines = 100;
const maxSessionUsers = 100;

/** What is known of one connection (one `<F-MLFID>` text) across its lines. */
interface Session<Line> {
  readonly born: EpochMs;
  /** Groups of all lines so far, later ones over earlier ones. */
  readonly groups: Map<string, GroupValue>;
  readonly users: Set<string>;
  /** A failure was seen whose address is not known yet. */
  pending: boolean;
  /** Lines that belong to the next failure to be reported, or to the last one reported. */
  matches: Line[];
  /** Lines that were no failure, waiting for one that is. */
  nofailMatches: Line[];
}

/** What a line makes of its session: a failure to report, as far as its identifier is known. */
export interface SessionFailure<Line = string> {
  readonly groups: Groups;
  readonly matches: readonly Line[];
  /** Says that nobody could be identified yet: the failure waits for a line of the same session that names the address. */
  postpone(): void;
}

/**
 * fail2ban's multi-line failures by identifier: lines with the same `<F-MLFID>` are one session, whose lines may say "no
 * failure" (`nofail`), "access gained" (`mlfgained`) or "session ends" (`mlfforget`), and whose address may come late.
 */
export class Sessions<Line = string> {
  readonly #sessions = new Map<string, Session<Line>>();
  readonly #most: number;

  /** @param most sessions that are remembered at once; the oldest gives way */
  constructor(most = maxSessions) {
    this.#most = most;
  }

  get size(): number {
    return this.#sessions.size;
  }

  has(mlfid: string, now: EpochMs): boolean {
    return this.#known(mlfid, now) !== undefined;
  }

  forget(mlfid: string): void {
    this.#sessions.delete(mlfid);
  }

  /**
   * Takes in the first line of a session that is not known, if it is a failure by itself and neither ends the session nor says "no
   * failure" or "access gained": as `line` does, but the line is not kept.
   */
  begin(mlfid: string, groups: Groups, now: EpochMs): void {
    const session = newSession<Line>(now);
    const user = groups.get('user');
    if (typeof user === 'string' && user !== '') session.users.add(user);
    for (const [name, value] of groups) session.groups.set(name, value);
    this.#store(mlfid, session);
  }

  /**
   * Takes in one matching line that carries an `mlfid`.
   * @param lines the line as it is kept; all lines of the match, where it took several
   * @returns the failure that the line completes, undefined when it reports none
   */
  line(mlfid: string, found: Groups, lines: readonly Line[], now: EpochMs): SessionFailure<Line> | undefined {
    const gainedText = present(found.get('mlfgained'));
    const nofailText = present(found.get('nofail')) ?? gainedText;
    const forget = present(found.get('mlfforget')) !== undefined;
    const user = present(found.get('user'));
    const known = this.#known(mlfid, now);
    const session = known ?? newSession<Line>(now);

    if (known !== undefined) {
      const previousNofail = session.groups.has('nofail') || session.groups.has('mlfgained');
      session.groups.delete('nofail');
      session.groups.delete('mlfgained');
      if (gainedText !== undefined) session.pending = false;
      // What was not postponed has been reported with its lines already.
      if (!previousNofail && !session.pending) session.matches = [];
    }
    if (typeof user === 'string' && (known !== undefined || !forget) && session.users.size < maxSessionUsers) {
      session.users.add(user);
    }
    for (const [name, value] of found) session.groups.set(name, value);
    session.groups.delete('mlfforget');
    if (nofailText !== undefined) session.groups.set('nofail', nofailText);
    if (forget) this.#sessions.delete(mlfid);
    else if (known === undefined) this.#store(mlfid, session);

    let nofail = nofailText !== undefined;
    let gained = gainedText !== undefined;
    if (session.pending || session.users.size > 1) {
      session.pending = false;
      session.groups.delete('nofail');
      session.groups.delete('mlfgained');
      nofail = false;
      gained = false;
    }
    if (nofail) {
      if (!forget) append(session.nofailMatches, lines);
      return undefined;
    }
    const matches = [...session.nofailMatches, ...session.matches];
    if (!gained) append(matches, lines);
    session.matches = matches;
    session.nofailMatches = [];
    return {
      groups: withUsers(session),
      matches,
      postpone() {
        session.pending = true;
      },
    };
  }

  #known(mlfid: string, now: EpochMs): Session<Line> | undefined {
    const session = this.#sessions.get(mlfid);
    if (session === undefined) return undefined;
    // A clock that was set back must not make a session immortal.
    if (Math.abs(now - session.born) <= sessionAge) return session;
    this.#sessions.delete(mlfid);
    return undefined;
  }

  #store(mlfid: string, session: Session<Line>): void {
    this.#sessions.set(mlfid, session);
    dropOldest(this.#sessions, this.#most);
  }
}

function newSession<Line>(born: EpochMs): Session<Line> {
  return { born, groups: new Map(), users: new Set(), pending: false, matches: [], nofailMatches: [] };
}

function withUsers<Line>(session: Session<Line>): Groups {
  const groups = new Map(session.groups);
  if (session.users.size > 0) groups.set('users', [...session.users]);
  return groups;
}

function append<Line>(lines: Line[], added: readonly Line[]): void {
  for (const line of added) lines.push(line);
  if (lines.length > maxSessionLines) lines.splice(0, lines.length - maxSessionLines);
}

function present(value: GroupValue | undefined): GroupValue | undefined {
  return value === undefined || value.length === 0 ? undefined : value;
}
