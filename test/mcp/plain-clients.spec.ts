import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { bearer, signIn } from '../support/oauth.js';
import { useServer } from '../support/use-server.js';
import { modernHeaders, modernRequest, post, request } from './json-rpc.js';

const server = useServer();
let alice: { authorization: string };
beforeAll(async () => {
  alice = bearer(await signIn(server.url, 'alice'));
});

describe('The handshake', () => {
  test.each(['2024-11-05', '2025-03-26', '2025-06-18', '2025-11-25'])('echoes %s', async (protocolVersion) => {
    const clientInfo = { name: 'raw', version: '1' };

    const { message, headers } = await post(
      `${server.url}/mcp`,
      request('initialize', { protocolVersion, capabilities: {}, clientInfo }),
      alice,
    );

    expect(message.result.protocolVersion).toBe(protocolVersion);
    expect(message.result.serverInfo).toMatchObject({
      name: 'parley',
      title: 'Parley',
      icons: [{ mimeType: 'image/svg+xml', src: expect.stringMatching(/^data:image\/svg\+xml;base64,/) }],
    });
    expect(message.result.capabilities).toEqual({
      tools: { listChanged: false },
      resources: { subscribe: true, listChanged: true },
      prompts: { listChanged: false },
      completions: {},
    });
    expect(headers.get('mcp-session-id')).toMatch(/^[0-9a-f]{32}$/);
  });

  test.each(['1999-01-01', '2026-07-28', '2099-01-01'])('answers %s with the newest that has one', async (version) => {
    const { message } = await post(`${server.url}/mcp`, request('initialize', { protocolVersion: version }), alice);

    expect(message.result.protocolVersion).toBe('2025-11-25');
  });

  test.each([{ protocolVersion: '2025-06-18' }, {}, null, undefined])('takes an introduction of %j', async (params) => {
    const { status, message } = await post(`${server.url}/mcp`, request('initialize', params), alice);

    expect(status).toBe(200);
    expect(message.result.instructions).toContain('rejoin_token');
  });
});

test.each(['TRACE', 'PUT', 'PATCH'])('%s is told which methods there are', async (method) => {
  const { hostname, port } = new URL(server.url);
  const asked = httpRequest({ hostname, port, path: '/mcp', method, headers: alice }).end();

  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  response.resume();

  expect(response.statusCode).toBe(405);
  expect(response.headers.allow).toBe('GET, POST, DELETE, OPTIONS, HEAD');
});

describe('Without a handshake', () => {
  test.each(['/mcp', '/'])('tools are listed and called at %s, with no header but the token', async (path) => {
    const list = await post(server.url + path, request('tools/list'), alice);
    const called = await post(server.url + path, request('tools/call', { name: 'health_check' }), alice);

    expect(list.message.result.tools.map(({ name }: { name: string }) => name)).toContain('health_check');
    expect(called.message.result.structuredContent.status).toBe('healthy');
    expect(list.headers.has('mcp-session-id')).toBe(false);
  });

  test.each([null, {}])('params of %j are as good as none', async (params) => {
    const { status, message } = await post(`${server.url}/mcp`, request('tools/list', params), alice);

    expect(status).toBe(200);
    expect(message.result.tools).not.toHaveLength(0);
  });

  test('arguments of null are as good as none', async () => {
    const call = request('tools/call', { name: 'health_check', arguments: null });

    const { message } = await post(`${server.url}/mcp`, call, alice);

    expect(message.result.isError).toBe(false);
  });

  test('a notification is taken with 202 and no body, with and without params', async () => {
    const note = { jsonrpc: '2.0', method: 'notifications/initialized' };

    const answers = await Promise.all(
      [note, { ...note, params: null }, { ...note, params: {} }].map((body) => post(`${server.url}/mcp`, body, alice)),
    );

    expect(answers.map(({ status, text }) => [status, text])).toEqual([
      [202, ''],
      [202, ''],
      [202, ''],
    ]);
  });

  test('a batch of 2025-03-26 is answered as a batch', async () => {
    const batch = [request('ping', undefined, 'a'), request('tools/call', { name: 'health_check' }, 'b')];

    const { status, message } = await post(`${server.url}/mcp`, batch, alice);

    expect(status).toBe(200);
    expect(message.map(({ id }: { id: string }) => id).sort()).toEqual(['a', 'b']);
  });
});

