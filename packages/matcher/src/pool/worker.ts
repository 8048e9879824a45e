import { move, transferableSymbol, valueSymbol } from 'piscina';
import type { Regex } from '../engines/engine.js';
import { compileFilter } from '../filter/compile.js';
import { RangeReader } from '../scan/range.js';
import { transferables, type WireResult } from '../scan/result.js';
import { BlockScanner } from '../scan/scanner.js';
import { readPlan, type ScanAnswer, type ScanTask } from './task.js';

/** Scanners that this thread compiled, most recently used last. */
const scanners = new Map<number, BlockScanner>();
const knownScanners = 64;
const reader = new RangeReader();
let scratch = Buffer.alloc(0);

function scannerOf(task: ScanTask): BlockScanner {
  let scanner = scanners.get(task.plan);
  if (scanner === undefined) {
    const plan = readPlan(task.planJson);
    const known = new Map<string, Regex>();
    const filters = plan.filters.map(({ settings, ...options }) => compileFilter(settings, { ...options, known }));
    scanner = new BlockScanner(filters, { maxLineBytes: plan.maxLineBytes });
    if (scanners.size >= knownScanners) scanners.delete(scanners.keys().next().value!);
  }
  scanners.delete(task.plan);
  scanners.set(task.plan, scanner);
  return scanner;
}

/** The shared bytes in memory of this thread: what can change under the scan must not be scanned. */
function ownBytes(shared: SharedArrayBuffer, length: number): Uint8Array {
  if (scratch.length < length) scratch = Buffer.allocUnsafeSlow(length);
  scratch.set(new Uint8Array(shared, 0, length));
  return scratch.subarray(0, length);
}

function scan(task: ScanTask): WireResult {
  const { work, context } = task;
  const scanner = scannerOf(task);
  return 'fd' in work ? reader.scan(scanner, work, context) : scanner.scan(ownBytes(work.bytes, work.length), context);
}

/** The answer with its arrays handed over instead of copied. */
function handedOver(result: WireResult): ScanAnswer {
  const answer: ScanAnswer = { result };
  return move({ [transferableSymbol]: transferables(result), [valueSymbol]: answer } as never) as never;
}

/** Entry of a pool worker. A task that is null only wants a worker to be there. */
export default function run(task: ScanTask | null): ScanAnswer | null {
  if (task === null) return null;
  try {
    return handedOver(scan(task));
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}
