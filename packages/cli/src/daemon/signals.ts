import { spawn } from 'node:child_process';
import type { Milliseconds, VoiceLevel } from '@f2b/config';
import type { ServerVoice } from './voice/server-voice.js';

/** A signal this long after the first means: now. */
const impatienceMs: Milliseconds = 1000;

/** How long the process's end may take. */
const endMs: Milliseconds = 2000;

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
export function watchSignals(voice: ServerVoice, atHangup: 'reopen' | 'stop'): Signals {
  let stopRequested!: () => void;
  let finish!: () => void;
  const stopWanted = new Promise<void>((resolve) => {
    stopRequested = resolve;
  });
  const stopped = new Promise<void>((resolve) => {
    finish = resolve;
  });
  let askedAt: number | undefined;
  /** The end of the process, with a reason that is written whatever else waits. */
  const leave = (level: VoiceLevel, message: string): never => {
    // First what waits: there may be so much of it that nothing more is taken.
    voice.flushNow();
    voice.say({ logger: 'fail2ban.server', level, message });
    voice.flushNow();
    endFor(endMs);
    process.exit(255);
  };
  const onStop = (signal: NodeJS.Signals) => {
    const now = performance.now();
    askedAt ??= now;
    // One Ctrl-C may arrive twice: from the terminal, and passed on by whatever started us.
    if (now - askedAt > impatienceMs) {
      leave('WARNING', `${signal} once more: leaving at once, bans may stay in the firewall`);
    }
    stopRequested();
  };
  const onReopen = () => {
    voice.say({ logger: 'fail2ban.server', level: 'INFO', message: `Log: ${voice.reopen()}` });
  };
  const onCrash = (error: Error) => {
    // Bans stay in force: an open gate would be worse than a missing guard.
    leave('CRITICAL', `f2b has a bug and ends; please report this: ${error.stack ?? error.message}`);
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

/**
 * Sees to it that this process has ended after a while. Node waits at its exit for its threads, and these for a pipe that nobody reads or a
 * name server that does not answer. Whoever waits notices an end in time by its standard input.
 */
function endFor(within: Milliseconds): void {
  const script = `timeout ${within / 1000} cat; [ $? -ne 124 ] || kill -KILL "$0"`;
  const watcher = spawn('/bin/sh', ['-c', script, String(process.pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  watcher.on('error', () => {});
  if (watcher.pid === undefined) process.kill(process.pid, 'SIGKILL');
}
