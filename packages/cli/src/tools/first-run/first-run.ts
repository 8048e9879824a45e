import { resolve } from 'node:path';
import { readSettings } from '@f2b/config';
import type { Guard } from '@f2b/core';
import type { Flags } from '../../commandline/flags.js';
import { startDaemon } from '../../daemon/daemon.js';
import { type ConfigurationDirectory, configurationDirectory } from '../../places/configuration-directory.js';
import { f2bVersion } from '../../places/version.js';
import { findHostLogs } from './host-logs.js';
import { replay } from './replay.js';
import { readSample } from './sample.js';
import { type FirstRunPlace, makeFirstRunPlace, useHostLogs, useSampleLogs } from './tree.js';

/** Why the trial reads what it reads: a copy, with settings of the trial beside it. */
const copied = 'built-in default, copied for this run';

/**
 * `f2b start --trial`, the newcomer's run behind `npm start`: in the foreground, on the built-in configuration, with this
 * host's own SSH and Asterisk logs, or, where there are none, with a replayed sample of an attacked gateway. The
 * firewall is left alone unless root says `--enforce`.
 */
export async function runFirstRun(flags: Flags): Promise<number> {
  const place = makeFirstRunPlace();
  try {
    const enforce = flags.enforce === true;
    const directory: ConfigurationDirectory =
      flags.conf === undefined ? { path: place.configuration, why: copied } : configurationDirectory(flags.conf);
    const sampled = flags.conf === undefined && chooseLogs(place, flags.sample === true) === 'sample';
    const settings = readSettings({ directory: directory.path });
    say(describeEnforcement(enforce, process.geteuid?.() === 0));
    const socket = resolve(flags.socket ?? place.socket);
    say(`Ask it from another terminal: npx f2b -s ${socket} status sshd. Ctrl-C stops it.`);

    const daemon = await startDaemon({
      version: f2bVersion(),
      directory,
      settings,
      socket,
      pidfile: resolve(flags.pidfile ?? place.pidfile),
      loglevel: flags.loglevel ?? 'INFO',
      loglevelAsked: true,
      logtarget: flags.logtarget ?? 'STDOUT',
      syslogsocket: flags.syslogsocket ?? 'auto',
      // A trial remembers nothing: its bans end with it.
      dbfile: 'None',
      enforce,
      enforceAsked: true,
      report: undefined,
    });
    // What was started for a look ends with its terminal.
    daemon.signals.handle('SIGHUP', 'stop');
    const tell = (text: string) => daemon.say('f2b.trial', 'NOTICE', text);
    const counts = watchBans(daemon.guard, tell);
    if (!sampled) return await daemon.untilStopped();
    const endReplay = replay(readSample(), place.logs, () => {
      tell(
        `The sample is over: ${counts.found} failures found, ${counts.banned} bans. Bans last 20 seconds here; f2b goes on, Ctrl-C stops it.`,
      );
    });
    return await daemon.untilStopped(endReplay);
  } finally {
    place.remove();
  }
}

/** The host's own logs where it has some, else (or when asked for) the sample; says which, and why. */
function chooseLogs(place: FirstRunPlace, wantSample: boolean): 'host' | 'sample' {
  const { guarded, idle, unreadable } = findHostLogs(
    readSettings({ directory: place.configuration, allowMissingLogs: true }),
  );
  if (guarded.length > 0 && !wantSample) {
    for (const { jail, files } of guarded) say(`Found this host's own log for ${jail}: ${files.join(' ')}`);
    if (idle.length > 0) say(`No log here for ${idle.join(', ')}: left off.`);
    useHostLogs(place, idle);
    return 'host';
  }
  const sample = 'the bundled sample of an attacked gateway';
  if (wantSample) say(`Replaying ${sample}, as asked for.`);
  else if (unreadable.length > 0) {
    say(`This user may not read ${unreadable.join(' ')} (try as root): replaying ${sample} instead.`);
  } else say(`This host has no sshd or asterisk log: replaying ${sample} instead.`);
  useSampleLogs(place);
  return 'sample';
}

function describeEnforcement(enforce: boolean, isRoot: boolean): string {
  if (!enforce) {
    return 'Dry run: the firewall is not touched, every change is printed. As root, npm start -- --enforce makes it real.';
  }
  return isRoot ? 'Enforcing: bans go to the firewall.' : 'Enforcing, but not as root: the firewall will refuse.';
}

function say(text: string): void {
  process.stdout.write(`[f2b] ${text}\n`);
}

/** Counts what is found and banned, and says how soon the first ban came. */
function watchBans(guard: Guard, tell: (text: string) => void): { readonly found: number; readonly banned: number } {
  const counts = { found: 0, banned: 0 };
  guard.events.on('found', () => {
    counts.found += 1;
  });
  guard.events.on('ban', () => {
    counts.banned += 1;
  });
  guard.events.once('enforced', ({ id }) => {
    tell(`First ban, ${id}: ${(performance.now() / 1000).toFixed(1)} s after the daemon's start.`);
  });
  return counts;
}
