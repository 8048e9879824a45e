import { mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { reasonOf } from '../errors.js';

/**
 * Writes `PID\n`. Not being able to is no reason not to guard.
 * @returns why it could not be written, or undefined.
 */
export function writePidfile(path: string, pid: number): string | undefined {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    try {
      unlinkSync(path);
    } catch {
      // None is there, which is usual.
    }
    // `wx`: a link that somebody laid there in the meantime is not followed.
    writeFileSync(path, `${pid}\n`, { mode: 0o600, flag: 'wx' });
    return undefined;
  } catch (error) {
    return `cannot write the pid file ${path}: ${reasonOf(error)}; use -p for another place`;
  }
}

/** Removes the pid file if it still names this process. */
export function removePidfile(path: string, pid: number): void {
  try {
    if (readFileSync(path, 'utf8').trim() === String(pid)) unlinkSync(path);
  } catch {
    // Gone already.
  }
}
