import type { EpochMs, JailSettings, Seconds } from '@f2b/config';
import type { CompiledFilter } from '@f2b/matcher';
import type { Edges } from '../edges/edges.js';
import { JailMaker } from '../guard/jail-maker.js';
import { type Ban, endOf } from '../jails/book/bans.js';
import { Room } from '../jails/book/room.js';
import type { Decision } from '../jails/decisions.js';
import type { Judge, JudgedLine } from '../jails/judge.js';
import { Dns } from '../jails/who/dns.js';
import { openMemoryStore } from '../keeping/memory.js';

/** A ban that the jail would have made. */
export interface ReplayedBan {
  readonly id: string;
  /** The time of the failure that filled the count: the ban time counts from here. */
  readonly at: EpochMs;
  /** Infinite for one that never ends. Moves while failures during the ban put it off. */
  until: EpochMs;
  bantime: Seconds;
  readonly failures: number;
  /** Which ban of this identifier it is, from 1. */
  readonly bancount: number;
}

/** What a replay has counted so far. */
export interface ReplayCounts {
  readonly found: number;
  /** Failures of somebody whom the ignore rules spare. */
  readonly ignored: number;
  /** Failures that a ban in force would have kept out: the log shows them since nobody was banned then. */
  readonly keptOut: number;
  /** Failures that name a host: nobody is asked for its addresses of then. */
  readonly unnamed: number;
  readonly banned: number;
  /** The most that were banned at once. */
  readonly mostAtOnce: number;
}

export interface ReplayOptions {
  readonly edges: Edges;
  /** Ask name servers for the host names in `ignoreip`. */
  readonly resolve: boolean;
  /** A ban begins; its end may still move while lines come. */
  ban(ban: ReplayedBan): void;
  problem(what: string): void;
}

/**
 * A jail that judges old lines by their own time: the same filter, rules and judge as the guard's, and a clock that goes by the log. It
 * enforces nothing, runs no ignorecommand and looks up no host name of a line.
 */
export class Replay {
  readonly filter: CompiledFilter;
  readonly #judge: Judge;
  readonly #options: ReplayOptions;
  /** Bans in force. */
  readonly #open = new Map<string, ReplayedBan>();
  #now: EpochMs = Number.NEGATIVE_INFINITY;
  #found = 0;
  #ignored = 0;
  #keptOut = 0;
  #unnamed = 0;
  #banned = 0;
  #mostAtOnce = 0;

  /** @throws what is wrong with the settings: such a jail cannot run */
  constructor(settings: JailSettings, options: ReplayOptions) {
    const { edges, problem } = options;
    const maker = new JailMaker({
      // The random part of a growing ban time is none here: what is replayed twice is twice the same.
      edges: { ...edges, random: () => 0 },
      dns: new Dns((name) => edges.resolve(name)),
      store: openMemoryStore({ maxFailures: 0 }),
      room: new Room(),
      carryOut: () => {},
      problem: (_jail, _code, what) => problem(what),
    });
    const jail = maker.jail(maker.ready(settings));
    this.filter = jail.filter;
    this.#judge = jail.judge;
    this.#options = options;
  }

  /** To be awaited before the first line. */
  async begin(): Promise<void> {
    if (this.#options.resolve) await this.#judge.rules.ignore.refreshNames(this.#options.edges.clock.now());
  }

  /** Host names of `ignoreip`, whose addresses are known only where name servers may be asked. */
  get ignoredNames(): readonly string[] {
    return this.#judge.rules.ignore.names;
  }

  get counts(): ReplayCounts {
    return {
      found: this.#found,
      ignored: this.#ignored,
      keptOut: this.#keptOut,
      unnamed: this.#unnamed,
      banned: this.#banned,
      mostAtOnce: this.#mostAtOnce,
    };
  }

  /**
   * Judges one line as the guard would have when it was written.
   * @param now what the time was then; a clock that goes back stands still
   */
  line(line: JudgedLine, now: EpochMs): void {
    if (now > this.#now) this.#now = now;
    // Ends first. A line is written a moment after the time that it bears: who was banned until then is free again.
    while ((this.#judge.nextEnd() ?? Number.POSITIVE_INFINITY) < this.#now + 1) {
      for (const decision of this.#judge.unbans(this.#now + 1)) {
        if (decision.kind === 'unban') this.#open.delete(decision.ban.who.id);
      }
    }
    this.#take(this.#judge.line(line, { now: this.#now, inOperation: true }));
  }

  #take(decisions: readonly Decision[]): void {
    for (const decision of decisions) {
      switch (decision.kind) {
        case 'found':
          this.#found++;
          if (this.#open.has(decision.failure.who.id)) this.#keptOut++;
          break;
        case 'ignored':
          this.#ignored++;
          break;
        case 'ban':
          this.#ban(decision.ban);
          break;
        case 'prolong': {
          const ban = this.#open.get(decision.ban.who.id);
          if (ban === undefined) break;
          ban.until = endOf(decision.ban);
          ban.bantime = decision.ban.bantime;
          break;
        }
        case 'ask':
          this.#answer(decision.question);
          break;
        default:
          break;
      }
    }
  }

  #answer(question: Extract<Decision, { kind: 'ask' }>['question']): void {
    switch (question.kind) {
      case 'lookup':
        this.#unnamed++;
        break;
      case 'names':
        this.#take(this.#judge.named(question, this.#now));
        break;
      case 'ignorecommand':
        this.#take(this.#judge.answered(question, false, this.#now));
        break;
    }
  }

  #ban(ban: Readonly<Ban>): void {
    const { who, time: at, bantime, failures, bancount } = ban;
    const replayed: ReplayedBan = { id: who.id, at, until: endOf(ban), bantime, failures, bancount };
    this.#banned++;
    this.#open.set(who.id, replayed);
    this.#mostAtOnce = Math.max(this.#mostAtOnce, this.#open.size);
    this.#options.ban(replayed);
  }
}
