import type { Bytes } from '@f2b/config';
import type { CompiledFilter, ScanPool } from '@f2b/matcher';
import type { Edges } from '../edges/edges.js';
import { reasonOf } from '../errors.js';
import type { GuardedJail } from '../jails/guarded-jail.js';
import { unwrappingOf } from '../sources/docker/jail-docker.js';
import type { Files } from '../sources/files/files.js';
import type { FilePlace } from '../sources/source.js';
import { DockerScan } from './docker-scan.js';
import { OrderedScan } from './ordered-scan.js';
import { PooledScan } from './pooled-scan.js';
import type { ScanLane } from './scan-lane.js';

/** A jail as one of the readers of a log. */
export interface Reader {
  readonly jail: GuardedJail;
  readonly from: 'head' | 'tail';
  /** Where an earlier process stood with this log for this jail. */
  readonly place: FilePlace | undefined;
  /** Lines of the first file before this are older than the jail's start, and none of its business. */
  start: Bytes;
  /** The jail reads this log no more: what is under way is not shown to it. */
  gone: boolean;
}

/** Whoever reads along with others. */
export interface ScanReader {
  readonly jail: GuardedJail;
}

/** Jails that share a scan: one whose expressions see several lines has its own, the others go by how lines end. */
export interface Scan<R extends ScanReader = Reader> {
  readonly kind: string;
  readonly readers: readonly R[];
  /** The readers' filters when the scan was made: a jail may get another one. */
  readonly filters: readonly CompiledFilter[];
  readonly lane: ScanLane;
}

/** How lines that Docker has wrapped are unwrapped. */
export interface Wrapped {
  readonly files: Files;
  /** Such lines have come for the first time. */
  found(): void;
}

export interface ScansParts {
  readonly pool: ScanPool;
  readonly edges: Pick<Edges, 'clock'>;
  /** Where lines may be wrapped; undefined: they never are. */
  readonly wrapped?: Wrapped | undefined;
  /** Lines like those to come, where there are some. */
  sample(): Uint8Array | undefined;
  /** Some jails' lines cannot be scanned. */
  failed(why: string): void;
  /** What is being judged: the scans that it was begun with stay open for so long. */
  underWay(): Promise<void>;
}

/** The scans of one log: its readers, divided among as few as possible. */
export class Scans<R extends ScanReader = Reader> {
  readonly #readers: readonly R[];
  readonly #parts: ScansParts;
  #current: readonly Scan<R>[] = [];
  /** The readers have changed since they were divided: many jails may come at once, and a scan is made for all. */
  #stale = false;

  /** @param readers is looked at again after each `changed` */
  constructor(readers: readonly R[], parts: ScansParts) {
    this.#readers = readers;
    this.#parts = parts;
  }

  /** Readers have come or gone, or one has another filter. */
  changed(): void {
    this.#stale = true;
  }

  current(): readonly Scan<R>[] {
    if (this.#stale) this.#divide();
    return this.#current;
  }

  /** A scan for some readers on their own, to be closed by the caller; undefined when there is none, which has been told. */
  of(kind: string, readers: readonly R[]): Scan<R> | undefined {
    const filters = readers.map(({ jail }) => jail.filter);
    try {
      return { kind, readers, filters, lane: this.#unwrapped(this.#lane(filters), readers) };
    } catch (error) {
      const jails = readers.map(({ jail }) => jail.name).join(', ');
      this.#parts.failed(`the lines cannot be scanned for ${jails}: ${reasonOf(error)}`);
      return undefined;
    }
  }

  close(): void {
    this.#retire(this.#current);
    this.#current = [];
  }

  #divide(): void {
    this.#stale = false;
    const groups = new Map<string, R[]>();
    for (const reader of this.#readers) {
      const { encoding, maxlines } = reader.jail.filter;
      const shared = `${encoding.unit}${encoding.newlineAt} ${unwrappingOf(reader.jail.settings)}`;
      const kind = maxlines > 1 ? `ordered ${reader.jail.name}` : shared;
      groups.set(kind, [...(groups.get(kind) ?? []), reader]);
    }
    const before = this.#current;
    this.#current = [...groups].flatMap(([kind, readers]) => {
      const known = before.find((scan) => scan.kind === kind && serves(scan, readers));
      return known ?? this.of(kind, readers) ?? [];
    });
    this.#retire(before.filter((scan) => !this.#current.includes(scan)));
  }

  /** Blocks under way are still judged by the scans that they were begun with. */
  #retire(scans: readonly Scan<R>[]): void {
    const close = () => {
      for (const { lane } of scans) lane.close();
    };
    this.#parts.underWay().then(close, close);
  }

  #unwrapped(lane: ScanLane, [reader]: readonly R[]): ScanLane {
    const { wrapped, pool } = this.#parts;
    const how = reader === undefined ? 'never' : unwrappingOf(reader.jail.settings);
    if (wrapped === undefined || how === 'never' || lane.newline.unit !== 1) return lane;
    const { files } = wrapped;
    const found = () => wrapped.found();
    return new DockerScan(lane, { files, always: how === 'always', maxLineBytes: pool.maxLineBytes, found });
  }

  #lane(filters: readonly CompiledFilter[]): ScanLane {
    const { pool, edges } = this.#parts;
    const [first] = filters;
    if (first!.maxlines > 1) return new OrderedScan(first!, edges.clock, pool.maxLineBytes);
    return new PooledScan(pool, filters, edges.clock, () => this.#parts.sample());
  }
}

/** Whether a scan is for these readers, with the filters that they have now. */
function serves<R extends ScanReader>({ readers, filters }: Scan<R>, wanted: readonly R[]): boolean {
  return (
    readers.length === wanted.length && wanted.every((one, i) => one === readers[i] && one.jail.filter === filters[i])
  );
}
