import type { EventEmitter } from 'node:events';
import { changedParts, type JailSettings } from '@f2b/config';
import type { Firewall } from '@f2b/firewall';
import { type Enforcer, ticketOf } from '../acts/enforcer.js';
import type { Clock } from '../clock.js';
import { reasonOf } from '../errors.js';
import type { GuardedJail } from '../jails/guarded-jail.js';
import { idleStatus, type JailStatus } from '../jails/status.js';
import type { Store } from '../keeping/store.js';
import type { Followed } from '../scanning/followed.js';
import { readsJournal } from '../sources/journal/jail-journal.js';
import type { GuardEvents } from '../telling/events.js';
import type { Reporter } from '../telling/reporter.js';
import type { JailMaker, MadeReady } from './jail-maker.js';

export interface JailSetParts {
  readonly maker: JailMaker;
  readonly logs: Followed;
  readonly firewall: Firewall;
  readonly enforcer: Enforcer;
  readonly store: Store;
  readonly reporter: Reporter;
  readonly events: EventEmitter<GuardEvents>;
  readonly clock: Clock;
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
   * Goes by other settings of a running jail: its book stays, and so do the logs that it still reads and the actions that are as they
   * were. A jail that does not run is added instead.
   * @throws what is wrong with the new settings; the jail goes on by its old ones
   */
  async change(settings: JailSettings): Promise<void> {
    const { maker, logs, firewall, store, clock } = this.#parts;
    const { name } = settings;
    const jail = this.get(name);
    if (jail === undefined) return await this.add([settings]);
    const { rules, filter } = maker.ready(settings, jail);
    const before = jail.settings;
    jail.change(settings, rules, filter);
    store.begin(name, rules.findtime);
    void rules.ignore.refreshNames(clock.now());
    await logs.change(jail);
    // Actions that are as they were keep their bans, new ones get those that are in force; what failed is tried on where it can be.
    if (changedParts(before, settings).includes('actions')) {
      await firewall.reloadJail({ name, actions: settings.actions }, jail.judge.bans.map(ticketOf));
    }
    this.#say(`Jail '${name}' reloaded`);
  }

  /**
   * Stops a jail and takes it out of the set: what was read is judged, its bans are taken back from the firewall. They stay in the
   * store, as fail2ban's do: a jail of this name has them again when it is added.
   */
  async remove(name: string): Promise<void> {
    const { logs, firewall, enforcer } = this.#parts;
    const jail = this.get(name);
    if (jail !== undefined) {
      await logs.remove(jail);
      enforcer.forgetJail(name);
      this.#repeal(jail);
    }
    this.#members.delete(name);
    if (jail === undefined) return;
    await firewall.stopJail(name);
    this.#say(`Jail '${name}' stopped`);
  }

  /** The guard stops: bans are repealed in words; the firewall takes them all back at once by itself. */
  repealAll(): void {
    for (const jail of this.running()) this.#repeal(jail);
  }

  #repeal({ name, judge }: GuardedJail): void {
    const { reporter, events } = this.#parts;
    for (const decision of judge.repeal()) {
      if (decision.kind !== 'unban') continue;
      reporter.say(decision.say);
      events.emit('unban', { jail: name, ban: decision.ban, why: decision.why });
    }
  }

  /** The bans of an earlier process, which could not be read when the jails began. */
  restoreLate(): void {
    for (const jail of this.running()) this.#restoreBans(jail);
  }

  #restoreBans(jail: GuardedJail): void {
    const now = this.#parts.clock.now();
    for (const ban of this.#parts.store.bans(jail.name)) jail.apply(jail.judge.restore(ban, now));
  }

  sayStopped(): void {
    for (const { name } of this.running()) this.#say(`Jail '${name}' stopped`);
  }

  async #run(ready: MadeReady): Promise<void> {
    const { maker, logs, firewall, store, clock } = this.#parts;
    const { settings, rules } = ready;
    const { name, actions } = settings;
    const jail = maker.jail(ready);
    const now = clock.now();
    this.#members.set(name, { kind: 'running', jail });
    const backend = readsJournal(settings) ? ['systemd', 'systemd'] : ['poller', 'polling'];
    this.#say(`Jail '${name}' uses ${backend[0]} {}`);
    this.#say(`Initiated '${backend[1]}' backend`);
    // Orders wait behind the start of their action, so a slow actionstart holds up no log.
    const started = firewall.startJail({ name, actions });
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
    await started;
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
