import { request } from 'node:http';
import net from 'node:net';
import { Duplex, PassThrough } from 'node:stream';
import tls from 'node:tls';
import type { Chance } from '../../bot-sdk/chance.js';
import { chanceless } from './chanceless-crypto.js';
import type { Exports } from './kit-script.js';
import type { Lend } from './realm.js';
import { PROXY_PORT } from './tunnel-proxy.js';

/** Node's own modules for one hook: with the run's chance, and with sockets that lead through the broker. */
export function lend(chance: Chance): Lend {
  return (name) => {
    if (name === 'node:crypto') return chanceless(chance);
    if (name === 'node:tls') return { ...tls, connect, default: { ...tls, connect } };
    const module = process.getBuiltinModule(name) as unknown as Exports;
    return { ...module, default: module };
  };
}

/** `tls.connect` without a socket of its own goes through the tunnel; the encryption still ends here. */
function connect(...args: unknown[]): tls.TLSSocket {
  const options = optionsOf(args);
  const listener = args.find((argument) => typeof argument === 'function') as (() => void) | undefined;
  if (options.socket) return tls.connect(options, listener);
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
