import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { Bytes } from '@f2b/config';
import {
  BlockScanner,
  behindLastNewline,
  type CompiledFilter,
  type FileRange,
  type LineMatch,
  type Newline,
  newMultilineState,
  planScan,
  type ScanContext,
  type ScanPool,
  type ScanResult,
  sampleFile,
  scanFile,
  scanLinesInOrder,
  unpackResult,
  wholeUnits,
} from '@f2b/matcher';
import { CliError } from '../../errors.js';

/** What came out of one stretch of a log; its columns hold until the next one is asked for. */
export interface LogPart {
  readonly result: Pick<ScanResult, 'matches' | 'found' | 'lines' | 'statistics' | 'overlong' | 'refused'>;
  /** Lines of the log before this part. */
  readonly line: number;
  /** How far the log is read, 0 to 1; undefined where its end is not known. */
  readonly done: number | undefined;
}

/** What a log is scanned for. */
export interface LogScan {
  readonly filter: CompiledFilter;
  readonly context: ScanContext;
}

/** What is read at once of something that is not a plain file. */
const blockBytes: Bytes = 1024 * 1024;
/** The same where every match is an object: few enough that they are gone before they are moved. */
const smallBlockBytes: Bytes = 128 * 1024;
/** Up to this a log is over before a choice among the places in its literals has paid for itself. */
const briefBytes: Bytes = 4 * 1024 * 1024;
/** A line that has no end within this much is cut here: it is over the cap by far. */
const longestTail: Bytes = 8 * 1024 * 1024;

/** Scans a text that stands on the command line. */
export function* scanText(text: string, scan: LogScan): Generator<LogPart> {
  if (text === '') return;
  const bytes = Buffer.from(text);
  yield* scanBlocks([bytes], scan, bytes.length);
}

/**
 * Scans a file, a pipe or the standard input (`-`). The last line counts even without a newline.
 * @param workers read and scan a file in parallel; without them it is scanned here
 * @throws CliError `F2B_LOG_UNREADABLE`
 */
export async function* scanLog(path: string, scan: LogScan, workers?: ScanPool): AsyncGenerator<LogPart> {
  let fd: number;
  try {
    fd = path === '-' ? 0 : openSync(path, 'r');
  } catch (error) {
    throw unreadable(path, error);
  }
  try {
    const stat = fstatSync(fd);
    if (workers === undefined || scan.filter.maxlines > 1) {
      const size = stat.isFile() ? stat.size : undefined;
      const { encoding, maxlines } = scan.filter;
      const blocks = {
        path,
        size,
        newline: encoding,
        most: maxlines > 1 ? smallBlockBytes : blockBytes,
        keeps: maxlines > 1,
      };
      yield* scanBlocks(readBlocks(fd, blocks), scan, size);
      return;
    }
    const file = { fd, start: 0, end: stat.size, takeLast: true };
    workers.register('log', [scan.filter], sampleOf(file, path));
    const transient = scan.context.sink !== undefined;
    const options = { transient, joins: true };
    for await (const { result, offset, line } of scanFile(workers, 'log', file, scan.context, options)) {
      yield { result, line, done: (offset + result.bytes) / stat.size };
    }
  } finally {
    if (fd !== 0) closeSync(fd);
  }
}

function sampleOf(file: FileRange, path: string): Uint8Array {
  try {
    return sampleFile(file);
  } catch (error) {
    throw unreadable(path, error);
  }
}

interface BlockOptions {
  readonly path: string;
  /** Of a plain file. */
  readonly size: Bytes | undefined;
  readonly newline: Newline;
  /** What is read at once. */
  readonly most: Bytes;
  /** A block stays as it is after the next one is asked for. */
  readonly keeps: boolean;
}

