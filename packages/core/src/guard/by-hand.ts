import type { Seconds } from '@f2b/config';
import type { Clock } from '../clock.js';
import type { Decision } from '../jails/decisions.js';
import type { GuardedJail } from '../jails/guarded-jail.js';
import type { JailSet } from './jail-set.js';

/** What a person may have a jail do that no line of a log asks for. */
export class ByHand {
  readonly #jails: JailSet;
  readonly #clock: Clock;

  constructor(jails: JailSet, clock: Clock) {
    this.#jails = jails;
    this.#clock = clock;
  }

  /**
   * Bans: no counting, no ignore rules.
   * @returns whether it is a new ban; undefined when there is no such jail
   */
  ban(jail: string, id: string, bantime?: Seconds): boolean | undefined {
    return this.#decide(jail, ({ judge }) => judge.ban(id, this.#clock.now(), bantime), 'ban');
  }

  /** @returns whether it was banned; undefined when there is no such jail */
  unban(jail: string, id: string): boolean | undefined {
    return this.#decide(jail, ({ judge }) => judge.unban(id), 'unban');
  }

  /** Counts a failure. @returns false when the ignore rules forbid it; undefined when there is no such jail */
  attempt(name: string, id: string, matches: readonly string[]): boolean | undefined {
    const jail = this.#jails.get(name);
    if (jail === undefined) return undefined;
    const { ignored, decisions } = jail.judge.attempt(id, matches, this.#clock.now());
    jail.apply(decisions);
    return !ignored;
  }

  #decide(name: string, judge: (jail: GuardedJail) => Decision[], kind: Decision['kind']): boolean | undefined {
    const jail = this.#jails.get(name);
    if (jail === undefined) return undefined;
    const decisions = judge(jail);
    jail.apply(decisions);
    return decisions.some((decision) => decision.kind === kind);
  }
}
