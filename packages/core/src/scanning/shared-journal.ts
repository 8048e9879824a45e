import type { EpochMs, Milliseconds } from '@f2b/config';
import type { LineMatch, ScanPool, ScanResult } from '@f2b/matcher';
import type { Edges } from '../edges/edges.js';
import { reasonOf } from '../errors.js';
import { dropOldest } from '../jails/book/bound.js';
import type { GuardedJail } from '../jails/guarded-jail.js';
import { entriesAsLines, entryOf, lastNumbers, readCursor } from '../sources/journal/entry.js';
import { type JournalQuery, readJournal } from '../sources/journal/journalctl.js';
import { JournalMatches } from '../sources/journal/matches.js';
import type { JournalWhere } from '../sources/journal/places.js';
import type { DatedEntry, JournalPlace, Place, Portion, SourceEvent, SourceReader } from '../sources/source.js';
import type { Pace } from './pace.js';
import { Patience } from './patience.js';
import { type Scan, Scans } from './scans.js';
import { SettledInOrder, type Settling } from './settled.js';

/** Entries judged between two looks at the time: a fraction of a millisecond's work. */
const entriesPerLook = 8;
/** What is scanned at one go: a few milliseconds' work. */
const pieceChars = 32 * 1024;
/** Sequences remembered for a jail: a journal has as many as it has been begun anew, seldom more than one. */
const maxSequences = 256;
/** An entry whose own time is this far from when the journal got it does not know the time. */
const tolerance: Milliseconds = 60_000;

/** A jail as one of the readers of a journal. */
interface JournalReader {
  readonly jail: GuardedJail;
  matches: JournalMatches;
  /** Where it began: entries of sequences that it knows nothing of are its business from this time on. */
  readonly since: EpochMs;
  /** Where an earlier process stood. */
  readonly place: JournalPlace | undefined;
  /** Entries that come later are live. */
  readonly joined: EpochMs;
  /** By sequence, the number of the last entry that it has been shown, or that came before it. */
  readonly seen: Map<string, number>;
  /** The jail reads this journal no more: what is under way is not shown to it. */
  gone: boolean;
}

/** What the journals share. */
export interface SharedJournalParts {
  readonly pool: ScanPool;
  readonly edges: Pick<Edges, 'clock'>;
  readonly pace: Pace;
  /** `journalctl`, where it is not to be the one of the path. */
  readonly program?: string | undefined;
  /** Entries went through. */
  scanned(journal: SharedJournal, result: ScanResult): void;
  /** Entries could not be scanned, or one of them not be judged: they are lost. */
  failed(journal: SharedJournal, why: string): void;
  /** Gets what befalls the journal. */
  befell(journal: SharedJournal, event: SourceEvent): void;
  /** A portion and all before it are settled. */
  settled(settling: Settling, place: Place | undefined): void;
}

/**
 * One journal and all jails that read it: its entries are read once and searched once for all of them, and judged in their order.
 * Which entries a jail is shown its `journalmatch` says.
 */
export class SharedJournal implements SourceReader {
  readonly where: JournalWhere;
  readonly #readers: JournalReader[] = [];
  readonly #parts: SharedJournalParts;
  readonly #patience: Patience;
  readonly #settled: SettledInOrder;
  readonly #scans: Scans<JournalReader>;
  readonly #closing = new AbortController();
  #turn: Promise<void> = Promise.resolve();

