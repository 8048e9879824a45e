import type { Milliseconds } from '@f2b/config';
import type { ServerLog } from './voice/server-log.js';

/** A signal this long after the first means: now. */
const impatienceMs: Milliseconds = 1000;

export interface Signals {
  /** Resolves when a signal or the socket asks the daemon to stop. */
  readonly stopWanted: Promise<void>;
  /** Resolves when the jails are stopped. */
  readonly stopped: Promise<void>;
  stopRequested(): void;
  finish(): void;
  release(): void;
}

/** TERM and INT stop (a later one at once), HUP and USR1 open the log file anew. What a terminal started
 * for a look ends with its terminal (`atHangup`). */
export function watchSignals(log: ServerLog, atHangup: 'reopen' | 'stop'): Signals {
  let stopRequested!: () => void;
  let finish!: () => void;
  const stopWanted = new Promise<void>((resolve) => {
    stopRequested = resolve;
  });
  const stopped = new Promise<void>((resolve) => {
    finish = resolve;
  });
  let askedAt: number | undefined;
  const onStop = (signal: NodeJS.Signals) => {
    const now = performance.now();
    askedAt ??= now;
    // One Ctrl-C may arrive twice: from the terminal, and passed on by whatever started us.
    if (now - askedAt > impatienceMs) {
      log.say({
        logger: 'fail2ban.server',
        level: 'WARNING',
        message: `${signal} once more: leaving at once, bans may stay in the firewall`,
      });
      log.flushNow();
      process.exit(255);
    }
    stopRequested();
  };
  const onReopen = () => {
    log.say({ logger: 'fail2ban.server', level: 'INFO', message: `Log: ${log.reopen()}` });
  };
  const onCrash = (error: Error) => {
    // Bans stay in force: an open gate would be worse than a missing guard.
    log.say({
      logger: 'fail2ban.server',
      level: 'CRITICAL',
      message: `f2b has a bug and ends; please report this: ${error.stack ?? error.message}`,
    });
    log.flushNow();
    process.exit(255);
  };
  process.on('SIGTERM', onStop);
  process.on('SIGINT', onStop);
  process.on('SIGHUP', atHangup === 'stop' ? onStop : onReopen);
  process.on('SIGUSR1', onReopen);
  process.on('uncaughtException', onCrash);
  return {
    stopWanted,
    stopped,
    stopRequested,
    finish,
    release() {
      process.off('uncaughtException', onCrash);
    },
  };
}
