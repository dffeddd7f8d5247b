import { createServer, type Socket } from 'node:net';
import type { FromSandbox, ToSandbox } from '../../bot-sdk/sandbox-protocol.js';
import type { FrameStream } from './frame-stream.js';

export const PROXY_PORT = 3128;
const MAX_HEAD = 8_192;
const MAX_TUNNELS = 16;
const CONNECT = /^CONNECT ([^\s:[\]]+|\[[^\]\s]+\]):(\d{1,5}) HTTP\/1\.[01]\r\n/;

type Told = Exclude<ToSandbox, { t: 'bind' | 'hook' | 'web' }>;

/**
 * The only address in the sandbox to which a socket can connect: a `CONNECT host:port` proxy. The server decides about
 * each connection and carries its bytes.
 */
export class TunnelProxy {
  private readonly sockets = new Map<number, Socket>();
  private count = 0;

  constructor(private readonly line: FrameStream<ToSandbox, FromSandbox>) {}

  listen(): Promise<void> {
    const server = createServer({ allowHalfOpen: true }, (socket) => this.accept(socket));
    return new Promise((listening) => server.listen(PROXY_PORT, '127.0.0.1', listening));
  }

  received(connection: number, bytes: Buffer) {
    this.sockets.get(connection)?.write(bytes);
  }

  told(message: Told) {
    const socket = this.sockets.get(message.c);
    if (!socket) return;
    if (message.t === 'opened') this.join(message.c, socket);
    if (message.t === 'refused')
      socket.end(`HTTP/1.1 403 Forbidden\r\nX-Reason: ${plain(message.detail)}\r\nContent-Length: 0\r\n\r\n`);
    if (message.t === 'end') socket.end();
    if (message.t === 'closed') socket.destroy();
  }

  private accept(socket: Socket) {
    const connection = ++this.count;
    socket.on('error', () => {});
    if (this.sockets.size >= MAX_TUNNELS) return void socket.end('HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n');
    this.sockets.set(connection, socket);
    socket.on('close', () => {
      if (this.sockets.delete(connection)) this.line.send({ t: 'closed', c: connection });
    });
    this.readHead(connection, socket);
  }

  private readHead(connection: number, socket: Socket) {
    let head = Buffer.alloc(0);
    const onData = (bytes: Buffer) => {
      head = Buffer.concat([head, bytes]);
      const end = head.indexOf('\r\n\r\n');
      if (end < 0 && head.length <= MAX_HEAD) return;
      socket.off('data', onData).pause();
      const [, host, port] = CONNECT.exec(head.toString('latin1')) ?? [];
      if (!host) return void socket.end('HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 0\r\n\r\n');
      if (end + 4 < head.length) socket.unshift(head.subarray(end + 4));
      this.line.send({ t: 'open', c: connection, host, port: Number(port) });
    };
    socket.on('data', onData);
  }

  private join(connection: number, socket: Socket) {
    socket.write('HTTP/1.1 200 OK\r\n\r\n');
    socket.on('data', (bytes) => {
      if (this.line.sendBytes(connection, bytes)) return;
      socket.pause();
      this.line.drained(() => socket.resume());
    });
    socket.on('end', () => this.line.send({ t: 'end', c: connection }));
    socket.resume();
  }
}

const plain = (text: string) => text.replace(/[^\x20-\x7e]/g, '?').slice(0, 200);
