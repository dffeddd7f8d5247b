import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { LimitConfig } from '../config/limit-settings.js';
import { addressKey } from './address.js';
import { CAPS } from './caps.js';
import { closeWithConnection } from './pipelined.js';

/** Longer than proxies keep idle connections, so that the proxy closes them first. */
const KEEP_ALIVE_MS = 65_000;
/** Longer than any long-poll or heartbeat: a connection without traffic for this long is dead. */
const SILENT_MS = 120_000;

/** A response of which the client reads nothing for this long is dropped. */
const UNREAD_MS = 30_000;

/** Limits the number of connections and how slowly requests may arrive. */
export function limitArrival(server: Server, { connections, requestMs, trustProxy }: LimitConfig) {
  server.requestTimeout = requestMs;
  server.headersTimeout = requestMs / 3;
  Object.assign(server, { connectionsCheckingInterval: Math.min(5_000, requestMs / 3) });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.timeout = SILENT_MS;
  server.on('request', closeWithConnection);
  server.on('request', closeUntaken(Math.min(UNREAD_MS, requestMs)));
  server.maxHeadersCount = CAPS.headers.most;
  if (Number.isFinite(connections.server)) server.maxConnections = connections.server;
  // Behind a proxy all connections come from one address.
  const isProxied = typeof trustProxy === 'number' ? trustProxy > 0 : trustProxy.length > 0;
  if (!isProxied) server.on('connection', limitPerAddress(connections.address));
}

/**
 * Closes the connection if a finished response is not read within `ms`. Pipelined responses may wait behind one
 * another.
 */
function closeUntaken(ms: number) {
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

function limitPerAddress(max: number) {
  const open = new Map<string, number>();
  return (socket: Socket) => {
    const address = addressKey(socket.remoteAddress);
    const here = (open.get(address) ?? 0) + 1;
    if (here > max) return void socket.destroy();
    open.set(address, here);
    socket.once('close', () => {
      const left = (open.get(address) ?? 1) - 1;
      if (left) open.set(address, left);
      else open.delete(address);
    });
  };
}
