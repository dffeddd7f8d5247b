import http, { request } from 'node:http';
import net from 'node:net';
import { Duplex, PassThrough } from 'node:stream';
import tls from 'node:tls';
import type { Chance } from '../../bot-sdk/chance.js';
import { chanceless } from './chanceless-crypto.js';
import type { Exports } from './kit-script.js';
import type { LendModule } from './realm.js';
import { repeatableFiles, repeatablePromises } from './repeatable-files.js';
import { PROXY_PORT } from './tunnel-proxy.js';

/** Node's modules for one hook, with the run's random stream and with sockets that use the tunnel proxy. */
export function lend(chance: Chance): LendModule {
  dateless();
  return (name) => {
    if (name === 'node:crypto') return chanceless(chance);
    if (name === 'node:fs') return repeatableFiles();
    if (name === 'node:fs/promises') return repeatablePromises();
    const module = process.getBuiltinModule(name) as unknown as Exports;
    const { Server, createServer, ServerResponse, TLSSocket, ...kept } = module;
    const lent = name === 'node:tls' ? { ...kept, connect } : SERVERS.includes(name) ? kept : module;
    return { ...lent, default: lent };
  };
}

/**
 * Servers are removed: their responses contain the time, their session tickets random bytes, and nobody could connect.
 */
const SERVERS = ['node:http', 'node:https'];

/** Removes the Date header that Node adds to a message on request. */
function dateless() {
  const shared = http.OutgoingMessage.prototype as unknown as { _storeHeader: (...args: unknown[]) => unknown };
  const store = shared._storeHeader;
  shared._storeHeader = function (this: { sendDate: boolean }, ...args: unknown[]) {
    this.sendDate = false;
    return store.apply(this, args);
  };
}

/** `tls.connect` without a given socket connects through the tunnel; TLS itself runs here. */
function connect(...args: unknown[]): tls.TLSSocket {
  const options = optionsOf(args);
  const listener = args.find((argument) => typeof argument === 'function') as (() => void) | undefined;
  if (options.socket) {
    // A custom stream would show the bot the random bytes of a handshake.
    if (!(options.socket instanceof net.Socket)) throw new TypeError('the socket of tls.connect is no connection');
    return tls.connect(options, listener);
  }
  const { host = 'localhost', port = 443 } = options;
  const line = tunnel(host, port);
  const socket = tls.connect({ servername: net.isIP(host) ? '' : host, ...options, socket: line }, listener);
  // The tunnel ends with the TLS socket; otherwise the hook would wait for it.
  socket.on('close', () => line.destroy());
  return socket;
}

function optionsOf(args: unknown[]): tls.ConnectionOptions {
  const given = args.find((argument) => typeof argument === 'object' && argument !== null) as tls.ConnectionOptions;
  const [port, host] = args;
  return {
    ...given,
    ...(typeof port === 'number' ? { port } : {}),
    ...(typeof host === 'string' ? { host } : {}),
  };
}

/** A stream to the host; writing waits until the tunnel proxy has accepted the connection. */
function tunnel(host: string, port: number): Duplex {
  const up = new PassThrough();
  const down = new PassThrough();
  const stream = Duplex.from({ writable: up, readable: down });
  const asked = request({
    host: '127.0.0.1',
    port: PROXY_PORT,
    method: 'CONNECT',
    path: `${host}:${port}`,
    agent: false,
  });
  asked.on('connect', ({ statusCode, headers }, socket) => {
    if (statusCode !== 200)
      return stream.destroy(new Error(`${host}:${port} was refused: ${headers['x-reason'] ?? ''}`));
    socket.on('error', (error) => stream.destroy(error));
    stream.on('close', () => socket.destroy());
    if (stream.destroyed) socket.destroy();
    up.pipe(socket).pipe(down);
  });
  asked.on('error', (error) => stream.destroy(error));
  asked.end();
  return stream;
}
