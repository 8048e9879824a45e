import { closeSync, constants, openSync, write } from 'node:fs';
import type { Bytes, Milliseconds } from '@f2b/config';
import { CliError, reasonOf } from '../../../errors.js';
import { classicLine, type LineShape } from '../line-format.js';
import type { SinkTrouble, VoiceSink } from './sink.js';
import { beforeWrite, type WriteUnderWay, writeNow } from './write-now.js';

/** What may wait for a slow disk or a stuck pipe before lines are dropped (and counted). */
const waitingBytes: Bytes = 16 * 1024 * 1024;
/** How long a full pipe is left alone before the next try. */
const retryAfter: Milliseconds = 100;

/**
 * Lines into a file or onto a descriptor. It collects while a write is under way, so that a burst of bans costs one system
 * call and not thousands, and never blocks the judge. (pino's own writer is not used: its flush at the process's end tries
 * for ever on a full disk and on a pipe whose reader has gone, asleep on the main thread.)
 */
export function streamSink(
  to: { readonly file: string } | { readonly fd: 1 | 2 },
  format: { readonly json: boolean; readonly shape: LineShape },
  trouble: SinkTrouble,
): VoiceSink {
  let fd: number = 'file' in to ? openForAppend(to.file) : to.fd;
  let waiting: string[] = [];
  let waitingLength = 0;
  /** What the write under way has not written yet; what failed stays here and goes first. */
  let current: Buffer | undefined;
  /** Present from the begin of a write until the event loop reports its end. */
  let underWay: WriteUnderWay | undefined;
  /** What a blocking write left behind while another write was under way; goes before what waits. */
  let left: Buffer | undefined;
  let dropped = 0;
  let failing = false;
  let broken = false;
  let whenIdle: (() => void)[] = [];

  function next(): void {
    if (underWay || broken) return;
    current ??= take();
    if (current === undefined) return settle();
    underWay = beforeWrite(fd, current.length);
    write(fd, current, 0, current.length, null, (error, written) => {
      underWay = undefined;
      if (error) return failed(error);
      failing = false;
      current = current !== undefined && written < current.length ? current.subarray(written) : undefined;
      if (dropped > 0 && current === undefined) {
        const lost = dropped;
        dropped = 0;
        trouble(`${lost} log lines were lost: ${nameOf(to)} did not take them in time`);
      }
      next();
    });
  }

  function take(): Buffer | undefined {
    if (waiting.length === 0 && left === undefined) return undefined;
    const taken = Buffer.from(waiting.join(''));
    waiting = [];
    waitingLength = 0;
    const whole = left === undefined ? taken : Buffer.concat([left, taken]);
    left = undefined;
    return whole;
  }

  function failed(error: NodeJS.ErrnoException): void {
    if (error.code === 'EAGAIN') {
      setTimeout(next, retryAfter).unref();
      return;
    }
    // The reader of a pipe has gone: nobody is left to tell.
    if (error.code === 'EPIPE') broken = true;
    // Once, until it works again: to report it is to write to the same full disk. Tried again with the next line.
    else if (!failing) {
      failing = true;
      trouble(`cannot write the log to ${nameOf(to)}: ${reasonOf(error)}; it is tried again with every line`);
    }
    settle();
  }

  function settle(): void {
    const waiters = whenIdle;
    whenIdle = [];
    for (const waiter of waiters) waiter();
  }

  /** Writes what waits, behind what is being written. What cannot be written stays first in line. */
  function flushNow(): void {
    while (!broken) {
      const bytes = (underWay ? undefined : current) ?? take();
      if (bytes === undefined) return;
      const rest = writeNow(fd, bytes, underWay);
      if (underWay) left = rest.length > 0 ? rest : undefined;
      else current = rest.length > 0 ? rest : undefined;
      if (rest.length > 0) return;
    }
  }

  return {
    write(entry, json) {
      if (broken) return;
      const line = format.json ? json : `${classicLine(entry, process.pid, format.shape)}\n`;
      if (waitingLength + line.length > waitingBytes) {
        dropped += 1;
        return;
      }
      waiting.push(line);
      waitingLength += line.length;
      if (!underWay) queueMicrotask(next);
    },
    reopen() {
      if (!('file' in to)) return 'flushed';
      // What was said before the rotation belongs to the old file.
      flushNow();
      const old = fd;
      fd = openForAppend(to.file);
      // The write under way still goes to the old file.
      if (underWay) whenIdle.push(() => closeSync(old));
      else closeSync(old);
      return 'rolled over';
    },
    async close() {
      if (underWay || ((waiting.length > 0 || left !== undefined || current !== undefined) && !broken)) {
        await new Promise<void>((resolve) => {
          whenIdle.push(resolve);
          next();
        });
      }
      broken = true;
      if ('file' in to) closeSync(fd);
    },
    flushNow,
  };
}

function nameOf(to: { readonly file: string } | { readonly fd: 1 | 2 }): string {
  if ('file' in to) return to.file;
  return to.fd === 1 ? 'STDOUT' : 'STDERR';
}

/** Addresses and user names stand in this file: nobody but the owner reads it. A FIFO without a reader must not block. */
function openForAppend(file: string): number {
  try {
    const fd = openSync(
      file,
      constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NONBLOCK | constants.O_NOCTTY,
      0o600,
    );
    if (fd > 2) return fd;
    // Descriptors 0 to 2 were closed by whoever started us; what anybody prints would land in the log.
    closeSync(fd);
    throw new Error('the standard descriptors are closed');
  } catch (error) {
    throw new CliError(
      'F2B_LOG_TARGET',
      `cannot open the log file ${file}: ${reasonOf(error)}; make its directory writable or set another logtarget`,
    );
  }
}
