import type { EventEmitter } from 'node:events';
import { type ActionSettings, changedParts, type EpochMs, type JailSettings } from '@f2b/config';
import type { Firewall, FirewallJail } from '@f2b/firewall';
import type { Enforcer } from '../acts/enforcer.js';
import type { Clock } from '../clock.js';
import { reasonOf } from '../errors.js';
import type { GuardedJail } from '../jails/guarded-jail.js';
import { idleStatus, type JailStatus } from '../jails/status.js';
import type { Store } from '../keeping/store.js';
import type { Followed } from '../scanning/followed.js';
import { readsJournal } from '../sources/journal/jail-journal.js';
import { readsCommand } from '../sources/stream/jail-stream.js';
import type { GuardEvents } from '../telling/events.js';
import type { Reporter } from '../telling/reporter.js';
import type { JailMaker, MadeReady } from './jail-maker.js';
import { planReload, type ReloadPlan, type Standing, type Wanted } from './reload-plan.js';

export interface JailSetParts {
  readonly maker: JailMaker;
  readonly logs: Followed;
  readonly firewall: Firewall;
  readonly enforcer: Enforcer;
  readonly store: Store;
  readonly reporter: Reporter;
  readonly events: EventEmitter<GuardEvents>;
  readonly clock: Clock;
  /** Commits what was decided so far, and lets its orders go. */
  flush(): void;
  /** The guard is ending: no jail begins any more. */
  ending(): boolean;
}

/** A jail of the set: it is being made ready, runs, or cannot. */
type Member =
  | { readonly kind: 'starting' }
  | { readonly kind: 'running'; readonly jail: GuardedJail }
  | { readonly kind: 'failed'; readonly why: string };

/**
 * The jails of a running guard. One can be added, changed or removed while the others go on: none of their lines, failures or bans is
 * touched, and no rule of theirs is moved in the firewall.
 */
export class JailSet {
  readonly #parts: JailSetParts;
  readonly #members = new Map<string, Member>();

  /** @param names of the jails that will be added first: they are known from the beginning */
  constructor(parts: JailSetParts, names: readonly string[]) {
    this.#parts = parts;
    for (const name of names) this.#members.set(name, { kind: 'starting' });
  }

