import { EventEmitter } from 'node:events';
import type { EpochMs, JailSettings, Milliseconds, Settings, Voice } from '@f2b/config';
import { type Firewall, type FirewallOptions, openFirewall } from '@f2b/firewall';
import { openPool, type ScanPool } from '@f2b/matcher';
import { Acts } from '../acts/acts.js';
import { Enforcer } from '../acts/enforcer.js';
import { Questions } from '../acts/questions.js';
import type { Edges } from '../edges/edges.js';
import { realEdges } from '../edges/real-edges.js';
import { Room } from '../jails/book/room.js';
import type { JailStatus } from '../jails/status.js';
import { Allowed } from '../jails/who/allowed.js';
import { Dns } from '../jails/who/dns.js';
import { Keeper } from '../keeping/keeper.js';
import { openMemoryStore } from '../keeping/memory.js';
import type { Store } from '../keeping/store.js';
import { Followed } from '../scanning/followed.js';
import type { Place } from '../sources/source.js';
import type { GuardEvents } from '../telling/events.js';
import type { Figures } from '../telling/figures.js';
import type { GuardHealth } from '../telling/health.js';
import { LoopDelay } from '../telling/loop-delay.js';
import { Reporter } from '../telling/reporter.js';
import { type AllowanceKeeper, Allowing } from './allowing.js';
import { ByHand } from './by-hand.js';
import { Chores } from './chores.js';
import { enforcerWatch } from './enforcer-watch.js';
import { firewallOptions } from './firewall-setup.js';
import { JailMaker } from './jail-maker.js';
import { JailSet } from './jail-set.js';
import { Observer, type Story } from './observer.js';
import { poolOptions } from './pool-setup.js';
import type { ReloadPlan, Wanted } from './reload-plan.js';
import { RoomWatch } from './room-watch.js';
import { storeWatch } from './store-watch.js';

export interface GuardOptions {
  readonly settings: Settings;
  readonly voice: Voice;
  /** A dry run: gets, line by line, what would be done to the firewall; nothing is done. */
  readonly dryRun?: { print(line: string): void } | undefined;
  /** The world outside, where it is not to be the real one. */
  readonly edges?: Partial<Edges>;
  /** What outlives the process; without one, nothing does. */
  readonly store?: Store;
  /** Keeps who is allowed by hand; without one, that ends with the process. */
  readonly allowances?: AllowanceKeeper;
  /** A pool that the caller closes; without one, the guard opens and closes its own. */
  readonly pool?: ScanPool;
  /** Whether the workers are got ready before there is work for them, and stay; default: true. */
  readonly warmWorkers?: boolean;
  readonly openFirewall?: (options: FirewallOptions) => Firewall;
  /** How often every log is looked at, whatever the watcher says. */
  readonly pollEvery?: Milliseconds;
  /** The program that reads the journal, where it is not to be the `journalctl` of the path. */
  readonly journalctl?: string;
}

const defaultPoll: Milliseconds = 2000;

/**
 * The running guard: logs to the matcher, matches to the judges, decisions to store, log and firewall. Here it is put together,
 * started and stopped; its jails are `jail-set.ts`, what falls due with time is `chores.ts`.
 */
export class Guard {
  /** Each that watches listens: how many may is bounded where they come in. */
  readonly events = new EventEmitter<GuardEvents>().setMaxListeners(0);
  readonly byHand: ByHand;
  readonly allowing: Allowing;
  readonly #edges: Edges;
  readonly #reporter: Reporter;
  readonly #store: Store;
  readonly #keeper: Keeper;
  readonly #room = new Room();
  readonly #roomWatch: RoomWatch;
  readonly #pool: ScanPool;
  readonly #ownsPool: boolean;
  readonly #firewall: Firewall;
  readonly #enforcer: Enforcer;
  readonly #questions: Questions;
  readonly #logs: Followed;
  readonly #loopDelay: LoopDelay;
  readonly #jails: JailSet;
  readonly #chores: Chores;
  readonly #observer: Observer;
  readonly #allowed: Allowed;
  readonly #first: readonly JailSettings[];
  readonly #warmWorkers: boolean;
  #started = false;
  #stopping: Promise<void> | undefined;

