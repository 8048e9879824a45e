import { connect } from 'node:net';
import type { Milliseconds } from '@f2b/config';
import { CliError } from '../errors.js';
import { decodeReply, encodeRequest, type Reply } from './protocol.js';

/** An answer longer than this is not from us. */
const maxReplyBytes = 256 * 1024 * 1024;

/**
 * Sends one command and waits for its answer.
 * @param timeout for the whole exchange; undefined waits as long as the daemon needs (stopping takes back bans).
 * @throws CliError with fail2ban-client's own words, which scripts look for.
 */
export function ask(path: string, command: readonly string[], timeout: Milliseconds | undefined): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    const chunks: Buffer[] = [];
    let bytes = 0;
    let timer: NodeJS.Timeout | undefined;
    const finish = (outcome: Reply | CliError) => {
      clearTimeout(timer);
      socket.destroy();
      if (outcome instanceof CliError) reject(outcome);
      else resolve(outcome);
    };
    if (timeout !== undefined) {
      timer = setTimeout(
        () => finish(new CliError('F2B_SOCKET_TIMEOUT', `timed out: no answer on ${path} in ${timeout / 1000} s`)),
        timeout,
      );
    }
    socket.on('connect', () => socket.write(encodeRequest(command)));
    socket.on('error', (error: NodeJS.ErrnoException) => finish(connectError(path, error)));
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > maxReplyBytes) finish(broken(path));
      else if (chunk.includes(0x0a)) {
        const reply = decodeReply(Buffer.concat(chunks).toString('utf8').split('\n', 1)[0]!);
        finish(reply ?? broken(path));
      }
    });
    socket.on('end', () => finish(broken(path)));
  });
}

function broken(path: string): CliError {
  return new CliError('F2B_SOCKET_BROKEN', `what answers on ${path} is not f2b (a running fail2ban?)`);
}

function connectError(path: string, error: NodeJS.ErrnoException): CliError {
  switch (error.code) {
    case 'ENOENT':
      return new CliError('F2B_NO_SOCKET', `Failed to access socket path: ${path}. Is fail2ban running?`);
    case 'EACCES':
    case 'EPERM':
      return new CliError('F2B_SOCKET_PERMISSION', `Permission denied to socket: ${path}, (you must be root)`);
    case 'ECONNREFUSED':
      return new CliError(
        'F2B_SOCKET_REFUSED',
        '[[Errno 111] Connection refused] Unable to contact server. Is it running?',
      );
    default:
      return new CliError('F2B_SOCKET_BROKEN', `no conversation on ${path}: ${error.message}`);
  }
}
