import type { Bytes } from '@f2b/config';
import type { LogEncoding } from '../encoding/encoding.js';
import type { ScanContext } from '../failures.js';
import type { CompiledFilter } from '../filter/compile.js';
import { EveryLine, LiteralFinder } from './candidates.js';
import { LineMachine } from './in-place/line-machine.js';
import { MatchWriter } from './match-writer.js';
import { planScan, type ScanPlan } from './needs.js';
import { type DateSlot, ScanRun, type ScanTools } from './run.js';
import type { WireResult } from './wire.js';

/** A line longer than this is skipped whole unless the owner says otherwise. */
export const defaultMaxLineBytes: Bytes = 64 * 1024;

export interface ScannerOptions {
  readonly maxLineBytes?: Bytes;
  /** Default: one that knows nothing of the log. */
  readonly plan?: ScanPlan;
  /** There is little to scan: what would make it faster is left out where that takes longer. */
  readonly brief?: boolean;
}

/**
 * Scans blocks for many filters at once: one search for literals, then only the candidate lines are dated and matched.
 * Holds no state between scans: same bytes in, same result out. One scan at a time.
 */
export class BlockScanner implements ScanTools {
  readonly filters: readonly CompiledFilter[];
  readonly maxLineBytes: Bytes;
  readonly encoding: LogEncoding;
  readonly plan: ScanPlan;
  readonly #brief: boolean;
  /** Ways of reading dates, and by filter which one is its own. */
  readonly slots: DateSlot[] = [];
  readonly slotOf: readonly number[];
  /** Made for the first block. */
  #finder: LiteralFinder | undefined;
  readonly everyLine = new EveryLine();
  /** Matches lines where they stand; made for the first one. */
  #machine: LineMachine | undefined;
  readonly #names: ReadonlyMap<string, number>;
  /** Kept from scan to scan: what it has grown to is not made again. */
  readonly #writer: MatchWriter;

  /**
   * @throws RangeError for filters that cannot share one scan: those with `maxlines` above 1 (they need `scanLinesInOrder`), and
   * logs of different code unit width.
   */
  constructor(filters: readonly CompiledFilter[], options: ScannerOptions = {}) {
    this.filters = filters;
    this.maxLineBytes = options.maxLineBytes ?? defaultMaxLineBytes;
    this.encoding = filters[0]?.encoding ?? { ...neutral };
    for (const { maxlines, encoding } of filters) {
      if (maxlines > 1)
        throw new RangeError('a filter with maxlines above 1 keeps lines: scan it with scanLinesInOrder');
      if (encoding.unit !== this.encoding.unit || encoding.newlineAt !== this.encoding.newlineAt) {
        throw new RangeError(`one scan cannot read a log both as ${encoding.name} and as ${this.encoding.name}`);
      }
    }
    this.plan = options.plan ?? planScan(filters);
    this.#brief = options.brief ?? false;
    this.slotOf = filters.map((filter) => this.#slotFor(filter));
    this.#names = new Map([...new Set(filters.flatMap(groupNames))].map((name, index) => [name, index]));
    this.#writer = new MatchWriter(this.#names);
  }

  #slotFor({ dating, encoding }: CompiledFilter): number {
    const same = this.slots.findIndex((one) => one.dating.key === dating.key && one.encoding.name === encoding.name);
    return same >= 0 ? same : this.slots.push({ dating, encoding }) - 1;
  }

  /** Undefined where literals find no lines: code units of two bytes. */
  get finder(): LiteralFinder | undefined {
    if (this.encoding.unit !== 1) return undefined;
    this.#finder ??= new LiteralFinder(this.plan, this.#brief);
    return this.#finder;
  }

  get machine(): LineMachine | undefined {
    const { finder } = this;
    if (finder === undefined) return undefined;
    this.#machine ??= new LineMachine(
      finder.scanner,
      this.filters,
      this.plan.filters,
      this.slots.length,
      this.slotOf,
      (name) => this.#names.get(name)!,
    );
    return this.#machine;
  }

  /** Memory to read a block into so that it is scanned without being copied; its contents hold until the next scan. */
  room(bytes: Bytes): Buffer | undefined {
    return this.finder?.room(bytes);
  }

  /** Begins a scan of several blocks that follow each other; it ends with `taken`. */
  begin(context: ScanContext): ScanRun {
    this.#writer.begin(context.sink !== undefined);
    return new ScanRun(this, this.#writer, context);
  }

  /** @param bytes whole lines; text behind the last newline is taken for a line too. Bytes that `room` lent are the same
   *   afterwards, but not meanwhile. */
  scan(bytes: Uint8Array, context: ScanContext): WireResult {
    const run = this.begin(context);
    run.take(bytes, 0);
    return run.taken();
  }
}

const neutral = { name: 'utf-8', asciiBytes: true, unit: 1, newlineAt: 0 } as LogEncoding;

/** All names that a match's groups may have. */
function groupNames({ prefregex, failregex }: CompiledFilter): string[] {
  return [...(prefregex === undefined ? [] : [prefregex]), ...failregex].flatMap(({ plan }) => [
    ...plan.named.map(({ name }) => name),
    ...plan.alternatives.map(({ target }) => target),
    ...plan.tuples.map(({ target }) => target),
  ]);
}