  constructor(options: GuardOptions) {
    const { settings, dryRun } = options;
    this.#edges = { ...realEdges((error) => this.#watchFailed(error)), ...options.edges };
    const edges = this.#edges;
    const { clock } = edges;
    this.#first = settings.jails;
    this.#warmWorkers = options.warmWorkers ?? true;
    this.#loopDelay = new LoopDelay(clock);
    this.#reporter = new Reporter(options.voice, this.events, () => clock.now());
    this.#roomWatch = new RoomWatch(this.#room, edges.memory, clock, (what) =>
      this.#reporter.problem({ code: 'F2B_MEMORY', what, level: 'WARNING' }),
    );
    // Nobody would read the failures of a store that ends with the process.
    this.#store = options.store ?? openMemoryStore({ maxFailures: 0 });
    this.#keeper = new Keeper(this.#store, clock, storeWatch(this.#reporter));
    this.#ownsPool = options.pool === undefined;
    this.#pool = options.pool ?? openPool(poolOptions(options, this.#reporter));
    const dns = new Dns((name) => edges.resolve(name));
    const open = options.openFirewall ?? openFirewall;
    this.#firewall = open(firewallOptions(settings, edges, this.#reporter, (name) => this.#jails.get(name), dryRun));
    this.#enforcer = new Enforcer(this.#firewall, clock, enforcerWatch(this.#reporter, this.events));
    this.#questions = new Questions(dns, edges, ({ name: jail }, code, what) => {
      this.#reporter.problem({ code, jail, what, level: 'WARNING', subject: code });
    });
    const acts = new Acts({
      keeper: this.#keeper,
      reporter: this.#reporter,
      events: this.events,
      questions: this.#questions,
      enforcer: this.#enforcer,
      clock,
      banned: () => this.#chores.schedule(),
    });
    this.#logs = new Followed({
      own: settings.own,
      edges,
      pool: this.#pool,
      reporter: this.#reporter,
      events: this.events,
      pollEvery: options.pollEvery ?? defaultPoll,
      place: (jail, log) => this.#store.place(jail, log),
      journalctl: options.journalctl,
      judged: () => {
        this.#loopDelay.work();
        this.#roomWatch.check();
        this.#chores.schedule();
      },
      settled: (_settling, place) => {
        if (place !== undefined) this.#keepPlaces([place]);
      },
    });
    this.#allowed = new Allowed(
      options.allowances?.load() ?? [],
      { ownAddresses: () => [], lists: edges.lists, dns, problem: (code, what) => this.#warn(code, what) },
      clock.now(),
    );
    const maker = new JailMaker({
      edges,
      dns,
      allowed: this.#allowed,
      store: this.#store,
      room: this.#room,
      carryOut: (jail, decision, from) => acts.carryOut(jail, decision, from),
      problem: (jail, code, what) => this.#reporter.problem({ code, jail, what, level: 'WARNING', subject: what }),
    });
    const parts = {
      maker,
      logs: this.#logs,
      firewall: this.#firewall,
      enforcer: this.#enforcer,
      store: this.#store,
      reporter: this.#reporter,
      events: this.events,
      clock,
      flush: () => this.#keeper.flushNow(),
      ending: () => this.#stopping !== undefined,
    };
    this.#jails = new JailSet(
      parts,
      options.settings.jails.map(({ name }) => name),
    );
    this.allowing = new Allowing(this.#allowed, this.#jails, clock, options.allowances);
    this.#observer = new Observer({ jails: this.#jails, logs: this.#logs, edges, events: this.events });
    this.byHand = new ByHand(this.#jails, clock, () => this.#keepPlaces(this.#logs.places()));
    // Not in the middle of a step: what is read is told to the keeper again.
    this.#store.onceReadable(() => void clock.after(0, () => this.#jails.restoreLate()));
    this.#chores = new Chores(clock, {
      nextEnd: () => this.#nextEnd(),
      housekeeping: (now) => this.#housekeeping(now),
      refreshNames: (now) => {
        void this.#allowed.refreshNames(now);
        this.#jails.refreshNames(now);
      },
      checkFirewall: () => this.#enforcer.check(),
    });
  }

  /**
   * Starts the firewall and the jails. A jail that cannot start is told as a problem and has the state `failed`; never rejects for it.
   */
  async start(): Promise<void> {
    // Only jails that live reach the firewall: each brings its actions along.
    const starting = this.#firewall.start();
    const added = this.#jails.add(this.#first);
    this.#chores.schedule();
    await Promise.all([starting, added]);
    this.#started = true;
    // Not before everything runs: it must not make the start slower.
    if (this.#warmWorkers) void this.#logs.warmWorkers();
  }

  /** Whether all jails of the configuration have been started, or have failed to. */
  get started(): boolean {
    return this.#started;
  }

  /** Names of all jails, running or not, in the order in which they came. */
  jailNames(): readonly string[] {
    return this.#jails.names;
  }

  /** Undefined: there is no such jail. */
  jailStatus(name: string): JailStatus | undefined {
    return this.#jails.status(name);
  }

  /** What a running jail goes by at the moment; undefined: no such jail runs. */
  jailSettings(name: string): JailSettings | undefined {
    return this.#jails.get(name)?.settings;
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

  /** Why what is to outlive the process cannot be written at the moment; undefined while it can. */
  get storeTrouble(): string | undefined {
    return this.#store.trouble;
  }

  /** What had to be given up for want of memory, and how much; undefined: nothing. */
  get memoryShortage(): string | undefined {
    return this.#roomWatch.shortage;
  }

  /** All that can be said in figures, at this moment. */
  figures(): Figures {
    const { orders, programs } = this.#firewall.load();
    return {
      health: this.health(),
      queues: {
        enforcement: this.#enforcer.open,
        questions: this.#questions.open,
        store: this.#keeper.waiting,
        orders,
        programs: programs.waiting,
      },
      storeTrouble: this.storeTrouble,
      jails: this.#observer.jails(),
      sources: this.#observer.sources(),
      newest: this.#observer.tally.newest,
      lineToBan: this.#observer.tally.lineToBan,
      problems: this.#observer.tally.problems,
      unmet: this.#enforcer.unmet(),
    };
  }

  /** All that is known of one identifier: what befell it, how it stands with each jail, and what its next failure would do. */
  story(id: string): Story {
    return this.#observer.story(id);
  }

  /** Reads and judges everything that is in the logs now, and waits until what follows from it has been done. */
  async settled(): Promise<void> {
    await this.#logs.settled();
    await this.#questions.idle();
    await this.#keeper.settled();
    await this.#enforcer.idle();
  }

  /**
   * Adds a jail to the running guard. One that cannot start is told as a problem and has the state `failed`; it never rejects for that.
   * @returns when its actions have been started
   */
  async addJail(settings: JailSettings): Promise<void> {
    await this.#jails.add([settings]);
    this.#chores.schedule();
  }

  /**
   * Changes a running jail, whose failures, bans and places stay; one that does not run is added.
   * @throws what is wrong with the new settings; the jail goes on by its old ones
   */
  changeJail(settings: JailSettings): Promise<void> {
    return this.#jails.change(settings);
  }

  /**
   * What it would come to if these were the jails from now on: expressions compiled, parameters of actions looked at. Changes nothing.
   */
  planReload(wanted: Wanted): Promise<ReloadPlan> {
    return this.#jails.plan(wanted);
  }

  /** Carries a plan out, save what is broken in it. Jails that are not in it go on untouched. */
  async reload(plan: ReloadPlan): Promise<void> {
    if (this.#stopping !== undefined) return;
    await this.#jails.reload(plan);
    this.#chores.schedule();
    const otherScans = plan.added.length > 0 || plan.changed.some(({ parts }) => parts.includes('filter'));
    if (otherScans && this.#warmWorkers && this.#stopping === undefined) void this.#logs.warmWorkers();
  }

  /** Stops a jail and takes its bans back from the firewall. */
  removeJail(name: string): Promise<void> {
    return this.#jails.remove(name);
  }

  /**
   * Stops: what has been read is judged, the bans are taken back from the firewall. Calling it again waits for the first time.
   * @param how `leave`: built-in actions keep their bans in the kernel, for the next guard to find
   */
  stop({ leave = false }: { readonly leave?: boolean } = {}): Promise<void> {
    this.#stopping ??= this.#stop(leave);
    return this.#stopping;
  }

  async #stop(leave: boolean): Promise<void> {
    await this.#logs.close();
    this.#sayUnanswered(await this.#questions.end());
    this.#chores.stop();
    this.#loopDelay.stop();
    this.#keepPlaces(this.#logs.places());
    this.#keeper.close();
    this.#enforcer.stop();
    if (!leave) this.#jails.repealAll();
    // The firewall lifts all bans of a jail at once, which is quicker than one by one, and knows what of its queue is still worth doing.
    await this.#firewall.stop({ keep: leave });
    await this.#enforcer.idle();
    this.#jails.sayStopped();
    if (this.#ownsPool) await this.#pool.close();
    await this.#store.close();
  }

  #sayUnanswered(open: number): void {
    if (open === 0) return;
    const what = `${open} look-ups of names or ignorecommands are unanswered: their lines are read again at the next start`;
    this.#reporter.problem({ code: 'F2B_DNS', what, level: 'WARNING' });
  }

  #nextEnd(): EpochMs | undefined {
    let next: EpochMs | undefined;
    for (const { judge } of this.#jails.running()) {
      const end = judge.nextEnd();
      if (end !== undefined && end < (next ?? Number.POSITIVE_INFINITY)) next = end;
    }
    return next;
  }

  #housekeeping(now: EpochMs): void {
    this.#roomWatch.check();
    for (const jail of this.#jails.running()) {
      jail.apply(jail.judge.unbans(now));
      jail.judge.sweep(now);
      this.#logs.addNew(jail);
    }
    this.#keepPlaces(this.#logs.places());
  }

  #keepPlaces(places: readonly Place[]): void {
    for (const { name, logs } of this.#jails.running()) {
      this.#keeper.places(places.filter(({ log }) => logs.has(log)).map((place) => ({ jail: name, place })));
    }
  }

  #watchFailed(error: Error): void {
    const what = `The file watcher complains: ${error.message}. Logs are looked at every few seconds instead`;
    this.#reporter.problem({ code: 'F2B_LOG_WATCH', what, level: 'WARNING', subject: 'watcher' });
  }

  #warn(code: 'F2B_IGNORE_FILE' | 'F2B_DNS', what: string): void {
    this.#reporter.problem({ code, what, level: 'WARNING', subject: what });
  }
}

/** Opens the scan pool and the firewall, and starts all jails. */
export async function startGuard(options: GuardOptions): Promise<Guard> {
  const guard = new Guard(options);
  await guard.start();
  return guard;
}
