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
  ])('%s is refused with a problem', async (_, body, status, code) => {
    const response = await send(body, '/no_such_operation');

    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(await response.json()).toMatchObject({ code, status, type: `/docs#${code}` });
  });
});

test('A body that is too large gets an error with the limit', async () => {
  const response = await send(`{"a":"${'x'.repeat(1_100_000)}"}`, '/no_such_operation');

  expect(await response.json()).toMatchObject({ limit: 1_048_576 });
});

describe('A number in a query', () => {
  test('that is empty or omitted has its default', async () => {
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
    'but as %s is refused with the right Content-Type',
    async (type) => {
      const headers = { ...bearer(await signIn(server.url, 'alice')), ...named(type) };
      const body = '{"name":"Room","slots":["invite:a"]}';

      const response = await fetch(`${server.url}/create_channel`, { method: 'POST', headers, body });

      expect(response.status).toBe(415);
      expect(await response.json()).toMatchObject({
        code: 'UNSUPPORTED_MEDIA_TYPE',
        fix: expect.stringContaining('Content-Type: application/json'),
      });
    },
  );

  test.each([
    ['without a type', {}],
    ['as JSON of a sort', named('application/problem+json')],
    ['as two types', named('text/plain, application/json')],
    ['in UTF-16', named('application/json; charset=utf-16le')],
    ['in two charsets', named('application/json; charset=utf-8; charset=latin1')],
    ['in ASCII, as a sort of its own', named('application/json; charset="us-ascii"')],
    ['compressed', { ...named('application/json'), 'content-encoding': 'br' }],
  ])('but %s is refused, before its fields are validated', async (_, type) => {
    const headers = { ...bearer(await signIn(server.url, 'alice')), ...type };

    const response = await fetch(`${server.url}/create_channel`, { method: 'POST', headers, body: Buffer.from('{}') });

    expect(response.status).toBe(415);
    expect(await response.json()).toMatchObject({ code: 'UNSUPPORTED_MEDIA_TYPE', status: 415 });
  });

  test.each([
    ['a byte alone', [0xff]],
    ['half a surrogate pair', [0xed, 0xa0, 0x80]],
    ['a slash in two bytes', [0xc0, 0xaf]],
    ['the beginning of a character', [0xe2, 0x82]],
  ])('as UTF-8 but with %s is refused', async (_, bytes) => {
    const headers = { ...bearer(await signIn(server.url, 'alice')), ...named('application/json') };
    const body = Buffer.concat([
      Buffer.from('{"name":"Ro'),
      Buffer.from(bytes),
      Buffer.from('om","slots":["invite:a"]}'),
    ]);

    const response = await fetch(`${server.url}/create_channel`, { method: 'POST', headers, body });

    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: 'INVALID_REQUEST', detail: 'the body is not valid UTF-8' });
  });

  test.each([
    ['in Latin-1', Buffer.from('grant_type=refresh_token&refresh_token=\xe9', 'latin1'), ''],
    ['with an escape that is no character', Buffer.from('grant_type=refresh_token&refresh_token=%ff'), ''],
    ['with an escape that is invalid', Buffer.from('grant_type=refresh_token&refresh_token=%zz'), ''],
    ['of another charset', Buffer.from('grant_type=refresh_token'), '; charset=iso-8859-1'],
    ['of no type', Buffer.from('grant_type=refresh_token'), undefined],
  ])('but as a form %s is an invalid token request', async (_, body, more) => {
    const headers = more === undefined ? {} : named(`application/x-www-form-urlencoded${more}`);

    const response = await fetch(`${server.url}/token`, { method: 'POST', headers, body });

    expect([400, 415]).toContain(response.status);
    expect(await response.json()).toMatchObject({ error: 'invalid_request' });
  });

  test('but is missing counts as an input without fields', async () => {
    const headers = { ...bearer(await signIn(server.url, 'alice')), ...named('application/x-www-form-urlencoded') };

    const response = await fetch(`${server.url}/create_channel`, { method: 'POST', headers, body: '' });

    expect(await response.json()).toMatchObject({
      code: 'INVALID_REQUEST',
      detail: expect.stringContaining('required'),
    });
  });

  test('and has no token gets a 401', async () => {
    const response = await fetch(`${server.url}/create_channel`, {
      method: 'POST',
      headers: named('text/plain'),
      body: 'x',
    });

    expect(response.status).toBe(401);
  });
});

describe('An address', () => {
  test('that does not exist gets a problem', async () => {
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
  ])('of an operation refuses %s %s, and names the right method', async (method, path, allow) => {
    const response = await fetch(server.url + path, { method });

    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe(allow);
    expect(await response.json()).toMatchObject({ code: 'METHOD_NOT_ALLOWED', fix: expect.stringContaining('Allow') });
  });

  test('with an unknown field gets an error that names it', async () => {
    const response = await fetch(`${server.url}/health_check?no_such_field=1`);

    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ detail: 'unknown field no_such_field' });
  });
});
