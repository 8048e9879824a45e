import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const program = fileURLToPath(new URL('../packages/cli/bin/f2b.js', import.meta.url));

export interface Ran {
  readonly code: number | null;
  /** Standard output, a line each. */
  readonly lines: readonly string[];
  readonly stderr: string;
}

/** Runs a program to its end. */
export function run(command: string, args: readonly string[]): Ran {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  return { code: status, lines: stdout.replace(/\n$/, '').split('\n'), stderr };
}

/** Runs the built `f2b` to its end. */
export function f2b(...args: readonly string[]): Ran {
  return run(process.execPath, [program, ...args]);
}
