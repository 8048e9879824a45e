import type { JailSettings } from '@f2b/config';
import type { CompiledFilter } from '@f2b/matcher';
import { readsJournal } from '../sources/journal/jail-journal.js';
import type { Arising, LogTrouble } from '../sources/source.js';
import { readsCommand } from '../sources/stream/jail-stream.js';
import type { Decision } from './decisions.js';
import type { Judge } from './judge.js';
import type { Rules } from './rules.js';
import type { JailState, JailStatus } from './status.js';

/** Does what a decision says. */
export type CarryOut = (jail: GuardedJail, decision: Decision, from: Arising | undefined) => void;

/** A jail that has been started: its judge, its compiled filter, its logs. */
export class GuardedJail {
  readonly name: string;
  readonly judge: Judge;
  /** Logs that it reads, in the order in which they were added, each with what is wrong with it at the moment. */
  readonly logs = new Map<string, LogTrouble | undefined>();
  /** Its reading is held up: it is shown no lines until it goes on where it stood. */
  paused = false;
  readonly #carryOut: CarryOut;
  #settings: JailSettings;
  #filter: CompiledFilter;

  constructor(settings: JailSettings, judge: Judge, filter: CompiledFilter, carryOut: CarryOut) {
    this.name = settings.name;
    this.judge = judge;
    this.#settings = settings;
    this.#filter = filter;
    this.#carryOut = carryOut;
  }

  get settings(): JailSettings {
    return this.#settings;
  }

  get filter(): CompiledFilter {
    return this.#filter;
  }

  /** Goes by other settings from now on; the judge's book, and what is known of its logs, stay. */
  change(settings: JailSettings, rules: Rules, filter: CompiledFilter): void {
    // Whom a trial of the jail would have banned, the jail itself has not: its rules may have been changed for that.
    if (this.#settings.simulate && !settings.simulate) this.apply(this.judge.repeal());
    this.#settings = settings;
    this.#filter = filter;
    this.judge.change(rules);
  }

  /**
   * Carries decisions out, in their order.
   * @param from what they arose from: it stays open while one of them is
   */
  apply(decisions: readonly Decision[], from?: Arising): void {
    for (const decision of decisions) this.#carryOut(this, decision, from);
  }

  /** Whether none of its logs can be read: it waits for one to appear. */
  get state(): JailState {
    if (this.paused) return 'running';
    if (this.logs.size === 0) return this.settings.logpaths.length > 0 ? 'waiting' : 'running';
    return [...this.logs.values()].every((trouble) => trouble !== undefined) ? 'waiting' : 'running';
  }

  /** @param unenforced those of the banned whom an action refused */
  status(unenforced: readonly string[]): JailStatus {
    const { counts, banned } = this.judge;
    const ofJournal = readsJournal(this.settings);
    return {
      name: this.name,
      state: this.state,
      why: this.state === 'waiting' ? this.#whyWaiting() : undefined,
      currentlyFailed: counts.failed,
      totalFailed: counts.totalFailed,
      files: ofJournal ? [] : this.#files(),
      journalmatches: ofJournal ? this.settings.filter.journalmatch.map((words) => words.join(' ')) : undefined,
      currentlyBanned: counts.banned,
      totalBanned: counts.totalBanned,
      banned,
      unenforced,
      simulated: this.settings.simulate,
    };
  }

  #files(): readonly string[] {
    if (!this.paused) return [...this.logs.keys()];
    return this.settings.logpaths.flatMap(({ pattern, files }) => (/[*?[]/.test(pattern) ? files : [pattern]));
  }

  #whyWaiting(): string {
    for (const [log, trouble] of this.logs) {
      if (trouble?.kind === 'failing' && (readsJournal(this.settings) || readsCommand(this.settings))) {
        return `${log}: ${trouble.why}`;
      }
      if (trouble?.kind === 'ended') return 'what it reads has ended';
    }
    return 'none of its logs can be read at the moment';
  }
}
