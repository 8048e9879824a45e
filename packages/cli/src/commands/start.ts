import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readSettings } from '@f2b/config';
import type { Flags } from '../commandline/flags.js';
import { startInBackground } from '../daemon/background.js';
import { someoneListens } from '../daemon/control/claim.js';
import { startDaemon } from '../daemon/daemon.js';
import { starterReport } from '../daemon/starter-report.js';
import { absoluteTarget } from '../daemon/voice/target-spec.js';
import { CliError, failed, reasonOf } from '../errors.js';
import { configurationDirectory, mayLackLogs } from '../places/configuration-directory.js';
import { controlSocket } from '../places/control-socket.js';
import { f2bVersion } from '../places/version.js';
import { sayAsClient } from '../render/client-log.js';
import { askDaemon } from './ask-daemon.js';
import type { Command } from './command.js';

/** Seconds after which a start in the background counts as failed, as in fail2ban-client. */
const startTimeoutSeconds = 30;

const program = fileURLToPath(new URL('../../bin/f2b.js', import.meta.url));

/** `f2b start`: in the background, or with `-f` here. */
export const command: Command = {
  async run({ flags, args }) {
    if (args.length > 0) {
      await askDaemon(flags, ['start', ...args]);
      process.stdout.write('Jail started\n');
      return 0;
    }
    if (flags.trial) {
      const { runFirstRun } = await import('../tools/first-run/first-run.js');
      return runFirstRun(flags);
    }
    return flags.foreground ? foreground(flags) : background(flags);
  },
};

async function background(flags: Flags): Promise<number> {
  const socket = resolve(await controlSocket(flags));
  if (await someoneListens(socket)) throw new CliError('F2B_ALREADY_RUNNING', 'Server already running');
  const seconds = flags.timeoutSeconds ?? startTimeoutSeconds;
  const { guards } = await startInBackground(
    program,
    daemonArgs(flags),
    flags.async ? undefined : seconds * 1000,
    (level, message) => sayAsClient(flags, level, message),
  );
  if (!flags.async) process.stdout.write('Server ready\n');
  return guards ? 0 : failed;
}

/** The flags as given, with absolute paths: the daemon's working directory is `/`. */
function daemonArgs(flags: Flags): string[] {
  const args: string[] = [];
  const path = (option: string, value: string | undefined) => {
    if (value !== undefined) args.push(option, resolve(value));
  };
  const text = (option: string, value: string | undefined) => {
    if (value !== undefined) args.push(`${option}=${value}`);
  };
  path('-c', flags.conf);
  path('-s', flags.socket);
  path('-p', flags.pidfile);
  text('--pname', flags.pname);
  text('--loglevel', flags.loglevel);
  text('--logtarget', flags.logtarget && absoluteTarget(flags.logtarget));
  text('--syslogsocket', flags.syslogsocket);
  if (flags.force) args.push('-x');
  if (flags.enforce === false) args.push('--dry-run');
  if (flags.enforce === true) args.push('--enforce');
  args.push('-f', 'start');
  return args;
}

async function foreground(flags: Flags): Promise<number> {
  const report = starterReport(process.env);
  try {
    const directory = configurationDirectory(flags.conf);
    const settings = readSettings({ directory: directory.path, allowMissingLogs: mayLackLogs(directory.path) });
    process.title = flags.pname ?? settings.own.pname ?? 'f2b-server';
    const daemon = await startDaemon({
      version: f2bVersion(),
      directory,
      settings,
      socket: resolve(flags.socket ?? settings.server.socket.value),
      pidfile: resolve(flags.pidfile ?? settings.server.pidfile.value),
      loglevel: flags.loglevel ?? settings.server.loglevel.value,
      loglevelAsked: flags.loglevel !== undefined,
      logtarget: flags.logtarget ?? settings.server.logtarget.value,
      syslogsocket: flags.syslogsocket ?? settings.server.syslogsocket.value,
      dbfile: settings.server.dbfile.value,
      enforce: flags.enforce ?? process.geteuid?.() === 0,
      enforceAsked: flags.enforce !== undefined,
      report,
    });
    return await daemon.untilStopped();
  } catch (error) {
    report?.send({ kind: 'failed', message: reasonOf(error) });
    if (report) return failed;
    throw error;
  }
}
