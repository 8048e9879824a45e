import { type ChildProcess, spawn } from 'node:child_process';
import { PassThrough, type Readable } from 'node:stream';
import type { Milliseconds } from '@f2b/config';

/** How long a program gets to end by itself when it is asked to. */
const patience: Milliseconds = 2000;
const maxComplaint = 2000;

/**
 * Watches over the command from within its process group. It reads from f2b, which never says anything: when f2b is gone, however that
 * came, the reading ends and the whole group goes too. The command takes the shell's place, so that what ends is the command.
 */
const watched = 'exec 3<&0; { read -r _ <&3; kill -KILL 0; } >/dev/null 2>&1 & exec 3<&- </dev/null; exec "$@"';

/** Something that is read until it ends. */
export interface OpenStream {
  readonly output: Readable;
  /** Why it ended, once it has: undefined where nothing more can be said. */
  ended(): Promise<string | undefined>;
  /** Ends it, with all that it has started. Resolves when it is gone. */
  close(): Promise<void>;
}

/** Starts a command in a process group of its own. */
export function openCommand(command: readonly string[], since: string): OpenStream {
  // Node's own spawn, as for journalctl: see there.
  const child = spawn('/bin/sh', ['-c', watched, 'f2b', ...command], {
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
    env: { ...process.env, F2B_SINCE: since },
  });
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-maxComplaint);
  });
  // It may be gone before it is told to go.
  child.stdin.on('error', () => undefined);
  const exited = new Promise<string>((resolve) => {
    child.on('error', (error) => resolve(`it cannot be started: ${error.message}`));
    child.on('exit', (code, signal) => {
      // What it has left behind would keep its output open.
      killGroup(child, 'SIGKILL');
      resolve(`it ended (${signal ?? `status ${code}`})`);
    });
  });
  const closed = new Promise<void>((resolve) => {
    child.on('close', () => resolve());
    child.on('error', () => resolve());
  });
  return {
    output: child.stdout,
    async ended() {
      const how = await exited;
      await closed;
      const last = complaint.trim().split('\n').at(-1) ?? '';
      return last === '' ? how : `${how}: ${last}`;
    },
    async close() {
      killGroup(child, 'SIGTERM');
      const late = setTimeout(() => killGroup(child, 'SIGKILL'), patience);
      child.stdout.destroy();
      await exited;
      clearTimeout(late);
    },
  };
}

/** The standard input of this process, which ends once. */
export function openInput(input: Readable = process.stdin): OpenStream {
  // Between, so that reading can end while the input stays as it is.
  const output = new PassThrough();
  const broke = (error: Error) => void output.destroy(error);
  input.on('error', broke);
  if (input.readableEnded || input.destroyed) output.end();
  else input.pipe(output);
  return {
    output,
    ended: () => Promise.resolve(undefined),
    close() {
      input.unpipe(output);
      input.pause();
      input.off('error', broke);
      output.destroy();
      return Promise.resolve();
    },
  };
}

function killGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // Nothing of it is left.
  }
}
