import type { ActionSettings, EpochMs, Milliseconds, Voice } from '@f2b/config';
import { builtinOf, conflictsOfBuiltins } from '../backends/builtin.js';
import { errors, type FirewallError, firewallError } from '../errors.js';
import { type Order, type Outcome, outcomeOf } from '../orders.js';
import { capacityFor, openFilesLimit } from '../process/capacity.js';
import { type Exec, openExec } from '../process/exec.js';
import { Gate } from '../process/gate.js';
import { ScriptAction } from '../scripts/action.js';
import { systemReverse } from '../scripts/reverse.js';
import { openCommandRunner, simulateCommandRunner } from '../scripts/runner.js';
import { type JailCounts, noCounts, type Remembered, type ReverseResolver, type TagSources } from '../scripts/tags.js';
import { quoted, type Speaker, speakerOf } from '../voice.js';
import type { ActionLane, Ending } from './action-lane.js';
import { arrange, type Seat } from './arrangement.js';
import { BackendLane } from './backend-lane.js';
import { ScriptLane } from './script-lane.js';

/** A jail as the firewall sees it: a name, and what is done on its bans. */
export interface FirewallJail {
  readonly name: string;
  readonly actions: readonly ActionSettings[];
}

/** What of a start, a flush or a stop failed. */
export interface Problem {
  readonly jail: string;
  readonly action: string;
  readonly error: FirewallError;
}

/** What came of giving jails other actions. */
export interface Rearranged {
  /** By jail, the names of the actions that are new: they know of no ban yet. */
  readonly fresh: ReadonlyMap<string, readonly string[]>;
  /** Resolves when old actions have stopped and new ones have started; answers (and logs) what of it failed. Never rejects. */
  readonly done: Promise<readonly Problem[]>;
}

/** What a check found missing or wrong at an action, and what became of it. */
export interface Repair {
  /** The actions that it concerns: one, or all that share a built-in one. */
  readonly actions: readonly { readonly jail: string; readonly action: string }[];
  /** What was wrong, for a person: `IPv4: 3 addresses were missing`. */
  readonly what: string;
  /** Why it could not be repaired; undefined when it was. */
  readonly error: FirewallError | undefined;
}

/** How much there is to do at the moment. */
export interface FirewallLoad {
  /** Orders that wait for an action, this one's commands being slow. */
  readonly orders: number;
  /** Programs that run, and those that wait for their turn. */
  readonly programs: { readonly running: number; readonly waiting: number };
}

export interface FirewallOptions {
  /** Jails that `start` starts; others come with `startJail`. */
  readonly jails?: readonly FirewallJail[];
  readonly voice: Voice;
  /** Whether IPv6 addresses are banned (`allowipv6`). */
  readonly ipv6: boolean;
  /** A dry run: gets, line by line, exactly what would be run; nothing is run and nothing is read. */
  readonly dryRun?: { print(line: string): void };
  /** The edge to processes; without one, programs are run for real. */
  readonly exec?: Exec;
  readonly clock?: () => EpochMs;
  /** For `<ip-host>`; without one, the system's DNS servers are asked. */
  readonly reverse?: ReverseResolver;
  /** How long `<ip-host>` may wait before it is `None`. */
  readonly reverseTimeout?: Milliseconds;
  /** For `<jail.banned>` and its like; zeros without. */
  readonly counts?: (jail: string) => JailCounts;
  /** For `<ipmatches>` and its like; without, the ticket answers for itself. */
  readonly remembered?: (ip: string, jail: string | undefined) => Promise<Remembered | undefined>;
  /** How long one of the kernel's tools may take. */
  readonly toolTimeout?: Milliseconds;
  /** Directory of the loaded kernel modules. */
  readonly modules?: string;
}

/**
 * The one owner of every change to the kernel. Orders go in through one door; each action has a queue of its own behind
 * it, drained in batches by one writer, so that orders for one action of one jail stay in order, a slow command delays
 * nobody else, and what waits for a native backend becomes one change.
 */
