import type { EventEmitter } from 'node:events';
import type { ScanPool, ScanResult } from '@f2b/matcher';
import type { Edges } from '../edges/edges.js';
import type { GuardedJail } from '../jails/guarded-jail.js';
import { type JailJournal, jailJournal } from '../sources/journal/jail-journal.js';
import { Journals } from '../sources/journal/journals.js';
import type { JournalPlace, LogTrouble, Place, SourceEvent } from '../sources/source.js';
import type { GuardEvents } from '../telling/events.js';
import { type LineCounts, scannedLines } from '../telling/health.js';
import { journalTroubleWords, placeLostMessage } from '../telling/of-logs.js';
import type { Reporter } from '../telling/reporter.js';
import type { Pace } from './pace.js';
import type { Settling } from './settled.js';
import { SharedJournal, type SharedJournalParts } from './shared-journal.js';

/** Portions of a journal under way at once, each what a pipe holds at most. */
const readAhead = 4;

export interface FollowedJournalsOptions {
  readonly edges: Edges;
  readonly pool: ScanPool;
  readonly pace: Pace;
  readonly reporter: Reporter;
  readonly events: EventEmitter<GuardEvents>;
  readonly counts: LineCounts;
  /** The program that reads the journal, where it is not to be the `journalctl` of the path. */
  readonly journalctl?: string | undefined;
  /** Where an earlier process stood with a log for a jail. */
  place(jail: string, log: string): Place | undefined;
  /** A portion has been judged: there may be new bans. */
  judged(): void;
  /** A portion and all of its journal before it are settled. */
  settled(settling: Settling, place: Place | undefined): void;
}

/** All journals that the jails read, each followed once. */
export class FollowedJournals {
  readonly #options: FollowedJournalsOptions;
  readonly #source: Journals;
  readonly #shared = new Map<string, SharedJournal>();
  /** Names of journals that are being read. */
  readonly #begun = new Set<string>();
  readonly #parts: SharedJournalParts;
  #closed = false;

