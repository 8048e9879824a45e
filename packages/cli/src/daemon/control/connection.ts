import type { Socket } from 'node:net';
import type { Milliseconds } from '@f2b/config';
import { type Dialect, maxRequestBytes, type Word } from './dialects/dialect.js';
import { Frames } from './dialects/frames.js';
import { jsonLines } from './dialects/json-lines.js';
import { pickle } from './dialects/pickle/pickle.js';
import { type Reply, type ReplyValue, refusal } from './reply.js';

/** In the order in which they are asked whether they know a connection's first byte. */
const dialects: readonly Dialect[] = [jsonLines, pickle];

/** How long a client whose request was refused may take to read why. */
const lastWordsMs: Milliseconds = 1000;

/** Answers one request; a rejection is answered as an error, and the connection lives on. */
export type RequestHandler = (
  words: readonly Word[],
  gone: AbortSignal,
) => Reply | Promise<Reply> | AsyncGenerator<ReplyValue, Reply, void>;

export interface Connection {
  /** No request is at work. One that has come in half does not count. */
  readonly isIdle: boolean;
  /** Resolves when none is. */
  whenIdle(): Promise<void>;
}

/**
 * One client. Requests are answered one after the other: while one is at work nothing more is read, so a client that
 * floods is held back by its own socket, and one that does not read its answers holds at most one of them.
 * @param ending aborts when the daemon ends: answers that go on for ever are over then
 */
export function serveConnection(socket: Socket, handle: RequestHandler, ending: AbortSignal): Connection {
  const frames = new Frames();
  const closed = new AbortController();
  const gone = AbortSignal.any([closed.signal, ending]);
  let dialect: Dialect | undefined;
  let working = false;
  let ended = false;
  let waiters: (() => void)[] = [];

  socket.on('error', () => socket.destroy());
  socket.once('close', () => closed.abort());
  socket.on('data', (chunk: Buffer) => {
    frames.push(chunk);
    if (!working) void work();
    else socket.pause();
  });
  socket.on('end', () => {
    ended = true;
    // Whoever has said all that it wants to say may still listen, but not for ever: a client that was killed looks the same.
    closed.abort();
    if (!working) socket.end();
  });

  async function work(): Promise<void> {
    working = true;
    try {
      for (let frame = nextFrame(); frame !== undefined; frame = nextFrame()) {
        if (!(await serve(frame))) return;
      }
    } finally {
      working = false;
      for (const waiter of waiters) waiter();
      waiters = [];
    }
    if (ended) socket.end();
    else socket.resume();
  }

  /** Ends the connection for what can never become a frame. */
  function nextFrame(): Buffer | undefined {
    const first = frames.first;
    if (first === undefined || socket.destroyed) return undefined;
    dialect ??= dialects.find((one) => one.recognises(first));
    const frame = frames.next(dialect!.end);
    if ((frame?.length ?? frames.length) <= maxRequestBytes) return frame;
    drop(dialect!.write(refusal('F2B_BAD_REQUEST', 'the request is too long')));
    return undefined;
  }

  /** @returns false where the connection is over */
  async function serve(frame: Buffer): Promise<boolean> {
    const { read, write, writeItem } = dialect!;
    const request = read(frame);
    if (request === undefined) return true;
    if (request === 'close') {
      socket.end();
      return false;
    }
    if ('ok' in request) {
      drop(write(request));
      return false;
    }
    let reply: Reply;
    try {
      const answer = handle(request.words, gone);
      reply = Symbol.asyncIterator in answer ? await stream(answer, writeItem) : await answer;
    } catch (error) {
      reply = refusal('F2B_REPLY', error instanceof Error ? error.message : String(error));
    }
    await send(write(reply));
    return !socket.destroyed;
  }

  async function stream(
    items: AsyncGenerator<ReplyValue, Reply, void>,
    writeItem: Dialect['writeItem'],
  ): Promise<Reply> {
    try {
      if (writeItem === undefined) {
        return refusal('F2B_INVALID_COMMAND', 'This answer comes in parts: use the f2b command');
      }
      for (;;) {
        const { done, value } = await items.next();
        if (done) return value;
        await send(writeItem(value));
        if (socket.destroyed) return refusal('F2B_REPLY', 'nobody waits for the answer any more');
      }
    } finally {
      await items.return(refusal('F2B_REPLY', 'cut short'));
    }
  }

  /** Waits for whoever reads slowly. */
  async function send(bytes: Buffer): Promise<void> {
    if (socket.destroyed || socket.write(bytes)) return;
    await new Promise<void>((resolve) => {
      const go = () => {
        socket.off('drain', go);
        socket.off('close', go);
        resolve();
      };
      socket.once('drain', go);
      socket.once('close', go);
    });
  }

  function drop(lastWords: Buffer): void {
    frames.clear();
    socket.removeAllListeners('data');
    // Read on into nothing: closing with unread bytes would take the answer away from the client (a reset).
    socket.on('data', () => {});
    socket.resume();
    socket.end(lastWords);
    setTimeout(() => socket.destroy(), lastWordsMs).unref();
  }

  return {
    get isIdle() {
      return !working;
    },
    async whenIdle() {
      if (working) await new Promise<void>((resolve) => waiters.push(resolve));
    },
  };
}
