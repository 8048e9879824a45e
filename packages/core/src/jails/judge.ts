import type { EpochMs, Milliseconds, Seconds, VoiceMessage } from '@f2b/config';
import type { Groups, GroupValue, Usedns } from '@f2b/matcher';
import { type Ban, Bans, endOf } from './book/bans.js';
import {
  defaultFailureBounds,
  type Failure,
  type FailureBounds,
  type FailureCount,
  Failures,
} from './book/failures.js';
import type { Decision, Question } from './decisions.js';
import { FailureMaker, type MatchedLine } from './failure.js';
import { guardRules } from './failure-rules.js';
import { type BanHistory, type Increment, weightOfKnownBad } from './growth/increment.js';
import { Sayings } from './sayings.js';
import { LineTime, type Reading } from './when/time.js';
import { identifierOf } from './who/identifier.js';
import type { IgnoredBy, IgnoreList } from './who/ignore.js';
import { IgnoreCache, type IgnoreCacheSettings } from './who/ignore-cache.js';

/** A line that one of the jail's failregex matched: the part of a `LineMatch` that judging needs. */
export interface JudgedLine extends MatchedLine {
  readonly groups: Groups;
}

export interface JudgeSettings {
  readonly jail: string;
  readonly maxretry: number;
  readonly findtime: Seconds;
  /** Negative: for ever. */
  readonly bantime: Seconds;
  readonly maxmatches: number;
  readonly usedns: Usedns;
  /** Undefined: ban times do not grow. */
  readonly increment: Increment | undefined;
  readonly ignorecache: IgnoreCacheSettings | undefined;
  /** Whether the jail has an ignorecommand; running it is the asker's business. */
  readonly ignorecommand: boolean;
}

/** What a judge works with beside its settings. */
export interface JudgeParts {
  readonly ignore: IgnoreList;
  readonly history: BanHistory;
  /** In [0, 1): spreads growing ban times (`bantime.rndtime`). */
  random(): number;
  readonly bounds?: FailureBounds;
}

/** The books are swept at most this often, as in fail2ban. */
const sweepEvery: Milliseconds = 5000;

/**
 * Judges one jail: matching lines in, decisions out. It has all of the jail's state (sessions, failures, bans) and no
 * clock: whoever calls says what the time is, so that live logs, replays and tests get the same decisions.
 */
export class Judge {
  readonly settings: JudgeSettings;
  readonly ignore: IgnoreList;
  readonly #history: BanHistory;
  readonly #random: () => number;
  readonly #maker: FailureMaker;
  /** What the line under way gives rise to say of its date. */
  readonly #warnings: VoiceMessage[] = [];
  readonly #failures: Failures;
  readonly #bans = new Bans();
  readonly #ignoreCache: IgnoreCache | undefined;
  readonly #say: Sayings;
  #sweptAt: EpochMs = Number.NEGATIVE_INFINITY;
  #evictedTold = 0;

  constructor(settings: JudgeSettings, parts: JudgeParts) {
    this.settings = settings;
    this.ignore = parts.ignore;
    this.#history = parts.history;
    this.#random = parts.random;
    this.#failures = new Failures(parts.bounds ?? defaultFailureBounds);
    const { usedns, findtime } = settings;
    const time = new LineTime(settings.jail);
    this.#maker = new FailureMaker(guardRules({ usedns, findtime, time, warn: (say) => this.#warnings.push(say) }));
    this.#say = new Sayings(settings.jail);
    this.#ignoreCache = settings.ignorecache === undefined ? undefined : new IgnoreCache(settings.ignorecache);
  }

