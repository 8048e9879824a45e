import { accessSync, constants } from 'node:fs';
import { resolve } from 'node:path';
import { readSettings, type Settings } from '@f2b/config';
import type { Guard } from '@f2b/core';
import type { Flags } from '../commandline/flags.js';
import { runDaemon } from '../daemon/run.js';
import { type ConfigurationDirectory, configurationDirectory } from '../places/configuration-directory.js';
import { f2bVersion } from '../version.js';
import { replay } from './replay.js';
import { readSample } from './sample.js';
import { makeTrialPlace, useSampleLogs } from './tree.js';

/** Why the trial reads what it reads: a copy, with settings of the trial beside it. */
const copied = 'built-in default, copied for this run';

/**
 * `f2b start --trial`, the newcomer's run behind `npm start`: in the foreground, on the built-in configuration, with this
 * host's own SSH and Asterisk logs, or, where there are none, with a replayed sample of an attacked gateway. The
 * firewall is left alone unless root says `--enforce`.
 */
export async function runTrial(flags: Flags): Promise<number> {
  const place = makeTrialPlace();
  try {
    const isRoot = process.geteuid?.() === 0;
    const enforce = flags.enforce === true;
    let directory: ConfigurationDirectory =
      flags.conf === undefined ? { path: place.configuration, why: copied } : configurationDirectory(flags.conf);
    let settings = readSettings({ directory: directory.path });
    const own = flags.sample ? [] : readableLogs(settings);
    const sampled = flags.conf === undefined && own.length === 0;
    if (sampled) {
      const unreadable = flags.sample ? [] : namedLogs(settings);
      say(
        flags.sample
          ? 'Replaying the bundled sample of an attacked gateway, as asked for.'
          : unreadable.length > 0
            ? `This user may not read ${unreadable.join(' ')} (try as root): replaying the bundled sample of an attacked gateway instead.`
            : 'This host has no sshd or asterisk log: replaying the bundled sample of an attacked gateway instead.',
      );
      useSampleLogs(place);
      directory = { path: place.configuration, why: copied };
      settings = readSettings({ directory: directory.path });
    } else {
      say(`Guarding with this host's own logs: ${own.join(' ') || 'those of the configuration'}`);
    }
    if (enforce)
      say(isRoot ? 'Enforcing: bans go to the firewall.' : 'Enforcing needs root: the firewall will refuse.');
    else
      say(
        'Dry run: the firewall is not touched, every change is printed. As root, npm start -- --enforce makes it real.',
      );
    const socket = resolve(flags.socket ?? place.socket);
    say(`Ask it from another terminal: npx f2b -s ${socket} status sshd. Ctrl-C stops it.`);

    return await runDaemon({
      version: f2bVersion(),
      directory,
      settings,
      socket,
      pidfile: resolve(flags.pidfile ?? place.pidfile),
      loglevel: flags.loglevel ?? 'INFO',
      logtarget: flags.logtarget ?? 'STDOUT',
      syslogsocket: flags.syslogsocket ?? 'auto',
      enforce,
      report: undefined,
      onGuard: (guard, log) => {
        const tell = (text: string) => log.log('f2b.trial', 'NOTICE', text);
        const counts = watchBans(guard, tell);
        if (!sampled) return () => {};
        return replay(readSample(), place.logs, () => {
          tell(
            `The sample is over: ${counts.found} failures found, ${counts.banned} bans. Bans last 20 seconds here; f2b goes on, Ctrl-C stops it.`,
          );
        });
      },
    });
  } finally {
    place.remove();
  }
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

function namedLogs(settings: Settings): string[] {
  return [...new Set(settings.jails.flatMap((jail) => jail.logpaths.flatMap((path) => path.files)))];
}

function readableLogs(settings: Settings): string[] {
  return namedLogs(settings).filter((file) => {
    try {
      accessSync(file, constants.R_OK);
      return true;
    } catch {
      return false;
    }
  });
}