  constructor(options: FollowedJournalsOptions) {
    this.#options = options;
    const { edges, pool, pace, reporter, journalctl: program } = options;
    this.#source = new Journals({ clock: edges.clock, random: () => edges.random(), readAhead, program });
    this.#parts = {
      pool,
      edges,
      pace,
      program,
      scanned: (journal, result) => this.#scanned(journal.name, result),
      failed: ({ name }, why) => {
        reporter.problem({ code: 'F2B_SCAN', what: `${name}: ${why}`, level: 'ERROR', subject: name });
      },
      befell: (journal, event) => this.#befell(journal, event),
      settled: options.settled,
    };
  }

  /**
   * Follows the journal that the jail reads.
   * @throws CoreError what is wrong in `journalmatch` or in the brackets behind `systemd`
   */
  add(jail: GuardedJail): void {
    const read = jailJournal(jail.settings);
    if (read === undefined || jail.logs.has(read.where.name)) return;
    this.#saysWhat(jail, read);
    const { where, matches } = read;
    const { name } = where;
    const known = this.#shared.get(name);
    const shared = known ?? new SharedJournal(where, this.#parts);
    const place = this.#options.place(jail.name, name);
    shared.add(jail, matches, place?.kind === 'journal' ? place : undefined, this.#begun.has(name));
    jail.logs.set(name, undefined);
    if (known === undefined) this.#shared.set(name, shared);
    // Jails that are started together share the first reading; so it begins when all have been added.
    queueMicrotask(() => this.#follow(shared));
  }

  has(jail: GuardedJail): boolean {
    return this.#of(jail).length > 0;
  }

  /** Follows a jail's new settings: it goes on with the journal that it still reads, or with another one. */
  async change(jail: GuardedJail): Promise<void> {
    const read = jailJournal(jail.settings);
    const left = this.#of(jail).filter(({ name }) => name !== read?.where.name);
    for (const shared of this.#of(jail)) {
      if (read === undefined || left.includes(shared)) continue;
      shared.changed(jail, read.matches);
      this.#source.ask(shared.name, shared.matches);
    }
    this.add(jail);
    await Promise.all(left.map((shared) => this.#leave(jail, shared)));
  }

  /** Ends a jail's reading: what is under way is not shown to it any more. */
  async remove(jail: GuardedJail): Promise<void> {
    await Promise.all(this.#of(jail).map((shared) => this.#leave(jail, shared)));
  }

  /** Where reading stands in each journal: what a restart should go on from. */
  places(): readonly JournalPlace[] {
    return this.#source.places().flatMap((place) => this.#shared.get(place.log)?.kept(place) ?? []);
  }

  /** Resolves when everything that is in the journals now has been read and judged. */
  settled(): Promise<void> {
    return this.#source.settled();
  }

  /** Stops reading, and judges what was read. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const shared of this.#shared.values()) shared.stopTrying();
    await this.#source.close();
  }

  #of(jail: GuardedJail): readonly SharedJournal[] {
    return [...this.#shared.values()].filter(({ jails }) => jails.includes(jail));
  }

  async #leave(jail: GuardedJail, shared: SharedJournal): Promise<void> {
    const { name } = shared;
    jail.logs.delete(name);
    if (!shared.remove(jail)) return this.#source.ask(name, shared.matches);
    this.#shared.delete(name);
    this.#begun.delete(name);
    shared.stopTrying();
    await this.#source.unfollow(name);
    shared.close();
  }

  #follow(shared: SharedJournal): void {
    const { name, where } = shared;
    if (this.#closed || this.#shared.get(name) !== shared) return;
    if (this.#begun.has(name)) return this.#source.ask(name, shared.matches);
    this.#begun.add(name);
    this.#source.follow(name, shared, { where, matches: shared.matches, start: shared.start });
  }

  #saysWhat({ name, settings }: GuardedJail, { where, matches }: JailJournal): void {
    const say = (level: 'INFO' | 'NOTICE', message: string) =>
      this.#options.reporter.say({ logger: 'fail2ban.filtersystemd', level, message: `[${name}] ${message}` });
    for (const words of settings.filter.journalmatch) say('INFO', `Added journal match for: '${words.join(' ')}'`);
    if (matches.all) {
      say(
        'NOTICE',
        `No journalmatch: all entries of ${where.name} are checked. Set journalmatch to read what the jail is about`,
      );
    }
  }

  #scanned(name: string, result: ScanResult): void {
    const { overlong, refused } = result;
    const { counts, events, reporter } = this.#options;
    counts.add(result);
    events.emit('scanned', { ...scannedLines(result), path: name });
    if (overlong.count > 0) this.#tooLong(name, overlong.count);
    if (refused.count > 0) {
      const what = `${name}: ${refused.count} entries not judged: ${refused.first[0]?.reason ?? ''}`;
      reporter.problem({ code: 'F2B_SCAN', what, level: 'WARNING', subject: `refused ${name}` });
    }
    this.#options.judged();
  }

  #tooLong(name: string, count: number): void {
    const what = `${name}: ${count} entries skipped whole: they are too long, or have no time`;
    this.#options.reporter.problem({ code: 'F2B_LONG_LINE', what, level: 'WARNING', subject: name });
  }

  #befell(shared: SharedJournal, event: SourceEvent): void {
    const { counts, events, reporter } = this.#options;
    switch (event.kind) {
      case 'trouble':
        this.#trouble(shared, event.trouble);
        break;
      case 'placeLost':
        reporter.problem({ code: 'F2B_JOURNAL', what: placeLostMessage(event), level: 'WARNING' });
        break;
      case 'longLine':
        counts.skipped++;
        this.#tooLong(shared.name, 1);
        break;
      case 'caughtUp':
        events.emit('caughtUp', { path: shared.name });
        break;
      case 'opened':
      case 'rotated':
        break;
    }
  }

  #trouble(shared: SharedJournal, trouble: LogTrouble | undefined): void {
    for (const jail of shared.jails) jail.logs.set(shared.name, trouble);
    if (trouble === undefined) return;
    const jails = shared.jails.map((jail) => `[${jail.name}]`).join(' ');
    const [code, level, what] = journalTroubleWords(shared.name, trouble);
    this.#options.reporter.problem({ code, what: `${jails} ${what}`, level, subject: what });
  }
}
