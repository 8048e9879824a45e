import type { JailSettings } from '@f2b/config';
import type { JailStatus } from '@f2b/core';
import type { CompiledFilter } from '@f2b/matcher';
import { type Refusal, Refused, refusal } from '../reply.js';
import { unknownJail } from './raise.js';
import type { ControlledDaemon, GuardControls } from './verb.js';

/** The jail that a request names. It is looked for when something is asked of it: fail2ban looks at the other words first. */
export class AskedJail {
  readonly name: string;
  readonly #daemon: ControlledDaemon;

  constructor(daemon: ControlledDaemon, name: string) {
    this.#daemon = daemon;
    this.name = name;
  }

  /** @throws Refused where no such jail runs, with the reason */
  get guard(): GuardControls {
    this.#running();
    return this.#daemon.guard!;
  }

  /** @throws Refused where no such jail runs, with the reason */
  get settings(): JailSettings {
    return this.#running();
  }

  /** The expressions as they are used. @throws Refused */
  get filter(): CompiledFilter {
    return this.byHand.filter(this.name)!;
  }

  /** @throws Refused */
  get status(): JailStatus {
    this.#running();
    return this.#daemon.jailStatus(this.name)!;
  }

  /** Whether it reads the journal and no files. @throws Refused */
  get readsJournal(): boolean {
    return this.status.journalmatches !== undefined;
  }

  get byHand(): GuardControls['byHand'] {
    return this.guard.byHand;
  }

  /** Goes by other settings from now on; what the jail has counted and banned stays. */
  change(settings: Partial<JailSettings>): Promise<void> {
    return this.guard.changeJail({ ...this.settings, ...settings });
  }

  #running(): JailSettings {
    const settings = this.#daemon.guard?.jailSettings(this.name);
    if (settings === undefined)
      throw new Refused(whyNotRunning(this.#daemon, this.name) ?? unknownJail(this.name).refusal);
    return settings;
  }
}

/** Why a jail that there is, or should be, does not run; undefined: it runs, or there is none of this name. */
export function whyNotRunning(daemon: ControlledDaemon, name: string): Refusal | undefined {
  const status = daemon.jailStatus(name);
  if (status?.state === 'failed') return doesNotRun(name, status.why ?? 'it has failed');
  if (status?.state === 'starting' || (status === undefined && daemon.jailNames().includes(name))) {
    return refusal('F2B_JAIL_STARTING', `The jail '${name}' is being started: ask again in a moment`);
  }
  const why = status === undefined ? daemon.whySkipped(name) : undefined;
  return why === undefined ? undefined : doesNotRun(name, why);
}

function doesNotRun(jail: string, why: string): Refusal {
  return refusal('F2B_JAIL_FAILED', `The jail '${jail}' does not run: ${why}`);
}
