import type { EventEmitter } from 'node:events';
import type { Bytes, EpochMs, Milliseconds, Seconds } from '@f2b/config';
import { endOf, timesBanned } from '../jails/book/bans.js';
import { dropOldest } from '../jails/book/bound.js';
import type { GuardEvents } from './events.js';

/** What happened in one jail since the guard was started. */
export interface JailTally {
  readonly found: number;
  readonly ignored: number;
  /** Failures of the last minute. */
  readonly perMinute: number;
  /** New bans; those of an earlier process that went on are not among them. */
  readonly bans: number;
  readonly unbans: number;
  /** Failures of somebody who had been banned for longer than lines are on their way: the ban did not hold. */
  readonly leaks: number;
  /** Tries to ban that an action has refused. */
  readonly refused: number;
}

/** What was read of one log. */
export interface SourceTally {
  readonly lines: number;
  readonly bytes: Bytes;
  /** Matching lines, of all jails. */
  readonly matched: number;
  /** Lines that nobody could judge: too long, given up by an expression, or not valid in the log's encoding. */
  readonly notUnderstood: number;
  /** Its end has been reached. */
  readonly caughtUp: boolean;
}

/** A ban in force that was made lately, or was in force when the guard was started. */
export interface NewBan {
  readonly jail: string;
  readonly id: string;
  readonly time: EpochMs;
  /** Infinite for one that never ends. */
  readonly until: EpochMs;
  readonly failures: number;
  readonly bancount: number;
  readonly simulated: boolean;
}

/** How often something took at most so long; what took longer than all is in `count` alone. */
export interface Histogram {
  readonly bounds: readonly Seconds[];
  /** By bound, those below it included. */
  readonly counts: readonly number[];
  readonly count: number;
  readonly sum: Seconds;
}

/** Of the bans in force, so many of the newest can be named at once. */
const newestKept = 500;
/** Names of logs that are counted: patterns may name ever new ones. */
const mostSources = 10_000;
const delayBounds: readonly Seconds[] = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
/** A ban younger than this may still see lines that were on their way. */
const onTheWay: Milliseconds = 3000;
/** Bans under way that are timed at once. */
const mostTimed = 10_000;

class Counts {
  found = 0;
  ignored = 0;
  bans = 0;
  unbans = 0;
  leaks = 0;
  refused = 0;
  /** Failures by the second, of a minute. */
  readonly #seconds = new Uint32Array(60);
  #last = 0;

  fail(now: EpochMs): void {
    this.found++;
    this.#advance(now);
    this.#seconds[this.#last % 60]!++;
  }

  perMinute(now: EpochMs): number {
    this.#advance(now);
    return this.#seconds.reduce((sum, one) => sum + one, 0);
  }

  /** Empties the seconds between the last failure and now. */
  #advance(now: EpochMs): void {
    const second = Math.floor(now / 1000);
    if (Math.abs(second - this.#last) >= 60) this.#seconds.fill(0);
    else for (let at = this.#last + 1; at <= second; at++) this.#seconds[at % 60] = 0;
    this.#last = second;
  }
}

/** Counts what the guard tells, for whoever wants figures. */
export class Tally {
  readonly #now: () => EpochMs;
  readonly #jails = new Map<string, Counts>();
  readonly #sources = new Map<string, { -readonly [K in keyof SourceTally]: SourceTally[K] }>();
  readonly #newest = new Map<string, NewBan>();
  /** When the failures happened by which bans came about that are not enforced yet. */
  readonly #failedAt = new Map<string, EpochMs>();
  /** By code, of which there are few. */
  readonly #problems = new Map<string, number>();
  readonly #delays = delayBounds.map(() => 0);
  #delayed = 0;
  #delaySum: Seconds = 0;

  constructor(events: EventEmitter<GuardEvents>, now: () => EpochMs) {
    this.#now = now;
    events.on('found', ({ jail }) => this.#of(jail).fail(now()));
    events.on('ignored', ({ jail }) => void this.#of(jail).ignored++);
    events.on('already', ({ jail, since }) => {
      if (now() - since > onTheWay) this.#of(jail).leaks++;
    });
    events.on('ban', ({ jail, ban, simulated }) => {
      const { who, time, failures } = ban;
      this.#newest.set(keyOf(jail, who.id), {
        jail,
        id: who.id,
        time,
        until: endOf(ban),
        failures,
        bancount: timesBanned(ban),
        simulated,
      });
      dropOldest(this.#newest, newestKept);
      if (ban.restored) return;
      this.#of(jail).bans++;
      // One by hand has no line.
      if (simulated || failures === 0) return;
      this.#failedAt.set(keyOf(jail, who.id), time);
      dropOldest(this.#failedAt, mostTimed);
    });
    events.on('enforced', ({ jail, id }) => this.#enforced(keyOf(jail, id)));
    events.on('refused', ({ jail }) => void this.#of(jail).refused++);
    events.on('problem', ({ code }) => void this.#problems.set(code, (this.#problems.get(code) ?? 0) + 1));
    events.on('unban', ({ jail, ban, why }) => {
      if (why !== 'repealed') this.#of(jail).unbans++;
      this.#failedAt.delete(keyOf(jail, ban.who.id));
      this.#newest.delete(keyOf(jail, ban.who.id));
    });
    events.on('prolonged', ({ jail, ban }) => {
      const key = keyOf(jail, ban.who.id);
      const known = this.#newest.get(key);
      if (known !== undefined) this.#newest.set(key, { ...known, until: endOf(ban) });
    });
    events.on('scanned', ({ path, bytes, lines, matched, notUnderstood }) => {
      const source = this.#source(path);
      source.lines += lines;
      source.bytes += bytes;
      source.matched += matched;
      source.notUnderstood += notUnderstood;
    });
    events.on('caughtUp', ({ path }) => {
      this.#source(path).caughtUp = true;
    });
  }

  jail(name: string): JailTally {
    const { found, ignored, bans, unbans, leaks, refused } = this.#of(name);
    return { found, ignored, bans, unbans, leaks, refused, perMinute: this.#of(name).perMinute(this.#now()) };
  }

  source(path: string): SourceTally {
    return { ...this.#source(path) };
  }

  /** The newest first. */
  get newest(): readonly NewBan[] {
    return [...this.#newest.values()].sort((a, b) => b.time - a.time);
  }

  /** Problems that were told, by code. */
  get problems(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#problems);
  }

  /** From the time that a line bears to the moment at which the ban that it led to held everywhere. */
  get lineToBan(): Histogram {
    return { bounds: delayBounds, counts: [...this.#delays], count: this.#delayed, sum: this.#delaySum };
  }

  #enforced(key: string): void {
    const time = this.#failedAt.get(key);
    if (time === undefined) return;
    this.#failedAt.delete(key);
    const delay = Math.max(0, (this.#now() - time) / 1000);
    this.#delayed++;
    this.#delaySum += delay;
    for (const [index, bound] of delayBounds.entries()) if (delay <= bound) this.#delays[index]!++;
  }

  #of(jail: string): Counts {
    let counts = this.#jails.get(jail);
    if (counts === undefined) {
      counts = new Counts();
      this.#jails.set(jail, counts);
    }
    return counts;
  }

  #source(path: string) {
    let source = this.#sources.get(path);
    if (source === undefined) {
      source = { lines: 0, bytes: 0, matched: 0, notUnderstood: 0, caughtUp: false };
      this.#sources.set(path, source);
      dropOldest(this.#sources, mostSources);
    }
    return source;
  }
}

function keyOf(jail: string, id: string): string {
  return `${jail}\u0000${id}`;
}
