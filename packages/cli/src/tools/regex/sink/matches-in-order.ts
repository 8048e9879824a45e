import { sessionKey } from '@f2b/core';
import type { FoundColumns, LineMatch } from '@f2b/matcher';
import { isComment, type LogPart } from '../log.js';
import { BegunSessions } from './begun-sessions.js';
import type { RowKeys } from './row-keys.js';
import type { ReadMatch, Verdict, Verdicts } from './verdict.js';

/** Takes the matches of a log, one after the other. */
export interface MatchTaker {
  /**
   * A match that is a failure as the columns show it.
   * @param isFirst of its line
   */
  plain(found: FoundColumns, index: number, isFirst: boolean): void;
  /** Any other one. */
  judged(verdict: Verdict, read: ReadMatch, isFirst: boolean, index: number): void | Promise<void>;
}

export interface MatchesInOrderOptions {
  readonly verdicts: Verdicts;
  /** Where rows are shown: they are told of each session that begins. */
  readonly keys?: RowKeys | undefined;
  /** See `BegunSessions`. */
  readonly goesOn: boolean;
  /** fail2ban-regex passes over comments and empty lines of a log. */
  readonly skipComments: boolean;
}

/** Goes through the matches of a log in order. Whatever is no plain failure is judged; most are, and cost no object. */
export class MatchesInOrder {
  readonly #verdicts: Verdicts;
  readonly #begun: BegunSessions;
  readonly #skipComments: boolean;

  constructor({ verdicts, keys, goesOn, skipComments }: MatchesInOrderOptions) {
    this.#verdicts = verdicts;
    this.#begun = new BegunSessions(verdicts, keys, goesOn);
    this.#skipComments = skipComments;
  }

  async give({ matches, found }: LogPart['result'], taker: MatchTaker): Promise<void> {
    if (found === undefined) return await this.#giveMatches(matches, taker);
    const others = await this.#verdicts.prepare(othersOf(found));
    let other = 0;
    let last = -1;
    for (let index = 0; index < found.count; index++) {
      const line = found.line(index);
      const isFirst = line !== last;
      last = line;
      if (found.isPlain(index)) {
        // A further failregex of a line changes no session.
        if (!isFirst || this.#begun.holds(found, index)) taker.plain(found, index, isFirst);
        else {
          const match = found.match(index);
          await this.#judge({ match, groups: match.groups }, true, index, taker);
        }
        continue;
      }
      await this.#judge(others[other++]!, isFirst, index, taker);
    }
    // The memory of the columns is used again for later ones.
    this.#begun.keep();
  }

  async #giveMatches(matches: readonly LineMatch[], taker: MatchTaker): Promise<void> {
    let last = -1;
    for (const [index, read] of (await this.#verdicts.prepare(matches)).entries()) {
      const { line } = read.match;
      await this.#judge(read, line !== last, index, taker);
      last = line;
    }
  }

  async #judge(read: ReadMatch, isFirst: boolean, index: number, taker: MatchTaker): Promise<void> {
    if (this.#skipComments && isComment(read.match)) return;
    if (!isFirst) {
      const told = taker.judged(this.#verdicts.ofOther(read), read, false, index);
      if (told !== undefined) await told;
      return;
    }
    const mlfid = read.groups.get('mlfid');
    const key = mlfid === undefined ? undefined : sessionKey(mlfid);
    if (key !== undefined) this.#begun.settle(key);
    const told = taker.judged(this.#verdicts.of(read), read, true, index);
    if (told !== undefined) await told;
    if (key !== undefined) this.#begun.judged(key);
  }
}

function othersOf(found: FoundColumns): LineMatch[] {
  const matches: LineMatch[] = [];
  for (let index = 0; index < found.count; index++) if (!found.isPlain(index)) matches.push(found.match(index));
  return matches;
}
