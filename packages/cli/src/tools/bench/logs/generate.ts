import { closeSync, openSync, writeSync } from 'node:fs';
import type { Bytes, EpochMs } from '@f2b/config';
import { logKinds } from './kinds.js';
import { Random } from './random.js';

export interface LogToGenerate {
  readonly kind: keyof typeof logKinds;
  readonly lines: number;
  /** Share of lines that are attacks, 0 to 1. */
  readonly hitRate: number;
  /** The same seed gives the same bytes (in the same time zone). */
  readonly seed: number;
  /** Time of the last line; the lines before it lie at most a second apart. */
  readonly until: EpochMs;
}

const chunkChars = 1 << 20;

/** The text of the log, in chunks of whole lines of about a megabyte. */
export function* generateLog({ kind, lines, hitRate, seed, until }: LogToGenerate): Generator<string> {
  const { date, honest, attack } = logKinds[kind];
  const random = new Random(seed);
  const perLineMs = Math.min(50, 86_400_000 / Math.max(1, lines));
  const from = until - lines * perLineMs;
  let second = Number.NaN;
  let stamp = '';
  let chunk = '';
  for (let line = 1; line <= lines; line++) {
    const time = from + line * perLineMs;
    if (Math.floor(time / 1000) !== second) {
      second = Math.floor(time / 1000);
      stamp = date(new Date(time));
    }
    chunk += `${stamp} ${random.next() < hitRate ? attack(random) : honest(random)}\n`;
    if (chunk.length >= chunkChars) {
      yield chunk;
      chunk = '';
    }
  }
  if (chunk !== '') yield chunk;
}

/**
 * Writes the log to `file` (mode 0600), replacing what was there.
 * @returns the file's size
 */
export function writeGeneratedLog(file: string, log: LogToGenerate): Bytes {
  const descriptor = openSync(file, 'w', 0o600);
  let size = 0;
  try {
    for (const chunk of generateLog(log)) size += writeSync(descriptor, chunk);
  } finally {
    closeSync(descriptor);
  }
  return size;
}
