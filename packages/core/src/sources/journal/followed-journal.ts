import type { EpochMs, Milliseconds } from '@f2b/config';
import { CoreError, reasonOf } from '../../errors.js';
import type { Entries, JournalPlace, SourceReader } from '../source.js';
import { entryOf, type JournalEntry, lastNumbers, placeBehind, readCursor } from './entry.js';
import type { Fields } from './export-format.js';
import { type JournalStart, readJournal } from './journalctl.js';
import { JournalMatches } from './matches.js';
import type { JournalWhere } from './places.js';

/** Time as following needs it, and what keeps restarts of many hosts apart. */
export interface JournalClock {
  /** Calls `then` after a while; gives a function that calls it off. */
  after(delay: Milliseconds, then: () => void): () => void;
}

/** What all followed journals share. */
export interface FollowJournalParts {
  readonly clock: JournalClock;
  /** In [0, 1). */
  readonly random: () => number;
  /** Portions that may be under way at once: while there are so many, journalctl is not read. */
  readonly readAhead: number;
  /** `journalctl`, where it is not to be the one of the path. */
  readonly program?: string | undefined;
}

/** What to follow, and where to begin. */
export interface FollowJournal {
  readonly where: JournalWhere;
  readonly matches: JournalMatches;
  /** Where an earlier process stood, or a time. */
  readonly start: JournalPlace | EpochMs;
}

const firstWait: Milliseconds = 250;
const longestWait: Milliseconds = 60_000;
/** Who has lived for so long is well, though nothing has come yet. */
const soundAfter: Milliseconds = 1000;
/** A cursor as journalctl takes it. */
const whole = /^s=[0-9a-f]{32};i=[0-9a-f]+;b=[0-9a-f]{32};m=[0-9a-f]+;t=[0-9a-f]+;x=[0-9a-f]+$/;
/** The last entries, of which one is looked for that can be read. */
const lastEntries = 16;

/** One journal that is followed: at most one journalctl at a time, started again whenever it ends. */
export class FollowedJournal {
  readonly #reader: SourceReader;
  readonly #parts: FollowJournalParts;
  readonly #where: JournalWhere;
  readonly #underWay: Promise<void>[] = [];
  /** By sequence, the number of the last entry that was handed out. */
  readonly #handedOut = new Map<string, number>();
  readonly #running: Promise<void>;
  readonly #closing = new AbortController();
  #matches: JournalMatches;
  /** Where to begin while nothing has come. */
  #start: JournalPlace | EpochMs;
  /** Ends the journalctl of the moment. */
  #child = new AbortController();
  #last: JournalEntry | undefined;
  #settled: JournalPlace | undefined;
  #failures = 0;
  #trouble: string | undefined;
  #waiters: (() => void)[] = [];
  #wake: () => void = () => {};

  constructor({ where, matches, start }: FollowJournal, reader: SourceReader, parts: FollowJournalParts) {
    this.#reader = reader;
    this.#parts = parts;
    this.#where = where;
    this.#matches = matches;
    this.#start = start;
    if (typeof start !== 'number') {
      const { sequence, number } = readCursor(start.cursor);
      this.#handedOut.set(sequence, number);
      this.#settled = start;
    }
    this.#running = this.#run();
  }

  /** Where reading stands; also after it has been closed. */
  get place(): JournalPlace | undefined {
    return this.#settled;
  }

