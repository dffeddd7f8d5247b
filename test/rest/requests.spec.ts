import { beforeAll, describe, expect, test } from '@jest/globals';
import { bearer, signIn } from '../support/oauth.js';
import { useServer } from '../support/use-server.js';

const server = useServer();
let headers: Record<string, string>;
beforeAll(async () => {
  headers = { 'content-type': 'application/json', ...bearer(await signIn(server.url, 'mallory')) };
});

const send = (body: string, path: string) => fetch(server.url + path, { method: 'POST', headers, body });

describe('A body', () => {
  test.each([
    ['that is no JSON', '{"name":', 400, 'INVALID_REQUEST'],
    ['that is nested too deeply', `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, 400, 'INVALID_REQUEST'],
    ['that is too large', `{"a":"${'x'.repeat(1_100_000)}"}`, 413, 'BODY_TOO_LARGE'],
  ])('%s is refused as a problem', async (_, body, status, code) => {
    const response = await send(body, '/no_such_operation');

    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(await response.json()).toMatchObject({ code, status, type: `/docs#${code}` });
  });
});

test('too large is told how large it may be', async () => {
  const response = await send(`{"a":"${'x'.repeat(1_100_000)}"}`, '/no_such_operation');

  expect(await response.json()).toMatchObject({ limit: 1_048_576 });
});

describe('A number in a query', () => {
  test('that is empty or left open is the default', async () => {
    const headers = bearer(await signIn(server.url, 'alice'));
    for (let i = 0; i < 101; i++) {
      const body = JSON.stringify({ name: `Room ${i}`, slots: ['invite:a'] });
      await fetch(`${server.url}/create_channel`, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body,
      });
    }

    for (const query of ['', '?limit=', '?limit=null&offset=']) {
      const { channels } = (await (await fetch(`${server.url}/list_channels${query}`, { headers })).json()) as {
        channels: unknown[];
      };
      expect(channels).toHaveLength(100);
    }
  });

  test.each([
    ['1e300', 400],
    ['9007199254740992', 400],
    ['9007199254740991', 200],
  ])('of %s is answered with %i', async (offset, status) => {
    const headers = bearer(await signIn(server.url, 'alice'));

    expect((await fetch(`${server.url}/list_channels?offset=${offset}`, { headers })).status).toBe(status);
  });
});

describe('A body that is not sent as JSON', () => {
  const named = (type: string) => ({ 'content-type': type });

  test.each(['application/x-www-form-urlencoded', 'text/plain', 'multipart/form-data; boundary=x'])(
    'but as %s is told how to be sent',
    async (type) => {
      const headers = { ...bearer(await signIn(server.url, 'alice')), ...named(type) };
      const body = '{"name":"Room","slots":["invite:a"]}';

      const response = await fetch(`${server.url}/create_channel`, { method: 'POST', headers, body });

      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({
        code: 'INVALID_REQUEST',
        detail: 'send the body as JSON with content-type: application/json',
      });
    },
  );

  test('but is none is an input without fields', async () => {
    const headers = { ...bearer(await signIn(server.url, 'alice')), ...named('application/x-www-form-urlencoded') };

    const response = await fetch(`${server.url}/create_channel`, { method: 'POST', headers, body: '' });

    expect(await response.json()).toMatchObject({
      code: 'INVALID_REQUEST',
      detail: expect.stringContaining('required'),
    });
  });

  test('says nothing to nobody', async () => {
    const response = await fetch(`${server.url}/create_channel`, {
      method: 'POST',
      headers: named('text/plain'),
      body: 'x',
    });

    expect(response.status).toBe(401);
  });
});

describe('An address', () => {
  test('where nothing is gets a problem', async () => {
    const response = await fetch(`${server.url}/no_such_operation`);

    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ code: 'NOT_FOUND' });
  });

  test.each([
    ['POST', '/health_check', 'GET, HEAD'],
    ['PUT', '/health_check?x=1', 'GET, HEAD'],
    ['POST', '/Sync_Messages/', 'GET, HEAD'],
    ['GET', '/post_message', 'POST'],
    ['DELETE', '/post_message', 'POST'],
    ['GET', '/create_channel', 'POST'],
  ])('of an operation takes no %s %s, and says what it takes', async (method, path, allow) => {
    const response = await fetch(server.url + path, { method });

    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe(allow);
    expect(await response.json()).toMatchObject({ code: 'METHOD_NOT_ALLOWED', fix: expect.stringContaining('Allow') });
  });

  test('with a field that nobody knows says which', async () => {
    const response = await fetch(`${server.url}/health_check?no_such_field=1`);

    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ detail: 'unknown field no_such_field' });
  });
});
