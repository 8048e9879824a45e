import type { Settings, VoiceLevel } from '@f2b/config';
import type { BrokenJail, Guard, ReloadPlan } from '@f2b/core';
import { CliError, reasonOf } from '../errors.js';
import { type ReloadReport, type ReloadWish, reloadInWords } from './control/reload.js';
import { readAnew, refused } from './read-anew.js';
import { type ServerChange, serverChanges } from './server-changes.js';

export interface ConfigurationParts {
  /** Takes over a setting of the server. @returns whether it could */
  apply(change: ServerChange): boolean;
  say(level: VoiceLevel, message: string): void;
}

/** What the guard offers for a reload. */
export type ReloadableGuard = Pick<Guard, 'planReload' | 'reload' | 'removeJail' | 'jailSettings' | 'byHand'>;

/** The configuration as the daemon goes by it, and how it comes to go by another. */
export class Configuration {
  readonly #parts: ConfigurationParts;
  #settings: Settings;
  #guard: Promise<ReloadableGuard>;
  #begin!: (guard: ReloadableGuard) => void;
  /** The reload before: they come one after the other. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(settings: Settings, parts: ConfigurationParts) {
    this.#settings = settings;
    this.#parts = parts;
    this.#guard = new Promise((resolve) => {
      this.#begin = resolve;
    });
  }

  /** As last read without a mistake. */
  get settings(): Settings {
    return this.#settings;
  }

  /** All jails have been started, or have failed to: from now on they can be changed. */
  begin(guard: ReloadableGuard): void {
    this.#begin(guard);
  }

  /** Resolves when `begin` was called. */
  async ready(): Promise<void> {
    await this.#guard;
  }

  /**
   * Reads the configuration anew, all of it before anything is done; then what differs is changed in one step.
   * @throws CliError `F2B_RELOAD_REFUSED` where something in it is wrong that was not wrong before: nothing has been changed;
   *   `F2B_UNKNOWN_JAIL`
   */
  reload(wish: ReloadWish): Promise<ReloadReport> {
    const done = this.#turn.then(async () => this.#reload(wish, await this.#guard));
    this.#turn = done.catch((error) => {
      for (const line of reasonOf(error).split('\n')) this.#parts.say('ERROR', line);
    });
    return done;
  }

  async #reload(wish: ReloadWish, guard: ReloadableGuard): Promise<ReloadReport> {
    const { jail: only, dryRun = false } = wish;
    const wasThere = only !== undefined && guard.jailSettings(only) !== undefined;
    if (only !== undefined && !wasThere && !wish.mayStart) {
      if (wish.ifExists) return this.#report(emptyPlan, { unchanged: this.#settings.jails.map(({ name }) => name) });
      throw unknownJail(only);
    }
    if (!dryRun) this.#parts.say('INFO', only === undefined ? 'Reload all jails' : `Reload jail '${only}'`);
    const { settings, warnings } = readAnew(wish, this.#settings, (name) => guard.jailSettings(name) !== undefined);
    if (only !== undefined && !wasThere && !settings.jails.some(({ name }) => name === only)) {
      if (wish.ifExists) return this.#report(emptyPlan, { unchanged: this.#settings.jails.map(({ name }) => name) });
      throw unknownJail(only);
    }
    const plan = await guard.planReload({ jails: settings.jails, only });
    const broken = plan.broken.filter(({ asBefore }) => !asBefore);
    if (broken.length > 0) throw refused(settings.directory, reasonsOf(broken));
    for (const { name, why } of plan.broken) warnings.push(`[${name}] still does not run: ${why}`);

    const changes = only === undefined ? serverChanges(this.#settings, settings) : [];
    const restarted = wish.restart ? running(guard, [...plan.unchanged, ...plan.changed.map(({ name }) => name)]) : [];
    const sorted = {
      restarted,
      unchanged: plan.unchanged.filter((name) => !restarted.includes(name)),
      changed: changedParts(plan).filter(({ name }) => !restarted.includes(name)),
      warnings,
    };
    if (dryRun) {
      const [server, later] = byKind(changes, ({ live }) => live);
      return this.#report(plan, { ...sorted, server, later, directory: settings.directory });
    }
    if (wish.unban)
      for (const name of only === undefined ? guardJails(settings) : [only]) guard.byHand.unbanEverybody(name);
    for (const name of restarted) await guard.removeJail(name);
    await guard.reload(restarted.length === 0 ? plan : await guard.planReload({ jails: settings.jails, only }));
    const [server, later] = byKind(changes, (change) => change.live && this.#parts.apply(change));
    this.#settings = only === undefined ? settings : withJail(this.#settings, settings, only);
    const report = this.#report(plan, { ...sorted, server, later, directory: settings.directory });
    for (const warning of warnings) this.#parts.say('WARNING', warning);
    for (const name of later) this.#parts.say('WARNING', `${name} has changed: it holds after a restart`);
    this.#parts.say('INFO', `Reload finished. ${reloadInWords(report)}`);
    return report;
  }

  #report(
    { added, removed, unchanged }: Pick<ReloadPlan, 'added' | 'removed' | 'unchanged'>,
    more: Partial<ReloadReport>,
  ): ReloadReport {
    return {
      directory: this.#settings.directory,
      added: added.map(({ settings }) => settings.name),
      removed,
      unchanged,
      changed: [],
      restarted: [],
      server: [],
      later: [],
      warnings: [],
      ...more,
    };
  }
}

const emptyPlan = { added: [], removed: [], unchanged: [] };

function changedParts({ changed }: ReloadPlan): ReloadReport['changed'] {
  return changed.map(({ name, parts }) => ({ name, parts }));
}

/** Jails that share a filter have one reason in common. */
function reasonsOf(broken: readonly BrokenJail[]): string[] {
  const names = new Map<string, string>();
  for (const { name, why } of broken) names.set(why, `${names.get(why) ?? ''}[${name}] `);
  return [...names].map(([why, jails]) => jails + why);
}

function unknownJail(name: string): CliError {
  return new CliError('F2B_UNKNOWN_JAIL', `Sorry but the jail '${name}' does not exist`);
}

function running(guard: ReloadableGuard, names: readonly string[]): string[] {
  return names.filter((name) => guard.jailSettings(name) !== undefined);
}

function guardJails({ jails }: Settings): string[] {
  return jails.map(({ name }) => name);
}

/** Old settings with one jail of the new ones. */
function withJail(old: Settings, settings: Settings, name: string): Settings {
  const mine = (jail: string | undefined) => jail === name;
  const jail = settings.jails.find((one) => mine(one.name));
  const at = old.jails.findIndex((one) => mine(one.name));
  const others = old.jails.filter((one) => !mine(one.name));
  const jails = jail === undefined ? others : others.toSpliced(at < 0 ? others.length : at, 0, jail);
  return {
    ...old,
    jails,
    skipped: [...old.skipped.filter((one) => !mine(one.name)), ...settings.skipped.filter((one) => mine(one.name))],
    findings: [...old.findings.filter((one) => !mine(one.jail)), ...settings.findings.filter((one) => mine(one.jail))],
  };
}

function byKind(changes: readonly ServerChange[], taken: (change: ServerChange) => boolean): [string[], string[]] {
  const server: string[] = [];
  const later: string[] = [];
  for (const change of changes) (taken(change) ? server : later).push(change.setting);
  return [server, later];
}
