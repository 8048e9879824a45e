import { spawnSync } from 'node:child_process';
import { closeSync, constants, fstatSync, openSync, writeSync } from 'node:fs';
import type { Bytes, Milliseconds } from '@f2b/config';

/** How long the last words may wait: for a write under way, for a pipe that is full. */
const patience: Milliseconds = 1000;
const lookAgain: Milliseconds = 2;

/** Up to this length a write into a pipe is whole or not at all (`PIPE_BUF`). */
const undivided: Bytes = 4096;

/** What an asynchronous write is about to append to, so that it can be seen when it is through. */
export interface WriteUnderWay {
  /** undefined: no regular file, whose length tells nothing. */
  readonly endsAt: Bytes | undefined;
  readonly length: Bytes;
}

/** To be asked before a write of `length` bytes begins. */
export function beforeWrite(fd: number, length: Bytes): WriteUnderWay {
  try {
    const stat = fstatSync(fd);
    return { endsAt: stat.isFile() ? stat.size + length : undefined, length };
  } catch {
    return { endsAt: undefined, length };
  }
}

/**
 * Writes `bytes`, blocking, but not for longer than a second: a process that is about to end must neither lose its last words nor hang on a pipe
 * whose reader sleeps.
 * @param underWay a write that the event loop has not reported yet: what is written now stands behind it
 * @returns what could not be written
 */
export function writeNow(fd: number, bytes: Buffer, underWay?: WriteUnderWay): Buffer {
  const deadline = performance.now() + patience;
  let rest = bytes;
  if (underWay?.endsAt !== undefined) {
    // Another thread is at it; where disk or threads are stuck, order is given up, not the words.
    while (fstatSync(fd).size < underWay.endsAt && performance.now() < deadline) sleep();
  } else if (underWay !== undefined && underWay.length > undivided) rest = Buffer.concat([Buffer.from('\n'), rest]);
  const own = nonBlocking(fd);
  if (own === undefined && underWay !== undefined && underWay.endsAt === undefined) return writeByAnother(fd, rest);
  try {
    while (rest.length > 0) {
      try {
        rest = rest.subarray(writeSync(own ?? fd, rest));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EAGAIN' || performance.now() > deadline) return rest;
        sleep();
      }
    }
    return rest;
  } finally {
    if (own !== undefined) closeSync(own);
  }
}

/** A second way into the same pipe or terminal that never blocks; undefined where it is not needed, or (a socket) not to be had. */
function nonBlocking(fd: number): number | undefined {
  try {
    if (fstatSync(fd).isFile()) return undefined;
    return openSync(`/proc/self/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  } catch {
    return undefined;
  }
}

/** A socket can be full, and offers no way to write that never blocks: a process that can be ended does it. */
function writeByAnother(fd: number, bytes: Buffer): Buffer {
  const { status } = spawnSync('cat', { input: bytes, stdio: ['pipe', fd, 'ignore'], timeout: patience });
  return status === 0 ? bytes.subarray(bytes.length) : bytes;
}

function sleep(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, lookAgain);
}