  constructor(where: JournalWhere, parts: SharedJournalParts) {
    this.where = where;
    this.#parts = parts;
    this.#scans = new Scans<JournalReader>(this.#readers, {
      ...parts,
      sample: () => undefined,
      failed: (why) => parts.failed(this, why),
      underWay: () => this.#turn,
    });
    this.#settled = new SettledInOrder((settling, place) => parts.settled(settling, this.kept(place)));
    this.#patience = new Patience(parts.edges.clock, (why) => {
      const trouble = why === undefined ? undefined : ({ kind: 'unscanned', why } as const);
      parts.befell(this, { kind: 'trouble', log: this.name, trouble });
    });
  }

  get name(): string {
    return this.where.name;
  }

  get jails(): readonly GuardedJail[] {
    return this.#readers.map(({ jail }) => jail);
  }

  /** What all jails together ask for. */
  get matches(): JournalMatches {
    return JournalMatches.union(this.#readers.map(({ matches }) => matches));
  }

  /** The earliest of the jails' starting points. */
  get start(): JournalPlace | EpochMs {
    const starts = this.#readers.map(({ place, since }) => place ?? since);
    return starts.reduce((first, one) => (timeOf(one) < timeOf(first) ? one : first));
  }

  /** A place, if it may be kept: not while entries are read again that some jail had read already. */
  kept<P extends Place>(place: P | undefined): P | undefined {
    if (place?.kind !== 'journal') return undefined;
    return this.#readers.some((reader) => (reader.place?.time ?? 0) > place.time) ? undefined : place;
  }

  /**
   * Adds a jail.
   * @param place where an earlier process stood for this jail; one older than findtime is of no use
   * @param followed the journal is being read already: the jail gets on its own what it has missed
   */
  add(jail: GuardedJail, matches: JournalMatches, place: JournalPlace | undefined, followed: boolean): void {
    if (this.#readers.some((reader) => reader.jail === jail)) return;
    const now = this.#parts.edges.clock.now();
    const oldest = now - jail.judge.rules.findtime * 1000;
    const resumed = place !== undefined && place.time >= oldest ? place : undefined;
    const since = resumed?.time ?? oldest;
    const reader = { jail, matches, since, place: resumed, joined: now, seen: new Map<string, number>(), gone: false };
    if (resumed !== undefined) {
      const { sequence, number } = readCursor(resumed.cursor);
      reader.seen.set(sequence, number);
    }
    this.#readers.push(reader);
    this.#scans.changed();
    if (!followed) return;
    this.#turn = this.#turn.then(() => this.#bringUp(reader));
    // What was given back unjudged holds back this, too.
    this.#turn.catch(() => undefined);
  }

  /** A jail of the journal has another filter, or asks for other entries. */
  changed(jail: GuardedJail, matches: JournalMatches): void {
    for (const reader of this.#readers) if (reader.jail === jail) reader.matches = matches;
    this.#scans.changed();
  }

  /** @returns whether nobody reads the journal any more */
  remove(jail: GuardedJail): boolean {
    const at = this.#readers.findIndex((reader) => reader.jail === jail);
    for (const reader of at < 0 ? [] : this.#readers.splice(at, 1)) reader.gone = true;
    this.#scans.changed();
    return this.#readers.length === 0;
  }

  tell(event: SourceEvent): void {
    this.#parts.befell(this, event);
  }

  /** Judges entries when their turn has come. Rejects only when it was stopped while they could not be scanned. */
  async portion(portion: Portion): Promise<void> {
    if (portion.kind !== 'entries') throw new TypeError(`${this.name} is read as a journal`);
    const settling = this.#settled.begin(portion);
    const scans = this.#scans.current();
    const judged = this.#turn.then(async () => {
      for (const scan of scans) await this.#judgeEntries(portion.entries, scan, settling);
      settling.judged();
    });
    // What was given back unjudged holds back all behind it.
    this.#turn = judged;
    await judged;
  }

  /** Nothing is tried again any more: entries that could not be scanned so far stay unread. */
  stopTrying(): void {
    this.#closing.abort();
    this.#patience.stop();
  }

  /** When nobody reads it any more. */
  close(): void {
    this.stopTrying();
    this.#scans.close();
  }

  /** Shows a jail what came before it joined those who read; the others wait for that long. */
  async #bringUp(reader: JournalReader): Promise<void> {
    const scan = this.#scans.of('missed', [reader]);
    if (scan === undefined) return;
    const { place, since, matches } = reader;
    const from: JournalQuery['from'] = { kind: 'time', time: place?.time ?? since };
    const query = { where: this.where, matches, from, signal: this.#closing.signal, program: this.#parts.program };
    try {
      for await (const several of readJournal(query)) {
        if (reader.gone) break;
        await this.#judgeEntries(
          several.flatMap((fields) => entryOf(fields) ?? []),
          scan,
        );
      }
    } catch (error) {
      this.#parts.failed(this, `[${reader.jail.name}] earlier entries cannot be read: ${reasonOf(error)}`);
    } finally {
      scan.lane.close();
    }
  }

  /** @param settling undefined for entries that only one jail has missed: no place waits for them */
  async #judgeEntries(entries: readonly DatedEntry[], scan: Scan<JournalReader>, settling?: Settling): Promise<void> {
    const { pace } = this.#parts;
    // A scan that sees several lines at once must see those of its jail alone.
    const [only] = scan.lane.pooled ? [] : scan.readers;
    const shown = only === undefined ? entries : entries.filter((entry) => isFor(only, entry));
    await pace.turn();
    for (let from = 0; from < shown.length; ) {
      const piece = pieceFrom(shown, from);
      from += piece.length;
      const bytes = Buffer.from(entriesAsLines(piece));
      const result = await this.#patience.attempt(
        () => scan.lane.scan({ bytes, start: 0, generation: 0 }),
        (why) => this.#parts.failed(this, why),
      );
      if (result !== undefined) await this.#judge(piece, scan, result, settling);
      if (pace.over) await pace.turn();
    }
    const numbers = lastNumbers(entries);
    for (const reader of scan.readers) markSeen(reader, numbers);
  }

  async #judge(
    entries: readonly DatedEntry[],
    scan: Scan<JournalReader>,
    result: ScanResult,
    settling: Settling | undefined,
  ): Promise<void> {
    const { pace } = this.#parts;
    let judged = 0;
    for (const match of result.matches) {
      const reader = scan.readers[match.filter];
      const entry = entries[match.line];
      if (reader !== undefined && entry !== undefined && !reader.gone && isFor(reader, entry)) {
        this.#judgeEntry(reader, match, entry, settling);
      }
      if (++judged % entriesPerLook === 0 && pace.over) await pace.turn();
    }
    this.#parts.scanned(this, result);
  }

  #judgeEntry({ jail, joined }: JournalReader, match: LineMatch, entry: DatedEntry, settling?: Settling): void {
    const { time, received, sequence, number } = entry;
    const origin = sequence === '' ? undefined : { log: sequence, offset: number };
    // Its own time is good, however late it comes; unless whoever sent it has another clock.
    const inOperation = received >= joined && Math.abs(received - time) > tolerance;
    const { regex, tuple, groups, lines } = match;
    try {
      const now = this.#parts.edges.clock.now();
      const dated = { regex, time, date: 'own' as const, tuple, groups, lines };
      jail.apply(jail.judge.line(dated, { now, inOperation, origin }), settling);
    } catch (error) {
      this.#parts.failed(this, `[${jail.name}] Failed to process entry: ${reasonOf(error)}`);
    }
  }
}

/** Whether an entry is one that the jail asked for, and has not been shown yet. */
function isFor(reader: JournalReader, { sequence, number, received, fields }: DatedEntry): boolean {
  const seen = reader.seen.get(sequence);
  if (seen === undefined ? received < reader.since : sequence !== '' && number <= seen) return false;
  return reader.matches.accepts(fields);
}

function markSeen({ seen }: JournalReader, numbers: ReadonlyMap<string, number>): void {
  for (const [sequence, number] of numbers) if (number > (seen.get(sequence) ?? 0)) seen.set(sequence, number);
  dropOldest(seen, maxSequences);
}

function pieceFrom(entries: readonly DatedEntry[], from: number): readonly DatedEntry[] {
  let to = from;
  for (let chars = 0; to < entries.length && chars < pieceChars; to++) chars += entries[to]!.text.length + 33;
  return entries.slice(from, to);
}

function timeOf(start: JournalPlace | EpochMs): EpochMs {
  return typeof start === 'number' ? start : start.time;
}
