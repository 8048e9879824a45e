import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { Milliseconds } from '@f2b/config';
import { CliError } from '../errors.js';
import { decodeStarterMessage, reportVariable } from './starter-report.js';
import type { LevelName } from './voice/levels.js';

/** A guard has few objects that live long, and runs for months: V8 shall collect what is none sooner than let its heap grow. */
const frugal = ['--max-semi-space-size=4', '--heap-growing-percent=25'];

/**
 * Node's own `spawn` and not execa: the child outlives this process, so there is no end to wait for, no output to gather and nothing to
 * clean up, which is what execa would add.
 *
 * Starts `f2b ARGS` as a daemon: a session of its own, `/` as working directory, no terminal.
 * @param onSaid what the daemon has to say until it is ready.
 * @param wait undefined does not wait for readiness at all (`--async`).
 * @returns whether jails run, or none was asked for
 * @throws CliError `F2B_START_FAILED` with the daemon's own reason.
 */
export function startInBackground(
  program: string,
  args: readonly string[],
  wait: Milliseconds | undefined,
  onSaid: (level: LevelName, message: string) => void,
): Promise<{ readonly guards: boolean }> {
  const child = spawn(process.execPath, [...frugal, ...process.execArgv, program, ...args], {
    cwd: '/',
    detached: true,
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    env: { ...process.env, [reportVariable]: '3' },
  });
  const report = child.stdio[3] as Readable;
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined;
    const finish = (failure?: string, guards = true) => {
      clearTimeout(timer);
      lines.close();
      report.destroy();
      child.unref();
      if (failure === undefined) resolve({ guards });
      else reject(new CliError('F2B_START_FAILED', failure));
    };
    const lines = createInterface({ input: report });
    lines.on('line', (line) => {
      const message = decodeStarterMessage(line);
      if (message?.kind === 'said') onSaid(message.level, message.message);
      else if (message?.kind === 'failed') finish(message.message);
      else if (message?.kind === 'ready') finish(undefined, message.guards);
    });
    child.once('error', (error) => finish(`cannot start the server: ${error.message}`));
    // `close` and not `exit`: its last words may still be in the pipe.
    child.once('close', (code, signal) =>
      finish(`the server ended while starting (${signal ?? `exit status ${code}`})`),
    );
    if (wait === undefined) child.once('spawn', () => finish());
    else {
      timer = setTimeout(() => {
        finish(`the server (pid ${child.pid}) is not ready after ${wait / 1000} s; it goes on starting, see its log`);
      }, wait);
    }
  });
}
