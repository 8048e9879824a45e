import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { isIP, type Socket } from 'node:net';
import type { Milliseconds, OwnSettings } from '@f2b/config';
import { claimSocket } from '../control/claim.js';

export type MetricsPlace = NonNullable<OwnSettings['metrics']>;

/** A page is made anew at most this often, however many ask. */
const pageAge: Milliseconds = 500;
const mostConnections = 16;
const patience: Milliseconds = 5000;

export interface MetricsServer {
  /** Where it listens, for a person: with port 0, the port that it got. */
  readonly place: string;
  close(): void;
}

/**
 * Serves one page of text over HTTP, at `/metrics` and `/`, and nothing else.
 * @throws what keeps it from listening
 */
export async function openMetricsServer(place: MetricsPlace, page: () => string): Promise<MetricsServer> {
  let made = { at: Number.NEGATIVE_INFINITY, text: '' };
  const server = createServer(
    {
      requestTimeout: patience,
      headersTimeout: patience,
      keepAliveTimeout: patience,
      connectionsCheckingInterval: patience / 5,
      maxHeaderSize: 8192,
    },
    (request, response) => {
      const refused = whyRefused(request, place);
      if (refused !== undefined) return answer(response, refused, 'text/plain; charset=utf-8', `${refused}\n`);
      try {
        const now = performance.now();
        if (now - made.at >= pageAge) made = { at: now, text: page() };
        answer(response, 200, 'text/plain; version=0.0.4; charset=utf-8', made.text);
      } catch {
        answer(response, 500, 'text/plain; charset=utf-8', '500\n');
      }
    },
  );
  const open = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    // Whoever comes gets in: somebody who only holds connections would keep the one out that asks.
    if (open.size >= mostConnections) giveUpOldest(open);
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  if (place.kind === 'path') {
    const { release } = await claimSocket(server, place.path);
    server.on('error', () => {});
    return {
      place: place.path,
      close() {
        release();
        server.close();
        server.closeAllConnections();
      },
    };
  }
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: place.host, port: place.port }, () => {
      server.off('error', reject);
      resolve();
    });
  });
  server.on('error', () => {});
  server.unref();
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : place.port;
  return {
    place: `http://${place.host.includes(':') ? `[${place.host}]` : place.host}:${port}/metrics`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** At once, as what was asked of it has been answered, if anything was. */
function giveUpOldest(open: Set<Socket>): void {
  for (const oldest of open) {
    open.delete(oldest);
    oldest.destroy();
    return;
  }
}

/** A page in somebody's browser may lead a name of its own to this address: only who asks for an address is answered. */
function whyRefused({ method, url, headers }: IncomingMessage, place: MetricsPlace): number | undefined {
  if (method !== 'GET' && method !== 'HEAD') return 405;
  if (place.kind === 'address' && !place.exposed) {
    const host = (headers.host ?? '').replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
    if (host !== 'localhost' && isIP(host) === 0) return 403;
  }
  return url === '/metrics' || url === '/' ? undefined : 404;
}

function answer(response: ServerResponse, status: number, type: string, text: string): void {
  response.writeHead(status, { 'Content-Type': type, 'Content-Length': Buffer.byteLength(text) });
  response.end(text);
}
