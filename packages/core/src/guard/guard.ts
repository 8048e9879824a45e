import { EventEmitter } from 'node:events';
import type { EpochMs, JailSettings, Milliseconds, Seconds, Settings, Voice } from '@f2b/config';
import { type Firewall, type FirewallOptions, openFirewall } from '@f2b/firewall';
import { openPool, type PoolOptions, type Regex, type ScanPool } from '@f2b/matcher';
import { Acts } from '../acts/acts.js';
import { Enforcer } from '../acts/enforcer.js';
import { Questions } from '../acts/questions.js';
import type { Edges } from '../edges/edges.js';
import { realEdges } from '../edges/real-edges.js';
import { reasonOf } from '../errors.js';
import type { Decision } from '../jails/decisions.js';
import type { GuardedJail } from '../jails/guarded-jail.js';
import { Dns } from '../jails/who/dns.js';
import { openMemoryStore, type Store } from '../keeping/store.js';
import { FollowedLogs } from '../scanning/followed-logs.js';
import type { GuardEvents } from '../telling/events.js';
import { type GuardHealth, measureLoopDelay } from '../telling/health.js';
import { Reporter } from '../telling/reporter.js';
import { failedStatus, type JailStatus } from '../telling/status.js';
import { firewallOptions } from './firewall-setup.js';
import { startJail } from './jail-starter.js';

export interface GuardOptions {
  readonly settings: Settings;
  readonly voice: Voice;
  /** A dry run: gets, line by line, what would be done to the firewall; nothing is done. */
  readonly dryRun?: { print(line: string): void } | undefined;
  /** The world outside, where it is not to be the real one. */
  readonly edges?: Partial<Edges>;
  /** What outlives the process; without one, nothing does. */
  readonly store?: Store;
  /** A pool that the caller closes; without one, the guard opens and closes its own. */
  readonly pool?: ScanPool;
  /** Whether the workers are got ready before there is work for them, and stay; default: true. */
  readonly warmWorkers?: boolean;
  readonly openFirewall?: (options: FirewallOptions) => Firewall;
  /** How often every log is looked at, whatever the watcher says. */
  readonly pollEvery?: Milliseconds;
}

const defaultPoll: Milliseconds = 2000;
/** The guard looks after its books, its patterns and the clock at least this often. */
const housekeepingEvery: Milliseconds = 10_000;
const refreshNamesEvery: Milliseconds = 300_000;
const checkFirewallEvery: Milliseconds = 60_000;

/**
 * The running guard: logs to the matcher, matches to the judges, decisions to store, log and firewall. It owns the timers
 * and all that connects the parts; the parts decide.
 */
export class Guard {
  readonly events = new EventEmitter<GuardEvents>();
  readonly #options: GuardOptions;
  readonly #edges: Edges;
  readonly #reporter: Reporter;
  readonly #store: Store;
  readonly #pool: ScanPool;
  readonly #dns: Dns;
  readonly #firewall: Firewall;
  readonly #enforcer: Enforcer;
  readonly #questions: Questions;
  readonly #acts: Acts;
  readonly #logs: FollowedLogs;
  readonly #loopDelay = measureLoopDelay();
  readonly #jails = new Map<string, GuardedJail>();
  readonly #failed = new Map<string, string>();
  /** Expressions compiled so far: jails share them. */
  readonly #known = new Map<string, Regex>();
  #stopTimer: () => void = () => {};
  #timerAt: EpochMs = Number.POSITIVE_INFINITY;
  #namesAt: EpochMs = Number.NEGATIVE_INFINITY;
  #checkedAt: EpochMs = Number.NEGATIVE_INFINITY;
  #stopping: Promise<void> | undefined;

