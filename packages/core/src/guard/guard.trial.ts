import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type JailSettings, readSettings } from '@f2b/config';
import { openPool, type ScanPool } from '@f2b/matcher';
import { afterAll, afterEach, beforeAll, beforeEach, vi } from 'vitest';
import { realEdges } from '../edges/real-edges.js';
import { formatLocalTime } from '../jails/when/duration.js';
import { Guard, type GuardOptions } from './guard.js';

export interface GuardTrial {
  directory: string;
  /** Lines of the guard's log: logger, level, message. */
  logged: string[];
  /** Lines of the firewall's dry run. */
  printed: string[];
  readonly guard: Guard;
  file(name: string, text: string): void;
  logPath(name?: string): string;
  now(): number;
  /** Sets the guard's clock on (or back); what was to happen meanwhile happens at once. */
  moveClock(by: number): void;
  after(delay: number, then: () => void): () => void;
  /** A line that the filter `door` takes for a failure. */
  knock(address: string, at?: number): string;
  append(text: string, name?: string): void;
  /** The section of the usual jail. */
  door(more?: string): string;
  /** The settings of one of these jails; `start` need not have been called with them. */
  settingsOf(jails: string, name?: string): JailSettings;
  start(jails: string, options?: Partial<GuardOptions>): Promise<Guard>;
  stop(): Promise<void>;
  /** The first line of the log that looks like this, as soon as there is one. */
  says(pattern: RegExp): Promise<string>;
  banned(jail?: string): readonly string[] | undefined;
}

/** A configuration tree, its logs and a guard with a dry run of the firewall, made anew for each test of the file that calls it. */
export function guardTrial(): GuardTrial {
  let pool: ScanPool;
  let guard: Guard | undefined;
  /** How far the guard's clock is ahead of the real one, in milliseconds. */
  let ahead = 0;
  let waiting: { readonly due: number; readonly fire: () => void }[] = [];
  const trial: GuardTrial = {
    directory: '',
    logged: [],
    printed: [],
    get guard(): Guard {
      if (guard === undefined) throw new Error('no guard has been started');
      return guard;
    },
    file: (name: string, text: string) => writeFileSync(join(trial.directory, name), text),
    logPath: (name = 'door.log') => join(trial.directory, 'logs', name),
    now: () => Date.now() + ahead,
    moveClock(by: number) {
      ahead += by;
      for (const { fire } of waiting.filter(({ due }) => due <= trial.now())) fire();
    },
    after(delay: number, then: () => void): () => void {
      const stop = () => {
        waiting = waiting.filter((one) => one !== entry);
        callOff();
      };
      const fire = () => {
        stop();
        then();
      };
      const entry = { due: trial.now() + delay, fire };
      const callOff = realEdges(() => {}).clock.after(delay, fire);
      waiting.push(entry);
      return stop;
    },
    knock: (address: string, at = trial.now()) => `${formatLocalTime(at)} gate door[77]: knock from ${address}\n`,
    append: (text: string, name?: string) => appendFileSync(trial.logPath(name), text),
    door: (more = '') => `[door]
enabled = true
filter = door
logpath = ${trial.logPath()}
maxretry = 3
findtime = 10m
bantime = 10m
action = offendingips
${more}`,
    settingsOf(jails: string, name = 'door'): JailSettings {
      trial.file('jail.conf', jails);
      const found = readSettings({ directory: trial.directory, allowMissingLogs: true }).jails.find(
        (jail) => jail.name === name,
      );
      if (found === undefined) throw new Error(`no jail ${name}`);
      return found;
    },
    async start(jails: string, options: Partial<GuardOptions> = {}): Promise<Guard> {
      trial.file('jail.conf', jails);
      const real = realEdges(() => {});
      guard = new Guard({
        settings: readSettings({ directory: trial.directory, allowMissingLogs: true }),
        pool,
        voice: { say: ({ logger, level, message }) => void trial.logged.push(`${logger} ${level} ${message}`) },
        dryRun: { print: (line) => void trial.printed.push(line) },
        pollEvery: 50,
        ...options,
        edges: {
          clock: { ...real.clock, now: trial.now, after: trial.after },
          ownAddresses: () => ['192.0.2.254'],
          ...options.edges,
        },
      });
      await guard.start();
      return guard;
    },
    async stop(): Promise<void> {
      await guard?.stop();
      guard = undefined;
    },
    says: (pattern: RegExp): Promise<string> =>
      vi.waitFor(
        () => {
          const line = trial.logged.find((one) => pattern.test(one));
          if (line === undefined) throw new Error(`nothing like ${pattern} in\n${trial.logged.join('\n')}`);
          return line;
        },
        { timeout: 10_000, interval: 10 },
      ),
    banned: (jail = 'door') => guard?.jailStatus(jail)?.banned,
  };

  beforeAll(() => {
    pool = openPool({ workers: 1 });
  });
  afterAll(() => pool.close());
  beforeEach(() => {
    trial.directory = mkdtempSync(join(tmpdir(), 'f2b-guard-'));
    for (const name of ['filter.d', 'action.d', 'logs']) mkdirSync(join(trial.directory, name));
    trial.file('fail2ban.conf', '[Definition]\nloglevel = INFO\nallowipv6 = yes\n');
    trial.file('filter.d/door.conf', '[Definition]\nfailregex = ^ \\S+ door\\[\\d+\\]: knock from <HOST>$\n');
    trial.logged = [];
    trial.printed = [];
    ahead = 0;
    waiting = [];
  });
  afterEach(async () => {
    await trial.stop();
    rmSync(trial.directory, { recursive: true, force: true });
  });
  return trial;
}
