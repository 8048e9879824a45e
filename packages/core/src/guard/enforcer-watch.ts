import type { EventEmitter } from 'node:events';
import type { EnforcerEvents } from '../acts/enforcer.js';
import type { GuardEvents } from '../telling/events.js';
import type { Reporter } from '../telling/reporter.js';

/** What is said of a ban that holds, and of an order that failed. */
export function enforcerWatch(reporter: Reporter, events: EventEmitter<GuardEvents>): EnforcerEvents {
  return {
    enforced: (jail, id) => void events.emit('enforced', { jail, id }),
    failed: ({ jail, action, id, kind, error }, retryIn) => {
      const next = retryIn === undefined ? 'It is not tried again' : `Next try in ${retryIn / 1000} s`;
      const why = error?.message ?? 'no reason given';
      const what = `Order ${kind} ${id} failed at action '${action}': ${why}. ${next}`;
      if (kind === 'ban') events.emit('refused', { jail, id, action, why });
      reporter.problem({ code: error?.code ?? 'F2B_FIREWALL', jail, what, level: 'ERROR', logger: 'fail2ban.actions' });
    },
  };
}
