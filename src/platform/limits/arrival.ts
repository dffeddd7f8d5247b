import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { addressKey } from './address.js';
import { CAPS } from './caps.js';
import type { LimitConfig } from './limit-settings.js';
import { closeWithConnection } from './pipelined.js';

/** Longer than proxies keep a connection open, so that it is they who close it. */
const KEEP_ALIVE_MS = 65_000;
/** Longer than any wait and any heartbeat: who takes nothing for so long has stopped reading. */
const SILENT_MS = 120_000;

/** An answer of which nothing more is taken for so long is nobody's. */
const UNREAD_MS = 30_000;

/** How connections and requests may come in: how many at once, and how slowly. */
export function limitArrival(server: Server, { connections, requestMs, trustProxy }: LimitConfig) {
  server.requestTimeout = requestMs;
  server.headersTimeout = requestMs / 3;
  Object.assign(server, { connectionsCheckingInterval: Math.min(5_000, requestMs / 3) });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.timeout = SILENT_MS;
  server.on('request', closeWithConnection);
  server.on('request', mustBeTaken(Math.min(UNREAD_MS, requestMs)));
  server.maxHeadersCount = CAPS.headers.most;
  if (Number.isFinite(connections.server)) server.maxConnections = connections.server;
  // Through a proxy all connections come from one address.
  const isProxied = typeof trustProxy === 'number' ? trustProxy > 0 : trustProxy.length > 0;
  if (!isProxied) server.on('connection', limitPerAddress(connections.address));
}

/** From the end of an answer until the last of it has left. Several may wait behind one another on a connection. */
function mustBeTaken(ms: number) {
  const untaken = new WeakMap<Socket, number>();
  return ({ socket }: IncomingMessage, response: ServerResponse) => {
    response.once('prefinish', () => {
      untaken.set(socket, (untaken.get(socket) ?? 0) + 1);
      socket.setTimeout(ms);
    });
    response.once('finish', () => {
      const left = (untaken.get(socket) ?? 1) - 1;
      untaken.set(socket, left);
      if (!left && socket.timeout === ms) socket.setTimeout(SILENT_MS);
    });
  };
}

function limitPerAddress(most: number) {
  const open = new Map<string, number>();
  return (socket: Socket) => {
    const address = addressKey(socket.remoteAddress);
    const here = (open.get(address) ?? 0) + 1;
    if (here > most) return void socket.destroy();
    open.set(address, here);
    socket.once('close', () => {
      const left = (open.get(address) ?? 1) - 1;
      if (left) open.set(address, left);
      else open.delete(address);
    });
  };
}
