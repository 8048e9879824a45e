import type { EventEmitter } from 'node:events';
import type { Clock } from '../edges/edges.js';
import type { Decision } from '../jails/decisions.js';
import type { GuardedJail } from '../jails/guarded-jail.js';
import type { Store } from '../keeping/store.js';
import type { Arising } from '../sources/source.js';
import type { GuardEvents } from '../telling/events.js';
import type { Reporter } from '../telling/reporter.js';
import type { Enforcer } from './enforcer.js';
import type { Questions } from './questions.js';

export interface ActParts {
  readonly store: Store;
  readonly reporter: Reporter;
  readonly events: EventEmitter<GuardEvents>;
  readonly questions: Questions;
  readonly enforcer: Enforcer;
  readonly clock: Clock;
  /** There is a new ban, whose end has to be waited for. */
  banned(): void;
}

/** The one place where decisions become acts: told to the store, then to the log, then done. */
export class Acts {
  readonly #parts: ActParts;

  constructor(parts: ActParts) {
    this.#parts = parts;
  }

  carryOut(jail: GuardedJail, decision: Decision, from?: Arising): void {
    const { name } = jail;
    if (decision.kind === 'ban') this.#parts.store.ban(name, decision.ban);
    if (decision.kind === 'unban') this.#parts.store.unban(name, decision.ban.who.id);
    if (decision.kind !== 'ask' && decision.say !== undefined) this.#parts.reporter.say(decision.say);
    switch (decision.kind) {
      case 'found':
        this.#parts.events.emit('found', { jail: name, who: decision.who, time: decision.time });
        break;
      case 'ignored':
        this.#parts.events.emit('ignored', { jail: name, who: decision.who, by: decision.by });
        break;
      case 'ask':
        this.#parts.questions.ask(jail, decision.question, from);
        break;
      case 'ban':
        this.#parts.enforcer.ban(name, decision.ban);
        this.#parts.events.emit('ban', { jail: name, ban: decision.ban });
        this.#parts.banned();
        break;
      case 'prolong':
        this.#parts.enforcer.prolong(name, decision.ban);
        break;
      case 'already':
        this.#parts.enforcer.doubt(decision.ban, this.#parts.clock.now());
        break;
      case 'unban':
        this.#parts.enforcer.unban(name, decision.ban);
        this.#parts.events.emit('unban', { jail: name, ban: decision.ban });
        break;
      case 'note':
        break;
    }
  }
}