  constructor(options: GuardOptions) {
    const { settings, dryRun } = options;
    this.#options = options;
    this.#edges = { ...realEdges((error) => this.#watchFailed(error)), ...options.edges };
    const { clock } = this.#edges;
    this.#reporter = new Reporter(options.voice, this.events, () => clock.now());
    this.#store = options.store ?? openMemoryStore();
    this.#pool = options.pool ?? openPool(poolOptions(options));
    this.#dns = new Dns((name) => this.#edges.resolve(name));
    const jailOf = (name: string) => this.#jails.get(name);
    const open = options.openFirewall ?? openFirewall;
    this.#firewall = open(firewallOptions(settings, this.#edges, this.#reporter, jailOf, dryRun));
    this.#enforcer = new Enforcer(this.#firewall, clock, {
      enforced: (jail, id) => void this.events.emit('enforced', { jail, id }),
      failed: ({ jail, action, id, kind, why }, retryIn) => {
        const next = retryIn === undefined ? 'It is not tried again' : `Next try in ${retryIn / 1000} s`;
        const what = `Order ${kind} ${id} failed at action '${action}': ${why ?? 'no reason given'}. ${next}`;
        this.#reporter.problem({ code: 'F2B_FIREWALL', jail, what, level: 'ERROR', logger: 'fail2ban.actions' });
      },
    });
    this.#questions = new Questions(this.#dns, this.#edges, ({ name: jail }, code, what) => {
      this.#reporter.problem({ code, jail, what, level: 'WARNING', subject: code });
    });
    this.#acts = new Acts({
      store: this.#store,
      reporter: this.#reporter,
      events: this.events,
      questions: this.#questions,
      enforcer: this.#enforcer,
      clock,
      banned: () => this.#schedule(),
    });
    this.#logs = new FollowedLogs({
      own: settings.own,
      edges: this.#edges,
      pool: this.#pool,
      reporter: this.#reporter,
      events: this.events,
      pollEvery: options.pollEvery ?? defaultPoll,
      resume: (path) => this.#store.position(path),
      judged: () => this.#schedule(),
      settled: (_settling, place) => {
        if (place?.kind === 'file') this.#store.positions([place]);
      },
    });
  }

  /** Starts the firewall and the jails. A jail that cannot start is told as a problem and has the state `failed`; never rejects for it. */
  async start(): Promise<void> {
    for (const settings of this.#options.settings.jails) this.#createJail(settings);
    // Orders wait behind the start of their action, so a slow actionstart holds up no log.
    const starting = this.#firewall.start();
    // Before the first line is judged, the names in ignoreip must have been asked for.
    await this.#refreshNames();
    for (const jail of this.#jails.values()) this.#runJail(jail);
    this.#checkedAt = this.#edges.clock.now();
    this.#schedule();
    await starting;
    // Not before everything runs: it must not make the start slower.
    if (this.#options.warmWorkers ?? true) void this.#logs.warmWorkers();
  }

  /** Names of all jails, running or not, in the order of the configuration. */
  jailNames(): readonly string[] {
    return this.#options.settings.jails.map((jail) => jail.name);
  }

  jailStatus(name: string): JailStatus | undefined {
    const why = this.#failed.get(name);
    return why === undefined ? this.#jails.get(name)?.status() : failedStatus(name, why);
  }

  /** Figures of the running guard, for whoever watches over it. */
  health(): GuardHealth {
    const { read, skipped, refused, undecodable } = this.#logs.counts;
    return {
      linesRead: read,
      linesSkipped: skipped,
      linesRefused: refused,
      linesUndecodable: undecodable,
      longestDelay: this.#loopDelay.longest,
      blocksRedone: this.#pool.redone,
    };
  }

  /** Reads and judges everything that is in the logs now, and waits until what follows from it has been done. */
  async settled(): Promise<void> {
    await this.#logs.settled();
    await this.#questions.idle();
    await this.#enforcer.idle();
  }

  /**
   * Bans by hand: no counting, no ignore rules.
   * @returns whether it is a new ban; undefined when there is no such jail
   */
  ban(jail: string, id: string, bantime?: Seconds): boolean | undefined {
    return this.#byHand(jail, (guarded, now) => guarded.judge.ban(id, now, bantime), 'ban');
  }

  /** @returns whether it was banned; undefined when there is no such jail */
  unban(jail: string, id: string): boolean | undefined {
    return this.#byHand(jail, (guarded) => guarded.judge.unban(id), 'unban');
  }

  /** Counts a failure by hand. @returns false when the ignore rules forbid it; undefined when there is no such jail */
  attempt(jail: string, id: string, matches: readonly string[]): boolean | undefined {
    const guarded = this.#jails.get(jail);
    if (guarded === undefined) return undefined;
    const { ignored, decisions } = guarded.judge.attempt(id, matches, this.#edges.clock.now());
    guarded.apply(decisions);
    return !ignored;
  }

  /** Stops: what has been read is judged, the bans are taken back from the firewall. Calling it again waits for the first time. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    await this.#logs.close();
    await this.#questions.idle();
    this.#stopTimer();
    this.#loopDelay.stop();
    this.#store.positions(this.#logs.places());
    this.#enforcer.stop();
    for (const jail of this.#jails.values()) {
      for (const decision of jail.judge.repeal()) if (decision.kind === 'unban') this.#reporter.say(decision.say);
    }
    // The firewall lifts all bans of a jail at once, which is quicker than one by one, and knows what of its queue is still worth doing.
    await this.#firewall.stop();
    await this.#enforcer.idle();
    for (const name of this.#jails.keys()) this.#sayOfJail(`Jail '${name}' stopped`);
    if (this.#options.pool === undefined) await this.#pool.close();
    await this.#store.close();
  }

  #byHand(
    name: string,
    judge: (jail: GuardedJail, now: EpochMs) => Decision[],
    kind: Decision['kind'],
  ): boolean | undefined {
    const jail = this.#jails.get(name);
    if (jail === undefined) return undefined;
    const decisions = judge(jail, this.#edges.clock.now());
    jail.apply(decisions);
    return decisions.some((decision) => decision.kind === kind);
  }

  #createJail(settings: JailSettings): void {
    const { name } = settings;
    this.#sayOfJail(`Creating new jail '${name}'`);
    try {
      const jail = startJail(settings, {
        edges: this.#edges,
        dns: this.#dns,
        store: this.#store,
        known: this.#known,
        carryOut: (guarded, decision, from) => this.#acts.carryOut(guarded, decision, from),
        problem: (code, what) => this.#reporter.problem({ code, jail: name, what, level: 'WARNING', subject: what }),
      });
      this.#jails.set(name, jail);
      this.#sayOfJail(`Jail '${name}' uses poller {}`);
      this.#sayOfJail("Initiated 'polling' backend");
    } catch (error) {
      this.#failJail(name, error);
    }
  }

  #failJail(jail: string, error: unknown): void {
    const why = reasonOf(error);
    this.#failed.set(jail, why);
    const what = `The jail is not started: ${why}`;
    this.#reporter.problem({ code: 'F2B_JAIL_SETTINGS', jail, what, level: 'ERROR', logger: 'fail2ban.jail' });
  }

  #runJail(jail: GuardedJail): void {
    const now = this.#edges.clock.now();
    for (const ban of this.#store.restore(jail.name)) jail.apply(jail.judge.restore(ban, now));
    try {
      this.#logs.add(jail);
    } catch (error) {
      this.#failJail(jail.name, error);
      return;
    }
    this.#sayOfJail(`Jail '${jail.name}' started`);
  }

  /** One timer, for the earliest end of a ban or the next housekeeping. */
  #schedule(): void {
    if (this.#stopping !== undefined) return;
    const { clock } = this.#edges;
    const now = clock.now();
    let at = now + housekeepingEvery;
    for (const { judge } of this.#jails.values()) {
      // A ban ends when the present is behind its end, not at it.
      at = Math.min(at, Math.floor(judge.nextEnd() ?? Number.POSITIVE_INFINITY) + 1);
    }
    if (at >= this.#timerAt && this.#timerAt > now) return;
    this.#stopTimer();
    this.#timerAt = at;
    this.#stopTimer = clock.after(Math.max(0, at - now), () => {
      this.#timerAt = Number.POSITIVE_INFINITY;
      this.#tick();
    });
  }

  #tick(): void {
    const now = this.#edges.clock.now();
    for (const jail of this.#jails.values()) {
      jail.apply(jail.judge.unbans(now));
      jail.judge.sweep(now);
      if (!this.#failed.has(jail.name)) this.#logs.addNew(jail);
    }
    this.#store.positions(this.#logs.places());
    if (Math.abs(now - this.#namesAt) >= refreshNamesEvery) void this.#refreshNames();
    if (Math.abs(now - this.#checkedAt) >= checkFirewallEvery) {
      this.#checkedAt = now;
      this.#enforcer.check();
    }
    this.#schedule();
  }

  async #refreshNames(): Promise<void> {
    const now = this.#edges.clock.now();
    this.#namesAt = now;
    await Promise.all([...this.#jails.values()].map((jail) => jail.judge.ignore.refreshNames(now)));
  }

  #watchFailed(error: Error): void {
    const what = `The file watcher complains: ${error.message}. Logs are looked at every few seconds instead`;
    this.#reporter.problem({ code: 'F2B_LOG_WATCH', what, level: 'WARNING', subject: 'watcher' });
  }

  #sayOfJail(message: string): void {
    this.#reporter.say({ logger: 'fail2ban.jail', level: 'INFO', message });
  }
}

/** Opens the scan pool and the firewall, and starts all jails. */
export async function startGuard(options: GuardOptions): Promise<Guard> {
  const guard = new Guard(options);
  await guard.start();
  return guard;
}

function poolOptions({ settings, warmWorkers = true }: GuardOptions): PoolOptions {
  const { workers, maxLineBytes } = settings.own;
  const idle = warmWorkers ? { idle: Number.POSITIVE_INFINITY } : {};
  return { maxLineBytes, ...idle, ...(workers === undefined ? {} : { workers }) };
}