  /** Names of all jails, running or not, in the order in which they came. */
  get names(): readonly string[] {
    return [...this.#members.keys()];
  }

  /** The jails that run. */
  *running(): Generator<GuardedJail> {
    for (const member of this.#members.values()) if (member.kind === 'running') yield member.jail;
  }

  get(name: string): GuardedJail | undefined {
    const member = this.#members.get(name);
    return member?.kind === 'running' ? member.jail : undefined;
  }

  status(name: string): JailStatus | undefined {
    const member = this.#members.get(name);
    switch (member?.kind) {
      case undefined:
        return undefined;
      case 'starting':
        return idleStatus(name, 'starting', 'it is being started');
      case 'failed':
        return idleStatus(name, 'failed', member.why);
      case 'running':
        return member.jail.status(this.#parts.enforcer.unmet(name).map(({ id }) => id));
    }
  }

  /**
   * Adds jails and starts them: bans that an earlier process made are in force again, failures within findtime are back in the book,
   * and reading goes on where it stood. A jail that cannot start is told as a problem and has the state `failed`; nothing is thrown.
   * @returns when the actions have been started; reading begins before
   */
  async add(all: readonly JailSettings[]): Promise<void> {
    const ready: MadeReady[] = [];
    for (const settings of all) {
      if (this.get(settings.name) !== undefined) throw new RangeError(`there is a jail '${settings.name}' already`);
      this.#members.set(settings.name, { kind: 'starting' });
    }
    for (const settings of all) {
      this.#say(`Creating new jail '${settings.name}'`);
      try {
        ready.push(this.#parts.maker.ready(settings));
      } catch (error) {
        this.#fail(settings.name, error);
      }
      // Whoever asks for the status meanwhile need not wait for all expressions of all jails.
      await this.#parts.clock.pause();
    }
    // From here on without a pause: jails that are started together share the first reading of their logs.
    await Promise.all(ready.filter(({ settings }) => this.#members.has(settings.name)).map((one) => this.#run(one)));
  }

  /**
   * Compares the jails with those that are wanted, and compiles what is new or changed. Changes nothing.
   * @returns what a reload would do; jails that could not run are in `broken`
   */
  plan(wanted: Wanted): Promise<ReloadPlan> {
    const { maker, clock } = this.#parts;
    const standing = new Map<string, Standing>(
      [...this.#members].map(([name, member]) => [
        name,
        member.kind === 'running' ? { kind: 'running', settings: member.jail.settings } : member,
      ]),
    );
    return planReload(wanted, {
      standing,
      ready: (settings) => maker.ready(settings, this.get(settings.name)),
      pause: () => clock.pause(),
    });
  }

  /**
   * Carries a plan out in one step: jails go by their new settings, their books stay, and so do the logs that they still read and the
   * actions that are as they were. Jails that are gone are stopped, new ones begin as with `add`.
   * @returns when old actions have stopped and new ones have started; lines are judged by the new rules before
   */
  async reload({ added, changed, removed }: Pick<ReloadPlan, 'added' | 'changed' | 'removed'>): Promise<void> {
    const { logs, firewall, enforcer, clock } = this.#parts;
    const gone = removed.map((name) => this.get(name)).filter((jail) => jail !== undefined);
    // The plan may be older than the end of a jail.
    const going = changed.flatMap((change) => {
      const jail = this.get(change.name);
      return jail === undefined ? [] : [{ ...change, jail }];
    });
    for (const { settings } of added) this.#say(`Creating new jail '${settings.name}'`);
    await Promise.all(gone.map((jail) => logs.remove(jail)));
    if (this.#parts.ending()) return;
    // From here on without a pause, to where the new jails read: orders so far go to the actions as they were.
    this.#parts.flush();
    for (const jail of gone) {
      enforcer.forgetJail(jail.name);
      this.#repeal(jail);
      jail.judge.close();
    }
    for (const name of removed) this.#members.delete(name);
    for (const { jail, ready } of going) this.#goBy(jail, ready);
    const others = going.filter(({ parts }) => parts.includes('actions')).map(({ jail }) => jail);
    const { fresh, done } = firewall.rearrange(
      [...others.map(({ settings }) => settings), ...added.map(({ settings }) => settings)].map(actionsOf),
      gone.map(({ name }) => name),
    );
    for (const jail of others) {
      const actions = fresh.get(jail.name) ?? [];
      if (actions.length > 0) for (const ban of jail.judge.bans) enforcer.extend(jail.name, ban, actions);
    }
    for (const ready of added) this.#begin(ready);
    const reading = going.filter(({ parts }) => parts.includes('filter') || parts.includes('logs'));
    await Promise.all(reading.map(({ jail }) => this.#readOn(jail)));
    await done;
    for (const { name } of going) this.#say(`Jail '${name}' reloaded`);
    for (const { name } of gone) this.#say(`Jail '${name}' stopped`);
    // Whoever asks meanwhile need not wait for the names that the new lists hold.
    for (const { jail } of going) void jail.judge.rules.ignore.refreshNames(clock.now());
  }

  /**
   * Goes by other settings of a running jail; one that does not run is added.
   * @throws what is wrong with the new settings; the jail goes on by its old ones
   */
  async change(settings: JailSettings): Promise<void> {
    const jail = this.get(settings.name);
    if (jail === undefined) return await this.add([settings]);
    const parts = changedParts(jail.settings, settings);
    const ready = this.#parts.maker.ready(settings, jail);
    await this.reload({ added: [], changed: [{ name: settings.name, parts, ready }], removed: [] });
  }

  /**
   * Gives one action of a running jail other commands or parameters, in force from its next order on: nothing is stopped for it.
   * @returns false where that cannot be: no such jail or action, or one that is built in
   */
  amendAction(name: string, action: ActionSettings): boolean {
    const jail = this.get(name);
    if (jail === undefined || !this.#parts.firewall.amendAction(name, action)) return false;
    const { settings, filter, judge } = jail;
    const actions = settings.actions.map((one) => (one.name === action.name ? action : one));
    jail.change({ ...settings, actions }, judge.rules, filter);
    return true;
  }

  /**
   * Holds up a jail's reading: until it goes on, its lines stay in its logs. The others read on, and bans end as ever.
   * @param keepPlaces keeps where reading stands in each log
   */
  async pause(name: string, keepPlaces: () => void): Promise<void> {
    const jail = this.get(name);
    if (jail === undefined || jail.paused) return;
    keepPlaces();
    jail.paused = true;
    await this.#parts.logs.remove(jail);
  }

  /** Goes on reading where a jail was held up. */
  resume(name: string): void {
    const jail = this.get(name);
    if (jail === undefined || !jail.paused) return;
    jail.paused = false;
    this.#parts.logs.add(jail);
  }

  /**
   * Stops a jail and takes it out of the set: what was read is judged, its bans are taken back from the firewall. They stay in the
   * store, as fail2ban's do: a jail of this name has them again when it is added.
   */
  async remove(name: string): Promise<void> {
    await this.reload({ added: [], changed: [], removed: [name] });
  }

  #goBy(jail: GuardedJail, { settings, rules, filter }: MadeReady): void {
    jail.change(settings, rules, filter);
    this.#parts.store.begin(jail.name, rules.findtime);
  }

  async #readOn(jail: GuardedJail): Promise<void> {
    try {
      await this.#parts.logs.change(jail);
    } catch (error) {
      const what = `It goes on with the logs that it has: ${reasonOf(error)}`;
      this.#parts.reporter.problem({ code: 'F2B_LOG_READ', jail: jail.name, what, level: 'ERROR' });
    }
  }

  /** The guard stops: bans are repealed in words; the firewall takes them all back at once by itself. */
  repealAll(): void {
    for (const jail of this.running()) this.#repeal(jail);
  }

  #repeal({ name, judge, settings }: GuardedJail): void {
    const { reporter, events } = this.#parts;
    for (const decision of judge.repeal()) {
      if (decision.kind !== 'unban') continue;
      reporter.say(decision.say);
      events.emit('unban', { jail: name, ban: decision.ban, why: decision.why, simulated: settings.simulate });
    }
  }

  /** The bans of an earlier process, which could not be read when the jails began. */
  restoreLate(): void {
    for (const jail of this.running()) this.#restoreBans(jail);
  }

  #restoreBans(jail: GuardedJail): void {
    if (jail.settings.simulate) return;
    const now = this.#parts.clock.now();
    for (const ban of this.#parts.store.bans(jail.name)) jail.apply(jail.judge.restore(ban, now));
  }

  /** Asks for the names of all ignore lists again. */
  refreshNames(now: EpochMs): void {
    for (const { judge } of this.running()) void judge.rules.ignore.refreshNames(now);
  }

  sayStopped(): void {
    for (const { name } of this.running()) this.#say(`Jail '${name}' stopped`);
  }

  #run(ready: MadeReady): Promise<unknown> {
    // Orders wait behind the start of their action, so a slow actionstart holds up no log.
    const started = this.#parts.firewall.startJail(actionsOf(ready.settings));
    this.#begin(ready);
    return started;
  }

  /** From here on the jail reads, counts and bans; its actions are being started. */
  #begin(ready: MadeReady): void {
    const { maker, logs, store, clock } = this.#parts;
    const { settings, rules } = ready;
    const { name } = settings;
    const jail = maker.jail(ready);
    const now = clock.now();
    this.#members.set(name, { kind: 'running', jail });
    const backend = readsJournal(settings)
      ? ['systemd', 'systemd']
      : readsCommand(settings)
        ? ['command', 'command']
        : ['poller', 'polling'];
    this.#say(`Jail '${name}' uses ${backend[0]} {}`);
    this.#say(`Initiated '${backend[1]}' backend`);
    void rules.ignore.refreshNames(now);
    store.begin(name, rules.findtime);
    this.#restoreBans(jail);
    jail.judge.remember(store.failuresSince(name, now - rules.findtime * 1000));
    try {
      logs.add(jail);
      this.#say(`Jail '${name}' started`);
    } catch (error) {
      this.#fail(name, error);
    }
  }

  #fail(jail: string, error: unknown): void {
    const why = reasonOf(error);
    this.#members.set(jail, { kind: 'failed', why });
    const what = `The jail is not started: ${why}`;
    this.#parts.reporter.problem({ code: 'F2B_JAIL_SETTINGS', jail, what, level: 'ERROR', logger: 'fail2ban.jail' });
  }

  #say(message: string): void {
    this.#parts.reporter.say({ logger: 'fail2ban.jail', level: 'INFO', message });
  }
}

function actionsOf({ name, actions }: JailSettings): FirewallJail {
  return { name, actions };
}
