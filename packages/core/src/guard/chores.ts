import type { EpochMs, Milliseconds } from '@f2b/config';
import type { Clock } from '../clock.js';

/** The books, the patterns and the clock are looked after at least this often. */
const housekeepingEvery: Milliseconds = 10_000;
const refreshNamesEvery: Milliseconds = 300_000;
const checkFirewallEvery: Milliseconds = 60_000;

/** What falls due with time. */
export interface ChoreList {
  /** When the next ban ends; undefined when none does. */
  nextEnd(): EpochMs | undefined;
  /** Lifts what has ended, forgets what is old, looks for new files. Whenever the timer is up. */
  housekeeping(now: EpochMs): void;
  /** Asks for the names in `ignoreip` again. */
  refreshNames(now: EpochMs): void;
  /** Has the firewall compared with what should hold. */
  checkFirewall(): void;
}

/** The guard's one timer: for the earliest end of a ban or the next housekeeping. */
export class Chores {
  readonly #clock: Clock;
  readonly #list: ChoreList;
  #stopTimer: () => void = () => {};
  #timerAt: EpochMs = Number.POSITIVE_INFINITY;
  #namesAt: EpochMs;
  #checkedAt: EpochMs;
  #stopped = false;

  constructor(clock: Clock, list: ChoreList) {
    this.#clock = clock;
    this.#list = list;
    this.#namesAt = clock.now();
    this.#checkedAt = clock.now();
  }

  /** There may be a ban that ends sooner than what the timer waits for. Cheap. */
  schedule(): void {
    if (this.#stopped) return;
    const now = this.#clock.now();
    // A ban ends when the present is behind its end, not at it.
    const end = Math.floor(this.#list.nextEnd() ?? Number.POSITIVE_INFINITY) + 1;
    const at = Math.min(now + housekeepingEvery, end);
    if (at >= this.#timerAt && this.#timerAt > now) return;
    this.#stopTimer();
    this.#timerAt = at;
    this.#stopTimer = this.#clock.after(Math.max(0, at - now), () => {
      this.#timerAt = Number.POSITIVE_INFINITY;
      this.#due();
    });
  }

  stop(): void {
    this.#stopped = true;
    this.#stopTimer();
  }

  #due(): void {
    const now = this.#clock.now();
    this.#list.housekeeping(now);
    if (Math.abs(now - this.#namesAt) >= refreshNamesEvery) {
      this.#namesAt = now;
      this.#list.refreshNames(now);
    }
    if (Math.abs(now - this.#checkedAt) >= checkFirewallEvery) {
      this.#checkedAt = now;
      this.#list.checkFirewall();
    }
    this.schedule();
  }
}
