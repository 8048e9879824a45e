import { spawnSync } from 'node:child_process';
import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { knownNames, type Milliseconds } from '@f2b/config';
import { median } from 'f2b';
import { f2bProgram } from './contenders.js';
import type { OfflineOptions } from './offline.js';
import { processCost } from './process-cost.js';

/** Medians. */
export interface DumpCost {
  readonly wall: Milliseconds;
  readonly cpu: Milliseconds;
}

/** What it takes to read a configuration and to print it. */
export interface DumpResult {
  readonly jails: number;
  readonly f2b: DumpCost;
  /** Undefined where it is not installed. */
  readonly fail2ban: DumpCost | undefined;
}

const runs = 21;

/** Times `-d` of f2b and fail2ban, which take turns, on a copy of the configuration in which every jail is enabled. */
export function measureDump(configuration: string, options: OfflineOptions): DumpResult {
  const directory = join(options.directory, 'dump');
  cpSync(configuration, directory, { recursive: true });
  const { jails } = knownNames({ directory });
  writeFileSync(join(directory, 'jail.local'), jails.map((jail) => `[${jail}]\nenabled = true\n`).join('\n'));
  const hasFail2ban = spawnSync('/bin/sh', ['-c', 'command -v fail2ban-client']).status === 0;
  const commands = [[process.execPath, f2bProgram], ...(hasFail2ban ? [['fail2ban-client']] : [])].map((program) => ({
    words: [...program, '-c', directory, '-d'],
    walls: [] as number[],
    cpus: [] as number[],
  }));
  options.say(`dump: ${jails.length} jails`);
  for (let run = 0; run < runs; run++) {
    for (const { words, walls, cpus } of commands) {
      const { wall, cpu, status } = processCost(options.directory, 'dump', words);
      if (status !== 0) throw new Error(`${words.join(' ')} ended with status ${status}`);
      walls.push(wall * 1000);
      cpus.push(cpu * 1000);
    }
  }
  rmSync(directory, { recursive: true });
  const [ours, theirs] = commands.map(({ walls, cpus }) => ({ wall: median(walls), cpu: median(cpus) }));
  return { jails: jails.length, f2b: ours!, fail2ban: theirs };
}
