import type { ActionCommandName, ActionSettings, EpochMs, Milliseconds } from '@f2b/config';
import type { Found } from '../backends/backend.js';
import { errors, type FirewallError, firewallError } from '../errors.js';
import type { Order, Ticket } from '../orders.js';
import { quoted, type Speaker } from '../voice.js';
import { type BoundScript, bindScript, readScript, type Script } from './binding.js';
import type { CommandEnd, CommandRunner } from './runner.js';
import { type ActionFamily, StaticTags } from './static-tags.js';
import { dynamicValues, emptyTicket, type TagSources } from './tags.js';

/** What an action of `action.d` needs from outside. */
export interface ScriptActionEdge {
  readonly runner: CommandRunner;
  readonly voice: Speaker;
  readonly sources: TagSources;
  readonly clock: () => EpochMs;
  readonly ipv6: boolean;
}

interface Banned {
  readonly ticket: Ticket;
  readonly family: ActionFamily;
  /** The last attempt to ban it failed. */
  failed: boolean;
  /** How often `check` has repeated it since. */
  repeats: number;
}

/** fail2ban's rule: a command without a `timeout` parameter may take 60 seconds. */
const defaultTimeout: Milliseconds = 60_000;
/** A ban that fails for good (an IPv6 address given to `iptables`) must not be tried at every check for ever. */
const repeatLimit = 3;

/**
 * One action of `action.d` in one jail: when it starts, bans, checks, repairs, unbans and stops. Its lane of the actor
 * calls one method at a time.
 */
export class ScriptAction {
  readonly jail: string;
  #settings: ActionSettings;
  readonly #edge: ScriptActionEdge;
  #tags: StaticTags;
  readonly #scripts = new Map<string, Script>();
  readonly #started = new Set<ActionFamily>();
  /** Families that have banned something since they were started: only they have something to unban. */
  readonly #active = new Set<ActionFamily>();
  readonly #banned = new Map<string, Banned>();

  constructor(jail: string, settings: ActionSettings, edge: ScriptActionEdge) {
    this.jail = jail;
    this.#settings = settings;
    this.#edge = edge;
    this.#tags = new StaticTags(settings);
  }

  get name(): string {
    return this.#settings.name;
  }

  /** Goes by other commands and parameters from the next command on; nothing is stopped or started for it. */
  amend(settings: ActionSettings): void {
    this.#settings = settings;
    this.#tags = new StaticTags(settings);
    this.#scripts.clear();
  }

