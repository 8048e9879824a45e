import type { Milliseconds, Settings, VoiceLevel } from '@f2b/config';
import { type Guard, startGuard } from '@f2b/core';
import { reasonOf } from '../errors.js';
import type { ConfigurationDirectory } from '../places/configuration-directory.js';
import {
  type Announcement,
  announceConfiguration,
  announceEnforcement,
  announceJails,
  whySkipped,
} from './announce.js';
import { type ControlledDaemon, runCommand } from './control/commands.js';
import { type ControlServer, openControlServer } from './control/server.js';
import { removePidfile, writePidfile } from './pidfile.js';
import { watchSignals } from './signals.js';
import { type StarterReport, starterTeller } from './starter-report.js';
import { openServerVoice, type ServerVoice } from './voice/server-voice.js';

/** How long the process may go on after its last word. */
const lingerMs: Milliseconds = 3000;

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
  /** Whether somebody asked for `enforce` being as it is; default: true. */
  readonly enforceAsked?: boolean;
  /** Present in the background: who started us and waits. */
  readonly report: StarterReport | undefined;
  /** What SIGHUP means; default: open the log file anew. */
  readonly atHangup?: 'reopen' | 'stop';
  /** Called once the jails run; what it returns is called when the daemon stops. */
  readonly onGuard?: (guard: Guard, voice: ServerVoice) => () => void;
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
  const voice = openServerVoice(
    {
      loglevel: options.loglevel,
      logtarget: options.logtarget,
      syslogsocket: options.syslogsocket,
      logformat: settings.own.logformat,
    },
    teller,
  );
  // The terminal is the log now.
  if (!report && voice.target !== options.logtarget) voice.unwatch(teller);
  const say = (level: VoiceLevel, message: string) => voice.say({ logger: 'fail2ban.server', level, message });
  const sayAll = (announcements: readonly Announcement[]) => {
    for (const { level, message } of announcements) say(level, message);
  };
  const signals = watchSignals(voice, options.atHangup ?? 'reopen');

  let guard: Guard | undefined;
  let ready = false;
  const daemon: ControlledDaemon = {
    version: options.version,
    jailNames: () => guard?.jailNames() ?? [],
    jailStatus: (name) => guard?.jailStatus(name),
    whySkipped: (name) => whySkipped(settings, name),
    flushLogs: () => voice.reopen(),
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
    voice.unwatch(teller);
    say('ERROR', reasonOf(error));
    await voice.close();
    throw error;
  }
  const end = async (code: number): Promise<number> => {
    signals.release();
    await control.close();
    removePidfile(options.pidfile, process.pid);
    say('INFO', 'Exiting f2b');
    await voice.close();
    // Should anything still hold the process, it has had its time.
    setTimeout(() => process.exit(code), lingerMs).unref();
    return code;
  };
  if (report && voice.target !== options.logtarget) {
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
  sayAll(announceEnforcement(options.enforce, options.enforceAsked ?? true, process.geteuid?.() === 0));

  try {
    guard = await startGuard({ settings, voice, dryRun: options.enforce ? undefined : dryRun(voice) });
  } catch (error) {
    if (report) voice.unwatch(teller);
    say('CRITICAL', `The guard cannot start: ${reasonOf(error)}`);
    report?.send({ kind: 'failed', message: reasonOf(error) });
    signals.finish();
    return end(255);
  }
  sayAll(announceJails(settings, guard));
  ready = true;
  say('INFO', `Server ready: ${options.socket}`);
  voice.unwatch(teller);
  // Whoever hears that it is ready may look into the log.
  voice.flushNow();
  if (report) {
    report.send({ kind: 'ready' });
    report.close();
  } else {
    process.stdout.write('Server ready\n');
  }
  const onStop = options.onGuard?.(guard, voice);

  await signals.stopWanted;
  onStop?.();
  let code = 0;
  say('INFO', 'Shutdown in progress...');
  say('INFO', 'Stopping all jails');
  try {
    await guard.stop();
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
function dryRun(voice: ServerVoice): { print(line: string): void } {
  return { print: (line) => voice.say({ logger: 'f2b.dry-run', level: 'NOTICE', message: line }) };
}
