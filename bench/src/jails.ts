import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { knownNames, readOneFilter } from '@f2b/config';
import { compileFilter } from '@f2b/matcher';
import { writeGeneratedLog } from 'f2b';
import { measureInProcess } from './child.js';
import type { JailsCost } from './jails-process.js';
import { type OfflineOptions, seed } from './offline.js';

/** The cost of many jails on one log in which none of them finds anything. */
export interface JailsResult {
  readonly one: JailsCost;
  /** The same filter again and again. */
  readonly alike: JailsCost;
  /** As many different ones of the installed filters as there are, at most 50. */
  readonly different: JailsCost | undefined;
}

const manyJails = 50;

/** Measures one jail and fifty on a log without attacks. */
export function measureJails(directory: string, options: OfflineOptions): JailsResult {
  const log = join(options.directory, 'jails.log');
  options.say(`jails: writing ${options.lines} lines`);
  writeGeneratedLog(log, { kind: 'sshd', hitRate: 0, lines: options.lines, seed, until: options.until });
  const cost = (names: readonly string[]) => {
    options.say(`jails: ${names.length} on one log`);
    return measureInProcess<JailsCost>('jails-process.js', [log, String(options.rounds), directory, ...names]);
  };
  const many = differentFilters(directory);
  const result = {
    one: cost(['sshd']),
    alike: cost(Array.from({ length: manyJails }, () => 'sshd')),
    different: many.length < 2 ? undefined : cost(many),
  };
  rmSync(log);
  return result;
}

/** sshd, and the first other filters of the configuration that read lines one by one. */
function differentFilters(directory: string): string[] {
  const names = ['sshd'];
  for (const name of [...knownNames({ directory }).filters].sort()) {
    if (names.length >= manyJails) break;
    if (name !== 'sshd' && isSingleLine(name, directory)) names.push(name);
  }
  return names;
}

function isSingleLine(name: string, directory: string): boolean {
  try {
    const filter = compileFilter(readOneFilter(name, { directory, backend: 'auto' })!);
    return filter.maxlines === 1 && filter.failregex.length > 0 && filter.encoding.unit === 1;
  } catch {
    // Files that others include are no filters of their own.
    return false;
  }
}
