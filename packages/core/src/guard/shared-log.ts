import type { Bytes } from '@f2b/config';
import type { CompiledFilter, LineMatch, ScanContext, ScanPool, ScanResult } from '@f2b/matcher';
import type { Block, OpenedLog } from '../sources/file/block.js';
import type { ChooseStart } from '../sources/file/log-file.js';
import { byteNewline, type NewlineKind } from '../sources/file/newline.js';
import type { Clock, Edges } from './edges.js';
import type { GuardedJail } from './guarded-jail.js';
import { OrderedScan } from './ordered-scan.js';
import { reasonOf } from './reporter.js';
import { startingPoint } from './starting-point.js';

/** Matching lines judged before other work gets its turn: a flood must not hold up control commands and timers. */
const judgedAtOnce = 200;

/** A jail as one of the readers of a log. */
interface Reader {
  readonly jail: GuardedJail;
  readonly from: 'head' | 'tail';
  /** Lines of the first file before this are older than the jail's start, and none of its business. */
  start: Bytes;
}

/** Jails whose filters read the log with the same kind of newline, and so share one scan. */
interface Scan {
  readonly key: string;
  readonly readers: readonly Reader[];
  /** For one jail whose expressions see several lines at once. */
  readonly ordered: OrderedScan | undefined;
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
  readonly #events: SharedLogEvents;
  #scans: Scan[] = [];
  /** The judging of the block before: blocks may be scanned side by side, but are judged in order. */
  #turn: Promise<void> = Promise.resolve();

  constructor(
    path: string,
    pool: ScanPool,
    edges: Pick<Edges, 'files'> & { readonly clock: Clock },
    events: SharedLogEvents,
  ) {
    this.path = path;
    this.#pool = pool;
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
  get newline(): NewlineKind {
    return this.#readers[0]?.jail.filter.encoding ?? byteNewline;
  }

  add(jail: GuardedJail, from: 'head' | 'tail'): void {
    if (this.#readers.some((reader) => reader.jail === jail)) return;
    this.#readers.push({ jail, from, start: 0 });
    try {
      this.#register();
    } catch (error) {
      // This filter cannot be scanned; the others go on without it.
      this.remove(jail);
      throw error;
    }
  }

  /** @returns whether nobody reads the log any more */
  remove(jail: GuardedJail): boolean {
    const at = this.#readers.findIndex((reader) => reader.jail === jail);
    if (at >= 0) this.#readers.splice(at, 1);
    this.#register();
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
    const scans = this.#scans.map((scan) => ({ scan, result: this.#scan(scan, block) }));
    // Told when its turn comes; until then it must not count as unhandled.
    for (const { result } of scans) result?.catch(() => undefined);
    this.#turn = this.#turn.then(async () => {
      for (const { scan, result } of scans) {
        try {
          if (scan.ordered !== undefined) await this.#judgeInPieces(block, scan, scan.ordered);
          else await this.#judge(block, scan, await (result ?? this.#scanHere(scan, block)), block.start);
        } catch (error) {
          this.#events.failed(reasonOf(error));
        }
      }
    });
    return this.#turn;
  }

  #context(): ScanContext {
    return { now: this.#edges.clock.now() };
  }

  /** Small appends are scanned here when their turn comes; for them a worker would be a detour. */
  #scan({ key, ordered }: Scan, { bytes, fd, start, end }: Block): Promise<ScanResult> | undefined {
    return ordered === undefined && bytes === undefined
      ? this.#pool.scanRange(key, { fd, start, end }, this.#context())
      : undefined;
  }

  #scanHere({ key }: Scan, { bytes }: Block): ScanResult {
    return this.#pool.scanInline(key, bytes!, this.#context());
  }

  async #judgeInPieces(block: Block, scan: Scan, ordered: OrderedScan): Promise<void> {
    const { clock } = this.#edges;
    for (const { result, start } of ordered.scan(block, () => clock.now())) {
      await this.#judge(block, scan, result, start);
      await clock.pause();
    }
  }

  /** @param start what the result's offsets count from */
  async #judge(block: Block, scan: Scan, result: ScanResult, start: Bytes): Promise<void> {
    let judged = 0;
    for (const match of result.matches) {
      this.#judgeLine(block, scan, match, start);
      if (++judged % judgedAtOnce === 0) await this.#edges.clock.pause();
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

  #register(): void {
    const groups = new Map<string, Reader[]>();
    for (const reader of this.#readers) {
      const { encoding, maxlines } = reader.jail.filter;
      const kind = maxlines > 1 ? `ordered ${reader.jail.name}` : `${encoding.unit}${encoding.newlineAt}`;
      const key = `${this.path}\u0000${kind}`;
      groups.set(key, [...(groups.get(key) ?? []), reader]);
    }
    const before = new Map(this.#scans.map((scan) => [scan.key, scan.ordered]));
    for (const key of before.keys()) if (!groups.has(key)) this.#pool.unregister(key);
    this.#scans = [...groups].map(([key, readers]) => {
      const { filter } = readers[0]!.jail;
      if (filter.maxlines > 1) return { key, readers, ordered: before.get(key) ?? this.#ordered(filter) };
      const filters = readers.map(({ jail }) => jail.filter);
      this.#pool.register(key, filters);
      return { key, readers, ordered: undefined };
    });
  }

  #ordered(filter: CompiledFilter): OrderedScan {
    return new OrderedScan(filter, this.#edges.files, this.#pool.maxLineBytes, this.#edges.clock.now());
  }
}
