import { workerData } from 'node:worker_threads';
import type { Milliseconds } from '@f2b/config';
import { DeferredRegex } from '../engines/deferred.js';
import type { Regex } from '../engines/engine.js';
import { loadRe2 } from '../engines/re2-engine.js';
import { compileFilter, regexKey } from '../filter/compile.js';
import { useCompiledPart } from '../literals/compiled-part.js';
import { RangeReader } from '../scan/range.js';
import { BlockScanner } from '../scan/scanner.js';
import type { WireResult } from '../scan/wire.js';
import { type HiredWorker, readPlan, type ScanAnswer, type ScanTask, type WarmTask } from './task.js';
import { refuseAnother } from './worker-file.js';

const { file, part } = workerData as HiredWorker;
refuseAnother(file);
useCompiledPart(part);
loadRe2();

/** Scanners that this thread compiled, most recently used last. */
const scanners = new Map<number, BlockScanner>();
const knownScanners = 64;
const reader = new RangeReader();
let scratch = Buffer.alloc(0);

/** The longest that a worker waits for the others to start. */
const startTogether: Milliseconds = 5000;
/** What warming may take of a worker's time, the compiling not counted: its engines get hot in a few passes. */
const warmingTime: Milliseconds = 1000;
const warmingPasses = 20;

function scannerOf(task: Pick<ScanTask, 'plan' | 'planJson'>): BlockScanner {
  let scanner = scanners.get(task.plan);
  if (scanner === undefined) {
    const plan = readPlan(task.planJson);
    const known = new Map<string, Regex>(
      plan.expressions.map((one) => [regexKey(one.source, false), new DeferredRegex(one)]),
    );
    const filters = plan.filters.map(({ settings, ...options }) => compileFilter(settings, { ...options, known }));
    scanner = new BlockScanner(filters, { maxLineBytes: plan.maxLineBytes, plan: plan.scan });
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

function warm({ scanners: wanted, samples, now, arrived, workers }: WarmTask): void {
  const count = new Int32Array(arrived);
  Atomics.add(count, 0, 1);
  Atomics.notify(count, 0);
  const latest = performance.now() + startTogether;
  for (let here = Atomics.load(count, 0); here < workers; here = Atomics.load(count, 0)) {
    if (Atomics.wait(count, 0, here, latest - performance.now()) === 'timed-out') break;
  }
  const ready = wanted.slice(-knownScanners).map((one) => scannerOf(one));
  const end = performance.now() + warmingTime;
  for (let pass = 0; pass < warmingPasses && performance.now() < end; pass++) {
    for (const [index, scanner] of ready.entries()) {
      const sample = samples[wanted.length - ready.length + index];
      if (sample !== undefined && performance.now() < end) scanner.scan(sample, { now });
    }
  }
}

/** Entry of a pool worker. A task that is null only wants a worker to be there. */
export default function run(task: ScanTask | WarmTask | null): ScanAnswer | null {
  if (task === null) return null;
  try {
    if ('arrived' in task) {
      warm(task);
      return null;
    }
    return { result: scan(task) };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}
