import { connect } from 'node:net';
import type { Milliseconds } from '@f2b/config';
import { CliError } from '../../errors.js';
import { calledAsFail2ban } from '../../places/called-as.js';
import { decodeReply, encodeRequest } from './dialects/json-lines.js';
import type { Reply, ReplyValue } from './reply.js';

/** An answer longer than this is not from us. */
const maxReplyBytes = 256 * 1024 * 1024;

/** How long whoever listens may take to show that it is f2b. A busy daemon answers in milliseconds. */
const greetingTimeout: Milliseconds = 5000;

export interface Asking {
  /** For the whole exchange; undefined waits as long as the daemon needs (stopping takes back bans). */
  readonly timeout?: Milliseconds | undefined;
  /** Gets the parts of an answer that comes in parts. */
  readonly onItem?: (item: ReplyValue) => void;
}

/**
 * Sends one command and waits for its answer. A `ping` goes ahead of it: a real fail2ban on the same socket would wait for
 * ever for the rest of what it takes for a pickle.
 * @throws CliError with fail2ban-client's own words, which scripts look for.
 */
export function ask(path: string, command: readonly string[], { timeout, onItem }: Asking = {}): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    let chunks: Buffer[] = [];
    let bytes = 0;
    let connected = false;
    let greeted = false;
    const finish = (outcome: Reply | CliError) => {
      clearTimeout(greetingTimer);
      clearTimeout(timer);
      socket.destroy();
      if (outcome instanceof CliError) reject(outcome);
      else resolve(outcome);
    };
    const lost = () => (greeted ? died(path, command) : connected && bytes === 0 ? closed(path) : broken(path));
    const greetingTimer = setTimeout(() => finish(silent(path, greetingTimeout)), greetingTimeout);
    const timer = timeout === undefined ? undefined : setTimeout(() => finish(timedOut(path, timeout)), timeout);
    socket.on('connect', () => {
      connected = true;
      socket.write(encodeRequest(['ping']) + encodeRequest(command));
    });
    socket.on('error', (error: NodeJS.ErrnoException) => finish(connected ? lost() : connectError(path, error)));
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > maxReplyBytes) finish(broken(path));
      while (chunks.at(-1)?.includes(0x0a)) {
        const all = Buffer.concat(chunks);
        const end = all.indexOf(0x0a);
        const reply = decodeReply(all.toString('utf8', 0, end));
        const rest = all.subarray(end + 1);
        chunks = rest.length > 0 ? [rest] : [];
        bytes = rest.length;
        if (reply === undefined) return finish(broken(path));
        if ('item' in reply) onItem?.(reply.item);
        else if (greeted) return finish(reply);
        else {
          greeted = true;
          clearTimeout(greetingTimer);
        }
      }
    });
    socket.on('end', () => finish(lost()));
  });
}

function timedOut(path: string, timeout: Milliseconds): CliError {
  return new CliError('F2B_SOCKET_TIMEOUT', `timed out: no answer on ${path} in ${timeout / 1000} s`);
}

function silent(path: string, timeout: Milliseconds): CliError {
  return new CliError(
    'F2B_SOCKET_TIMEOUT',
    `no answer on ${path} in ${timeout / 1000} s: what listens there hangs, or is not f2b (a running fail2ban?)`,
  );
}

function closed(path: string): CliError {
  return new CliError(
    'F2B_SOCKET_CLOSED',
    `${path} was closed without an answer: the server there is ending, or what listens is not f2b`,
  );
}

function died(path: string, command: readonly string[]): CliError {
  return new CliError(
    'F2B_SOCKET_CLOSED',
    `the server on ${path} ended before it answered '${command[0]}': its log says why`,
  );
}

function broken(path: string): CliError {
  return new CliError('F2B_SOCKET_BROKEN', `what answers on ${path} is not f2b (a running fail2ban?)`);
}

function connectError(path: string, error: NodeJS.ErrnoException): CliError {
  const classic = calledAsFail2ban();
  switch (error.code) {
    case 'ENOENT':
      return new CliError(
        'F2B_NO_SOCKET',
        classic
          ? `Failed to access socket path: ${path}. Is fail2ban running?`
          : `f2b is not running: there is no socket ${path}; start it with f2b start, or name its socket with -s`,
      );
    case 'EACCES':
    case 'EPERM':
      return new CliError('F2B_SOCKET_PERMISSION', `Permission denied to socket: ${path}, (you must be root)`);
    case 'ECONNREFUSED':
      return new CliError(
        'F2B_SOCKET_REFUSED',
        classic
          ? '[[Errno 111] Connection refused] Unable to contact server. Is it running?'
          : `f2b is not running: nobody listens on ${path} (it was killed?); start it with f2b start`,
      );
    default:
      return new CliError('F2B_SOCKET_BROKEN', `no conversation on ${path}: ${error.message}`);
  }
}
