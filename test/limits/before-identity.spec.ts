import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { bearer, postJson, signIn } from '../support/oauth.js';
import { type RunningServer, startServer } from '../support/server.js';

const ANONYMOUS = 200;
const LARGE = 830_000;

let server: RunningServer;
let headers: Record<string, string>;
beforeAll(async () => {
  server = await startServer({ LIMIT_WINDOW_S: '3600' });
  headers = { 'content-type': 'application/json', ...bearer(await signIn(server.url, 'alice')) };
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

/** Announces a body, sends the beginning of it and never the rest; answers with the status line that comes. */
async function announce(url: string, path: string, length: number, head = ''): Promise<number> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port) });
  const lines = [
    `POST ${path} HTTP/1.1`,
    `Host: ${hostname}`,
    'Content-Type: application/json',
    ...[head].filter(Boolean),
  ];
  socket.write(`${lines.join('\r\n')}\r\nContent-Length: ${length}\r\n\r\n{"k0":0,`);
  const [answer] = await once(socket, 'data');
  socket.destroy();
  return Number(/^HTTP\/1\.1 (\d+)/.exec(String(answer))?.[1]);
}

describe('The server does not wait for a large body', () => {
  test.each(['/mcp', '/', '/MCP/', '/create_channel', '/post_message', '/attach_bot'])(
    'at %s without a token or with an invalid one',
    async (path) => {
      const statuses = [
        await announce(server.url, path, LARGE),
        await announce(server.url, path, 4_097),
        await announce(server.url, path, LARGE, 'Authorization: Bearer made-up'),
      ];

      expect(statuses).toEqual([401, 401, 401]);
    },
  );

  test.each(['/register', '/oauth/register', '/token', '/oauth/token/', '/revoke', '/oauth/authorize'])(
    'at %s, where callers have no token',
    async (path) => {
      const token = `Authorization: ${headers.authorization}`;

      expect([await announce(server.url, path, 32_769), await announce(server.url, path, 32_769, token)]).toEqual([
        413, 413,
      ]);
    },
  );

  test.each(['/no_such_operation', '/healthz'])('at %s, where no body is read', async (path) => {
    expect(await announce(server.url, path, LARGE)).toBe(404);
  });
});

test('A form must be small, for every sender', async () => {
  const send = (path: string, length: number) =>
    fetch(server.url + path, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
      body: 'a='.padEnd(length, 'x'),
    });

  const statuses = await Promise.all(['/token', '/mcp', '/create_channel'].map((path) => send(path, 40_000)));

  expect(statuses.map(({ status }) => status)).toEqual([413, 413, 413]);
});

test('The MCP door does not read a body that is not JSON', async () => {
  const socket = connect({ host: '127.0.0.1', port: Number(new URL(server.url).port) });
  socket.write(
    `POST /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: text/plain\r\nAuthorization: ${headers.authorization}\r\nContent-Length: ${LARGE}\r\n\r\n{`,
  );

  const [answer] = await once(socket, 'data');

  expect(String(answer)).toMatch(/^HTTP\/1\.1 415 /);
  socket.destroy();
});

test('A large body without a valid token counts for its address before it arrives', async () => {
  await using counted = await startServer({ LIMIT_WINDOW_S: '3600', LIMIT_ANONYMOUS: String(ANONYMOUS) });

  const none: number[] = [];
  for (let i = 0; i < 2; i++) none.push(await announce(counted.url, '/mcp', LARGE));
  const madeUp: number[] = [];
  for (let i = 0; i < 3; i++) madeUp.push(await announce(counted.url, '/mcp', LARGE, 'Authorization: Bearer made-up'));

  // Each weighs 51 units.
  expect([none, madeUp]).toEqual([
    [401, 401],
    [401, 429, 429],
  ]);
  expect((await postJson(`${counted.url}/register`, {})).status).toBe(429);
});

test.each(['declared', 'in pieces'])('A large body, %s, counts more than a small one', async (how) => {
  const remaining = async (length: number) => {
    const text = JSON.stringify({ a: 'x'.repeat(length) });
    const pieces = new Blob([text]).stream();
    const body = how === 'declared' ? text : pieces;
    const init = { method: 'POST', headers, body, duplex: 'half' } as RequestInit;
    const response = await fetch(`${server.url}/post_message`, init);
    expect(response.status).toBe(400);
    const limits = await (await fetch(`${server.url}/get_limits`, { headers })).json();
    const { rates } = limits as { rates: { policy: string; remaining: number }[] };
    return rates.find(({ policy }) => policy === 'account')?.remaining ?? Number.NaN;
  };

  const [first, afterSmall, afterLarge] = [await remaining(10), await remaining(10), await remaining(200_000)];

  expect([first - afterSmall, afterSmall - afterLarge]).toEqual([1, 13]);
});

test('A body with very many fields is refused before it is parsed', async () => {
  // No JSON at all: the parser would say so.
  const body = `{${'"k":1,'.repeat(20_000)}`;

  const responses = await Promise.all(
    ['/mcp', '/', '/create_channel'].map((path) => fetch(server.url + path, { method: 'POST', headers, body })),
  );

  for (const response of responses) {
    expect([response.status, await response.text()]).toEqual([400, expect.stringContaining('more than 10000 fields')]);
  }
});