  /**
   * Runs `actionstart` for each family, unless the action starts with its first ban.
   * @throws FirewallError `F2B_ACTION_START_FAILED`
   */
  async start(): Promise<void> {
    if (this.#flag('actionstart_on_demand') ?? this.#tags.conditional) return;
    const ran = new Set<string>();
    for (const family of this.#families()) await this.#startFamily(family, ran);
  }

  /**
   * Carries out one order. A ban that failed still counts, and `check` repeats it.
   * @throws FirewallError
   */
  async carryOut(order: Order): Promise<void> {
    if (order.kind === 'unban') return this.#unban(order.ticket);
    if (order.kind === 'prolong') return this.#prolong(order.ticket);
    if (order.ticket.restored && this.#flag('norestored') === true) return;
    return this.#ban(order.ticket, order.kind);
  }

  /**
   * Looks at every family that is started, with `actioncheck` where there is one, and repairs it; then repeats bans
   * that had failed, a few times. Answers what it found; never throws for what a command did.
   */
  async check(): Promise<readonly Found[]> {
    const repairs: Found[] = [];
    const mend = async (what: string, work: () => Promise<void>) => {
      try {
        await work();
        repairs.push({ what, error: undefined });
      } catch (error) {
        repairs.push({ what, error: firewallError(error) });
      }
    };
    for (const family of [...this.#started]) {
      if (await this.#isSane(family)) continue;
      await mend(`actioncheck failed${family === '' ? '' : ` for ${family}`}`, () => this.#restore(family, undefined));
    }
    // An action without a check sends mail or reports: nobody wants those repeated an hour later.
    if (this.#source('actioncheck') === '') return repairs;
    for (const { ticket, failed, repeats } of [...this.#banned.values()]) {
      if (!failed || repeats >= repeatLimit) continue;
      const what = `the ban of ${quoted(ticket.id, 80)} had failed`;
      await mend(what, () => this.#ban(ticket, 'ban', repeats + 1));
    }
    return repairs;
  }

  /** Lifts all bans: at once with `actionflush` where there is one, else one by one. @returns what failed */
  async flush(): Promise<readonly FirewallError[]> {
    const failures: FirewallError[] = [];
    const held = [...this.#banned.values()];
    // First of all, so that a repair on the way does not make anew what is being lifted.
    this.#banned.clear();
    if (this.#source('actionflush') === '') {
      for (const { ticket } of held) await this.#unban(ticket).catch((error) => failures.push(firewallError(error)));
    } else {
      for (const family of new Set(held.map((banned) => banned.family))) {
        if (!this.#active.has(family)) continue;
        const end = await this.#run('actionflush', family);
        if (end.ok) continue;
        failures.push(errors.actionFailed('actionflush', end.how));
        if (await this.#isSane(family)) continue;
        await this.#restore(family, undefined).catch((error) => failures.push(firewallError(error)));
      }
    }
    this.#active.clear();
    return failures;
  }

  /** Lifts all bans, then runs `actionstop` for each family that was started. @returns what failed */
  async stop(): Promise<readonly FirewallError[]> {
    const failures = [...(await this.flush())];
    const ran = new Set<string>();
    for (const family of [...this.#started]) {
      const end = await this.#run('actionstop', family, { ran });
      if (!end.ok) failures.push(errors.actionFailed('actionstop', end.how));
      this.#started.delete(family);
    }
    return failures;
  }

  /**
   * Runs `actionreload` where there is one; the bans stay.
   * @throws FirewallError `F2B_ACTION_FAILED`
   */
  async reload(): Promise<void> {
    for (const family of this.#started) {
      const end = await this.#run('actionreload', family);
      if (!end.ok) throw errors.actionFailed('actionreload', end.how);
    }
  }

  async #ban(ticket: Ticket, kind: 'ban' | 'reban', repeats = 0): Promise<void> {
    const family = this.#familyOf(ticket);
    const banned: Banned = { ticket, family, failed: true, repeats };
    this.#banned.set(ticket.id, banned);
    if (!this.#started.has(family)) await this.#startFamily(family);
    const command = kind === 'reban' && this.#source('actionreban') !== '' ? 'actionreban' : 'actionban';
    let end = await this.#run(command, family, { ticket });
    if (!end.ok) {
      // fail2ban's rule: an action without a check counts as sane, so what failed is tried once more in any case.
      if (!(await this.#isSane(family))) await this.#restore(family, ticket.id);
      end = await this.#run(command, family, { ticket });
    }
    if (!end.ok) throw errors.actionFailed(command, end.how, quoted(ticket.id, 80));
    banned.failed = false;
    this.#active.add(family);
  }

  async #unban(ticket: Ticket): Promise<void> {
    const family = this.#familyOf(ticket);
    this.#banned.delete(ticket.id);
    if (!this.#active.has(family)) return;
    let end = await this.#run('actionunban', family, { ticket });
    if (!end.ok) {
      if (!(await this.#isSane(family))) {
        if (this.#flag('actionrepair_on_unban') !== true) {
          this.#edge.voice.error('Invariant check failed. Unban is impossible.');
          throw errors.actionFailed('actionunban', end.how, quoted(ticket.id, 80));
        }
        await this.#restore(family, ticket.id);
      }
      end = await this.#run('actionunban', family, { ticket });
    }
    if (!end.ok) throw errors.actionFailed('actionunban', end.how, quoted(ticket.id, 80));
  }

  async #prolong(ticket: Ticket): Promise<void> {
    const banned = this.#banned.get(ticket.id);
    if (banned !== undefined) this.#banned.set(ticket.id, { ...banned, ticket });
    if (this.#source('actionprolong') === '') return;
    const end = await this.#run('actionprolong', this.#familyOf(ticket), { ticket });
    if (!end.ok) throw errors.actionFailed('actionprolong', end.how, quoted(ticket.id, 80));
  }

  async #startFamily(family: ActionFamily, ran?: Set<string>): Promise<void> {
    const end = await this.#run('actionstart', family, ran === undefined ? {} : { ran });
    if (!end.ok) throw errors.startFailed(this.name, end.how);
    this.#started.add(family);
  }

  /** What `actioncheck` says; an action without one is sane. */
  async #isSane(family: ActionFamily): Promise<boolean> {
    return this.#source('actioncheck') === '' || (await this.#run('actioncheck', family)).ok;
  }

  /**
   * Puts the action's environment back: `actionrepair`, or `actionstop` and `actionstart`, which (unlike in fail2ban)
   * always runs, also where the same command has run before. The other bans of the family are then made again, since
   * what was restored is empty; the one in hand (`but`) is its caller's.
   */
  async #restore(family: ActionFamily, but: string | undefined): Promise<void> {
    this.#edge.voice.error('Invariant check failed. Trying to restore a sane environment');
    if (this.#source('actionrepair') !== '') await this.#run('actionrepair', family);
    else {
      await this.#run('actionstop', family);
      this.#started.delete(family);
      await this.#run('actionstart', family);
    }
    if (!(await this.#run('actioncheck', family)).ok) {
      this.#edge.voice.error(`Unable to restore environment of action ${this.name} in jail ${this.jail}`);
      throw errors.unrepairable(this.name);
    }
    this.#started.add(family);
    const again: ActionCommandName = this.#source('actionreban') === '' ? 'actionban' : 'actionreban';
    for (const banned of [...this.#banned.values()]) {
      if (banned.family !== family || banned.ticket.id === but) continue;
      banned.failed = !(await this.#run(again, family, { ticket: banned.ticket })).ok;
    }
  }

  /** Runs one command; with `ran`, only where the very same text has not run before. Throws only for broken tags. */
  async #run(
    command: ActionCommandName,
    family: ActionFamily,
    { ticket, ran }: { ticket?: Ticket; ran?: Set<string> } = {},
  ): Promise<CommandEnd> {
    const bound = await this.#bind(command, family, ticket);
    const text = [bound.script, ...bound.values].join('\0');
    if (ran?.has(text)) return { ok: true, how: 'ran before' };
    ran?.add(text);
    return this.#edge.runner.run(bound, this.#timeout(family));
  }

  async #bind(command: ActionCommandName, family: ActionFamily, ticket: Ticket | undefined): Promise<BoundScript> {
    const key = `${command} ${family}`;
    let script = this.#scripts.get(key);
    if (script === undefined) {
      script = readScript(this.#tags.replace(this.#source(command), family));
      this.#scripts.set(key, script);
    }
    const subject = { ticket: ticket ?? emptyTicket(this.#edge.clock()), jail: this.jail };
    const forFamily = ticket === undefined ? family : undefined;
    const values = await dynamicValues(script.tags, { ...subject, family: forFamily }, this.#edge.sources);
    return bindScript(script, (tag) => values.get(tag));
  }

  #timeout(family: ActionFamily): Milliseconds {
    const seconds = Number(this.#tags.value('timeout', family) ?? Number.NaN);
    return Number.isFinite(seconds) && seconds > 0 ? seconds * 1_000 : defaultTimeout;
  }

  #familyOf(ticket: Ticket): ActionFamily {
    return this.#tags.conditional ? (ticket.family ?? '') : '';
  }

  #families(): readonly ActionFamily[] {
    if (!this.#tags.conditional) return [''];
    return this.#edge.ipv6 ? ['inet4', 'inet6'] : ['inet4'];
  }

  #source(command: ActionCommandName): string {
    const value = this.#settings.commands.get(command);
    return typeof value === 'string' ? value.trim() : '';
  }

  #flag(command: ActionCommandName): boolean | undefined {
    const value = this.#settings.commands.get(command);
    if (value === undefined || typeof value === 'boolean') return value;
    return /^(?:1|on|true|yes)$/i.test(value.trim());
  }
}
