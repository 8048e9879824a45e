import type { Socket } from 'node:net';
import { decodeRequest, encodeReply, maxRequestBytes, type Reply } from './protocol.js';

/** Runs one request; a rejection is answered as an error, and the connection lives on. */
export type RequestHandler = (command: readonly string[]) => Promise<Reply>;

/** Ends every frame of fail2ban's own protocol. */
const pickleEnd = '<F2B_END_COMMAND>';

/**
 * One client. Requests are answered one after the other: while one is at work nothing more is read, so a client that
 * floods is held back by its own socket, and one that does not read its answers holds at most one of them.
 */
export function serveConnection(socket: Socket, handle: RequestHandler): void {
  let pending: Buffer[] = [];
  let pendingBytes = 0;
  let hasNewline = false;
  let working = false;
  let ended = false;

  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk: Buffer) => {
    pending.push(chunk);
    pendingBytes += chunk.length;
    hasNewline ||= chunk.includes(0x0a);
    if (!working) void work();
    else socket.pause();
  });
  socket.on('end', () => {
    ended = true;
    if (!working) socket.end();
  });

  async function work(): Promise<void> {
    working = true;
    try {
      for (let line = nextLine(); line !== undefined; line = nextLine()) {
        if (line.trim() === '') continue;
        const answered = await answer(line);
        if (!answered) return;
      }
    } finally {
      working = false;
    }
    if (ended) socket.end();
    else socket.resume();
  }

  /** One whole line, or undefined while none is there; ends the connection for what can never become one. */
  function nextLine(): string | undefined {
    if (pendingBytes === 0 || socket.destroyed) return undefined;
    // A first byte that is neither a list nor an object (nor a blank line) is fail2ban's pickle, or noise.
    const first = pending[0]![0]!;
    if (first !== 0x7b && first !== 0x5b && first !== 0x0a && first !== 0x0d && first !== 0x20) {
      refusePickle();
      return undefined;
    }
    // Pieces are joined only when a line is complete: a client that sends single bytes costs no more than any other.
    if (!hasNewline) {
      if (pendingBytes > maxRequestBytes) refuse('the request is too long');
      return undefined;
    }
    const bytes = pending.length === 1 ? pending[0]! : Buffer.concat(pending);
    const end = bytes.indexOf(0x0a);
    if (end > maxRequestBytes) {
      refuse('the request is too long');
      return undefined;
    }
    const rest = bytes.subarray(end + 1);
    hasNewline = rest.includes(0x0a);
    pending = rest.length > 0 ? [rest] : [];
    pendingBytes = rest.length;
    return bytes.toString('utf8', 0, end);
  }

  async function answer(line: string): Promise<boolean> {
    const request = decodeRequest(line);
    if ('refused' in request) {
      refuse(request.refused);
      return false;
    }
    let reply: Reply;
    try {
      reply = await handle(request.command);
    } catch (error) {
      reply = { ok: false, code: 'F2B_REPLY', message: error instanceof Error ? error.message : String(error) };
    }
    if (socket.destroyed) return false;
    if (!socket.write(encodeReply(reply))) {
      await new Promise<void>((resolve) => {
        socket.once('drain', resolve);
        socket.once('close', resolve);
      });
    }
    return !socket.destroyed;
  }

  function refuse(message: string): void {
    drop(encodeReply({ ok: false, code: 'F2B_BAD_REQUEST', message }));
  }

  /** `(1, Exception(text))` in pickle's oldest, printable form: fail2ban's own clients show the text and end with 255. */
  function refusePickle(): void {
    drop(
      `(I1\ncbuiltins\nException\n(VThis f2b does not speak fail2ban-client's protocol yet: use the f2b command\ntRt.${pickleEnd}`,
    );
  }

  function drop(lastWords: string): void {
    pending = [];
    pendingBytes = 0;
    hasNewline = false;
    socket.removeAllListeners('data');
    // Read on into nothing: closing with unread bytes would take the answer away from the client (a reset).
    socket.on('data', () => {});
    socket.resume();
    socket.end(lastWords);
    setTimeout(() => socket.destroy(), 1000).unref();
  }
}
