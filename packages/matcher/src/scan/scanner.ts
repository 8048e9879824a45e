import type { Bytes } from '@f2b/config';
import type { ScanContext } from '../failures.js';
import type { CompiledFilter } from '../filter/compile.js';
import { type CandidateFinder, EveryLine, LiteralFinder } from './candidates.js';
import type { LogEncoding } from './encoding.js';
import { JudgeInPlace } from './in-place/judge.js';
import { planScan, type ScanPlan } from './needs.js';
import { MatchWriter, type WireResult } from './result.js';
import { RowWriter } from './rows.js';
import { type DateSlot, ScanRun } from './run.js';

/** A line longer than this is skipped whole unless the owner says otherwise. */
export const defaultMaxLineBytes: Bytes = 64 * 1024;

export interface ScannerOptions {
  readonly maxLineBytes?: Bytes;
}

/**
 * Scans blocks for many filters at once: one search for literals, then only the candidate lines are dated and matched.
 * Holds no state between scans: same bytes in, same result out. One scan at a time.
 */
export class BlockScanner {
  readonly filters: readonly CompiledFilter[];
  readonly maxLineBytes: Bytes;
  readonly encoding: LogEncoding;
  readonly plan: ScanPlan;
  /** Ways of reading dates, and by filter which one is its own. */
  readonly slots: DateSlot[] = [];
  readonly slotOf: readonly number[];
  /** By filter; undefined: its lines are judged as text. */
  readonly judges: readonly (JudgeInPlace | undefined)[];
  readonly #finder: CandidateFinder;
  readonly #everyLine = new EveryLine();
  #matches: MatchWriter | undefined;
  #rows: MatchWriter | undefined;

  /**
   * @throws RangeError for filters that cannot share one scan: those with `maxlines` above 1 (they need `MultilineScan`), and
   * logs of different code unit width.
   */
  constructor(filters: readonly CompiledFilter[], options: ScannerOptions = {}) {
    this.filters = filters;
    this.maxLineBytes = options.maxLineBytes ?? defaultMaxLineBytes;
    this.encoding = filters[0]?.encoding ?? { ...neutral };
    for (const { maxlines, encoding } of filters) {
      if (maxlines > 1) throw new RangeError('a filter with maxlines above 1 keeps lines: scan it with MultilineScan');
      if (encoding.unit !== this.encoding.unit || encoding.newlineAt !== this.encoding.newlineAt) {
        throw new RangeError(`one scan cannot read a log both as ${encoding.name} and as ${this.encoding.name}`);
      }
    }
    this.plan = planScan(filters);
    this.#finder = this.encoding.unit === 1 ? new LiteralFinder(this.plan) : this.#everyLine;
    this.slotOf = filters.map((filter) => this.#slotFor(filter));
    this.judges = filters.map((filter) => JudgeInPlace.of(filter));
  }

  #slotFor({ dating, encoding }: CompiledFilter): number {
    const same = this.slots.findIndex((one) => one.dating.key === dating.key && one.encoding.name === encoding.name);
    return same >= 0 ? same : this.slots.push({ dating, encoding }) - 1;
  }

  /** Memory to read a block into so that it is scanned without being copied; its contents hold until the next scan. */
  room(bytes: Bytes): Buffer | undefined {
    return this.#finder.room(bytes);
  }

  /** Begins a scan of several blocks that follow each other; it ends with `taken`. */
  begin(context: ScanContext): ScanRun {
    const writer = this.#writer(context.rows === true);
    writer.clear();
    return new ScanRun(this, context.statistics === undefined ? this.#finder : this.#everyLine, writer, context);
  }

  /** Kept from scan to scan: what they have grown to is not made again. */
  #writer(rows: boolean): MatchWriter {
    if (!rows) {
      this.#matches ??= new MatchWriter(this.filters.flatMap(groupNames));
      return this.#matches;
    }
    this.#rows ??= new MatchWriter(
      this.filters.flatMap(groupNames),
      new RowWriter(
        this.filters,
        this.judges.map((one) => one?.groups),
      ),
    );
    return this.#rows;
  }

  /** @param bytes whole lines; text behind the last newline is taken for a line too. They are the same afterwards, but not meanwhile. */
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
