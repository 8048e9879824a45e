import type { EpochMs, Milliseconds, Seconds, VoiceMessage } from '@f2b/config';
import type { Groups, GroupValue } from '@f2b/matcher';
import { type Ban, endOf } from './book/bans.js';
import type { Book } from './book/book.js';
import type { CountedFailure, Failure, FailureCount } from './book/failures.js';
import type { Decision, Question } from './decisions.js';
import { FailureMaker, type MatchedLine } from './failure.js';
import { guardRules } from './failure-rules.js';
import { type BanHistory, restoredBantime, weightOfKnownBad } from './growth/increment.js';
import { SimulatedHistory } from './growth/simulated-history.js';
import { type Outlook, outlookOf } from './outlook.js';
import type { Rules } from './rules.js';
import { Sayings } from './sayings.js';
import { LineTime, type Reading } from './when/time.js';
import { identifierOf } from './who/identifier.js';
import type { IgnoredBy } from './who/ignore.js';
import { IgnoreCache } from './who/ignore-cache.js';

/** A line that one of the jail's failregex matched: the part of a `LineMatch` that judging needs. */
export interface JudgedLine extends MatchedLine {
  readonly groups: Groups;
}

/** What a judge works with beside its rules and its book. */
export interface JudgeParts {
  readonly history: BanHistory;
  /** In [0, 1): spreads growing ban times (`bantime.rndtime`). */
  random(): number;
}

/** The books are swept at most this often, as in fail2ban. */
const sweepEvery: Milliseconds = 5000;

/**
 * Judges one jail: matching lines in, decisions out. It goes by rules that may be exchanged, keeps a book that stays, and has no
 * clock: whoever calls says what the time is, so that live logs, replays and tests get the same decisions.
 */
export class Judge {
  readonly #book: Book;
  readonly #realHistory: BanHistory;
  #history: BanHistory;
  readonly #random: () => number;
  readonly #time: LineTime;
  #say: Sayings;
  #rules: Rules;
  #maker: FailureMaker;
  #ignoreCache: IgnoreCache | undefined;
  /** What the line under way gives rise to say of its date. */
  readonly #warnings: VoiceMessage[] = [];
  #sweptAt: EpochMs = Number.NEGATIVE_INFINITY;
  #evictedTold = 0;

  constructor(rules: Rules, book: Book, parts: JudgeParts) {
    this.#book = book;
    this.#realHistory = parts.history;
    this.#history = this.#historyFor(rules);
    this.#random = parts.random;
    this.#time = new LineTime(rules.jail);
    this.#say = new Sayings(rules.jail, rules.simulate);
    this.#rules = rules;
    this.#maker = this.#newMaker();
    this.#ignoreCache = this.#newIgnoreCache();
  }

  get rules(): Rules {
    return this.#rules;
  }

