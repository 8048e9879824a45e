import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { median, writeGeneratedLog } from 'f2b';
import { measureInProcess } from './child.js';
import type { LiveCost } from './live-process.js';
import { seed } from './logs/kinds.js';
import type { OfflineOptions } from './offline.js';
import type { StreamCost } from './stream-process.js';

export interface LiveResult {
  readonly lines: number;
  /** Of the rounds: median, and the slowest. */
  readonly seconds: number;
  readonly slowest: number;
  /** Milliseconds, the longest of all rounds. */
  readonly longestBlock: number;
  readonly found: number;
  readonly bans: number;
  /** Lines that come at a steady rate. */
  readonly stream: StreamCost;
}

const burst = 100_000;
const hitRate = 0.05;
/** Lines a second, and for how long. */
const stream = { rate: 50_000, seconds: 20, quickly: 2 };

/**
 * Appends many lines at once to a log that a guard follows, with the sshd filter and bans in dry run.
 * @param configuration whose filters are used
 */
export function measureLive(configuration: string, options: OfflineOptions): LiveResult {
  const costs: LiveCost[] = [];
  for (let round = 1; round <= options.rounds; round++) {
    options.say(`live: round ${round}`);
    costs.push(oneBurst(configuration, options));
  }
  const seconds = costs.map((cost) => cost.seconds);
  return {
    lines: costs[0]!.lines,
    seconds: median(seconds),
    slowest: Math.max(...seconds),
    longestBlock: Math.max(...costs.map((cost) => cost.longestBlock)),
    found: costs[0]!.found,
    bans: costs[0]!.bans,
    stream: measureStream(configuration, options),
  };
}

function measureStream(configuration: string, options: OfflineOptions): StreamCost {
  const { rate } = stream;
  // A quick run shows that it works.
  const seconds = options.lines >= rate * stream.seconds ? stream.seconds : stream.quickly;
  options.say(`live: ${rate} lines a second for ${seconds} s`);
  return onFollowedLog(configuration, options, rate * seconds, (directory, log) =>
    measureInProcess<StreamCost>('stream-process.js', [directory, log, String(rate), String(seconds)]),
  );
}

function oneBurst(configuration: string, options: OfflineOptions): LiveCost {
  return onFollowedLog(configuration, options, burst, (directory, log) =>
    measureInProcess<LiveCost>('live-process.js', [directory, log, String(burst)]),
  );
}

/** Makes a configuration, a log that a guard may follow, and `appended` beside it: as many lines as are to be appended. */
function onFollowedLog<Cost>(
  configuration: string,
  options: OfflineOptions,
  lines: number,
  measure: (directory: string, log: string) => Cost,
): Cost {
  const directory = join(options.directory, 'live');
  mkdirSync(directory, { mode: 0o700 });
  try {
    const log = join(directory, 'auth.log');
    writeTree(directory, configuration, log);
    const until = Date.now();
    writeGeneratedLog(log, { kind: 'sshd', hitRate, lines: 20_000, seed, until });
    writeGeneratedLog(join(directory, 'appended'), { kind: 'sshd', hitRate, lines, seed: seed + 1, until });
    return measure(directory, log);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** A configuration with one jail on `log`; its filters are those of `configuration`. */
export function writeTree(directory: string, configuration: string, log: string): void {
  cpSync(join(configuration, 'filter.d'), join(directory, 'filter.d'), { recursive: true });
  writeFileSync(
    join(directory, 'fail2ban.conf'),
    `[Definition]\nloglevel = NOTICE\nlogtarget = STDERR\nsyslogsocket = auto\nsocket = ${directory}/f2b.sock\npidfile = ${directory}/f2b.pid\ndbfile = None\ndbpurgeage = 1d\nallowipv6 = auto\n`,
  );
  writeFileSync(
    join(directory, 'jail.conf'),
    `[DEFAULT]\nfindtime = 1d\nbantime = 1h\nmaxretry = 5\nusedns = no\naction = offendingips\n[sshd]\nfilter = sshd\nenabled = true\nbackend = auto\nlogpath = ${log}\n`,
  );
}
