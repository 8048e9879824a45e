import type { GuardedJail } from '../jails/guarded-jail.js';
import { readsJournal } from '../sources/journal/jail-journal.js';
import type { Place } from '../sources/source.js';
import { readsCommand } from '../sources/stream/jail-stream.js';
import type { LineCounts } from '../telling/health.js';
import { FollowedJournals } from './followed-journals.js';
import { FollowedLogs, type FollowedLogsOptions } from './followed-logs.js';
import { FollowedStreams } from './followed-streams.js';
import { Pace } from './pace.js';

export interface FollowedOptions extends Omit<FollowedLogsOptions, 'resume' | 'pace'> {
  /** The program that reads the journal, where it is not to be the `journalctl` of the path. */
  readonly journalctl?: string | undefined;
  /** Where an earlier process stood with a log for a jail. */
  place(jail: string, log: string): Place | undefined;
}

/** All that the jails read, whatever it is. */
export class Followed {
  readonly #files: FollowedLogs;
  readonly #journals: FollowedJournals;
  readonly #streams: FollowedStreams;

  constructor({ place, ...options }: FollowedOptions) {
    const pace = new Pace(options.edges.clock);
    const resume: FollowedLogsOptions['resume'] = (jail, path) => {
      const found = place(jail, path);
      return found?.kind === 'file' ? found : undefined;
    };
    this.#files = new FollowedLogs({ ...options, pace, resume });
    this.#journals = new FollowedJournals({ ...options, pace, place, counts: this.#files.counts });
    this.#streams = new FollowedStreams({ ...options, pace, counts: this.#files.counts });
  }

  /** Of the lines of all logs so far. */
  get counts(): LineCounts {
    return this.#files.counts;
  }

  /**
   * Follows what the jail reads.
   * @throws what keeps it from being followed
   */
  add(jail: GuardedJail): void {
    if (readsJournal(jail.settings)) return this.#journals.add(jail);
    this.#streams.add(jail);
    if (!readsCommand(jail.settings)) this.#files.add(jail);
  }

  /** Follows a jail's new settings. */
  async change(jail: GuardedJail): Promise<void> {
    if (jail.paused) return;
    if (readsJournal(jail.settings)) {
      await this.#streams.remove(jail);
      if (jail.logs.size > 0 && !this.#journals.has(jail)) await this.#files.remove(jail);
      await this.#journals.change(jail);
      return;
    }
    await this.#journals.remove(jail);
    await this.#streams.change(jail);
    if (readsCommand(jail.settings)) await this.#files.remove(jail);
    else await this.#files.change(jail);
  }

  /** Ends a jail's reading: what is under way is not shown to it any more. */
  async remove(jail: GuardedJail): Promise<void> {
    await this.#streams.remove(jail);
    if (this.#journals.has(jail)) await this.#journals.remove(jail);
    else await this.#files.remove(jail);
  }

  /** Looks for files that a jail's patterns name now, and leaves those whose names have vanished. */
  addNew(jail: GuardedJail): void {
    if (jail.paused || readsJournal(jail.settings) || readsCommand(jail.settings)) return;
    this.#files.addNew(jail);
  }

  /** Has the workers compile what the logs need. */
  warmWorkers(): Promise<void> {
    return this.#files.warmWorkers();
  }

  /** Where reading stands in each log: what a restart should go on from. */
  places(): readonly Place[] {
    return [...this.#files.places(), ...this.#journals.places()];
  }

  /** Resolves when everything that is in the logs now has been read and judged. */
  async settled(): Promise<void> {
    await Promise.all([this.#files.settled(), this.#journals.settled(), this.#streams.settled()]);
  }

  /** Stops reading, and judges what was read; the places move on while questions are answered. */
  async close(): Promise<void> {
    await Promise.all([this.#files.close(), this.#journals.close(), this.#streams.close()]);
  }
}
