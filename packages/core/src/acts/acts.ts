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
    if (decision.kind !== 'ask' && decision.say !== undefined) reporter.say(decision.say);
    switch (decision.kind) {
      case 'found': {
        const { failure, weight } = decision;
        if (keeper.keepsFailures) keeper.failure({ ...failure, jail: name, weight });
        events.emit('found', { jail: name, who: failure.who, time: failure.time });
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
        keeper.ban({ kind: ban.restored ? 'restored' : 'made', jail: name, ban });
        keeper.after(() => enforcer.ban(name, ban));
        events.emit('ban', { jail: name, ban });
        this.#parts.banned();
        break;
      }
      case 'prolong':
        keeper.ban({ kind: 'prolonged', jail: name, ban: decision.ban });
        keeper.after(() => enforcer.prolong(name, decision.ban));
        break;
      case 'already':
        keeper.after(() => enforcer.doubt(decision.ban, this.#parts.clock.now()));
        break;
      case 'unban': {
        const { ban, why } = decision;
        // A ban that is only no longer enforced, because its jail stops, goes on.
        if (why !== 'repealed') keeper.ban({ kind: why, jail: name, id: ban.who.id });
        keeper.after(() => enforcer.unban(name, ban));
        events.emit('unban', { jail: name, ban, why });
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
