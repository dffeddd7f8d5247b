import { get, type IncomingMessage } from 'node:http';
import { describe, expect, test } from '@jest/globals';
import { bearer, signIn } from '../support/oauth.js';
import { useServer } from '../support/use-server.js';

const server = useServer();

/** fetch would not send a Host of our choosing. */
const getAs = (path: string, headers: Record<string, string>) =>
  new Promise<IncomingMessage>((answer, fail) => {
    get(server.url + path, { headers }, (response) => answer(response.resume())).on('error', fail);
  });

describe('A Host', () => {
  test.each(['localhost', 'localhost:9', '127.0.0.1:9', '[::1]:9'])(
    'of this machine (%s) is accepted',
    async (host) => {
      expect((await getAs('/health_check', { host })).statusCode).toBe(200);
    },
  );

  test.each(['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example:80', 'a b', '10.0.0.7'])(
    'that is another (%j) is refused everywhere',
    async (host) => {
      for (const path of ['/health_check', '/mcp', '/', '/docs', '/openapi.json', '/register']) {
        const { statusCode, headers } = await getAs(path, { host });
        expect(statusCode).toBe(403);
        expect(headers['access-control-allow-origin']).toBeUndefined();
      }
    },
  );

  test('is not checked at the health endpoints', async () => {
    expect((await getAs('/healthz', { host: '10.0.0.7' })).statusCode).toBe(200);
    expect(await (await fetch(`${server.url}/health`)).json()).toMatchObject({ status: 'healthy' });
  });
});

describe('An Origin', () => {
  const allowed = [
    'http://localhost:6274',
    'http://127.0.0.1:1',
    'https://claude.ai',
    'https://claude.com',
    'https://chatgpt.com',
  ];
  test.each(allowed)('that is allowed (%s) gets CORS headers', async (origin) => {
    const response = await fetch(`${server.url}/health_check`, { headers: { origin } });

    expect(response.status).toBe(200);
    expect(response.headers.get('access-control-allow-origin')).toBe(origin);
    expect(response.headers.get('access-control-expose-headers')).toContain('Mcp-Session-Id');
    expect(response.headers.get('vary')).toContain('Origin');
  });

  const others = ['null', 'https://evil.example', 'https://claude.ai.evil.example', 'http://claude.ai', 'file://', 'x'];
  test.each(others)(
    'that is not allowed (%s) is refused by REST, and has no access without a token at the MCP door',
    async (origin) => {
      const { access_token } = await signIn(server.url, 'alice');
      const headers = { ...bearer({ access_token }), origin, 'content-type': 'application/json' };
      const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' });

      const rest = await fetch(`${server.url}/health_check`, { headers });
      const mcp = await fetch(`${server.url}/mcp`, { method: 'POST', headers, body });
      const { authorization: _, ...without } = headers as Record<string, string>;
      const call = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'create_channel' } });
      const stranger = await fetch(`${server.url}/mcp`, { method: 'POST', headers: without, body: call });

      expect(rest.status).toBe(403);
      expect(rest.headers.get('access-control-allow-origin')).toBeNull();
      expect(await rest.json()).toMatchObject({ code: 'FORBIDDEN_ORIGIN' });
      expect([mcp.status, stranger.status]).toEqual([200, 401]);
      for (const { headers: given } of [mcp, stranger]) {
        expect(given.get('access-control-allow-origin')).toBe(origin);
        expect(given.get('access-control-allow-credentials')).toBeNull();
        expect(given.get('vary')).toContain('Origin');
      }
    },
  );

  test.each(others)('of any kind (%s) gets a preflight answer with the headers of the MCP door', async (origin) => {
    const preflight = (path: string) =>
      fetch(server.url + path, {
        method: 'OPTIONS',
        headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' },
      });

    const { status, headers } = await preflight('/mcp');

    expect([status, headers.get('access-control-allow-origin')]).toEqual([204, origin]);
    expect(headers.get('access-control-allow-credentials')).toBeNull();
    expect((await preflight('/create_channel')).status).toBe(403);
  });

  test('gets a preflight answer without a token', async () => {
    const response = await fetch(`${server.url}/mcp`, {
      method: 'OPTIONS',
      headers: { origin: 'https://claude.ai', 'access-control-request-method': 'POST' },
    });

    expect(response.status).toBe(204);
    expect(response.headers.get('access-control-allow-headers')).toMatch(/Authorization.*Mcp-Session-Id.*Mcp-Name/);
  });

  test('can read why its token is invalid', async () => {
    const headers = { origin: 'https://claude.ai', authorization: 'Bearer nothing' };

    const response = await fetch(`${server.url}/mcp`, { method: 'POST', headers });

    expect(response.status).toBe(401);
    expect(response.headers.get('access-control-allow-origin')).toBe('https://claude.ai');
  });

  test('of any page can read the sign-in metadata', async () => {
    const headers = { origin: 'https://some-client.example' };

    const response = await fetch(`${server.url}/.well-known/oauth-authorization-server`, { headers });

    expect(response.status).toBe(200);
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
  });
});