  /** `Currently failed`, `Total failed`, `Currently banned`, `Total banned`. */
  get counts(): {
    readonly failed: number;
    readonly totalFailed: number;
    readonly banned: number;
    readonly totalBanned: number;
  } {
    const { current: failed, total: totalFailed } = this.#failures;
    return { failed, totalFailed, banned: this.#bans.current, totalBanned: this.#bans.total };
  }

  /** Bans in force, in the order in which they came. */
  get bans(): readonly Readonly<Ban>[] {
    return this.#bans.list();
  }

  banOf(id: string): Readonly<Ban> | undefined {
    return this.#bans.get(id);
  }

  /** When `unbans` will next have something to say; undefined when no ban ends. */
  nextEnd(): EpochMs | undefined {
    return this.#bans.nextEnd();
  }

  /** Judges one matching line. Lines of one log come in their order. */
  line(match: JudgedLine, reading: Reading): Decision[] {
    const decisions: Decision[] = [];
    const { kind, time, lines, groups, who } = this.#maker.line(match, match.groups, reading);
    while (this.#warnings.length > 0) decisions.push({ kind: 'note', say: this.#warnings.shift()! });
    if (kind !== 'failure') return decisions;
    const failure = { time, matches: lines, data: groups };
    switch (who.kind) {
      case 'known':
        this.#fail({ ...failure, who: who.who }, reading.now, decisions);
        break;
      case 'lookup':
        decisions.push({ kind: 'ask', question: { kind: 'lookup', name: who.name, failure } });
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
    if (addresses.length > 0 && this.settings.usedns === 'warn') {
      decisions.push({ kind: 'note', say: this.#say.lookedUp(question.name, addresses) });
    }
    for (const address of addresses) this.#fail({ ...question.failure, who: identifierOf(address) }, now, decisions);
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
    const by = this.ignore.check(who, now);
    if (by !== undefined)
      return { ignored: true, decisions: [{ kind: 'ignored', who, by, say: this.#say.ignored(who, by) }] };
    const failure = { who, time: now, matches, data: new Map<string, GroupValue>() };
    const decisions: Decision[] = [{ kind: 'found', who, time: now, say: this.#say.attempt(who, now) }];
    this.#count(this.#failures.add(failure, this.settings, Math.max(1, matches.length)), now, decisions);
    return { ignored: false, decisions };
  }

  /** Bans by hand, without counting and without ignore rules. */
  ban(id: string, now: EpochMs, bantime?: Seconds): Decision[] {
    const decisions: Decision[] = [];
    const count = { who: identifierOf(id), failures: 0, time: now, matches: [], data: new Map<string, GroupValue>() };
    this.#ban(count, now, decisions, bantime);
    return decisions;
  }

  /** Takes back a ban that was in force before the guard was started; `bancount` is the number of bans until then. */
  restore(ban: Omit<Ban, 'restored' | 'since'>, now: EpochMs): Decision[] {
    const by = this.ignore.check(ban.who, now);
    if (by !== undefined) return [{ kind: 'ignored', who: ban.who, by, say: this.#say.ignored(ban.who, by) }];
    const restored: Ban = { ...ban, since: now, bancount: ban.bancount + 1, restored: true };
    const result = this.#bans.add(restored, now);
    return result.kind === 'new' ? [{ kind: 'ban', ban: restored, say: this.#say.ban(restored) }] : [];
  }

  /** Lifts one ban by hand, and forgets the failures and the history behind it. */
  unban(id: string): Decision[] {
    const known = this.#bans.get(id) === undefined ? identifierOf(id).id : id;
    this.#history.forget(known, this.settings.jail);
    this.#failures.remove(known);
    const ban = this.#bans.remove(known);
    return ban === undefined ? [] : [{ kind: 'unban', ban, say: this.#say.unban(ban) }];
  }

  /** Lifts what has ended by `now`. */
  unbans(now: EpochMs): Decision[] {
    return this.#bans.takeEnded(now).map((ban) => ({ kind: 'unban', ban, say: this.#say.unban(ban) }));
  }

  /** Lifts everything because the jail stops; the bans stay in history. */
  repeal(): Decision[] {
    return this.#bans.list().map((ban) => {
      this.#bans.remove(ban.who.id);
      return { kind: 'unban', ban, say: this.#say.repeal(ban) };
    });
  }

  /** Forgets failures that findtime has passed over. Called by itself while lines come, by the guard's timer while none do. */
  sweep(now: EpochMs): void {
    this.#sweptAt = now;
    this.#failures.forget(now, this.settings.findtime);
  }

  #fail(failure: Failure, now: EpochMs, decisions: Decision[]): void {
    const cached = this.#ignoreCache?.find(failure, now);
    if (cached !== undefined) {
      this.#settle(failure, cached.by, now, decisions);
      return;
    }
    const by = this.ignore.check(failure.who, now);
    if (by === undefined && this.settings.ignorecommand) {
      decisions.push({ kind: 'ask', question: { kind: 'ignorecommand', failure } });
      return;
    }
    if (by !== 'ip') this.#ignoreCache?.keep(failure, by, now);
    this.#settle(failure, by, now, decisions);
  }

  #settle(failure: Failure, by: IgnoredBy | undefined, now: EpochMs, decisions: Decision[]): void {
    const { who, time } = failure;
    if (by !== undefined) {
      decisions.push({ kind: 'ignored', who, by, say: this.#say.ignored(who, by) });
      return;
    }
    decisions.push({ kind: 'found', who, time, say: this.#say.found(who, time) });
    const full = this.#failures.add(failure, this.settings);
    this.#count(full ?? this.#weighKnownBad(failure, decisions), now, decisions);
  }

  /** Who was banned before is counted with a weight that grows with the number of bans. */
  #weighKnownBad(failure: Failure, decisions: Decision[]): FailureCount | undefined {
    if (this.settings.increment === undefined) return undefined;
    const record = this.#history.find(failure.who.id, this.settings.jail);
    if (record === undefined || failure.time <= record.timeofban) return undefined;
    const weight = Math.floor(weightOfKnownBad(record.bancount, this.settings.maxretry));
    const extra = weight - 1;
    const full = extra > 0 ? this.#failures.weigh(failure.who.id, extra, this.settings) : undefined;
    decisions.push({ kind: 'note', say: this.#say.knownBad(failure, record.bancount, weight, full !== undefined) });
    return full;
  }

  #count(full: FailureCount | undefined, now: EpochMs, decisions: Decision[]): void {
    if (full !== undefined) this.#ban(full, now, decisions);
    if (this.#failures.evicted >= this.#evictedTold * 2 + 1) {
      this.#evictedTold = this.#failures.evicted;
      decisions.push({ kind: 'note', say: this.#say.evicted(this.#failures.evicted) });
    }
  }

  #ban(
    count: Pick<FailureCount, 'who' | 'failures' | 'time' | 'matches' | 'data'>,
    now: EpochMs,
    decisions: Decision[],
    bantime?: Seconds,
  ): void {
    const { who, failures, time, matches, data } = count;
    const { jail, increment } = this.settings;
    const base = bantime ?? this.settings.bantime;
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
    const result = this.#bans.add(ban, now);
    switch (result.kind) {
      case 'expired':
        decisions.push({ kind: 'note', say: this.#say.expired(who) });
        break;
      case 'already':
        decisions.push({ kind: 'already', ban: result.ban, say: this.#say.already(result.ban, now) });
        if (result.prolonged) decisions.push({ kind: 'prolong', ban: result.ban, say: undefined });
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
