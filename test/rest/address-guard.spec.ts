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
  test.each(['localhost', 'localhost:9', '127.0.0.1:9', '[::1]:9'])('of this machine (%s) may call', async (host) => {
    expect((await getAs('/health_check', { host })).statusCode).toBe(200);
  });

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

  test('does not matter to a supervisor', async () => {
    expect((await getAs('/healthz', { host: '10.0.0.7' })).statusCode).toBe(200);
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
  test.each(allowed)('that may call (%s) is told so', async (origin) => {
    const response = await fetch(`${server.url}/health_check`, { headers: { origin } });

    expect(response.status).toBe(200);
    expect(response.headers.get('access-control-allow-origin')).toBe(origin);
    expect(response.headers.get('access-control-expose-headers')).toContain('Mcp-Session-Id');
    expect(response.headers.get('vary')).toContain('Origin');
  });

  const others = ['null', 'https://evil.example', 'https://claude.ai.evil.example', 'http://claude.ai', 'file://', 'x'];
  test.each(others)('that may not (%s) is refused at both doors', async (origin) => {
    const { access_token } = await signIn(server.url, 'alice');
    const headers = { ...bearer({ access_token }), origin, 'content-type': 'application/json' };
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' });

    const rest = await fetch(`${server.url}/health_check`, { headers });
    const mcp = await fetch(`${server.url}/mcp`, { method: 'POST', headers, body });

    for (const response of [rest, mcp]) {
      expect(response.status).toBe(403);
      expect(response.headers.get('access-control-allow-origin')).toBeNull();
      expect(await response.json()).toMatchObject({ code: 'FORBIDDEN_ORIGIN' });
    }
  });

  test('is asked about before a call, without a token', async () => {
    const response = await fetch(`${server.url}/mcp`, {
      method: 'OPTIONS',
      headers: { origin: 'https://claude.ai', 'access-control-request-method': 'POST' },
    });

    expect(response.status).toBe(204);
    expect(response.headers.get('access-control-allow-headers')).toMatch(/Authorization.*Mcp-Session-Id.*Mcp-Name/);
  });

  test('can read why its token is not good', async () => {
    const headers = { origin: 'https://claude.ai', authorization: 'Bearer nothing' };

    const response = await fetch(`${server.url}/mcp`, { method: 'POST', headers });

    expect(response.status).toBe(401);
    expect(response.headers.get('access-control-allow-origin')).toBe('https://claude.ai');
  });

  test('of any page may find out how to sign in', async () => {
    const headers = { origin: 'https://some-client.example' };

    const response = await fetch(`${server.url}/.well-known/oauth-authorization-server`, { headers });

    expect(response.status).toBe(200);
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
  });
});
