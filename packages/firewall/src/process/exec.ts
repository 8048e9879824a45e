import { setTimeout as delay } from 'node:timers/promises';
import type { Bytes, Milliseconds } from '@f2b/config';
import { capacityFor, openFilesLimit } from './capacity.js';
import { Gate } from './gate.js';
import { type Exit, type Started, startProgram } from './start.js';

/** One program to run to its end. */
export interface ProcessRequest {
  /** Program and arguments. Never a shell string: who wants a shell says `/bin/sh -c` here. */
  readonly argv: readonly string[];
  /** What it reads on its standard input; nothing when undefined. */
  readonly input?: string;
  /** Counted from its start, not from the time that it waits for its turn. */
  readonly timeout: Milliseconds;
  /** Kept of standard output and of standard error, each; the rest is read and thrown away. */
  readonly outputLimit: Bytes;
}

/** How a program ended. Exactly one of `exitCode`, `signal`, `timedOut`, `notStarted` tells it. */
export interface ProcessResult {
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  readonly timedOut: boolean;
  /** Why it could not be started: the system's error code (`ENOENT`, `E2BIG`, `EMFILE`). */
  readonly notStarted: string | undefined;
  readonly stdout: string;
  readonly stderr: string;
  /** The output was longer than the limit. */
  readonly truncated: boolean;
}

/** The edge to processes: the one place of this package where programs are run. */
export interface Exec {
  run(request: ProcessRequest): Promise<ProcessResult>;
}

export interface ExecOptions {
  /** Put in front of every program, such as `['ip', 'netns', 'exec', NAME]`. */
  readonly prefix?: readonly string[];
  /** Laid over the daemon's own environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Lets a limited number run at once; default: as many as actions may have with this process's limit on open files. */
  readonly gate?: Gate;
}

/** fail2ban's rule: SIGTERM to the group, 0.2 seconds, SIGKILL to the group. */
const killGrace: Milliseconds = 200;
/** What has been written before the exit is still in the pipe; a child left in the background may keep it open for ever. */
const drainGrace: Milliseconds = 100;

/**
 * Runs programs for real, each in its own session and process group, so that a timeout ends the whole group. A program
 * that leaves a child in the background has ended when it itself has ended.
 */
export function openExec(options: ExecOptions = {}): Exec {
  const gate = options.gate ?? new Gate(capacityFor(openFilesLimit()).actions);
  return { run: (request) => gate.pass(() => runProcess(request, options)) };
}

async function runProcess(request: ProcessRequest, options: ExecOptions): Promise<ProcessResult> {
  const [program, ...args] = [...(options.prefix ?? []), ...request.argv];
  if (program === undefined) throw new TypeError('a program to run needs a name');
  const { child, ended: end } = startProgram(program, args, { env: options.env, input: request.input !== undefined });
  const stdout = collect(child.stdout, request.outputLimit);
  const stderr = collect(child.stderr, request.outputLimit);
  give(child, request.input);
  const timer = new AbortController();
  const late = delay(request.timeout, 'late' as const, { signal: timer.signal }).catch(() => 'late' as const);
  const first = await Promise.race([end, late]);
  timer.abort();
  const timedOut = first === 'late';
  if (timedOut) await killGroup(child.pid, end);
  const exit: Exit = timedOut ? {} : first;
  await drain(Promise.all([stdout.closed, stderr.closed]));
  child.stdout?.destroy();
  child.stderr?.destroy();
  return {
    exitCode: exit.exitCode,
    signal: exit.signal,
    timedOut,
    notStarted: exit.notStarted,
    stdout: stdout.text(),
    stderr: stderr.text(),
    truncated: stdout.truncated() || stderr.truncated(),
  };
}

/**
 * Waits until both pipes are closed, or for the grace: then for one round of the event loop more, in which it reads what lies in the pipes.
 * With a busy loop the grace is over before that, and half a listing would pass for a whole one.
 */
async function drain(closed: Promise<unknown>): Promise<void> {
  const over = new AbortController();
  const late = delay(drainGrace, 'late' as const, { signal: over.signal }).catch(() => 'late' as const);
  const first = await Promise.race([closed, late]);
  over.abort();
  if (first === 'late') await new Promise((resolve) => setImmediate(resolve));
}

/** A program that does not read its input, or was not started at all, is told by how it ended. */
function give(child: Started['child'], input: string | undefined): void {
  if (input === undefined) return;
  child.stdin?.on('error', () => {});
  child.stdin?.end(input);
}

async function killGroup(pid: number | undefined, exited: Promise<unknown>): Promise<void> {
  if (pid === undefined) return;
  signalGroup(pid, 'SIGTERM');
  // Not shortened when the leader goes at once: others of its group may ignore SIGTERM.
  await delay(killGrace);
  signalGroup(pid, 'SIGKILL');
  // A process that hangs in the kernel does not even hear SIGKILL; it must not hold up the actor.
  await Promise.race([exited, delay(1_000)]);
}

function signalGroup(pid: number, signal: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // The whole group has ended.
  }
}

function collect(stream: NodeJS.ReadableStream | null | undefined, limit: Bytes) {
  const kept: Buffer[] = [];
  let size = 0;
  let cut = false;
  const closed = new Promise<void>((resolve) => {
    // Where the program could not be started there may be no stream at all.
    if (stream === null || stream === undefined) return resolve();
    stream.on('data', (chunk: Buffer) => {
      const room = limit - size;
      if (chunk.length > room) cut = true;
      if (room <= 0) return;
      const part = chunk.length > room ? chunk.subarray(0, room) : chunk;
      kept.push(part);
      size += part.length;
    });
    stream.on('close', resolve);
    stream.on('end', resolve);
    stream.on('error', () => resolve());
  });
  return { closed, text: () => Buffer.concat(kept).toString('utf8'), truncated: () => cut };
}