/** Whole lines, block by block; at the end of the log also what has no newline. */
function* readBlocks(fd: number, { path, size, newline, most, keeps }: BlockOptions): Generator<Buffer> {
  const room = size === undefined || size === 0 ? most : Math.min(size + 1, most);
  let buffer = Buffer.allocUnsafe(room);
  let held = 0;
  /** What is behind `end` comes first in the next block. */
  const goOn = (end: Bytes, wanted = buffer.length): void => {
    const next = keeps || wanted > buffer.length ? Buffer.allocUnsafe(wanted) : buffer;
    buffer.copy(next, 0, end, held);
    buffer = next;
    held -= end;
  };
  for (;;) {
    const read = readSome(fd, path, buffer.subarray(held));
    if (read === 0) break;
    held += read;
    // A file fills the block, up to its end; what comes through a pipe is passed on as it comes.
    if (size !== undefined && held < buffer.length) continue;
    const end = behindLastNewline(buffer.subarray(0, held), newline);
    if (end > 0) {
      yield buffer.subarray(0, end);
      goOn(end);
    } else if (held > longestTail) {
      // What is held begins with a whole unit, however many bytes a reading brings.
      const cut = wholeUnits(held, newline);
      yield buffer.subarray(0, cut);
      goOn(cut);
    } else if (held === buffer.length) goOn(0, 2 * held);
  }
  if (held > 0) yield buffer.subarray(0, held);
}

function readSome(fd: number, path: string, room: Buffer): Bytes {
  for (;;) {
    try {
      return readSync(fd, room, 0, room.length, null);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EOF') return 0;
      if (code !== 'EAGAIN') throw unreadable(path, error);
      // A terminal or pipe that its owner set to non-blocking: nothing there yet.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    }
  }
}

/**
 * Scans blocks of whole lines here, one after the other.
 * @param size of all of them, if it is known
 */
export function* scanBlocks(blocks: Iterable<Uint8Array>, scan: LogScan, size?: Bytes): Generator<LogPart> {
  const scanner = new BlocksScan(scan, size);
  for (const bytes of blocks) yield scanner.part(bytes);
  yield* scanner.end();
}

/** The scan of blocks of whole lines, however they come. */
export class BlocksScan {
  readonly #scan: LogScan;
  readonly #scanOne: ScanBlock;
  #line = 0;

  constructor(scan: LogScan, size?: Bytes) {
    this.#scan = scan;
    const { filter, context } = scan;
    this.#scanOne = filter.maxlines === 1 ? blockScan(filter, size) : scanInOrder(filter, context);
  }

  part(bytes: Uint8Array, context = this.#scan.context): LogPart {
    const result = this.#scanOne(bytes, context);
    const before = this.#line;
    this.#line += result.lines;
    return { result, line: before, done: undefined };
  }

  /** What is to be said when no more blocks come. */
  end(): readonly LogPart[] {
    const { filter, context } = this.#scan;
    if (filter.maxlines === 1 || context.statistics === undefined) return [];
    return [this.part(new Uint8Array(0), { ...context, end: true })];
  }
}

type ScanBlock = (bytes: Uint8Array, context: ScanContext) => ScanResult;

function blockScan(filter: CompiledFilter, size: Bytes | undefined): ScanBlock {
  let scanner: BlockScanner | undefined;
  return (bytes, context) => {
    // Choosing well what to look for takes time, which a small log does not give back.
    const brief = size !== undefined && size <= briefBytes;
    const sample = bytes.subarray(0, brief ? 0 : 512 + (bytes.length >> 5));
    scanner ??= new BlockScanner([filter], { plan: planScan([filter], sample), brief });
    return unpackResult(scanner.scan(bytes, context));
  };
}

function scanInOrder(filter: CompiledFilter, { now }: ScanContext): ScanBlock {
  const state = newMultilineState(filter, now);
  return (bytes, context) => scanLinesInOrder(filter, state, bytes, context);
}

/** fail2ban-regex passes over comments and empty lines of a log. */
export function isComment({ tuple: [before, date, after] }: LineMatch): boolean {
  return (before || date || after).charCodeAt(0) === 0x23;
}

function unreadable(path: string, error: unknown): CliError {
  const why = error instanceof Error ? error.message : String(error);
  return new CliError('F2B_LOG_UNREADABLE', `cannot read the log ${path}: ${why}`);
}
