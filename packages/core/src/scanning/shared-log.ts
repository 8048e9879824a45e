import type { Bytes } from '@f2b/config';
import { byteNewline, type LineMatch, type Newline, type ScanPool, type ScanResult } from '@f2b/matcher';
import type { Edges } from '../edges/edges.js';
import { reasonOf } from '../errors.js';
import type { GuardedJail } from '../jails/guarded-jail.js';
import { earlierBlocks } from '../sources/files/earlier.js';
import type { ChooseStart } from '../sources/files/log-file.js';
import type { ReadLimits } from '../sources/files/log-parts.js';
import type { Block, FilePlace, Place, Portion, SourceEvent, SourceReader } from '../sources/source.js';
import type { Pace } from './pace.js';
import { Patience } from './patience.js';
import type { Reading, ReadOnce } from './read-once.js';
import { lastLines } from './sample.js';
import { piecesOf } from './scan-lane.js';
import { type Reader, type Scan, Scans } from './scans.js';
import { SettledInOrder, type Settling } from './settled.js';
import { startingPoint } from './starting-point.js';

/** Lines judged between two looks at the time: a fraction of a millisecond's work. */
const linesPerLook = 8;

/** A block that is being judged. */
interface Pass {
  readonly block: Block;
  /** Undefined for lines that only one jail has missed: no place waits for them. */
  readonly settling: Settling | undefined;
  readonly reading: Reading;
  /** Lines from here on are not for this pass. */
  readonly until: Bytes;
}

/** What the logs share. */
export interface SharedLogParts {
  readonly pool: ScanPool;
  readonly edges: Pick<Edges, 'files' | 'clock'>;
  readonly pace: Pace;
  readonly readOnce: ReadOnce;
  readonly limits: ReadLimits;
  /** Lines went through. */
  scanned(log: SharedLog, bytes: Bytes, result: ScanResult): void;
  /** Lines of the log are wrapped by Docker, and judged without that. */
  unwrapped(log: SharedLog): void;
  /** Lines could not be scanned, or one of them not be judged: they are lost. */
  failed(log: SharedLog, why: string): void;
  /** Gets what befalls the log. */
  befell(log: SharedLog, event: SourceEvent): void;
  /** A portion and all before it are settled. */
  settled(settling: Settling, place: Place | undefined): void;
}

/** One log and all jails that read it: its bytes are read once and searched once for all of them, and judged in line order. */
export class SharedLog implements SourceReader {
  readonly path: string;
  readonly #readers: Reader[] = [];
  readonly #parts: SharedLogParts;
  readonly #patience: Patience;
  readonly #settled: SettledInOrder;
  readonly #scans: Scans;
  /** The judging of the block before: blocks may be scanned side by side, but are judged in order. */
  #turn: Promise<void> = Promise.resolve();
  /** Lets go of the portion in which a line began whose rest has not come. */
  #letGo: (() => void) | undefined;
  /** How far the file that has the name now has been handed out: whoever joins gets everything behind that; undefined: never opened. */
  #handedOut: { readonly generation: number; readonly end: Bytes } | undefined;

