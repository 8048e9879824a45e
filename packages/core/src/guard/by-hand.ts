import type { ActionSettings, Seconds } from '@f2b/config';
import { type Address, type CompiledFilter, parseAddress } from '@f2b/matcher';
import type { Clock } from '../clock.js';
import type { Ban } from '../jails/book/bans.js';
import type { Decision } from '../jails/decisions.js';
import type { GuardedJail } from '../jails/guarded-jail.js';
import { PrefixSet } from '../jails/who/prefixes.js';
import type { JailSet } from './jail-set.js';

/** What a person may have a jail do that no line of a log asks for. */
export class ByHand {
  readonly #jails: JailSet;
  readonly #clock: Clock;

  readonly #keepPlaces: () => void;

  /** @param keepPlaces keeps where reading stands in each log */
  constructor(jails: JailSet, clock: Clock, keepPlaces: () => void) {
    this.#jails = jails;
    this.#clock = clock;
    this.#keepPlaces = keepPlaces;
  }

  /**
   * Bans: no counting, no ignore rules.
   * @returns whether it is a new ban; undefined when there is no such jail
   */
  ban(jail: string, id: string, bantime?: Seconds): boolean | undefined {
    const made = this.banAll(jail, [id], bantime);
    return made && made.length > 0;
  }

  /**
   * Bans many at once, all in one step: addresses, networks, or whatever else the jail's actions understand.
   * @returns who was not banned before, as they are banned now; undefined when no such jail runs
   */
  banAll(name: string, ids: readonly string[], bantime?: Seconds): readonly string[] | undefined {
    const jail = this.#jails.get(name);
    if (jail === undefined) return undefined;
    const now = this.#clock.now();
    const made: string[] = [];
    for (const id of ids) {
      const decisions = jail.judge.ban(id, now, bantime);
      jail.apply(decisions);
      for (const decision of decisions) if (decision.kind === 'ban') made.push(decision.ban.who.id);
    }
    return made;
  }

  /** @returns whether it was banned; undefined when there is no such jail */
  unban(jail: string, id: string): boolean | undefined {
    const lifted = this.unbanAll(jail, [id]);
    return lifted?.some(({ ids }) => ids.length > 0);
  }

  /**
   * Lifts bans and forgets the failures and the history behind them. A network that is not banned itself stands for all in it
   * that are, which is fail2ban's rule.
   * @returns for each of `asked` whose bans were lifted; undefined when no such jail runs
   */
  unbanAll(name: string, asked: readonly string[]): readonly Lifted[] | undefined {
    const jail = this.#jails.get(name);
    if (jail === undefined) return undefined;
    return asked.map((one) => ({ asked: one, ids: this.#lift(jail, one) }));
  }

  /** Lifts every ban of a jail. @returns whose */
  unbanEverybody(name: string): readonly string[] | undefined {
    const jail = this.#jails.get(name);
    if (jail === undefined) return undefined;
    const ids = jail.judge.bans.map(({ who }) => who.id);
    for (const id of ids) jail.apply(jail.judge.unban(id));
    return ids;
  }

  /** The bans in force, in the order in which they came; undefined when no such jail runs. */
  bans(name: string): readonly Readonly<Ban>[] | undefined {
    return this.#jails.get(name)?.judge.bans;
  }

  /** The ban of one, in any spelling of the address; undefined when there is none. */
  banOf(name: string, id: string): Readonly<Ban> | undefined {
    return this.#jails.get(name)?.judge.banOf(id);
  }

  /** The expressions of a running jail as they are used; undefined: no such jail runs. */
  filter(jail: string): CompiledFilter | undefined {
    return this.#jails.get(jail)?.filter;
  }

  /** Counts a failure. @returns false when the ignore rules forbid it; undefined when there is no such jail */
  attempt(name: string, id: string, matches: readonly string[]): boolean | undefined {
    const jail = this.#jails.get(name);
    if (jail === undefined) return undefined;
    const { ignored, decisions } = jail.judge.attempt(id, matches, this.#clock.now());
    jail.apply(decisions);
    return !ignored;
  }

  /**
   * Gives one action of a running jail other commands or parameters, in force from its next order on: no rule is moved for it.
   * @returns false where that cannot be: no such jail or action, or one that is built in
   */
  amendAction(jail: string, action: ActionSettings): boolean {
    return this.#jails.amendAction(jail, action);
  }

  /** Holds up a jail's reading (`idle on`), or lets it go on where it stood. Its bans end as ever. */
  async pause(jail: string, paused: boolean): Promise<void> {
    if (paused) await this.#jails.pause(jail, this.#keepPlaces);
    else this.#jails.resume(jail);
  }

  #lift(jail: GuardedJail, asked: string): readonly string[] {
    const { judge } = jail;
    const network = judge.banOf(asked) === undefined ? networkOf(asked) : undefined;
    const ids = network === undefined ? [asked] : bansIn(network, judge.bans);
    const decisions = ids.flatMap((id) => judge.unban(id));
    // What is known of a network under its own name is forgotten, too.
    if (network !== undefined) decisions.push(...judge.unban(asked));
    jail.apply(decisions);
    return decisions.filter(isUnban).map(({ ban }) => ban.who.id);
  }
}

/** Whose bans one word lifted: nobody's, one's, or those of all in a network. */
export interface Lifted {
  readonly asked: string;
  readonly ids: readonly string[];
}

function isUnban(decision: Decision): decision is Extract<Decision, { kind: 'unban' }> {
  return decision.kind === 'unban';
}

function networkOf(text: string): Address | undefined {
  const address = parseAddress(text);
  return address !== undefined && address.prefix < address.bytes.length * 8 ? address : undefined;
}

function bansIn(network: Address, bans: readonly Readonly<Ban>[]): readonly string[] {
  const set = new PrefixSet();
  set.add(network);
  return bans
    .filter(({ who }) => {
      const address = parseAddress(who.id);
      return address !== undefined && set.has(address);
    })
    .map(({ who }) => who.id);
}
