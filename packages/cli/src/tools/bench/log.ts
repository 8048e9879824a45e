import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bytes } from '@f2b/config';
import { CliError } from '../../errors.js';
import { writeGeneratedLog } from './logs/generate.js';
import { logKinds } from './logs/kinds.js';
import type { BenchOptions, LogKindName } from './options.js';

/** The log of a run and the filters to be measured on it. */
export interface BenchLog {
  /** For people. */
  readonly name: string;
  readonly path: string;
  readonly bytes: Bytes;
  readonly filters: readonly string[];
  /** Takes away what was generated. */
  dispose(): void;
}

/**
 * LOG is the first operand if it is a file and no filter file; without one, a log is generated: of the kind asked for, or of the kind
 * that the first filter reads.
 * @throws CliError
 */
export function chooseLog(operands: readonly string[], options: BenchOptions, say: (what: string) => void): BenchLog {
  const [first, ...others] = operands;
  if (options.generate === undefined && first !== undefined && isLogFile(first)) {
    if (others.length === 0) throw usage(`name at least one filter behind ${first}`);
    return { name: first, path: first, bytes: sizeOf(first), filters: others, dispose() {} };
  }
  const kind = options.generate ?? kindFor(first);
  if (kind === undefined) {
    throw usage(`there is no log '${first}'; write LOG in front of the filters, or --generate KIND`);
  }
  return generated(kind, operands.length === 0 ? [logKinds[kind].filter] : operands, options, say);
}

function generated(
  kind: LogKindName,
  filters: readonly string[],
  { lines, hits, seed }: BenchOptions,
  say: (what: string) => void,
): BenchLog {
  const directory = mkdtempSync(join(tmpdir(), 'f2b-bench-'));
  const dispose = () => rmSync(directory, { recursive: true, force: true });
  try {
    say(`writing a ${kind} log of ${lines} lines`);
    const path = join(directory, `${kind}.log`);
    const bytes = writeGeneratedLog(path, { kind, lines, hitRate: hits, seed, until: Date.now() });
    const name = `generated ${kind} log, ${Number((hits * 100).toFixed(2))} % attacks, seed ${seed}`;
    return { name, path, bytes, filters, dispose };
  } catch (error) {
    dispose();
    throw error;
  }
}

function kindFor(filter: string | undefined): LogKindName | undefined {
  if (filter === undefined) return 'sshd';
  const name = filter.replace(/\[.*$/s, '');
  return (Object.keys(logKinds) as LogKindName[]).find((kind) => kind === name || logKinds[kind].filter === name);
}

function isLogFile(word: string): boolean {
  return !/\.(?:conf|local)$/.test(word) && !word.includes('\0') && sizeOf(word) >= 0;
}

/** -1 where there is no such file. */
function sizeOf(path: string): Bytes {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat?.isFile() ? stat.size : -1;
}

function usage(message: string): CliError {
  return new CliError('F2B_USAGE', `bench: ${message}`);
}
