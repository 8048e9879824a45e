import { createServer, type Server, type Socket } from 'node:net';
import type { Milliseconds } from '@f2b/config';
import { CliError, reasonOf } from '../../errors.js';
import { claimSocket, type SocketClaim } from './claim.js';
import { type Connection, type RequestHandler, serveConnection } from './connection.js';

/** Connections that are kept side by side; exporters and web interfaces hold a handful. */
const mostConnections = 128;

/** How long a client may say nothing. */
const idleMs: Milliseconds = 10 * 60_000;

/** How long a client may take to fetch its last answer when the daemon ends. */
const lastWordsMs: Milliseconds = 500;

export interface ControlServer {
  readonly replacedStale: boolean;
  /** Gives the path up: whoever starts next may have it, while answers under way still go out. */
  release(): void;
  /** Lets answers under way go out, then closes everything and removes the socket file. */
  close(): Promise<void>;
}

/**
 * Opens the control socket, mode 0600.
 * @param activated a listening socket that was handed over instead: whoever opened it removes it
 * @throws CliError `F2B_ALREADY_RUNNING`, `F2B_SOCKET_UNUSABLE`.
 */
export async function openControlServer(
  path: string,
  handle: RequestHandler,
  activated?: number,
): Promise<ControlServer> {
  /** In the order in which they came, or were last heard of. */
  const open = new Map<Socket, Connection>();
  const ending = new AbortController();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    // Whoever comes gets in: the one that has been silent for longest makes room.
    if (open.size >= mostConnections) oldestIdle(open)?.destroy();
    const connection = serveConnection(socket, handle, ending.signal);
    open.set(socket, connection);
    socket.once('close', () => open.delete(socket));
    socket.on('data', () => {
      if (open.delete(socket)) open.set(socket, connection);
    });
    socket.setTimeout(idleMs, () => {
      if (connection.isIdle) socket.destroy();
    });
  });
  const claim = activated === undefined ? await claimSocket(server, path) : await listenOn(server, activated);
  // A failing accept (no descriptors left) must not end the guard.
  server.on('error', () => {});
  return {
    replacedStale: claim.replacedStale,
    release: claim.release,
    async close() {
      claim.release();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      ending.abort();
      // The answer to `stop` itself is still to be written when the daemon comes to this point.
      await inTime(Promise.all([...open.values()].map((connection) => connection.whenIdle())));
      for (const socket of open.keys()) {
        socket.end();
        setTimeout(() => socket.destroy(), lastWordsMs).unref();
      }
      await closed;
    },
  };
}

async function listenOn(server: Server, fd: number): Promise<SocketClaim> {
  await new Promise<void>((resolve, reject) => {
    const failed = (error: Error) =>
      reject(
        new CliError('F2B_SOCKET_UNUSABLE', `cannot listen on the socket that was handed over: ${reasonOf(error)}`),
      );
    server.once('error', failed);
    server.listen({ fd }, () => {
      server.off('error', failed);
      resolve();
    });
  });
  return { replacedStale: false, release() {} };
}

function oldestIdle(open: ReadonlyMap<Socket, Connection>): Socket | undefined {
  for (const [socket, { isIdle }] of open) if (isIdle) return socket;
  // All are at work: watchers, or answers that nobody fetches.
  return open.keys().next().value;
}

/** Waits for `done`, but not for longer than last words may take. */
async function inTime(done: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, lastWordsMs);
  });
  await Promise.race([done, late]);
  clearTimeout(timer);
}
