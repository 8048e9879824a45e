import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { median } from 'f2b';
import { f2bProgram } from './contenders.js';
import { writeTree } from './live.js';
import type { OfflineOptions } from './offline.js';
import { processCost } from './process-cost.js';

/** How long a command takes from nothing to its end. */
export interface StartupFigure {
  /** As a person types it. */
  readonly command: string;
  /** Milliseconds, medians. */
  readonly wall: number;
  readonly cpu: number;
  /** Times as long as Node alone. */
  readonly ratio: number;
}

const runs = 11;

/** Times `f2b --version` and `f2b ping` (of a running daemon in dry run) beside a Node that does nothing. */
export async function measureStartup(configuration: string, options: OfflineOptions): Promise<StartupFigure[]> {
  const directory = join(options.directory, 'startup');
  mkdirSync(directory, { mode: 0o700 });
  const log = join(directory, 'auth.log');
  writeFileSync(log, '');
  writeTree(directory, configuration, log);
  options.say('start-up: starting a daemon');
  const daemon = await startDaemon(directory);
  try {
    const commands = [
      { command: 'node -e 0', words: ['-e', '0'] },
      { command: 'f2b --version', words: [f2bProgram, '--version'] },
      { command: 'f2b ping', words: [f2bProgram, '-s', join(directory, 'f2b.sock'), 'ping'] },
    ].map((one) => ({ ...one, walls: [] as number[], cpus: [] as number[] }));
    options.say('start-up: measuring');
    for (let run = 0; run < runs; run++) {
      for (const { words, walls, cpus } of commands) {
        const { wall, cpu, status } = processCost(directory, 'startup', [process.execPath, ...words]);
        if (status !== 0) throw new Error(`${words.join(' ')} ended with status ${status}`);
        walls.push(wall * 1000);
        cpus.push(cpu * 1000);
      }
    }
    const bare = median(commands[0]!.walls);
    return commands.map(({ command, walls, cpus }) => ({
      command,
      wall: median(walls),
      cpu: median(cpus),
      ratio: median(walls) / bare,
    }));
  } finally {
    await stopped(daemon);
    rmSync(directory, { recursive: true, force: true });
  }
}

function startDaemon(directory: string): Promise<ChildProcess> {
  const daemon = spawn(process.execPath, [f2bProgram, '-c', directory, '--dry-run', '-f', 'start'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return new Promise((resolve, reject) => {
    let said = '';
    daemon.stderr.on('data', (data: Buffer) => {
      said += data.toString();
    });
    daemon.once('exit', (code) => reject(new Error(`the daemon ended with status ${code}: ${said}`)));
    daemon.stdout.on('data', (data: Buffer) => {
      if (data.includes('Server ready')) resolve(daemon);
    });
  });
}

function stopped(daemon: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    daemon.removeAllListeners('exit');
    daemon.once('exit', () => resolve());
    daemon.kill('SIGTERM');
  });
}
