import type { Bytes } from '@f2b/config';
import { byteNewline, type LineMatch, type Newline, type ScanPool, type ScanResult } from '@f2b/matcher';
import type { Clock, Edges } from '../edges/edges.js';
import type { GuardedJail } from '../jails/guarded-jail.js';
import type { Block, OpenedLog } from '../sources/files/block.js';
import type { ChooseStart } from '../sources/files/log-file.js';
import { reasonOf } from '../telling/reporter.js';
import { OrderedScan } from './ordered-scan.js';
import type { Pace } from './pace.js';
import { PooledScan } from './pooled-scan.js';
import type { ScanLane } from './scan-lane.js';
import { startingPoint } from './starting-point.js';

/** Lines judged between two looks at the time: a fraction of a millisecond's work. */
const linesPerLook = 8;

/** A jail as one of the readers of a log. */
interface Reader {
  readonly jail: GuardedJail;
  readonly from: 'head' | 'tail';
  /** Lines of the first file before this are older than the jail's start, and none of its business. */
  start: Bytes;
}

/** Jails that share a scan: one whose expressions see several lines has its own, the others go by how lines end. */
interface Scan {
  readonly key: string;
  readonly readers: readonly Reader[];
  readonly lane: ScanLane;
}

export interface SharedLogEvents {
  scanned(bytes: Bytes, result: ScanResult): void;
  /** A block could not be scanned, or one of its lines not be judged. */
  failed(why: string): void;
}

/** One log and all jails that read it: its bytes are read once and searched once for all of them, and judged in line order. */
export class SharedLog {
  readonly path: string;
  readonly #readers: Reader[] = [];
  readonly #edges: Pick<Edges, 'files'> & { readonly clock: Clock };
  readonly #pool: ScanPool;
  readonly #pace: Pace;
  readonly #events: SharedLogEvents;
  #scans: Scan[] = [];
  /** The readers have changed since the scans were divided: many jails may come at once, and a scan is made for all. */
  #stale = false;
  /** The judging of the block before: blocks may be scanned side by side, but are judged in order. */
  #turn: Promise<void> = Promise.resolve();

