import { existsSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { bearer, signIn } from '../support/oauth.js';
import { type RunningServer, startServer } from '../support/server.js';

let server: RunningServer;
let headers: Record<string, string>;
beforeAll(async () => {
  server = await startServer({ LOG_LEVEL: 'error' });
  headers = bearer(await signIn(server.url, 'mallory'));
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

const NESTED = `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`;
const LISTS = `{"a":${'['.repeat(30)}${']'.repeat(30)}}`;
const MANY = `[${'1,'.repeat(60_000)}1]`;
const KEYS = JSON.stringify(Object.fromEntries(Array.from({ length: 60_000 }, (_, i) => [`k${i}`, i])));
const LARGE = JSON.stringify({ a: 'x'.repeat(1_100_000) });
const BOMB = gzipSync('{"a":"'.padEnd(50_000_000, ' '));

type Body = string | Buffer;
const send = (path: string, body: Body, more: Record<string, string> = {}) =>
  fetch(server.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(path === '/mcp' || path[1] === 'c' ? headers : {}), ...more },
    body,
  });

/** Every way in that reads a body, and how it says that this one is none of its own. */
const DOORS_OF_BODIES: [path: string, form: object][] = [
  [
    '/create_channel',
    {
      code: expect.stringMatching(/^(INVALID_REQUEST|BODY_TOO_LARGE|UNSUPPORTED_MEDIA_TYPE)$/),
      fix: expect.anything(),
    },
  ],
  ['/mcp', { jsonrpc: '2.0', error: { code: expect.any(Number), message: expect.anything() }, id: null }],
  ['/register', { error: 'invalid_client_metadata' }],
  ['/token', { error: 'invalid_request' }],
  ['/revoke', { error: 'invalid_request' }],
  ['/oauth/authorize', { error: 'invalid_request' }],
];

describe.each(DOORS_OF_BODIES)('A body sent to %s', (path, form) => {
  const isOauth = !['/mcp', '/create_channel'].includes(path);

  test.each<[string, Body, number, Record<string, string>]>([
    ['nested', NESTED, isOauth ? 413 : 400, {}],
    ['nested a little too deeply', LISTS, 400, {}],
    ['with very many values', MANY, isOauth ? 413 : 400, {}],
    ['with very many fields', KEYS, isOauth ? 413 : 400, {}],
    ['too large', LARGE, 413, {}],
    ['compressed', BOMB, 415, { 'content-encoding': 'gzip' }],
    ['in another alphabet', '{}', 415, { 'content-type': 'application/json; charset=iso-8859-1' }],
  ])('%s is refused in the error format of that door', async (_, body, status, more) => {
    const response = await send(path, body, more);

    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject(form);
  });
});

test('A form with too many parameters is refused', async () => {
  const body = Array.from({ length: 200 }, (_, i) => `p${i}=x`).join('&');

  const response = await send('/token', body, { 'content-type': 'application/x-www-form-urlencoded' });

  expect([response.status, await response.json()]).toMatchObject([413, { error: 'invalid_request' }]);
});

test('A batch with too many MCP messages is refused as a whole', async () => {
  const ping = { jsonrpc: '2.0', id: 1, method: 'ping' };

  const [fits, exceeds] = [
    await send('/mcp', JSON.stringify(Array(20).fill(ping))),
    await send('/mcp', JSON.stringify(Array(21).fill(ping))),
  ];

  expect([fits.status, exceeds.status]).toEqual([200, 400]);
  expect(await exceeds.json()).toMatchObject({ error: { message: expect.stringContaining('at most 20') } });
});

describe('An address', () => {
  test.each(['/docs', '/mcp', '/oauth/authorize', '/who'])('at %s that is too long is refused', async (path) => {
    const get = (length: number) => fetch(`${server.url}${path}?q=${'x'.repeat(length)}`, { redirect: 'manual' });

    const [response, far] = [await get(9_000), await get(20_000)];

    expect([response.status, far.status]).toEqual([400, 431]);
  });
});

test('Header fields after the hundredth are not read', async () => {
  const junk = Object.fromEntries(Array.from({ length: 120 }, (_, i) => [`x-${i}`, '']));

  const response = await fetch(`${server.url}/list_channels`, { headers: { ...junk, ...headers } });

  expect([200, 401]).toContain(response.status);
});

test('Many of the most expensive bodies at once neither fill the memory nor delay others', async () => {
  const before = residentMb(server.pid);
  const worst = [NESTED, MANY, KEYS, LARGE, BOMB];

  const sent = Array.from({ length: 100 }, (_, i) => {
    const body = worst[i % worst.length] as Body;
    const more: Record<string, string> = body === BOMB ? { 'content-encoding': 'gzip' } : {};
    return send(DOORS_OF_BODIES[i % 3]?.[0] ?? '', body, more).then(
      (response) => response.status,
      () => 'cut off',
    );
  });
  const health = await fetch(`${server.url}/health_check`);
  const statuses = await Promise.all(sent);

  expect(health.status).toBe(200);
  expect(statuses.filter((status) => status === 200 || status === 500)).toEqual([]);
  expect(residentMb(server.pid) - before).toBeLessThan(300);
});

/** Resident memory of a process; 0 where the system does not tell it this way. */
function residentMb(pid: number) {
  const file = `/proc/${pid}/status`;
  return existsSync(file) ? Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(file, 'utf8'))?.[1]) / 1024) : 0;
}
