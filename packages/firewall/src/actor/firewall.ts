import type { ActionSettings, EpochMs, Milliseconds } from '@f2b/config';
import type { Repair } from '../backends/backend.js';
import { offendingIpsKey, openOffendingIps } from '../backends/offendingips/offendingips.js';
import { errors, sentence } from '../errors.js';
import { type FirewallLog, quoted } from '../log.js';
import type { Order, Outcome, Ticket } from '../orders.js';
import { type Exec, openExec } from '../process/exec.js';
import { ScriptAction } from '../scripts/action.js';
import { systemReverse } from '../scripts/reverse.js';
import { openCommandRunner, simulateCommandRunner } from '../scripts/runner.js';
import { type JailCounts, noCounts, type Remembered, type ReverseResolver, type TagSources } from '../scripts/tags.js';
import { type ActionLane, outcomeOf } from './action-lane.js';
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
  readonly why: string;
}

export interface FirewallOptions {
  readonly jails: readonly FirewallJail[];
  readonly log: FirewallLog;
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
   * Gives a running jail new actions: those that stay as they were keep their bans and run `actionreload`, those that
   * are gone or changed are stopped, new ones are started and get `tickets`, the bans that are in force.
   */
  reloadJail(jail: FirewallJail, tickets: readonly Ticket[]): Promise<readonly Problem[]>;
  /** Lifts the bans of a jail and stops its actions, the last one first. */
  stopJail(jail: string): Promise<readonly Problem[]>;
  /** Stops all jails after everything that waits; orders after that are refused. */
  stop(): Promise<readonly Problem[]>;
}

/** Names of the actions that need no file in `action.d`. */
export const builtinActions: readonly string[] = ['offendingips'];

export function openFirewall(options: FirewallOptions): Firewall {
  return new FirewallActor(options);
}

/** One action of one jail, with the queue that serves it. */
interface Seat {
  readonly settings: ActionSettings;
  readonly lane: ActionLane;
}

class FirewallActor implements Firewall {
  readonly #jails = new Map<string, Seat[]>();
  readonly #backends = new Map<string, BackendLane>();
  readonly #options: FirewallOptions;
  readonly #exec: Exec;
  readonly #sources: TagSources;
  #stopped = false;

