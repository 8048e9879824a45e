import type { Milliseconds, Settings, VoiceLevel } from '@f2b/config';
import { Guard } from '@f2b/core';
import { reasonOf } from '../errors.js';
import type { ConfigurationDirectory } from '../places/configuration-directory.js';
import { type Announcement, announceConfiguration, announceEnforcement, announceJails } from './announce.js';
import { Configuration } from './configuration.js';
import { activatedSocket } from './control/activation.js';
import { type ControlServer, openControlServer } from './control/server.js';
import { runVerb } from './control/verbs/table.js';
import { Controlled } from './controlled.js';
import { openAllowances, openDaemonStore, StoreLimits } from './daemon-store.js';
import { type DaemonVoice, openDaemonVoice } from './daemon-voice.js';
import { LiveServer } from './live-server.js';
import { openMetrics } from './metrics/metrics.js';
import type { MetricsServer } from './metrics/server.js';
import { removePidfile, writePidfile } from './pidfile.js';
import { Signals } from './signals.js';
import type { StarterReport } from './starter-report.js';

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
  /** Whether the command line says it, whatever the configuration does. */
  readonly loglevelAsked: boolean;
  readonly logtarget: string;
  readonly syslogsocket: string;
  /** A path, `:memory:` or `None`. */
  readonly dbfile: string;
  readonly enforce: boolean;
  /** Whether somebody asked for `enforce` being as it is. */
  readonly enforceAsked: boolean;
  /** Present in the background: who started us and waits. */
  readonly report: StarterReport | undefined;
}

/** The parts that live as long as the daemon. */
interface Parts {
  readonly voice: DaemonVoice;
  readonly signals: Signals;
  readonly control: ControlServer;
  readonly guard: Guard;
  readonly pidfile: string;
  readonly metrics: MetricsServer | undefined;
}

/** The running daemon: jails that guard, a socket that answers, signals that are heard. */
export class Daemon {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  get guard(): Guard {
    return this.#parts.guard;
  }

  get signals(): Signals {
    return this.#parts.signals;
  }

  say(logger: string, level: VoiceLevel, message: string): void {
    this.#parts.voice.say({ logger, level, message });
  }

