import type { KeeperEvents } from '../keeping/keeper.js';
import type { Reporter } from '../telling/reporter.js';

/** What is said of a store that fails, and of one that works again. */
export function storeWatch(reporter: Reporter): KeeperEvents {
  const logger = 'fail2ban.database';
  return {
    failed(why, waiting, givenUp) {
      const lost = givenUp === 0 ? '' : ` ${givenUp} of them were given up.`;
      const what = `What is to be remembered cannot be written: ${why}. Enforcement goes on; ${waiting} changes wait.${lost}`;
      reporter.problem({ code: 'F2B_STORE', what, level: 'ERROR', logger, subject: 'store' });
    },
    recovered: () =>
      reporter.say({ logger, level: 'NOTICE', message: 'What waited to be remembered has been written' }),
  };
}
