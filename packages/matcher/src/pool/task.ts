import type { Bytes, EpochMs } from '@f2b/config';
import type { KnownExpression } from '../engines/deferred.js';
import type { ScanContext } from '../failures.js';
import type { Usedns } from '../filter/identifier.js';
import type { MatchSettings } from '../filter/settings.js';
import type { Bits } from '../literals/bits.js';
import type { Literal } from '../literals/literal.js';
import type { FilterNeeds, ScanPlan } from '../scan/needs.js';
import type { FileRange } from '../scan/range.js';
import type { WireResult } from '../scan/wire.js';
import type { WorkerFile } from './worker-file.js';

/** What a worker needs to build the scanner of one registered list of filters. */
export interface ScannerPlan {
  readonly filters: readonly {
    readonly settings: MatchSettings;
    readonly usedns: Usedns;
    readonly thisYear: number;
  }[];
  /** What is known of their expressions, each once. */
  readonly expressions: readonly KnownExpression[];
  readonly maxLineBytes: Bytes;
  readonly scan: ScanPlan;
}

/** What a worker is given when it starts, in place of what it would read from the installation. */
export interface HiredWorker {
  readonly file: WorkerFile;
  /** The compiled part of the scan. */
  readonly part: WebAssembly.Module;
}

/** One piece of work for a worker. */
export interface ScanTask {
  /** Names the plan for good: another registration under the same key has another number. */
  readonly plan: number;
  /** The plan as JSON in shared memory: sent with every task for the price of a pointer, read by a worker that does not know it yet. */
  readonly planJson: SharedArrayBuffer;
  /** Bytes in shared memory, so that they are still here when a worker dies over them. */
  readonly work: { readonly bytes: SharedArrayBuffer; readonly length: Bytes } | FileRange;
  readonly context: ScanContext;
}

/**
 * What a worker is to do before there is work: compile the scanners that it will need, and run them over a sample until its
 * engines are warm. Every worker gets the same task; none begins before all have one, so that no worker takes two.
 */
export interface WarmTask {
  readonly scanners: readonly { readonly plan: number; readonly planJson: SharedArrayBuffer }[];
  /** Whole lines like those to come, one sample for each scanner; empty: only compile. */
  readonly samples: readonly Uint8Array[];
  readonly now: EpochMs;
  /** One number: how many workers have come. */
  readonly arrived: SharedArrayBuffer;
  readonly workers: number;
}

/** A worker's answer: errors of the scan itself come back as text, so that a rejected task always means a dead worker. */
export type ScanAnswer = { readonly result: WireResult } | { readonly error: string };

/** As JSON has it: null for undefined in a list, and a character for each byte. */
interface JsonPlan extends Omit<ScannerPlan, 'scan'> {
  readonly scan: Omit<ScanPlan, 'literals' | 'filters' | 'sample'> & {
    readonly literals: readonly (Omit<Literal, 'text'> & { readonly text: string })[];
    readonly filters: readonly (Omit<FilterNeeds, 'failregex'> & { readonly failregex: readonly (Bits | null)[] })[];
    readonly sample?: string;
  };
}

export function writePlan({ scan, ...plan }: ScannerPlan): SharedArrayBuffer {
  const literals = scan.literals.map((literal) => ({ ...literal, text: asText(literal.text) }));
  const sample = scan.sample && asText(scan.sample);
  const json = Buffer.from(JSON.stringify({ ...plan, scan: { ...scan, literals, sample } }));
  const shared = new SharedArrayBuffer(json.length);
  json.copy(new Uint8Array(shared));
  return shared;
}

export function readPlan(shared: SharedArrayBuffer): ScannerPlan {
  const { scan, ...plan }: JsonPlan = JSON.parse(Buffer.from(new Uint8Array(shared)).toString());
  const literals = scan.literals.map((literal) => ({ ...literal, text: asBytes(literal.text) }));
  const filters = scan.filters.map((needs) => ({
    ...needs,
    failregex: needs.failregex.map((bits) => bits ?? undefined),
  }));
  return {
    ...plan,
    scan: { ...scan, literals, filters, sample: scan.sample === undefined ? undefined : asBytes(scan.sample) },
  };
}

function asText(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
}

function asBytes(text: string): Uint8Array {
  return Buffer.from(text, 'latin1');
}
