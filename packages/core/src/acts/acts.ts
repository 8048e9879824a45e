import type { EventEmitter } from 'node:events';
import type { Clock } from '../clock.js';
import type { Decision } from '../jails/decisions.js';
import type { GuardedJail } from '../jails/guarded-jail.js';
import type { Keeper } from '../keeping/keeper.js';
import type { Arising } from '../sources/source.js';
import type { GuardEvents } from '../telling/events.js';
import type { Reporter } from '../telling/reporter.js';
import type { Enforcer } from './enforcer.js';
import type { Questions } from './questions.js';

export interface ActParts {
  readonly keeper: Keeper;
  readonly reporter: Reporter;
  readonly events: EventEmitter<GuardEvents>;
  readonly questions: Questions;
  readonly enforcer: Enforcer;
  readonly clock: Clock;
  /** There is a new ban, whose end has to be waited for. */
  banned(): void;
}

/** The one place where decisions become acts: told to the keeper, then to the log; done once the keeper has committed them. */
export class Acts {
  readonly #parts: ActParts;

  constructor(parts: ActParts) {
    this.#parts = parts;
  }

  /** @param from what the decision arose from */
  carryOut(jail: GuardedJail, decision: Decision, from?: Arising): void {
    const { keeper, enforcer, reporter, events } = this.#parts;
    const { name } = jail;
    // Nothing of what is only simulated is enforced, and nothing of it outlives the process: no later ban may come of it.
    const { simulate } = jail.settings;
    if (decision.kind !== 'ask' && decision.say !== undefined) reporter.say(decision.say);
    switch (decision.kind) {
      case 'found': {
        const { failure, weight } = decision;
        if (!simulate && keeper.keepsFailures) keeper.failure({ ...failure, jail: name, weight });
        events.emit('found', { jail: name, who: failure.who, time: failure.time, failure, weight });
        break;
      }
      case 'ignored':
        events.emit('ignored', { jail: name, who: decision.who, by: decision.by });
        break;
      case 'ask':
        this.#parts.questions.ask(jail, decision.question, from);
        break;
      case 'ban': {
        const { ban } = decision;
        if (!simulate) {
          keeper.ban({ kind: ban.restored ? 'restored' : 'made', jail: name, ban });
          keeper.after(() => enforcer.ban(name, ban));
        }
        events.emit('ban', { jail: name, ban, simulated: simulate });
        this.#parts.banned();
        break;
      }
      case 'prolong':
        events.emit('prolonged', { jail: name, ban: decision.ban });
        if (simulate) break;
        keeper.ban({ kind: 'prolonged', jail: name, ban: decision.ban });
        keeper.after(() => enforcer.prolong(name, decision.ban));
        break;
      case 'already':
        if (simulate) break;
        // What led to it counts no more, in the store as in the book: a restart would ban for it.
        keeper.ban({ kind: 'spent', jail: name, id: decision.ban.who.id });
        events.emit('already', { jail: name, id: decision.ban.who.id, since: decision.ban.since });
        keeper.after(() => enforcer.doubt(decision.ban, this.#parts.clock.now()));
        break;
      case 'unban': {
        const { ban, why } = decision;
        // A ban that is only no longer enforced, because its jail stops, goes on.
        if (why === 'lifted' || (why === 'ended' && !simulate)) keeper.ban({ kind: why, jail: name, id: ban.who.id });
        if (!simulate) keeper.after(() => enforcer.unban(name, ban));
        events.emit('unban', { jail: name, ban, why, simulated: simulate });
        break;
      }
      case 'forget':
        keeper.ban({ kind: 'lifted', jail: name, id: decision.id });
        break;
      case 'note':
        break;
    }
  }
}
