import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/**
 * Runs one of the measuring programs beside this file and reads the JSON that it prints.
 * @throws Error with what it said, when it fails
 */
export function measureInProcess<Result>(program: string, args: readonly string[]): Result {
  const file = fileURLToPath(new URL(`./${program}`, import.meta.url));
  const { status, stdout, stderr } = spawnSync(process.execPath, [file, ...args], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} failed: ${stderr}`);
  return JSON.parse(stdout) as Result;
}
