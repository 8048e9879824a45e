import type { Milliseconds, Settings } from '@f2b/config';
import { type Guard, startGuard } from '@f2b/core';
import { type ControlledDaemon, runCommand } from '../control/commands.js';
import { type ControlServer, openControlServer } from '../control/server.js';
import { reasonOf } from '../errors.js';
import { type LevelName, levelName, levels } from '../logs/levels.js';
import { escapeControls } from '../logs/line-format.js';
import { type LogWitness, openServerLog, type ServerLog } from '../logs/server-log.js';
import type { ConfigurationDirectory } from '../places/configuration-directory.js';
import { type Announcement, announceConfiguration, announceJails } from './announce.js';
import { removePidfile, writePidfile } from './pidfile.js';
import type { StarterReport } from './starter-report.js';

export interface DaemonOptions {
  readonly version: string;
  readonly directory: ConfigurationDirectory;
  readonly settings: Settings;
  /** Absolute. */
  readonly socket: string;
  readonly pidfile: string;
  readonly loglevel: string;
  readonly logtarget: string;
  readonly syslogsocket: string;
  readonly enforce: boolean;
  /** Present in the background: who started us and waits. */
  readonly report: StarterReport | undefined;
  /** Called once the jails run; what it returns is called when the daemon stops. */
  readonly onGuard?: (guard: Guard, log: ServerLog) => () => void;
}

/**
 * The daemon's life, from its first log line to its last. Resolves with the exit code when it has been stopped, by
 * `stop` on the socket or by a signal.
 * @throws CliError when it cannot start: the socket is taken, the log level does not exist.
 */
export async function runDaemon(options: DaemonOptions): Promise<number> {
  const { settings, report } = options;
  process.umask(0o077);
  const teller = starterTeller(report, options.logtarget);
  const log = openServerLog(
    {
      loglevel: options.loglevel,
      logtarget: options.logtarget,
      syslogsocket: options.syslogsocket,
      logformat: settings.own.logformat,
    },
    teller,
  );
  // The terminal is the log now.
  if (!report && log.target !== options.logtarget) log.unwatch(teller);
  const say = (level: LevelName, message: string) => log.log('fail2ban.server', level, message);
  const sayAll = (announcements: readonly Announcement[]) => {
    for (const { level, message } of announcements) say(level, message);
  };
  const signals = watchSignals(log);

  let guard: Guard | undefined;
  let ready = false;
  let stopping: Promise<void> | undefined;
  const stop = () => {
    stopping ??= (async () => {
      say('INFO', 'Shutdown in progress...');
      say('INFO', 'Stopping all jails');
      await guard?.stop();
    })();
    return stopping;
  };
  const daemon: ControlledDaemon = {
    version: options.version,
    jailNames: () => guard?.jailNames() ?? [],
    jailStatus: (name) => guard?.jailStatus(name),
    flushLogs: () => log.reopen(),
    isReady: () => ready,
    stop: () => {
      signals.stopRequested();
      return signals.stopped;
    },
  };

  let control: ControlServer;
  try {
    control = await openControlServer(options.socket, (command) => runCommand(daemon, command));
  } catch (error) {
    // Whoever started us hears it from the error itself.
    log.unwatch(teller);
    say('ERROR', reasonOf(error));
    await log.close();
    throw error;
  }
  const end = async (code: number): Promise<number> => {
    signals.release();
    await control.close();
    removePidfile(options.pidfile, process.pid);
    say('INFO', 'Exiting f2b');
    await log.close();
    return code;
  };
  if (report && log.target !== options.logtarget) {
    say('WARNING', 'Nobody sees the log of this server, which runs in the background: mend logtarget and restart it');
  }
  const pidTrouble = writePidfile(options.pidfile, process.pid);

  say('INFO', '-'.repeat(50));
  say('INFO', `Starting f2b v${options.version}`);
  if (control.replacedStale) {
    say('WARNING', `Replaced the socket ${options.socket}: nobody answered on it (a daemon was killed?)`);
  }
  if (pidTrouble !== undefined) say('WARNING', pidTrouble);
  sayAll(announceConfiguration(options.directory, settings));
  if (!options.enforce) say('NOTICE', 'Dry run: the firewall stays as it is, changes are only printed');

  try {
    guard = await startGuard({ settings, log, dryRun: options.enforce ? undefined : dryRun(log) });
  } catch (error) {
    if (report) log.unwatch(teller);
    say('CRITICAL', `The guard cannot start: ${reasonOf(error)}`);
    report?.send({ kind: 'failed', message: reasonOf(error) });
    signals.finish();
    return end(255);
  }
  sayAll(announceJails(settings, guard));
  ready = true;
  say('INFO', `Server ready: ${options.socket}`);
  log.unwatch(teller);
  if (report) {
    report.send({ kind: 'ready' });
    report.close();
  } else {
    // After what the log has to say, where both go to the terminal.
    log.flushNow();
    process.stdout.write('Server ready\n');
  }
  const onStop = options.onGuard?.(guard, log);

  await signals.stopWanted;
  onStop?.();
  let code = 0;
  try {
    await stop();
  } catch (error) {
    say('ERROR', `Stopping the jails failed: ${reasonOf(error)}`);
    code = 255;
  }
  // Before `stop` is answered: a start right behind it must find the place free.
  control.release();
  signals.finish();
  return end(code);
}

/** Where a dry run prints: the log, under a name of its own, since nothing of it has happened. */
function dryRun(log: ServerLog): { print(line: string): void } {
  return { print: (line) => log.log('f2b.dry-run', 'NOTICE', line) };
}

/**
 * Warnings and worse of the start also go to whoever started the daemon: the waiting `f2b start`, or the terminal when
 * the log does not go there anyway.
 */
function starterTeller(report: StarterReport | undefined, logtarget: string): LogWitness {
  const onTerminal = /^(stdout|stderr|sysout)\b/i.test(logtarget.trim());
  return (entry) => {
    if (entry.level < levels.WARNING) return;
    const message = escapeControls(entry.message);
    if (report) report.send({ kind: 'said', level: levelName(entry.level) as LevelName, message });
    else if (!onTerminal) process.stderr.write(`${levelName(entry.level)}: ${message}\n`);
  };
}

/** A signal this long after the first means: now. */
const impatienceMs: Milliseconds = 1000;

interface Signals {
  /** Resolves when a signal or the socket asks the daemon to stop. */
  readonly stopWanted: Promise<void>;
  /** Resolves when the jails are stopped. */
  readonly stopped: Promise<void>;
  stopRequested(): void;
  finish(): void;
  release(): void;
}

/** TERM and INT stop (a later one at once), HUP and USR1 open the log file anew. */
function watchSignals(log: ServerLog): Signals {
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
      log.log('fail2ban.server', 'WARNING', `${signal} once more: leaving at once, bans may stay in the firewall`);
      log.flushNow();
      process.exit(255);
    }
    stopRequested();
  };
  const onReopen = () => {
    log.log('fail2ban.server', 'INFO', `Log: ${log.reopen()}`);
  };
  const onCrash = (error: Error) => {
    // Bans stay in force: an open gate would be worse than a missing guard.
    log.log(
      'fail2ban.server',
      'CRITICAL',
      `f2b has a bug and ends; please report this: ${error.stack ?? error.message}`,
    );
    log.flushNow();
    process.exit(255);
  };
  process.on('SIGTERM', onStop);
  process.on('SIGINT', onStop);
  process.on('SIGHUP', onReopen);
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
