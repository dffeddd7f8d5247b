import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from '../support/rooms.js';
import { type RunningServer, startServer } from '../support/server.js';

const MOST = 8;
let server: RunningServer;
beforeAll(async () => {
  server = await startServer({ LIMIT_REQUEST_S: '3', LIMIT_ADDRESS_CONNECTIONS: String(MOST) });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

function open(localAddress = '127.0.0.1'): Socket {
  const socket = connect({ host: '127.0.0.1', port: Number(new URL(server.url).port), localAddress });
  return socket.on('error', () => {}).resume();
}

describe('A request that is never complete', () => {
  const head = 'POST /create_channel HTTP/1.1\r\nHost: 127.0.0.1\r\n';

  test.each([
    ['says nothing', ''],
    ['keeps its headers', head],
    ['keeps its body', `${head}Content-Type: application/json\r\nContent-Length: 99\r\n\r\n{`],
    ['sends a body in pieces', `${head}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`],
  ])('because it %s is cut off', async (_, text) => {
    const socket = open();
    const closed = once(socket, 'close');
    socket.write(text);
    const piece = text.includes('chunked') ? '1\r\n \r\n' : text === head ? 'X-A: b\r\n' : ' ';
    const drip = setInterval(() => text && socket.writable && socket.write(piece), 100);

    await closed;

    clearInterval(drip);
    expect(socket.destroyed).toBe(true);
  });
});

test('A response that the client does not read is dropped', async () => {
  const socket = connect({ host: '127.0.0.1', port: Number(new URL(server.url).port) }).on('error', () => {});
  await once(socket, 'connect');
  // More than the buffers between two processes hold, and not a byte of it is read.
  for (let i = 0; i < 200; i++) socket.write('GET /docs HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n');
  await eventually(async () => (await answering()) > 1);

  // Only the question itself.
  await eventually(async () => (await answering()) === 1);

  socket.destroy();
});

/** How many requests of this address are being answered. */
async function answering(): Promise<number> {
  const limits = (await (await fetch(`${server.url}/get_limits`)).json()) as {
    at_once: { policy: string; used: number }[];
  };
  return limits.at_once.find(({ policy }) => policy === 'address-calls')?.used ?? 0;
}

describe('Connections of one address', () => {
  test('are limited, and another address has its own limit', async () => {
    const held = Array.from({ length: MOST }, () => open('127.0.0.2'));
    await Promise.all(held.map((socket) => once(socket, 'connect')));
    const status = async (from: string) => {
      const socket = open(from);
      socket.write('GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n');
      return new Promise<string>((answer) => {
        socket.on('data', (data) => answer(String(data).slice(9, 12)));
        socket.on('close', () => answer('dropped'));
      });
    };

    expect([await status('127.0.0.2'), await status('127.0.0.3')]).toEqual(['dropped', '200']);

    for (const socket of held) socket.destroy();
    await eventually(async () => (await status('127.0.0.2')) === '200');
  });
});