describe('What a client offers in Accept', () => {
  const modern = modernHeaders('server/discover');
  test.each([
    ['nothing', {}],
    ['anything', { accept: '*/*' }],
    ['JSON', { accept: 'application/json' }],
    ['HTML', { accept: 'text/html' }],
  ])('%s: the answer is one JSON body', async (_, accept) => {
    const legacy = await post(`${server.url}/mcp`, request('ping'), { ...alice, ...accept });
    const discovered = await post(`${server.url}/mcp`, modernRequest('server/discover'), {
      ...alice,
      ...modern,
      ...accept,
    });

    expect(legacy.headers.get('content-type')).toMatch(/^application\/json/);
    expect(discovered.headers.get('content-type')).toMatch(/^application\/json/);
    expect(legacy.message).toEqual({ jsonrpc: '2.0', id: 1, result: {} });
    expect(discovered.message.result.supportedVersions).toEqual(['2026-07-28']);
  });

  test.each(['application/json, text/event-stream', 'text/event-stream'])(
    '%s: the answer of an operation is an event',
    async (accept) => {
      const legacy = await post(`${server.url}/mcp`, request('ping'), { ...alice, accept });
      const call = { name: 'health_check', arguments: {} };
      const called = await post(`${server.url}/mcp`, modernRequest('tools/call', call), {
        ...alice,
        ...modernHeaders('tools/call', 'health_check'),
        accept,
      });

      for (const { headers, text } of [legacy, called]) {
        expect(headers.get('content-type')).toBe('text/event-stream');
        expect(headers.get('x-accel-buffering')).toBe('no');
        expect(text).toMatch(/^event: message\ndata: \{.*\}\n\n$/);
      }
    },
  );

  test('nothing but events: everything is an event', async () => {
    const headers = { ...alice, ...modern, accept: 'text/event-stream' };

    const discovered = await post(`${server.url}/mcp`, modernRequest('server/discover'), headers);

    expect(discovered.headers.get('content-type')).toBe('text/event-stream');
    expect(discovered.message.result.supportedVersions).toEqual(['2026-07-28']);
  });
});

describe('A request that cannot be served', () => {
  test('without a token gets a 401 that says where to go, whatever it asks', async () => {
    const bodies = [request('initialize'), request('tools/list'), modernRequest('server/discover')];

    const answers = await Promise.all(bodies.map((body) => post(`${server.url}/mcp`, body)));

    for (const { status, headers, message } of answers) {
      expect(status).toBe(401);
      expect(headers.get('www-authenticate')).toContain(`${server.url}/.well-known/oauth-protected-resource/mcp`);
      expect(message.code).toBe('AUTHENTICATION_REQUIRED');
    }
  });

  test.each(['/mcp', '/'])('is malformed JSON at %s: a parse error', async (path) => {
    const { status, message } = await post(server.url + path, '{"jsonrpc":', alice);

    expect(status).toBe(400);
    expect(message).toMatchObject({ jsonrpc: '2.0', error: { code: -32700 }, id: null });
  });

  test.each(['5', '"ping"', 'null', '[]', '[5]', '{}', '{"id":1,"method":"ping"}'])(
    'is %s: an invalid request',
    async (body) => {
      const { status, message } = await post(`${server.url}/mcp`, body, alice);

      expect(status).toBe(400);
      expect(message.error.code).toBe(-32600);
    },
  );

  test('is nested too deeply: refused, and the server goes on', async () => {
    const deep = '['.repeat(100_000) + ']'.repeat(100_000);

    const { status } = await post(`${server.url}/mcp`, deep, alice);
    const inArguments = await post(
      `${server.url}/mcp`,
      `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"health_check","arguments":{"x":${deep}}}}`,
      alice,
    );
    const after = await post(`${server.url}/mcp`, request('ping'), alice);

    expect([status, inArguments.status, after.status]).toEqual([400, 400, 200]);
  });

  test('names a tool that is not there: invalid params, without repeating the name', async () => {
    const { message } = await post(`${server.url}/mcp`, request('tools/call', { name: 'ignore_all_rules' }), alice);

    expect(message.error.code).toBe(-32602);
    expect(message.error.message).not.toContain('ignore_all_rules');
  });

  test.each(['GET', 'DELETE', 'PUT', 'PATCH'])('is a %s without a session: 405', async (method) => {
    const { status } = await fetch(`${server.url}/mcp`, { method, headers: alice });

    expect(status).toBe(405);
  });

  test('is not JSON by its own word: 415', async () => {
    const { status } = await post(`${server.url}/mcp`, 'hello', { ...alice, 'content-type': 'text/plain' });

    expect(status).toBe(415);
  });
});
