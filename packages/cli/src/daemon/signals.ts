import { spawn } from 'node:child_process';
import type { Milliseconds, VoiceLevel } from '@f2b/config';
import type { ServerVoice } from './voice/server-voice.js';

/** A signal this long after the first means: now. */
const impatienceMs: Milliseconds = 1000;

/** How long the process's end may take. */
const endMs: Milliseconds = 2000;

/** What a signal means. */
export type Meaning = 'stop' | 'reopen' | 'reload';

/**
 * TERM and INT stop the daemon (a later one at once), HUP reads the configuration anew, USR1 opens the log file anew. A bug ends it, with its
 * reason said.
 */
export class Signals {
  /** Resolves when a signal or the socket asks the daemon to stop. */
  readonly stopWanted: Promise<void>;
  /** Resolves when the jails are stopped. */
  readonly stopped: Promise<void>;
  /** What HUP does, once there is something to reload. */
  onReload = () => {};
  readonly #voice: ServerVoice;
  readonly #meanings = new Map<NodeJS.Signals, Meaning>();
  readonly #onCrash = (error: Error) => {
    // Bans stay in force: an open gate would be worse than a missing guard.
    this.#leave('CRITICAL', `f2b has a bug and ends; please report this: ${error.stack ?? error.message}`);
  };
  #stopRequested!: () => void;
  #finish!: () => void;
  #askedAt: number | undefined;

  constructor(voice: ServerVoice) {
    this.#voice = voice;
    this.stopWanted = new Promise<void>((resolve) => {
      this.#stopRequested = resolve;
    });
    this.stopped = new Promise<void>((resolve) => {
      this.#finish = resolve;
    });
    this.handle('SIGTERM', 'stop');
    this.handle('SIGINT', 'stop');
    this.handle('SIGHUP', 'reload');
    this.handle('SIGUSR1', 'reopen');
    process.on('uncaughtException', this.#onCrash);
  }

  /** From now on this signal means that. */
  handle(signal: NodeJS.Signals, meaning: Meaning): void {
    if (!this.#meanings.has(signal)) process.on(signal, () => this.#heard(signal));
    this.#meanings.set(signal, meaning);
  }

  stopRequested(): void {
    this.#stopRequested();
  }

  finish(): void {
    this.#finish();
  }

  /** The voice is about to close: what breaks now shows its own trace. The signals stay, so that an end that takes long can still be cut short. */
  release(): void {
    process.off('uncaughtException', this.#onCrash);
  }

  #heard(signal: NodeJS.Signals): void {
    const meaning = this.#meanings.get(signal);
    // Who moves logs away sends this one too, to most daemons.
    if (meaning !== 'stop') {
      this.#voice.say({ logger: 'fail2ban.server', level: 'INFO', message: `Log: ${this.#voice.reopen()}` });
      if (meaning === 'reload') this.onReload();
      return;
    }
    const now = performance.now();
    this.#askedAt ??= now;
    // One Ctrl-C may arrive twice: from the terminal, and passed on by whatever started us.
    if (now - this.#askedAt > impatienceMs) {
      this.#leave('WARNING', `${signal} once more: leaving at once, bans may stay in the firewall`);
    }
    this.#stopRequested();
  }

  /** The end of the process, with a reason that is written whatever else waits. */
  #leave(level: VoiceLevel, message: string): never {
    // First what waits: there may be so much of it that nothing more is taken.
    this.#voice.flushNow();
    this.#voice.say({ logger: 'fail2ban.server', level, message });
    this.#voice.flushNow();
    endFor(endMs);
    process.exit(255);
  }
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
