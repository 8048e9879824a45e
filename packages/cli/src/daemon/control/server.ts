import { createServer, type Socket } from 'node:net';
import type { Milliseconds } from '@f2b/config';
import { claimSocket } from './claim.js';
import { type RequestHandler, serveConnection } from './connection.js';

/** Connections beyond this are closed at once; exporters and web interfaces hold a handful. */
const maxConnections = 128;

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
 * @throws CliError `F2B_ALREADY_RUNNING`, `F2B_SOCKET_UNUSABLE`.
 */
export async function openControlServer(path: string, handle: RequestHandler): Promise<ControlServer> {
  const open = new Set<Socket>();
  let active = 0;
  let idle: (() => void) | undefined;
  const counted: RequestHandler = async (command) => {
    active += 1;
    try {
      return await handle(command);
    } finally {
      active -= 1;
      if (active === 0) idle?.();
    }
  };
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    serveConnection(socket, counted);
  });
  server.maxConnections = maxConnections;
  const claim = await claimSocket(server, path);
  // A failing accept (no descriptors left) must not end the guard.
  server.on('error', () => {});
  return {
    replacedStale: claim.replacedStale,
    release: claim.release,
    async close() {
      claim.release();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      // The answer to `stop` itself is still to be written when the daemon comes to this point.
      if (active > 0) {
        await new Promise<void>((resolve) => {
          idle = resolve;
        });
      }
      await new Promise((resolve) => setImmediate(resolve));
      for (const socket of open) {
        socket.end();
        setTimeout(() => socket.destroy(), lastWordsMs).unref();
      }
      await closed;
    },
  };
}
