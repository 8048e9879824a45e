import { closeSync, constants, openSync } from 'node:fs';
import pino from 'pino';
import { CliError, reasonOf } from '../../errors.js';
import { classicLine, type LineShape } from '../line-format.js';
import type { LogSink, SinkTrouble } from './sink.js';

/** Bytes that may wait for a slow disk or a stuck pipe before lines are dropped (and counted). */
const waitingBytes = 16 * 1024 * 1024;

type Destination = ReturnType<typeof pino.destination>;

/**
 * Lines into a file or onto a descriptor, through pino's own writer: it collects while a write is under way, so that a
 * burst of bans costs one system call and not thousands, and never blocks the judge.
 */
export function streamSink(
  to: { readonly file: string } | { readonly fd: 1 | 2 },
  format: { readonly json: boolean; readonly shape: LineShape },
  trouble: SinkTrouble,
): LogSink {
  let dropped = 0;
  let broken = false;
  let failing = false;
  let destination = open();

  function open(): Destination {
    const fd = 'file' in to ? openForAppend(to.file) : to.fd;
    const opened = pino.destination({ fd, sync: false, maxLength: waitingBytes });
    opened.on('drop', () => {
      dropped += 1;
    });
    opened.on('drain', () => {
      if (dropped === 0) return;
      const lost = dropped;
      dropped = 0;
      trouble(`${lost} log lines were lost: ${nameOf(to)} did not take them in time`);
    });
    opened.on('error', (error: NodeJS.ErrnoException) => {
      // The reader of a pipe has gone: nobody is left to tell.
      if (error.code === 'EPIPE') broken = true;
      // Once, until it works again: to report it is to write to the same full disk.
      else if (!failing) {
        failing = true;
        trouble(`cannot write the log to ${nameOf(to)}: ${reasonOf(error)}; it is tried again with every line`);
      }
    });
    opened.on('write', () => {
      failing = false;
    });
    return opened;
  }

  /** What pino still holds would be tried again at the process's end, and again, and keep it from ending. */
  function giveUp(): void {
    broken = true;
    destination.destroy();
  }

  return {
    write(entry, json) {
      if (broken) return;
      destination.write(format.json ? json : `${classicLine(entry, process.pid, format.shape)}\n`);
    },
    reopen() {
      if (!('file' in to)) return 'flushed';
      const old = destination;
      destination = open();
      old.end();
      return 'rolled over';
    },
    close() {
      return new Promise((resolve) => {
        if (broken) return resolve();
        destination.once('close', resolve);
        destination.once('error', () => {
          giveUp();
          resolve();
        });
        destination.end();
      });
    },
    flushNow() {
      if (broken) return;
      try {
        destination.flushSync();
      } catch {
        // The process is about to end and the target does not take the rest: there is nowhere to say so.
        giveUp();
      }
    },
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
    // Descriptors 0 to 2 were closed by whoever started us; pino would take this one for the terminal.
    closeSync(fd);
    throw new Error('the standard descriptors are closed');
  } catch (error) {
    throw new CliError(
      'F2B_LOG_TARGET',
      `cannot open the log file ${file}: ${reasonOf(error)}; make its directory writable or set another logtarget`,
    );
  }
}