export interface Firewall {
  /** Starts all jails' actions. Never rejects; answers (and logs) what could not be started. The others run. */
  start(): Promise<readonly Problem[]>;
  /**
   * Resolves, with one outcome per action of the jail (or per action that the order names), when all of them have carried the
   * order out. A named action that the jail no longer has gives no outcome. Never rejects.
   */
  submit(order: Order): Promise<readonly Outcome[]>;
  /** Compares what should hold with what does, at every action, and mends it. Logs and answers what it found. */
  check(): Promise<readonly Repair[]>;
  /** Lifts all bans of one jail, or of all. */
  flush(jail?: string): Promise<readonly Problem[]>;
  /** Adds a jail to a running firewall. */
  startJail(jail: FirewallJail): Promise<readonly Problem[]>;
  /**
   * Gives running jails other actions, new jails theirs, and stops those that are gone, in one step: orders before it go to the old
   * actions, orders behind it to the new ones. An action that stays as it was keeps its bans and runs `actionreload`; new ones start
   * when the old ones have stopped.
   */
  rearrange(jails: readonly FirewallJail[], gone?: readonly string[]): Rearranged;
  /**
   * Gives an action of a jail other commands and parameters, in force from the next order on: no rule is moved for it.
   * @returns false where it cannot be: the jail has no such action, or it is built in
   */
  amendAction(jail: string, action: ActionSettings): boolean;
  /** Lifts the bans of a jail and stops its actions, the last one first. */
  stopJail(jail: string): Promise<readonly Problem[]>;
  /**
   * Stops all jails after everything that waits; orders after that are refused. With `keep`, built-in actions leave in the kernel
   * what is there and the next run takes it over, so that a restart opens no gap; actions of commands stop as ever.
   */
  stop(how?: { readonly keep?: boolean }): Promise<readonly Problem[]>;
  load(): FirewallLoad;
}

export function openFirewall(options: FirewallOptions): Firewall {
  return new FirewallActor(options);
}

class FirewallActor implements Firewall {
  readonly #jails = new Map<string, readonly Seat[]>();
  readonly #backends = new Map<string, BackendLane>();
  readonly #options: FirewallOptions;
  readonly #voice: Speaker;
  readonly #gate = new Gate(capacityFor(openFilesLimit()).actions);
  readonly #exec: Exec;
  readonly #sources: TagSources;
  #stopped = false;