  /**
   * Goes by other rules from now on, as fail2ban does after a reload: what is in the book is not judged anew. Who has failed more
   * often than a lower maxretry allows is banned by the next failure; bans keep their ends; who is ignored now is not unbanned.
   */
  change(rules: Rules): void {
    if ((this.#rules.simulate ?? false) !== (rules.simulate ?? false)) this.#history = this.#historyFor(rules);
    this.#rules = rules;
    this.#say = new Sayings(rules.jail, rules.simulate);
    this.#maker = this.#newMaker();
    this.#ignoreCache = this.#newIgnoreCache();
  }

  #historyFor({ simulate }: Rules): BanHistory {
    return simulate ? new SimulatedHistory(this.#realHistory) : this.#realHistory;
  }

  #newMaker(): FailureMaker {
    const { usedns, findtime } = this.#rules;
    const warn = (say: VoiceMessage) => void this.#warnings.push(say);
    return new FailureMaker(guardRules({ usedns, findtime, time: this.#time, warn }), this.#book.sessions);
  }

  #newIgnoreCache(): IgnoreCache | undefined {
    const { ignorecache } = this.#rules;
    return ignorecache === undefined ? undefined : new IgnoreCache(ignorecache);
  }

  /** `Currently failed`, `Total failed`, `Currently banned`, `Total banned`. */
  get counts(): {
    readonly failed: number;
    readonly totalFailed: number;
    readonly banned: number;
    readonly totalBanned: number;
  } {
    const { current: failed, total: totalFailed } = this.#book.failures;
    return { failed, totalFailed, banned: this.#book.bans.current, totalBanned: this.#book.bans.total };
  }

  /** Bans in force, in the order in which they came. */
  get bans(): readonly Readonly<Ban>[] {
    return [...this.#book.bans.all()];
  }

  /** Who is banned, in the order in which they came. */
  get banned(): readonly string[] {
    return this.#book.bans.ids();
  }

  /** The ban of one, in any spelling of an address. */
  banOf(id: string): Readonly<Ban> | undefined {
    return this.#book.bans.get(id) ?? this.#book.bans.get(identifierOf(id).id);
  }

  /** When `unbans` will next have something to say; undefined when no ban ends. */
  nextEnd(): EpochMs | undefined {
    return this.#book.bans.nextEnd();
  }

  /** How somebody stands with the jail, and what their next failure would do; nothing is counted by asking. */
  outlook(id: string, now: EpochMs): Outlook {
    const who = identifierOf(id);
    const { ignore, increment, jail } = this.#rules;
    const known = {
      ignored: ignore.check(who, now),
      count: this.#book.failures.get(who.id),
      ban: this.#book.bans.get(who.id),
      record: this.#history.find(who.id, jail),
      growing: this.#history.find(who.id, increment?.overalljails ? undefined : jail),
    };
    return outlookOf(known, this.#rules, now);
  }

  /** Judges one matching line. Lines of one log come in their order; what was counted of one before a crash is not counted again. */
  line(match: JudgedLine, reading: Reading): Decision[] {
    const decisions: Decision[] = [];
    const { kind, time, lines, groups, who } = this.#maker.line(match, match.groups, reading);
    while (this.#warnings.length > 0) decisions.push({ kind: 'note', say: this.#warnings.shift()! });
    if (kind !== 'failure') return decisions;
    const failure = { time, matches: lines, data: groups, origin: reading.origin };
    const counted = this.#book.counted.on(reading.origin);
    switch (who.kind) {
      case 'known':
        if (counted?.has(who.who.id) !== true) this.#fail({ ...failure, who: who.who }, reading.now, decisions);
        break;
      case 'lookup':
        // Answers come in any order.
        decisions.push({ kind: 'ask', question: { kind: 'lookup', name: who.name, failure, counted } });
        break;
      case 'nobody':
        break;
      case 'refused':
        decisions.push({ kind: 'note', say: this.#say.refused(who.text) });
        break;
    }
    if (Math.abs(reading.now - this.#sweptAt) >= sweepEvery) this.sweep(reading.now);
    return decisions;
  }

  /** The answer to a `lookup` question: one failure per address. */
  resolved(question: Extract<Question, { kind: 'lookup' }>, addresses: readonly string[], now: EpochMs): Decision[] {
    const decisions: Decision[] = [];
    if (addresses.length > 0 && this.#rules.usedns === 'warn') {
      decisions.push({ kind: 'note', say: this.#say.lookedUp(question.name, addresses) });
    }
    const { failure, counted } = question;
    for (const who of addresses.map(identifierOf)) {
      if (counted?.has(who.id) !== true) this.#fail({ ...failure, who }, now, decisions);
    }
    return decisions;
  }

  /** The answer to a `names` question, or none in time: the list goes by what it knows. */
  named({ failure }: Extract<Question, { kind: 'names' }>, now: EpochMs): Decision[] {
    const decisions: Decision[] = [];
    this.#ask(failure, now, decisions);
    return decisions;
  }

  /** The answer to an `ignorecommand` question. */
  answered(question: Extract<Question, { kind: 'ignorecommand' }>, ignored: boolean, now: EpochMs): Decision[] {
    const decisions: Decision[] = [];
    const by = ignored ? 'command' : undefined;
    this.#ignoreCache?.keep(question.failure, by, now);
    this.#settle(question.failure, by, now, decisions);
    return decisions;
  }

  /**
   * A failure reported by hand: counted like one from a log, with the weight of its matches.
   * @returns `ignored` when the ignore rules forbid it
   */
  attempt(
    id: string,
    matches: readonly string[],
    now: EpochMs,
  ): { readonly ignored: boolean; readonly decisions: Decision[] } {
    const who = identifierOf(id);
    const by = this.#rules.ignore.check(who, now);
    if (by !== undefined)
      return { ignored: true, decisions: [{ kind: 'ignored', who, by, say: this.#say.ignored(who, by) }] };
    const failure = { who, time: now, matches, data: new Map<string, GroupValue>() };
    const weight = Math.max(1, matches.length);
    const decisions: Decision[] = [{ kind: 'found', failure, weight, say: this.#say.attempt(who, now) }];
    this.#count(this.#book.failures.add(failure, this.#rules, weight), now, decisions);
    return { ignored: false, decisions };
  }

  /** Bans by hand, without counting and without ignore rules. */
  ban(id: string, now: EpochMs, bantime?: Seconds): Decision[] {
    const decisions: Decision[] = [];
    const count = { who: identifierOf(id), failures: 0, time: now, matches: [], data: new Map<string, GroupValue>() };
    this.#ban(count, now, decisions, bantime);
    return decisions;
  }

  /**
   * Takes back failures that were counted before the guard was started, oldest first. Nothing is decided by them: whoever has
   * reached maxretry with them is banned by the next one.
   */
  remember(failures: Iterable<CountedFailure>): void {
    for (const failure of failures) {
      if (failure.origin !== undefined) this.#book.counted.add(failure.origin, failure.who.id);
      if (failure.spent) continue;
      this.#book.failures.restore(failure, this.#rules, failure.weight);
      this.#book.settle();
    }
  }

  /** Takes back a ban that was in force before the guard was started; `bancount` is the number of bans until then. */
  restore(ban: Omit<Ban, 'restored' | 'since'>, now: EpochMs): Decision[] {
    const by = this.#rules.ignore.check(ban.who, now);
    if (by !== undefined) return [{ kind: 'ignored', who: ban.who, by, say: this.#say.ignored(ban.who, by) }];
    const bantime = restoredBantime(ban.bantime, this.#rules);
    const restored: Ban = { ...ban, bantime, since: now, bancount: ban.bancount + 1, restored: true };
    const result = this.#book.bans.add(restored, now);
    this.#book.settle();
    return result.kind === 'new' ? [{ kind: 'ban', ban: restored, say: this.#say.ban(restored) }] : [];
  }

  /** Lifts one ban by hand, and forgets the failures and the history behind it. */
  unban(id: string): Decision[] {
    const known = this.#book.bans.has(id) ? id : identifierOf(id).id;
    this.#history.forget(known, this.#rules.jail);
    this.#book.failures.remove(known);
    const ban = this.#book.bans.remove(known);
    if (ban === undefined) return [{ kind: 'forget', id: known, say: undefined }];
    return [{ kind: 'unban', why: 'lifted', ban, say: this.#say.unban(ban) }];
  }

  /** Lifts what has ended by `now`: some at once. When there is more, `nextEnd` still lies in the past. */
  unbans(now: EpochMs): Decision[] {
    return this.#book.bans
      .takeEnded(now)
      .map((ban) => ({ kind: 'unban', why: 'ended', ban, say: this.#say.unban(ban) }));
  }

  /** Lifts everything because the jail stops; the bans stay in history. */
  repeal(): Decision[] {
    return this.#book.bans.ids().map((id) => {
      const ban = this.#book.bans.remove(id)!;
      return { kind: 'unban', why: 'repealed', ban, say: this.#say.repeal(ban) };
    });
  }

  /** The jail is gone. */
  close(): void {
    this.#book.close();
  }

  /** Forgets failures that findtime has passed over. Called by itself while lines come, by the guard's timer while none do. */
  sweep(now: EpochMs): void {
    this.#sweptAt = now;
    this.#book.failures.forget(now, this.#rules.findtime);
  }

  #fail(failure: Failure, now: EpochMs, decisions: Decision[]): void {
    const allowed = this.#ignoreCache && this.#rules.ignore.allows(failure.who, now);
    const cached = allowed === undefined ? this.#ignoreCache?.find(failure, now) : { by: allowed };
    if (cached !== undefined) {
      this.#settle(failure, cached.by, now, decisions);
      return;
    }
    if (this.#rules.ignore.awaitsNames(now)) decisions.push({ kind: 'ask', question: { kind: 'names', failure } });
    else this.#ask(failure, now, decisions);
  }

  #ask(failure: Failure, now: EpochMs, decisions: Decision[]): void {
    const by = this.#rules.ignore.check(failure.who, now);
    if (by === undefined && this.#rules.ignorecommand) {
      decisions.push({ kind: 'ask', question: { kind: 'ignorecommand', failure } });
      return;
    }
    if (by !== 'ip' && this.#rules.ignore.allows(failure.who, now) === undefined) {
      this.#ignoreCache?.keep(failure, by, now);
    }
    this.#settle(failure, by, now, decisions);
  }

  #settle(failure: Failure, by: IgnoredBy | undefined, now: EpochMs, decisions: Decision[]): void {
    const { who, time } = failure;
    if (by !== undefined) {
      decisions.push({ kind: 'ignored', who, by, say: this.#say.ignored(who, by) });
      return;
    }
    const found = { kind: 'found', failure, weight: 1, say: this.#say.found(who, time) } satisfies Decision;
    decisions.push(found);
    let full = this.#book.failures.add(failure, this.#rules);
    if (full === undefined) {
      const known = this.#weighKnownBad(failure, decisions);
      found.weight += known?.extra ?? 0;
      full = known?.full;
    }
    this.#count(full, now, decisions);
  }

  /** Who was banned before is counted with a weight that grows with the number of bans. */
  #weighKnownBad(
    failure: Failure,
    decisions: Decision[],
  ): { readonly extra: number; readonly full: FailureCount | undefined } | undefined {
    if (this.#rules.increment === undefined) return undefined;
    const record = this.#history.find(failure.who.id, this.#rules.jail);
    if (record === undefined || failure.time <= record.timeofban) return undefined;
    const weight = Math.floor(weightOfKnownBad(record.bancount, this.#rules.maxretry));
    const extra = weight - 1;
    const full = extra > 0 ? this.#book.failures.weigh(failure.who.id, extra, this.#rules) : undefined;
    decisions.push({ kind: 'note', say: this.#say.knownBad(failure, record.bancount, weight, full !== undefined) });
    return { extra, full };
  }

  #count(full: FailureCount | undefined, now: EpochMs, decisions: Decision[]): void {
    if (full !== undefined) this.#ban(full, now, decisions);
    this.#book.settle();
    if (this.#book.failures.evicted >= this.#evictedTold * 2 + 1) {
      this.#evictedTold = this.#book.failures.evicted;
      decisions.push({ kind: 'note', say: this.#say.evicted(this.#book.failures.evicted) });
    }
  }

  #ban(
    count: Pick<FailureCount, 'who' | 'failures' | 'time' | 'matches' | 'data'>,
    now: EpochMs,
    decisions: Decision[],
    bantime?: Seconds,
  ): void {
    const { who, failures, time, matches, data } = count;
    const { jail, increment } = this.#rules;
    const base = bantime ?? this.#rules.bantime;
    const ban: Ban = { who, failures, time, matches, data, since: now, bantime: base, bancount: 1, restored: false };
    let grown: Decision | undefined;
    // Whether a ban has run out already is asked of the jail's own ban time, as fail2ban does.
    if (increment !== undefined && bantime === undefined && base >= 0 && endOf(ban) >= now) {
      const record = this.#history.find(who.id, increment.overalljails ? undefined : jail);
      if (record !== undefined) {
        ban.bancount = record.bancount + 1;
        ban.bantime = Math.trunc(increment.bantime(base, record.bancount, this.#random()));
        if (ban.bantime > base) grown = { kind: 'note', say: this.#say.increased(ban, base) };
      }
    }
    const result = this.#book.bans.add(ban, now);
    switch (result.kind) {
      case 'expired':
        decisions.push({ kind: 'note', say: this.#say.expired(who) });
        break;
      case 'already':
        decisions.push({ kind: 'already', ban: result.ban, say: this.#say.already(result.ban, now) });
        if (result.prolonged !== undefined) decisions.push({ kind: 'prolong', ban: result.prolonged, say: undefined });
        break;
      case 'new': {
        const bancount = (this.#history.find(who.id, jail)?.bancount ?? 0) + 1;
        this.#history.record(who.id, jail, { bancount, timeofban: time, bantime: ban.bantime });
        decisions.push({ kind: 'ban', ban, say: this.#say.ban(ban) });
        if (grown !== undefined) decisions.push(grown);
        break;
      }
    }
  }
}
