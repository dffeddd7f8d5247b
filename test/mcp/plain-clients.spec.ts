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

  test.each(['1999-01-01', '2026-07-28', '2099-01-01'])(
    'answers %s with the newest revision that has a handshake',
    async (version) => {
      const { message } = await post(`${server.url}/mcp`, request('initialize', { protocolVersion: version }), alice);

      expect(message.result.protocolVersion).toBe('2025-11-25');
    },
  );

  test.each([{ protocolVersion: '2025-06-18' }, {}, null, undefined])(
    'accepts an initialize request with the params %j',
    async (params) => {
      const { status, message } = await post(`${server.url}/mcp`, request('initialize', params), alice);

      expect(status).toBe(200);
      expect(message.result.instructions).toContain('rejoin_token');
    },
  );
});

test.each(['TRACE', 'PUT', 'PATCH'])('%s is told which methods exist', async (method) => {
  const { hostname, port } = new URL(server.url);
  const asked = httpRequest({ hostname, port, path: '/mcp', method, headers: alice }).end();

  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  response.resume();

  expect(response.statusCode).toBe(405);
  expect(response.headers.allow).toBe('GET, POST, DELETE, OPTIONS, HEAD');
});

describe('Without a handshake', () => {
  test.each(['/mcp', '/'])('tools are listed and called at %s, with no header except the token', async (path) => {
    const list = await post(server.url + path, request('tools/list'), alice);
    const called = await post(server.url + path, request('tools/call', { name: 'health_check' }), alice);

    expect(list.message.result.tools.map(({ name }: { name: string }) => name)).toContain('start_here');
    expect(called.message.result.structuredContent.status).toBe('healthy');
    expect(list.headers.has('mcp-session-id')).toBe(false);
  });

  test.each([null, {}])('params of %j count as none', async (params) => {
    const { status, message } = await post(`${server.url}/mcp`, request('tools/list', params), alice);

    expect(status).toBe(200);
    expect(message.result.tools).not.toHaveLength(0);
  });

  test('arguments of null count as none', async () => {
    const call = request('tools/call', { name: 'health_check', arguments: null });

    const { message } = await post(`${server.url}/mcp`, call, alice);

    expect(message.result.isError).toBe(false);
  });

  test('a notification is answered with 202 and no body, with and without params', async () => {
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

  test('only events: every answer is an event', async () => {
    const headers = { ...alice, ...modern, accept: 'text/event-stream' };

    const discovered = await post(`${server.url}/mcp`, modernRequest('server/discover'), headers);

    expect(discovered.headers.get('content-type')).toBe('text/event-stream');
    expect(discovered.message.result.supportedVersions).toEqual(['2026-07-28']);
  });
});

describe('A request that cannot be served', () => {
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

  test('is nested too deeply: it is refused, and the server continues', async () => {
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

  test('names an unknown tool: invalid params, without repeating the name', async () => {
    const { message } = await post(`${server.url}/mcp`, request('tools/call', { name: 'ignore_all_rules' }), alice);

    expect(message.error.code).toBe(-32602);
    expect(message.error.message).not.toContain('ignore_all_rules');
  });

  test.each(['GET', 'DELETE', 'PUT', 'PATCH'])('is a %s without a session: 405', async (method) => {
    const { status } = await fetch(`${server.url}/mcp`, { method, headers: alice });

    expect(status).toBe(405);
  });

  test('has another content type than JSON: 415', async () => {
    const { status } = await post(`${server.url}/mcp`, 'hello', { ...alice, 'content-type': 'text/plain' });

    expect(status).toBe(415);
  });
});

describe('Without a token', () => {
  const old = { protocolVersion: '2024-11-05', capabilities: {}, clientInfo: { name: 'raw', version: '1' } };

  test.each(['2024-11-05', '2024-10-07'])('a client of %s may call initialize', async (protocolVersion) => {
    const introduced = await post(`${server.url}/mcp`, request('initialize', { ...old, protocolVersion }, 'one'));

    expect(introduced.status).toBe(200);
    expect(introduced.message).toMatchObject({
      jsonrpc: '2.0',
      id: 'one',
      result: { protocolVersion, capabilities: { tools: {} }, serverInfo: { name: 'parley' } },
    });
    expect(introduced.headers.has('mcp-session-id')).toBe(false);
  });

  test('a client of an older revision is offered the revision without sign-in', async () => {
    const { message } = await post(`${server.url}/mcp`, request('initialize', { protocolVersion: '2024-01-01' }));

    expect(message.result.protocolVersion).toBe('2024-11-05');
  });

  test.each(['/mcp', '/mcp/', '/'])('a client at %s can ping and list the tools that need no token', async (path) => {
    const ping = await post(server.url + path, request('ping', undefined, 7));
    const list = await post(server.url + path, request('tools/list'));

    expect([ping.status, ping.message]).toEqual([200, { jsonrpc: '2.0', id: 7, result: {} }]);
    const names: string[] = list.message.result.tools.map(({ name }: { name: string }) => name);
    expect(names).toContain('health_check');
    for (const name of names) expect((await fetch(`${server.url}/${name}`)).status).toBe(200);
  });

  const modern = modernHeaders('tools/list');
  test.each<[string, unknown, Record<string, string>?]>([
    ['an introduction of 2025-03-26', request('initialize', { ...old, protocolVersion: '2025-03-26' })],
    ['an introduction of 2025-11-25', request('initialize', { ...old, protocolVersion: '2025-11-25' })],
    ['an introduction that names no revision', request('initialize')],
    ['an introduction of a revision that is no date', request('initialize', { protocolVersion: '1' })],
    ['an introduction whose revision is no text', request('initialize', { protocolVersion: 2024 })],
    ['server/discover', modernRequest('server/discover'), modernHeaders('server/discover')],
    ['a list of 2026-07-28', modernRequest('tools/list'), modern],
    ['a list of 2026-07-28 without its headers', modernRequest('tools/list')],
    ['a list with a revision', request('tools/list'), { 'mcp-protocol-version': '2024-11-05' }],
    ['a list in a session', request('tools/list'), { 'mcp-session-id': 'a'.repeat(32) }],
    ['a ping with a revision', request('ping'), { 'mcp-protocol-version': '2025-06-18' }],
    ['a call of what needs no token', request('tools/call', { name: 'health_check' })],
    ['a list of resources', request('resources/list')],
    ['a batch', [request('ping')]],
    ['a ping without an id', { jsonrpc: '2.0', method: 'ping' }],
    ['another version of JSON-RPC', { ...request('ping'), jsonrpc: '1.0' }],
    ['a long message', request('tools/list', { x: 'x'.repeat(5_000) })],
    ['no JSON', '{"jsonrpc":'],
  ])('%s is a 401 that says where to sign in', async (...[, body, headers]) => {
    const { status, headers: given, message } = await post(`${server.url}/mcp`, body, headers);

    const isRead = !Array.isArray(body) && JSON.stringify(body).length < 4_000;
    const { id = null, jsonrpc } =
      isRead && typeof body === 'object' ? (body as { id?: unknown; jsonrpc: string }) : {};
    expect(status).toBe(401);
    expect(given.get('www-authenticate')).toContain(`${server.url}/.well-known/oauth-protected-resource/mcp`);
    expect(message).toMatchObject({
      jsonrpc: '2.0',
      id: jsonrpc === '2.0' ? id : null,
      error: { code: -32001, data: { code: 'AUTHENTICATION_REQUIRED', error: 'authentication_required' } },
    });
  });
});