  constructor(options: FirewallOptions) {
    this.#options = options;
    this.#voice = speakerOf(options.voice);
    this.#exec = options.exec ?? openExec({ gate: this.#gate });
    this.#sources = {
      reverse: options.reverse ?? systemReverse(options.reverseTimeout ?? 2_000),
      reverseTimeout: options.reverseTimeout ?? 2_000,
      counts: options.counts ?? (() => noCounts),
      remembered: options.remembered ?? (async () => undefined),
    };
  }

  async start(): Promise<readonly Problem[]> {
    if (this.#options.dryRun !== undefined) {
      this.#options.dryRun.print('# Dry run: nothing is changed. It is supposed that the firewall is empty.');
    }
    return (await Promise.all((this.#options.jails ?? []).map((jail) => this.startJail(jail)))).flat();
  }

  async startJail(jail: FirewallJail): Promise<readonly Problem[]> {
    if (this.#jails.has(jail.name)) return this.rearrange([jail]).done;
    const { seats, problems } = this.#seat(jail.name, jail.actions);
    this.#jails.set(jail.name, seats);
    const started = await Promise.all(seats.map((seat) => this.#ask(jail.name, seat, (lane) => lane.start(jail.name))));
    return this.#report([...problems, ...started.flat()]);
  }

  async submit(order: Order): Promise<readonly Outcome[]> {
    const seats = this.#jails.get(order.jail);
    if (this.#stopped || seats === undefined) {
      const error = this.#stopped ? errors.stopped() : errors.unknownJail(quoted(order.jail, 80));
      return [outcomeOf(order, '', error)];
    }
    const { actions } = order;
    const meant = actions === undefined ? seats : seats.filter(({ settings }) => actions.includes(settings.name));
    const outcomes = await Promise.all(
      meant.map(async ({ settings, lane }) => {
        const outcome = await lane.submit(order);
        // An action that left while the order waited has nothing to answer for: whatever took its place is told of the ban by itself.
        const left =
          outcome.error?.code === 'F2B_FIREWALL_STOPPED' && !this.#stopped && !this.#serves(order.jail, lane);
        return left ? [] : [{ ...outcome, action: settings.name }];
      }),
    );
    return outcomes.flat();
  }

  #serves(jail: string, lane: ActionLane): boolean {
    return this.#jails.get(jail)?.some((seat) => seat.lane === lane) ?? false;
  }

  async check(): Promise<readonly Repair[]> {
    const seatsOf = new Map<ActionLane, { jail: string; action: string }[]>();
    for (const [jail, seats] of this.#jails) {
      for (const { settings, lane } of seats) {
        const place = { jail, action: settings.name };
        seatsOf.set(lane, [...(seatsOf.get(lane) ?? []), place]);
      }
    }
    const checks = [...seatsOf].map(async ([lane, actions]) =>
      (await lane.check()).map(({ what, error }): Repair => ({ actions, what, error })),
    );
    const repairs = (await Promise.all(checks)).flat();
    for (const { actions, what, error } of repairs) {
      const names = [...new Set(actions.map(({ action }) => action))].join(', ');
      const jails = [...new Set(actions.map(({ jail }) => jail))].join(', ');
      const where = `action ${names} of ${actions.length === 1 ? 'jail' : 'jails'} ${jails}: ${what}`;
      if (error === undefined) this.#voice.warn(`Repaired ${where}`);
      else this.#voice.error(`Could not repair ${where}: ${error.message}`);
    }
    return repairs;
  }

  async flush(jail?: string): Promise<readonly Problem[]> {
    const names = jail === undefined ? [...this.#jails.keys()] : [jail];
    const flushed = names.map(async (name) => {
      const seats = this.#jails.get(name) ?? [];
      return (await Promise.all(seats.map((seat) => this.#ask(name, seat, (lane) => lane.flush(name))))).flat();
    });
    return this.#report((await Promise.all(flushed)).flat());
  }

  rearrange(jails: readonly FirewallJail[], gone: readonly string[] = []): Rearranged {
    if (this.#stopped) return { fresh: new Map(), done: Promise.resolve([]) };
    const problems: Problem[] = [];
    const work: Promise<readonly Problem[]>[] = [];
    // All up to the last order of this is put into the queues without a pause: whatever comes meets the old actions, or the new ones.
    const leaving = new Map<string, readonly Seat[]>();
    for (const name of gone) {
      leaving.set(name, [...(this.#jails.get(name) ?? [])].reverse());
      this.#jails.delete(name);
    }
    const arrangements = jails.map((jail) => ({ jail, ...arrange(this.#jails.get(jail.name) ?? [], jail.actions) }));
    for (const { jail, stay, leave } of arrangements) {
      leaving.set(jail.name, leave);
      this.#jails.set(jail.name, stay);
    }
    let left = () => {};
    const allLeft = new Promise<void>((resolve) => {
      left = resolve;
    });
    const fresh = new Map<string, readonly string[]>();
    for (const { jail, stay, fresh: actions } of arrangements) {
      const { name } = jail;
      const seated = this.#seat(name, actions);
      problems.push(...seated.problems);
      const place = ({ settings }: Seat) => jail.actions.indexOf(settings);
      this.#jails.set(
        name,
        [...stay, ...seated.seats].sort((one, other) => place(one) - place(other)),
      );
      fresh.set(
        name,
        seated.seats.map(({ settings }) => settings.name),
      );
      for (const seat of stay) work.push(this.#ask(name, seat, (lane) => lane.reload()));
      // What a new action needs may be in use until the old ones have left. Who joins a queue in use keeps it from being taken down.
      for (const seat of seated.seats) work.push(this.#ask(name, seat, (lane) => lane.start(name, allLeft)));
    }
    const stops = [...leaving].map(async ([name, seats]) => {
      for (const seat of seats) problems.push(...(await this.#stopSeat(name, seat)));
    });
    void Promise.all(stops).then(left);
    const done = Promise.all([...stops, ...work]).then((all) => {
      return this.#report([...problems, ...all.flatMap((some) => some ?? [])]);
    });
    return { fresh, done };
  }

  amendAction(jail: string, action: ActionSettings): boolean {
    const seats = this.#jails.get(jail) ?? [];
    const at = seats.findIndex(({ settings }) => settings.name === action.name);
    if (at < 0 || !seats[at]!.lane.amend(action)) return false;
    this.#jails.set(jail, seats.with(at, { ...seats[at]!, settings: action }));
    return true;
  }

  stopJail(jail: string): Promise<readonly Problem[]> {
    return this.#stopJail(jail, 'jail');
  }

  async #stopJail(jail: string, how: Ending): Promise<readonly Problem[]> {
    const seats = [...(this.#jails.get(jail) ?? [])].reverse();
    this.#jails.delete(jail);
    const problems: Problem[] = [];
    for (const seat of seats) problems.push(...(await this.#stopSeat(jail, seat, how)));
    return this.#report(problems);
  }

  async stop({ keep = false }: { readonly keep?: boolean } = {}): Promise<readonly Problem[]> {
    this.#stopped = true;
    return (
      await Promise.all([...this.#jails.keys()].map((jail) => this.#stopJail(jail, keep ? 'keep' : 'all')))
    ).flat();
  }

  load(): FirewallLoad {
    const lanes = new Set([...this.#jails.values()].flat().map(({ lane }) => lane));
    const orders = [...lanes].reduce((sum, lane) => sum + lane.waiting, 0);
    return { orders, programs: { running: this.#gate.running, waiting: this.#gate.waiting } };
  }

  async #stopSeat(jail: string, seat: Seat, how: Ending = 'jail'): Promise<readonly Problem[]> {
    const problems = await this.#ask(jail, seat, (lane) => lane.stop(jail, how));
    for (const [key, lane] of this.#backends) if (lane.idle) this.#backends.delete(key);
    return problems;
  }

  /** Gives each action its queue. An action that cannot be is a problem of its own; the others get theirs. */
  #seat(jail: string, actions: readonly ActionSettings[]): { seats: Seat[]; problems: Problem[] } {
    const seats: Seat[] = [];
    const problems: Problem[] = [];
    for (const settings of actions) {
      try {
        if (settings.python === undefined) seats.push({ settings, lane: this.#laneOf(jail, settings, seats) });
        else problems.push({ jail, action: settings.name, error: errors.python(settings.python.path) });
      } catch (error) {
        problems.push({ jail, action: settings.name, error: firewallError(error) });
      }
    }
    return { seats, problems };
  }

  #laneOf(jail: string, settings: ActionSettings, before: readonly Seat[]): ActionLane {
    const { ipv6, dryRun, clock = Date.now } = this.#options;
    const voice = this.#voice;
    const print = dryRun === undefined ? undefined : (line: string) => dryRun.print(line);
    if (!settings.builtin) {
      const runner = print === undefined ? openCommandRunner(this.#exec, voice) : simulateCommandRunner(print);
      return new ScriptLane(
        new ScriptAction(jail, settings, { runner, voice, sources: this.#sources, clock, ipv6 }),
        voice,
      );
    }
    const builtin = builtinOf(settings);
    const key = `${builtin.name} ${builtin.key(settings)}`;
    const known = this.#backends.get(key);
    if (known !== undefined) return known;
    this.#refuseConflict(jail, settings, before);
    const { modules = '/sys/module', toolTimeout: timeout = 60_000 } = this.#options;
    const backend = builtin.open(settings, { exec: this.#exec, voice, ipv6, print, clock, modules, timeout });
    const lane = new BackendLane(settings.name, backend, voice);
    this.#backends.set(key, lane);
    return lane;
  }

  /** Two backends over one place in the kernel would undo each other's work at every check. */
  #refuseConflict(jail: string, settings: ActionSettings, before: readonly Seat[]): void {
    const running = [...this.#jails].map(([name, seats]) => ({ name, actions: seats.map((seat) => seat.settings) }));
    const own = { name: jail, actions: [...before.map((seat) => seat.settings), settings] };
    const [conflict] = conflictsOfBuiltins([...running.filter(({ name }) => name !== jail), own]);
    if (conflict !== undefined) throw conflict.error;
  }

  async #ask(
    jail: string,
    seat: Seat,
    question: (lane: ActionLane) => Promise<readonly FirewallError[]>,
  ): Promise<Problem[]> {
    const action = seat.settings.name;
    try {
      return (await question(seat.lane)).map((error) => ({ jail, action, error }));
    } catch (error) {
      return [{ jail, action, error: firewallError(error) }];
    }
  }

  #report(problems: readonly Problem[]): readonly Problem[] {
    for (const { jail, action, error } of problems) {
      this.#voice.error(`Jail '${jail}' action '${action}': ${error.message}`);
    }
    return problems;
  }
}