  /**
   * Waits until `stop` on the socket or a signal ends the daemon, and ends it.
   * @param onStop called before the jails are stopped
   * @returns the exit code
   */
  async untilStopped(onStop = () => {}): Promise<number> {
    const { voice, signals, control, guard } = this.#parts;
    await signals.stopWanted;
    onStop();
    let code = 0;
    voice.tell('INFO', 'Shutdown in progress...');
    voice.tell('INFO', 'Stopping all jails');
    try {
      await guard.stop();
    } catch (error) {
      voice.tell('ERROR', `Stopping the jails failed: ${reasonOf(error)}`);
      code = 255;
    }
    // Before `stop` is answered: a start right behind it must find the place free.
    control.release();
    signals.finish();
    return end(this.#parts, code);
  }
}

/**
 * Starts the daemon, from its first word to the one that it is ready.
 * @throws CliError where the socket is taken or the log level does not exist, and whatever keeps the guard from starting.
 */
export async function startDaemon(options: DaemonOptions): Promise<Daemon> {
  const { settings, report, pidfile } = options;
  process.umask(0o077);
  const voice = openDaemonVoice(options);
  const signals = new Signals(voice);
  const limits = new StoreLimits(settings);
  const allowipv6 = settings.server.allowipv6.value;
  const server = new LiveServer({ ...options, voice, allowipv6, limits });
  const configuration = openConfiguration(options, voice, server);
  // Nobody waits for an answer: the log has it.
  signals.onReload = () => void configuration.reload({}).catch(() => undefined);
  const controlled = new Controlled(options.version, configuration, signals, voice, server);
  controlled.dryRun = !options.enforce;
  const control = await openControl(options.socket, controlled, voice);
  const pidTrouble = writePidfile(pidfile, process.pid);

  const sayAll = (announcements: readonly Announcement[]) => {
    for (const { level, message } of announcements) voice.tell(level, message);
  };
  voice.tell('INFO', '-'.repeat(50));
  voice.tell('INFO', `Starting f2b v${options.version}`);
  if (control.replacedStale) {
    voice.tell('WARNING', `Replaced the socket ${options.socket}: nobody answered on it (a daemon was killed?)`);
  }
  if (pidTrouble !== undefined) voice.tell('WARNING', pidTrouble);
  sayAll(announceConfiguration(options.directory, settings));
  sayAll(announceEnforcement(options.enforce, options.enforceAsked, process.geteuid?.() === 0));

  const metrics = await openMetrics(settings.own.metrics, controlled, voice);
  const parts = { voice, signals, control, pidfile, metrics };
  const guard = await openGuard({ ...options, limits }, parts, controlled);
  configuration.begin(guard);
  const jails = announceJails(settings, guard);
  sayAll(jails.announcements);
  voice.tell('INFO', `Server ready: ${options.socket}`);
  // Whoever hears that it is ready may look into the log.
  voice.started();
  if (report) {
    report.send({ kind: 'ready', guards: jails.guards });
    report.close();
  } else {
    process.stdout.write('Server ready\n');
  }
  return new Daemon({ ...parts, guard });
}

function openConfiguration(
  { settings, loglevelAsked }: DaemonOptions,
  voice: DaemonVoice,
  server: LiveServer,
): Configuration {
  return new Configuration(settings, {
    say: (level, message) => voice.tell(level, message),
    apply({ setting, value }) {
      // What the command line says holds for as long as the process.
      if (setting === 'loglevel' && !loglevelAsked) server.loglevel = value;
      return setting === 'loglevel';
    },
  });
}

async function openControl(socket: string, controlled: Controlled, voice: DaemonVoice): Promise<ControlServer> {
  try {
    const activated = activatedSocket(process.env, process.pid);
    return await openControlServer(socket, (words, gone) => runVerb(controlled, words, gone), activated);
  } catch (error) {
    voice.lastOfFailedStart('ERROR', reasonOf(error));
    await voice.close();
    throw error;
  }
}

async function openGuard(
  { settings, enforce, dbfile, limits }: DaemonOptions & { readonly limits: StoreLimits },
  parts: Omit<Parts, 'guard'>,
  controlled: Controlled,
): Promise<Guard> {
  const { voice, signals } = parts;
  // A dry run prints to the log, under a name of its own, since nothing of it has happened.
  const print = (message: string) => voice.say({ logger: 'f2b.dry-run', level: 'NOTICE', message });
  const store = await openDaemonStore({ dbfile, enforce, limits }, voice);
  const allowances = openAllowances({ dbfile, enforce, limits }, voice);
  try {
    const guard = new Guard({
      settings,
      voice,
      dryRun: enforce ? undefined : { print },
      ...(store && { store }),
      ...(allowances && { allowances }),
    });
    // Whoever asks while it starts hears what it is at.
    controlled.guard = guard;
    await guard.start();
    return guard;
  } catch (error) {
    voice.lastOfFailedStart('CRITICAL', `The guard cannot start: ${reasonOf(error)}`);
    signals.finish();
    await store?.close();
    await end(parts, 255);
    throw error;
  }
}

/** What was opened is closed, in the order that lets `stop` still be answered. */
async function end(parts: Omit<Parts, 'guard'>, code: number): Promise<number> {
  const { voice, signals, control, pidfile, metrics } = parts;
  signals.release();
  metrics?.close();
  await control.close();
  removePidfile(pidfile, process.pid);
  voice.tell('INFO', 'Exiting f2b');
  await voice.close();
  // Should anything still hold the process, it has had its time.
  setTimeout(() => process.exit(code), lingerMs).unref();
  return code;
}