  /** Asks for other entries from now on: journalctl is started again where it stands. */
  ask(matches: JournalMatches): void {
    if (matches.words().join('\n') === this.#matches.words().join('\n')) return;
    this.#matches = matches;
    this.#child.abort();
  }

  /** Resolves when all that is in the journal now has been read and judged. */
  async settled(): Promise<void> {
    const last = await this.#lastThere();
    if (last !== undefined && !this.#has(last)) {
      await new Promise<void>((resolve) => {
        const look = () => {
          if (!this.#has(last) && !this.#closing.signal.aborted) this.#waiters.push(look);
          else resolve();
        };
        look();
      });
    }
    await Promise.all(this.#underWay);
  }

  /** Stops, after what is under way has been judged. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.#child.abort();
    this.#wake();
    await this.#running;
    await Promise.all(this.#underWay);
    this.#tellWaiters();
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      this.#child = new AbortController();
      try {
        await this.#follow(this.#child.signal);
      } catch (error) {
        if (!signal.aborted) await this.#failed(reasonOf(error));
      }
    }
  }

  async #follow(signal: AbortSignal): Promise<void> {
    const from = await this.#from();
    if (signal.aborted) return;
    const callOff = this.#parts.clock.after(soundAfter, () => this.#isSound());
    const query = { where: this.#where, matches: this.#matches, from, follow: true, signal, ...this.#program };
    const leftOut = (entries: number) => this.#leftOut(entries);
    try {
      for await (const several of readJournal({ ...query, leftOut })) {
        this.#isSound();
        this.#handOut(several);
        if (this.#underWay.length >= this.#parts.readAhead) await this.#underWay[0];
        if (signal.aborted) return;
      }
    } finally {
      callOff();
    }
  }

  get name(): string {
    return this.#where.name;
  }

  get #program(): { readonly program?: string | undefined } {
    return { program: this.#parts.program };
  }

  /** Behind what was handed out; at first, where it is to begin. */
  async #from(): Promise<JournalStart> {
    const place = this.#last === undefined ? this.#start : placeBehind(this.name, this.#last);
    if (typeof place === 'number') return { kind: 'time', time: place };
    if (await this.#isThere(place)) return { kind: 'cursor', cursor: place.cursor };
    this.#reader.tell({ kind: 'placeLost', log: this.name, time: place.time });
    this.#start = place.time;
    this.#last = undefined;
    return { kind: 'time', time: place.time };
  }

  /** Whether the journal still has the entry. */
  async #isThere({ cursor }: JournalPlace): Promise<boolean> {
    if (!whole.test(cursor)) return false;
    const { sequence, number } = readCursor(cursor);
    const from = { kind: 'cursor', cursor } as const;
    const query = { where: this.#where, matches: new JournalMatches([]), from, count: 1, ...this.#program };
    for await (const [first] of readJournal({ ...query, signal: this.#closing.signal })) {
      const found = readCursor(first?.get('__CURSOR')?.[0] ?? '');
      return found.sequence === sequence && found.number === number;
    }
    return false;
  }

  #handOut(several: readonly Fields[]): void {
    const log = this.name;
    const entries: JournalEntry[] = [];
    for (const fields of several) {
      const entry = entryOf(fields);
      if (entry === undefined) this.#leftOut(1);
      else if (entries.length > 0 || entry.cursor !== this.#last?.cursor) entries.push(entry);
    }
    const last = entries.at(-1);
    if (last === undefined) return;
    this.#last = last;
    for (const [sequence, number] of lastNumbers(entries)) this.#handedOut.set(sequence, number);
    const portion: Entries = {
      kind: 'entries',
      log,
      identity: last.sequence,
      generation: 0,
      inOperation: false,
      entries,
      settled: () => {
        this.#settled = placeBehind(log, last);
        return this.#settled;
      },
    };
    // A portion that its reader gives back unjudged is not settled: the place stays before it.
    const judged: Promise<void> = this.#reader
      .portion(portion)
      .catch(() => undefined)
      .finally(() => {
        this.#underWay.splice(this.#underWay.indexOf(judged), 1);
        if (this.#underWay.length === 0) this.#reader.tell({ kind: 'caughtUp', log });
      });
    this.#underWay.push(judged);
    this.#tellWaiters();
  }

  #leftOut(entries: number): void {
    for (let i = 0; i < entries; i++) this.#reader.tell({ kind: 'longLine', log: this.name, offset: 0 });
  }

  #isSound(): void {
    this.#failures = 0;
    if (this.#trouble === undefined) return;
    this.#trouble = undefined;
    this.#reader.tell({ kind: 'trouble', log: this.name, trouble: undefined });
  }

  /** Says so, and waits: ever longer, and not all at the same time. */
  async #failed(why: string): Promise<void> {
    if (why !== this.#trouble) {
      this.#trouble = why;
      this.#reader.tell({ kind: 'trouble', log: this.name, trouble: { kind: 'failing', why } });
    }
    const longest = Math.min(longestWait, firstWait * 2 ** this.#failures++);
    await new Promise<void>((resolve) => {
      const callOff = this.#parts.clock.after(longest * (0.5 + this.#parts.random() / 2), resolve);
      this.#wake = () => {
        callOff();
        resolve();
      };
    });
  }

  /** Undefined: there is none, or it cannot be told. */
  async #lastThere(): Promise<JournalEntry | undefined> {
    const start = typeof this.#start === 'number' ? this.#start : this.#start.time;
    const query = { where: this.#where, matches: this.#matches, count: lastEntries, ...this.#program };
    let last: JournalEntry | undefined;
    try {
      for await (const several of readJournal({ ...query, signal: this.#closing.signal })) {
        for (const fields of several) last = entryOf(fields) ?? last;
      }
    } catch (error) {
      // Who follows tells what is wrong.
      if (!(error instanceof CoreError)) throw error;
    }
    return last === undefined || last.received < start ? undefined : last;
  }

  #has({ sequence, number }: JournalEntry): boolean {
    return (this.#handedOut.get(sequence) ?? -1) >= number;
  }

  #tellWaiters(): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const look of waiters) look();
  }
}
