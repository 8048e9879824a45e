import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { knownNames, readOneFilter } from '@f2b/config';
import { type CompiledFilter, compileFilter } from '@f2b/matcher';
import * as stages from '@f2b/matcher/stages';
import { writeGeneratedLog } from 'f2b';
import { measureInProcess } from './child.js';
import type { JailsCost } from './jails-process.js';
import { seed } from './logs/kinds.js';
import { type OfflineOptions, waitForDisk } from './offline.js';

/** The cost of many jails on one log in which none of them finds anything. */
export interface JailsResult {
  readonly one: JailsCost;
  /** The same filter again and again. */
  readonly alike: JailsCost;
  /** As many different ones of the installed filters as there are, at most 50; undefined where hardly any are installed. */
  readonly different: JailsCost | undefined;
  /** The same with filters in place of which no literal spares any line: `unspared` are their names. */
  readonly any: JailsCost | undefined;
  readonly unspared: readonly string[];
}

const manyJails = 50;

/** Measures one jail and fifty on a log without attacks. */
export function measureJails(directory: string, options: OfflineOptions): JailsResult {
  const log = join(options.directory, 'jails.log');
  options.say(`jails: writing ${options.lines} lines`);
  writeGeneratedLog(log, { kind: 'sshd', hitRate: 0, lines: options.lines, seed, until: options.until });
  waitForDisk(log);
  const cost = (names: readonly string[]) => {
    options.say(`jails: ${names.length} on one log`);
    return measureInProcess<JailsCost>('jails-process.js', [log, String(options.rounds), directory, ...names]);
  };
  const all = singleLineFilters(directory);
  const isUnspared = (name: string) => all.get(name) === false;
  // sshd leads, as the one that the others are measured against.
  const names = ['sshd', ...[...all.keys()].filter((name) => name !== 'sshd').sort()];
  const spared = names.filter((name) => !isUnspared(name)).slice(0, manyJails);
  const any = names.slice(0, manyJails);
  const result = {
    one: cost(['sshd']),
    alike: cost(Array.from({ length: manyJails }, () => 'sshd')),
    different: spared.length < 2 ? undefined : cost(spared),
    any: any.some(isUnspared) ? cost(any) : undefined,
    unspared: any.filter(isUnspared),
  };
  rmSync(log);
  return result;
}

/** Filters of the configuration that read lines one by one, and whether literals spare them lines. */
function singleLineFilters(directory: string): Map<string, boolean> {
  const block = Buffer.from('an honest line\n');
  const filters = new Map<string, boolean>();
  for (const name of knownNames({ directory }).filters) {
    const filter = compiled(name, directory);
    if (filter?.maxlines !== 1 || filter.failregex.length === 0 || filter.encoding.unit !== 1) continue;
    filters.set(name, stages.literalStage(filter)(block).candidates === 0);
  }
  return filters;
}

function compiled(name: string, directory: string): CompiledFilter | undefined {
  try {
    return compileFilter(readOneFilter(name, { directory, backend: 'auto' })!);
  } catch {
    // Files that others include are no filters of their own.
    return undefined;
  }
}