  constructor(path: string, parts: SharedLogParts) {
    this.path = path;
    this.#parts = parts;
    this.#scans = new Scans(this.#readers, {
      ...parts,
      wrapped: { files: parts.edges.files, found: () => parts.unwrapped(this) },
      sample: () => lastLines(parts.edges.files, path),
      failed: (why) => parts.failed(this, why),
      underWay: () => this.#turn,
    });
    this.#settled = new SettledInOrder((settling, place) => parts.settled(settling, place));
    this.#patience = new Patience(parts.edges.clock, (why) => {
      const trouble = why === undefined ? undefined : ({ kind: 'unscanned', why } as const);
      parts.befell(this, { kind: 'trouble', log: path, trouble });
    });
  }

  get jails(): readonly GuardedJail[] {
    return this.#readers.map((reader) => reader.jail);
  }

  /** Every jail reads from the end on: what comes is live. */
  get startsAtEnd(): boolean {
    return this.#readers.every((reader) => reader.from === 'tail');
  }

  /** How the log's lines end, as its first jail's encoding says. */
  get newline(): Newline {
    return this.#readers[0]?.jail.filter.encoding ?? byteNewline;
  }

  /** Where to go on: at the first of its jails' places. Other jails are brought to there on their own. */
  get resume(): FilePlace | undefined {
    return this.#readers.find(({ place }) => place !== undefined)?.place;
  }

  /**
   * Adds a jail. If the log is being read already, the jail gets on its own what it has missed, and joins the others there.
   * @param place where an earlier process stood with this log for this jail
   */
  add(jail: GuardedJail, from: 'head' | 'tail', place: FilePlace | undefined): void {
    if (this.#readers.some((reader) => reader.jail === jail)) return;
    const reader: Reader = { jail, from, place, start: 0, gone: false };
    this.#readers.push(reader);
    this.#scans.changed();
    if (this.#handedOut !== undefined) this.#bringUp(reader, this.#handedOut.end);
  }

  /** A jail of the log has another filter. */
  changed(): void {
    this.#scans.changed();
  }

  /** @returns whether nobody reads the log any more */
  remove(jail: GuardedJail): boolean {
    const at = this.#readers.findIndex((reader) => reader.jail === jail);
    for (const reader of at < 0 ? [] : this.#readers.splice(at, 1)) reader.gone = true;
    this.#scans.changed();
    return this.#readers.length === 0;
  }

  /** The earliest of the jails' starting points. */
  readonly chooseStart: ChooseStart = ({ fd, size }) => {
    for (const reader of this.#readers) reader.start = this.#startOf(reader, { fd, size });
    return Math.min(size, ...this.#readers.map((reader) => reader.start));
  };

  #startOf({ jail, from }: Reader, { fd, size }: { readonly fd: number; readonly size: Bytes }): Bytes {
    const { clock, files } = this.#parts.edges;
    const now = clock.now();
    const since = now - jail.judge.rules.findtime * 1000;
    return startingPoint({ fd, size, from }, files, jail.filter, since, now);
  }

  tell(event: SourceEvent): void {
    if (event.kind === 'opened') {
      const { generation, offset } = event;
      // Whatever has the name later is new to everybody from its first byte.
      if (generation > 0) for (const reader of this.#readers) reader.start = 0;
      else if (this.resume !== undefined) this.#bringAllTo(offset, this.resume);
      this.#handedOut = { generation, end: offset };
    }
    this.#parts.befell(this, event);
  }

  /** Reading goes on where one of the jails stood: the others may have stood elsewhere, or be new. */
  #bringAllTo(offset: Bytes, resumed: FilePlace): void {
    for (const reader of this.#readers) {
      if (reader.place?.offset === resumed.offset) continue;
      if (reader.place !== undefined && reader.place.offset > offset) reader.start = reader.place.offset;
      else this.#bringUp(reader, offset);
    }
  }

  /** Shows a jail what stands before a place that the log's reading has reached; the others wait for that long. */
  #bringUp(reader: Reader, until: Bytes): void {
    if (reader.from === 'tail' || until === 0) return;
    this.#turn = this.#turn.then(() => this.#judgeMissed(reader, until));
    // What was given back unjudged holds back this, too.
    this.#turn.catch(() => undefined);
  }

  async #judgeMissed(reader: Reader, until: Bytes): Promise<void> {
    const { edges, limits, readOnce } = this.#parts;
    const { path, newline } = this;
    const scan = this.#scans.of('missed', [reader]);
    if (scan === undefined) return;
    try {
      const start: ChooseStart = (file) => this.#startOf(reader, file);
      const missed = { path, files: edges.files, limits: { ...limits, newline }, start, resume: reader.place, until };
      for (const block of earlierBlocks(missed)) {
        if (reader.gone) break;
        const pass = { block, settling: undefined, reading: readOnce.begin(block.identity), until };
        const begun = scan.lane.begin(block);
        if (begun === undefined) await this.#judgePieces(pass, scan);
        else await this.#judgeScanned(pass, scan, begun);
      }
    } catch (error) {
      this.#parts.failed(this, `[${reader.jail.name}] earlier lines cannot be read: ${reasonOf(error)}`);
    } finally {
      scan.lane.close();
    }
  }

  /** Scans a block, and judges it when its turn has come. Rejects only when it was stopped while the block could not be scanned. */
  async portion(block: Portion): Promise<void> {
    if (block.kind !== 'bytes') throw new TypeError(`${this.path} is read as a file`);
    const { generation, end } = block;
    // What is left of a file that has lost its name comes behind the news of the next one.
    if (generation >= (this.#handedOut?.generation ?? 0)) this.#handedOut = { generation, end };
    const settling = this.#settled.begin(block);
    const begun = this.#scans.current().map((scan) => ({ scan, result: scan.lane.begin(block) }));
    // Told when its turn comes; until then it must not count as unhandled.
    for (const { result } of begun) result?.catch(() => undefined);
    const judged = this.#turn.then(async () => {
      const pass = { block, settling, reading: this.#begin(block), until: Number.POSITIVE_INFINITY };
      let open = true;
      const judgedAll = () => {
        if (!open) return;
        open = false;
        this.#holdDivided(settling, begun);
        settling.judged();
      };
      for (const [i, { scan, result }] of begun.entries()) {
        // Without a pause behind the last line: its failure and the place behind it are one step.
        const atEnd = i === begun.length - 1 ? judgedAll : undefined;
        if (result === undefined) await this.#judgePieces(pass, scan, atEnd);
        else await this.#judgeScanned(pass, scan, result, atEnd);
      }
      judgedAll();
    });
    // What was given back unjudged holds back all behind it.
    this.#turn = judged;
    await judged;
  }

  /** While part of a line waits for its rest, the place stays before it. */
  #holdDivided(settling: Settling, begun: readonly { readonly scan: Scan }[]): void {
    if (begun.some(({ scan }) => scan.lane.waits === true)) {
      this.#letGo ??= settling.hold();
      return;
    }
    this.#letGo?.();
    this.#letGo = undefined;
  }

  /** Nothing is tried again any more: lines that could not be scanned so far stay unread. */
  stopTrying(): void {
    this.#patience.stop();
  }

  /** When nobody reads it any more. */
  close(): void {
    this.#scans.close();
  }

  #begin({ identity, rewritten }: Block): Reading {
    const { readOnce } = this.#parts;
    if (rewritten !== undefined) for (const { jail } of this.#readers) readOnce.rewritten(jail, identity, rewritten);
    return readOnce.begin(identity);
  }

  async #judgePieces(pass: Pass, scan: Scan, atEnd?: () => void): Promise<void> {
    const { edges, pace } = this.#parts;
    await pace.turn();
    const pieces = await this.#attempt(() => piecesOf(pass.block, edges.files, scan.lane.newline));
    if (isGone(pass.block)) return;
    for (const piece of pieces ?? []) {
      const result = await this.#attempt(() => scan.lane.scan(piece));
      const atLast = piece === pieces?.at(-1) ? atEnd : undefined;
      if (result !== undefined) await this.#judge(pass, scan, result, piece.start, atLast);
      if (pace.over) await pace.turn();
    }
  }

  async #judgeScanned(pass: Pass, scan: Scan, begun: Promise<ScanResult>, atEnd?: () => void): Promise<void> {
    let next: Promise<ScanResult> | undefined = begun;
    const result = await this.#attempt(() => {
      const scanned = next ?? scan.lane.begin(pass.block);
      next = undefined;
      return scanned;
    });
    if (isGone(pass.block) || result === undefined) return;
    if (result.matches.length > 0) await this.#parts.pace.turn();
    await this.#judge(pass, scan, result, pass.block.start, atEnd);
  }

  /** @returns undefined when it failed for good, which has been told */
  #attempt<T>(attempt: () => T | Promise<T>): Promise<T | undefined> {
    return this.#patience.attempt(attempt, (why) => this.#parts.failed(this, why));
  }

  /**
   * @param start what the result's offsets count from
   * @param atEnd called right behind the last line
   */
  async #judge(pass: Pass, scan: Scan, result: ScanResult, start: Bytes, atEnd?: () => void): Promise<void> {
    const { pace } = this.#parts;
    let judged = 0;
    for (const match of result.matches) {
      this.#judgeLine(pass, scan, match, start + match.offset);
      if (++judged % linesPerLook === 0 && judged < result.matches.length && pace.over) await pace.turn();
    }
    atEnd?.();
    this.#parts.scanned(this, result.bytes, result);
  }

  #judgeLine({ block, settling, reading, until }: Pass, scan: Scan, match: LineMatch, offset: Bytes): void {
    const reader = scan.readers[match.filter];
    if (reader === undefined || reader.gone || offset >= until) return;
    if (block.generation === 0 && offset < reader.start) return;
    const { jail } = reader;
    if (!this.#parts.readOnce.isNew(jail, reading, offset)) return;
    const inOperation = block.inOperation || (reader.from === 'tail' && block.generation === 0);
    const origin = { log: block.identity, offset };
    try {
      const now = this.#parts.edges.clock.now();
      jail.apply(jail.judge.line(match, { now, inOperation, origin }), settling);
    } catch (error) {
      this.#parts.failed(this, `[${jail.name}] Failed to process line: ${reasonOf(error)}`);
    }
  }

  /** The keys under which the pool is asked to scan this log's lines. */
  scanKeys(): readonly string[] {
    return this.#scans.current().flatMap(({ lane }) => (lane.pooled ? [lane.key] : []));
  }
}

/** Other content has taken the place of what was to be read. */
function isGone({ isThere }: Block): boolean {
  return isThere?.() === false;
}