  constructor(
    path: string,
    pool: ScanPool,
    edges: Pick<Edges, 'files'> & { readonly clock: Clock },
    pace: Pace,
    events: SharedLogEvents,
  ) {
    this.path = path;
    this.#pool = pool;
    this.#pace = pace;
    this.#edges = edges;
    this.#events = events;
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

  add(jail: GuardedJail, from: 'head' | 'tail'): void {
    if (this.#readers.some((reader) => reader.jail === jail)) return;
    this.#readers.push({ jail, from, start: 0 });
    this.#stale = true;
  }

  /** @returns whether nobody reads the log any more */
  remove(jail: GuardedJail): boolean {
    const at = this.#readers.findIndex((reader) => reader.jail === jail);
    if (at >= 0) this.#readers.splice(at, 1);
    this.#stale = true;
    return this.#readers.length === 0;
  }

  /** The earliest of the jails' starting points. */
  readonly chooseStart: ChooseStart = ({ fd, size }) => {
    const now = this.#edges.clock.now();
    for (const reader of this.#readers) {
      const { filter, judge } = reader.jail;
      const since = now - judge.settings.findtime * 1000;
      reader.start = startingPoint({ fd, size, from: reader.from }, this.#edges.files, filter, since, now);
    }
    return Math.min(size, ...this.#readers.map((reader) => reader.start));
  };

  opened({ generation }: OpenedLog): void {
    // Whatever has the name later is new to everybody from its first byte.
    if (generation > 0) for (const reader of this.#readers) reader.start = 0;
  }

  /** Scans a block, and judges it when its turn has come. Never rejects. */
  block(block: Block): Promise<void> {
    if (this.#stale) this.#divide();
    const begun = this.#scans.map((scan) => ({ scan, result: scan.lane.begin(block) }));
    // Told when its turn comes; until then it must not count as unhandled.
    for (const { result } of begun) result?.catch(() => undefined);
    this.#turn = this.#turn.then(async () => {
      for (const { scan, result } of begun) {
        try {
          if (result === undefined) await this.#judgePieces(block, scan);
          else await this.#judgeScanned(block, scan, await result);
        } catch (error) {
          this.#events.failed(reasonOf(error));
        }
      }
    });
    return this.#turn;
  }

  async #judgePieces(block: Block, scan: Scan): Promise<void> {
    await this.#pace.turn();
    for (const { result, start } of scan.lane.pieces(block)) {
      await this.#judge(block, scan, result, start);
      if (this.#pace.over) await this.#pace.turn();
    }
  }

  async #judgeScanned(block: Block, scan: Scan, result: ScanResult): Promise<void> {
    if (result.matches.length > 0) await this.#pace.turn();
    await this.#judge(block, scan, result, block.start);
  }

  /** @param start what the result's offsets count from */
  async #judge(block: Block, scan: Scan, result: ScanResult, start: Bytes): Promise<void> {
    let judged = 0;
    for (const match of result.matches) {
      this.#judgeLine(block, scan, match, start);
      if (++judged % linesPerLook === 0 && this.#pace.over) await this.#pace.turn();
    }
    this.#events.scanned(result.bytes, result);
  }

  #judgeLine(block: Block, scan: Scan, match: LineMatch, start: Bytes): void {
    const reader = scan.readers[match.filter];
    if (reader === undefined) return;
    if (block.generation === 0 && start + match.offset < reader.start) return;
    const { jail } = reader;
    const inOperation = block.inOperation || (reader.from === 'tail' && block.generation === 0);
    try {
      jail.apply(jail.judge.line(match, { now: this.#edges.clock.now(), inOperation }));
    } catch (error) {
      this.#events.failed(`[${jail.name}] Failed to process line: ${reasonOf(error)}`);
    }
  }

  /** The keys under which the pool is asked to scan this log's lines. */
  scanKeys(): readonly string[] {
    if (this.#stale) this.#divide();
    return this.#scans.filter(({ lane }) => lane.pooled).map(({ key }) => key);
  }

  /** Divides the readers among as few scans as possible. */
  #divide(): void {
    this.#stale = false;
    const groups = new Map<string, Reader[]>();
    for (const reader of this.#readers) {
      const { encoding, maxlines } = reader.jail.filter;
      const kind = maxlines > 1 ? `ordered ${reader.jail.name}` : `${encoding.unit}${encoding.newlineAt}`;
      const key = `${this.path}\u0000${kind}`;
      groups.set(key, [...(groups.get(key) ?? []), reader]);
    }
    const before = new Map(this.#scans.map((scan) => [scan.key, scan]));
    for (const [key, { lane }] of before) if (!groups.has(key)) lane.close();
    this.#scans = [...groups].flatMap(([key, readers]) => {
      const known = before.get(key);
      const unchanged = known?.readers.length === readers.length && known.readers.every((one, i) => one === readers[i]);
      return unchanged ? [known] : this.#scanOf(key, readers);
    });
  }

  #scanOf(key: string, readers: readonly Reader[]): Scan[] {
    try {
      return [{ key, readers, lane: this.#lane(key, readers) }];
    } catch (error) {
      const jails = readers.map(({ jail }) => jail.name).join(', ');
      this.#events.failed(`the lines cannot be scanned for ${jails}: ${reasonOf(error)}`);
      return [];
    }
  }

  #lane(key: string, readers: readonly Reader[]): ScanLane {
    const { files, clock } = this.#edges;
    const filters = readers.map(({ jail }) => jail.filter);
    const [first] = filters;
    if (first!.maxlines > 1) return new OrderedScan(first!, files, clock, this.#pool.maxLineBytes);
    return new PooledScan(this.#pool, key, filters, this.path, this.#edges);
  }
}
