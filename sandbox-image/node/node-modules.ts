import http, { request } from 'node:http';
import net from 'node:net';
import { Duplex, PassThrough } from 'node:stream';
import tls from 'node:tls';
import type { Chance } from '../../bot-sdk/chance.js';
import { chanceless } from './chanceless-crypto.js';
import type { Exports } from './kit-script.js';
import type { Lend } from './realm.js';
import { repeatableFiles, repeatablePromises } from './repeatable-files.js';
import { PROXY_PORT } from './tunnel-proxy.js';

/** Node's own modules for one hook: with the run's chance, and with sockets that lead through the broker. */
export function lend(chance: Chance): Lend {
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

/** A server's answers tell the time, and its tickets random bytes; nobody could reach it anyway. */
const SERVERS = ['node:http', 'node:https'];

/** Node adds the time of day to a message that asks for it. */
function dateless() {
  const shared = http.OutgoingMessage.prototype as unknown as { _storeHeader: (...args: unknown[]) => unknown };
  const store = shared._storeHeader;
  shared._storeHeader = function (this: { sendDate: boolean }, ...args: unknown[]) {
    this.sendDate = false;
    return store.apply(this, args);
  };
}

/** `tls.connect` without a socket of its own goes through the tunnel; the encryption still ends here. */
function connect(...args: unknown[]): tls.TLSSocket {
  const options = optionsOf(args);
  const listener = args.find((argument) => typeof argument === 'function') as (() => void) | undefined;
  if (options.socket) {
    // A stream of the bot's own would show it the random bytes of a handshake.
    if (!(options.socket instanceof net.Socket)) throw new TypeError('the socket of tls.connect is no connection');
    return tls.connect(options, listener);
  }
  const { host = 'localhost', port = 443 } = options;
  return tls.connect({ servername: net.isIP(host) ? '' : host, ...options, socket: tunnel(host, port) }, listener);
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

/** A stream to the host, which waits until the proxy of this sandbox has agreed. */
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
    up.pipe(socket).pipe(down);
  });
  asked.on('error', (error) => stream.destroy(error));
  asked.end();
  return stream;
}