  constructor(options: FirewallOptions) {
    this.#options = options;
    this.#exec = options.exec ?? openExec();
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
    return (await Promise.all(this.#options.jails.map((jail) => this.startJail(jail)))).flat();
  }

  async startJail(jail: FirewallJail): Promise<readonly Problem[]> {
    if (this.#jails.has(jail.name)) return this.reloadJail(jail, []);
    const { seats, problems } = this.#seat(jail.name, jail.actions);
    this.#jails.set(jail.name, seats);
    const started = await Promise.all(seats.map((seat) => this.#ask(jail.name, seat, (lane) => lane.start(jail.name))));
    return this.#report([...problems, ...started.flat()]);
  }

  async submit(order: Order): Promise<readonly Outcome[]> {
    const seats = this.#jails.get(order.jail);
    if (this.#stopped || seats === undefined) {
      const error = this.#stopped ? errors.stopped() : errors.unknownJail(quoted(order.jail, 80));
      return [outcomeOf(order, '', error.message)];
    }
    const { actions } = order;
    const meant = actions === undefined ? seats : seats.filter(({ settings }) => actions.includes(settings.name));
    return Promise.all(
      meant.map(async ({ settings, lane }) => ({ ...(await lane.submit(order)), action: settings.name })),
    );
  }

  async check(): Promise<readonly Repair[]> {
    const lanes = new Set([...this.#jails.values()].flat().map(({ lane }) => lane));
    const repairs = (await Promise.all([...lanes].map((lane) => lane.check()))).flat();
    for (const { action, what, repaired, why } of repairs) {
      if (repaired) this.#options.log.warn(`Repaired action ${action}: ${what}`);
      else this.#options.log.error(`Could not repair action ${action}: ${what}: ${why}`);
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

  async reloadJail(jail: FirewallJail, tickets: readonly Ticket[]): Promise<readonly Problem[]> {
    const before = this.#jails.get(jail.name);
    if (before === undefined) return this.startJail(jail);
    const kept = before.filter(({ settings }) => jail.actions.some((action) => sameAction(settings, action)));
    const gone = before.filter((seat) => !kept.includes(seat)).reverse();
    const fresh = jail.actions.filter((action) => !kept.some(({ settings }) => sameAction(settings, action)));
    const problems: Problem[] = [];
    for (const seat of gone) problems.push(...(await this.#stopSeat(jail.name, seat)));
    const seated = this.#seat(jail.name, fresh);
    problems.push(...seated.problems);
    const all = [...kept, ...seated.seats];
    const place = ({ settings }: Seat) => jail.actions.findIndex((action) => action.name === settings.name);
    this.#jails.set(
      jail.name,
      all.sort((left, right) => place(left) - place(right)),
    );
    for (const seat of kept) problems.push(...(await this.#ask(jail.name, seat, (lane) => lane.reload())));
    for (const seat of seated.seats) {
      problems.push(...(await this.#ask(jail.name, seat, (lane) => lane.start(jail.name))));
    }
    await Promise.all(
      tickets.flatMap((ticket) =>
        // A ban that was in force before is nothing to report again: actions with `norestored` pass it by.
        seated.seats.map(({ lane }) =>
          lane.submit({ kind: 'ban', jail: jail.name, ticket: { ...ticket, restored: true } }),
        ),
      ),
    );
    return this.#report(problems);
  }

  async stopJail(jail: string): Promise<readonly Problem[]> {
    const seats = [...(this.#jails.get(jail) ?? [])].reverse();
    this.#jails.delete(jail);
    const problems: Problem[] = [];
    for (const seat of seats) problems.push(...(await this.#stopSeat(jail, seat)));
    return this.#report(problems);
  }

  async stop(): Promise<readonly Problem[]> {
    this.#stopped = true;
    return (await Promise.all([...this.#jails.keys()].map((jail) => this.stopJail(jail)))).flat();
  }

  async #stopSeat(jail: string, seat: Seat): Promise<readonly Problem[]> {
    const problems = await this.#ask(jail, seat, (lane) => lane.stop(jail));
    for (const [key, lane] of this.#backends) if (lane.idle) this.#backends.delete(key);
    return problems;
  }

  /** Gives each action its queue. An action that cannot be is a problem of its own; the others get theirs. */
  #seat(jail: string, actions: readonly ActionSettings[]): { seats: Seat[]; problems: Problem[] } {
    const seats: Seat[] = [];
    const problems: Problem[] = [];
    for (const settings of actions) {
      try {
        if (settings.python === undefined) seats.push({ settings, lane: this.#laneOf(jail, settings) });
        else problems.push({ jail, action: settings.name, why: pythonAdvice(settings.python.path) });
      } catch (error) {
        problems.push({ jail, action: settings.name, why: sentence(error) });
      }
    }
    return { seats, problems };
  }

  #laneOf(jail: string, settings: ActionSettings): ActionLane {
    const { log, ipv6, dryRun } = this.#options;
    const print = dryRun === undefined ? undefined : (line: string) => dryRun.print(line);
    if (!settings.builtin) {
      const runner = print === undefined ? openCommandRunner(this.#exec, log) : simulateCommandRunner(print);
      const clock = this.#options.clock ?? Date.now;
      return new ScriptLane(
        new ScriptAction(jail, settings, { runner, log, sources: this.#sources, clock, ipv6 }),
        log,
      );
    }
    if (!builtinActions.includes(settings.file)) throw errors.unknownBuiltin(settings.file, builtinActions);
    const key = `${settings.file} ${offendingIpsKey(settings)}`;
    const known = this.#backends.get(key);
    if (known !== undefined) return known;
    const timeout = this.#options.toolTimeout ?? 60_000;
    const modules = this.#options.modules ?? '/sys/module';
    const backend = openOffendingIps(settings, { exec: this.#exec, log, ipv6, print, modules, timeout });
    const lane = new BackendLane(settings.name, backend, log);
    this.#backends.set(key, lane);
    return lane;
  }

  async #ask(jail: string, seat: Seat, question: (lane: ActionLane) => Promise<readonly string[]>): Promise<Problem[]> {
    const action = seat.settings.name;
    try {
      return (await question(seat.lane)).map((why) => ({ jail, action, why }));
    } catch (error) {
      return [{ jail, action, why: sentence(error) }];
    }
  }

  #report(problems: readonly Problem[]): readonly Problem[] {
    for (const { jail, action, why } of problems) this.#options.log.error(`Jail '${jail}' action '${action}': ${why}`);
    return problems;
  }
}

function pythonAdvice(path: string): string {
  return `${path} is a Python module, which f2b does not run; use an action of commands in its place (sendmail for smtp.py)`;
}

/** Whether a reload leaves an action as it was. */
function sameAction(left: ActionSettings, right: ActionSettings): boolean {
  const content = ({ name, file, builtin, commands, params }: ActionSettings) =>
    JSON.stringify([name, file, builtin, [...commands], params]);
  return content(left) === content(right);
}
