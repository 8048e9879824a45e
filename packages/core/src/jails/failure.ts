import type { EpochMs } from '@f2b/config';
import type { Groups, GroupValue, LineTuple, Usedns } from '@f2b/matcher';
import { Sessions } from './book/sessions.js';
import type { DatedLine, Reading } from './when/time.js';
import { type Identification, identify } from './who/identifier.js';

/** A line that a failregex matched: the part of a `LineMatch` that a failure is made of, its groups apart. */
export interface MatchedLine extends DatedLine {
  /** All lines of the match, where it took several (`maxlines`). */
  readonly lines?: readonly LineTuple[] | undefined;
}

/** What makers of failures may differ in. The guard's rules and those of `f2b regex` stand in `failure-rules.ts`. */
export interface FailureRules<Line> {
  readonly usedns: Usedns;
  /** Sessions that are remembered at once; fail2ban's limit where nothing is said. */
  readonly mostSessions?: number;
  /** The groups in the form in which they may be kept. */
  kept(groups: Groups): Groups;
  /** Which time a line counts for, and its lines as they are kept; undefined: the line is dropped. */
  take(line: MatchedLine, reading: Reading): TakenLine<Line> | undefined;
}

export interface TakenLine<Line> {
  /** NaN where neither the line nor one before it says when; only where the rules let such a line pass. */
  readonly time: EpochMs;
  readonly lines: readonly Line[];
}

/** What became of a matching line. */
export interface Made<Line> extends TakenLine<Line> {
  /**
   * `failure`: as far as `who` says whose it is. `nofail`: its session takes it for none, so far. `dropped`: its time rules it out.
   */
  readonly kind: 'failure' | 'nofail' | 'dropped';
  /** With those of the session's earlier lines; of a line that is no failure its own alone. */
  readonly groups: Groups;
  readonly who: Identification;
}

/**
 * Makes failures of matching lines: match, time, session, identity, in this order and for everybody alike (the guard, `f2b regex`,
 * `f2b explain`). It has the sessions, asks nobody and reads no clock; who is ignored and what is counted is decided later.
 */
export class FailureMaker<Line = string> {
  readonly sessions: Sessions<Line>;
  readonly #rules: FailureRules<Line>;

  constructor(rules: FailureRules<Line>, sessions = new Sessions<Line>(rules.mostSessions)) {
    this.#rules = rules;
    this.sessions = sessions;
  }

  /**
   * Takes in one matching line. Lines of one log come in their order.
   * @param groups the line's own, read once: a scan's match cuts them out each time that it is asked
   */
  line(line: MatchedLine, groups: Groups, reading: Reading): Made<Line> {
    const { usedns } = this.#rules;
    const taken = this.#rules.take(line, reading);
    if (taken === undefined) return madeOf('dropped', Number.NaN, none, groups, nobody);
    const { time, lines } = taken;
    const own = this.#rules.kept(groups);
    const mlfid = own.get('mlfid');
    if (mlfid === undefined) return madeOf('failure', time, lines, own, identify(own, usedns));
    const session = this.sessions.line(sessionKey(mlfid), own, lines, reading.now);
    if (session === undefined) return madeOf('nofail', time, lines, own, nobody);
    const who = identify(session.groups, usedns);
    if (who.kind === 'nobody') session.postpone();
    return madeOf('failure', time, session.matches, session.groups, who);
  }

  /** As `line` for a line that was taken in already, and which a further failregex matches: it changes no session. */
  look(line: MatchedLine, groups: Groups, reading: Reading): Made<Line> {
    const taken = this.#rules.take(line, reading);
    if (taken === undefined) return madeOf('dropped', Number.NaN, none, groups, nobody);
    return madeOf('failure', taken.time, none, groups, this.identify(groups));
  }

  /** Whom groups name. */
  identify(groups: Groups): Identification {
    return identify(groups, this.#rules.usedns);
  }
}

const none: readonly never[] = [];
const nobody: Identification = { kind: 'nobody' };

/** One literal for all: objects of one shape. */
function madeOf<Line>(
  kind: Made<Line>['kind'],
  time: EpochMs,
  lines: readonly Line[],
  groups: Groups,
  who: Identification,
): Made<Line> {
  return { kind, time, lines, groups, who };
}

/** Tuples identify sessions as well as texts do. */
export function sessionKey(mlfid: GroupValue): string {
  return typeof mlfid === 'string' ? mlfid : mlfid.join('\u0000');
}
