import { describe, expect, test } from '@jest/globals';
import { basic, bearer, register, signIn, token } from '../support/oauth.js';
import { useServer } from '../support/use-server.js';
import { approved, PUBLIC, tokensOf } from './sign-in-steps.js';

const server = useServer();

const scopeOf = async (response: Response) => (await tokensOf(response)).scope;
const granted = async (scope: string) => {
  const { form } = await approved(server.url, PUBLIC, { scope });
  return tokensOf(await token(server.url, form));
};

describe('The scope admin', () => {
  test('is never advertised', async () => {
    for (const path of ['oauth-authorization-server', 'openid-configuration', 'oauth-protected-resource/mcp']) {
      const metadata = (await (await fetch(`${server.url}/.well-known/${path}`)).json()) as {
        scopes_supported: string[];
      };

      expect(metadata.scopes_supported).toContain('bots');
      expect(metadata.scopes_supported).not.toContain('admin');
    }
    expect((await register(server.url, {})).scope).toBe('channels bots');
  });

  test('is not granted to a guest, who gets the other requested scopes', async () => {
    expect((await granted('channels admin')).scope).toBe('channels');
    expect((await granted('admin')).scope).toBe('channels bots');
  });

  test('is not granted with client_credentials', async () => {
    const script = await register(server.url, {});
    const mint = (scope: string) => token(server.url, { grant_type: 'client_credentials', scope }, basic(script));

    expect(await scopeOf(await mint('admin'))).toBe('channels bots');
    expect(await scopeOf(await mint('admin bots'))).toBe('bots');
  });

  test('is not granted by a refresh', async () => {
    const { client_id, refresh_token } = await signIn(server.url, 'alice');

    const form = { grant_type: 'refresh_token', client_id, refresh_token, scope: 'admin channels' };

    expect((await token(server.url, form)).status).toBe(400);
  });
});

describe('A challenge', () => {
  const challengeAt = async (path: string, init: RequestInit = {}, origin = server.url) => {
    const { status, headers } = await fetch(`${origin}${path}`, init);
    return [status, headers.get('www-authenticate')];
  };
  const expected = (metadata: string, more = '', scope = 'channels bots') =>
    `Bearer resource_metadata="${metadata}", scope="${scope}"${more}`;
  const at = (suffix: string, origin = server.url) => `${origin}/.well-known/oauth-protected-resource${suffix}`;

  test.each(['GET', 'HEAD', 'POST', 'DELETE'])(
    'answers %s at the MCP endpoint and at the bare origin',
    async (method) => {
      expect(await challengeAt('/mcp', { method })).toEqual([401, expected(at('/mcp'))]);
      if (method === 'POST') expect(await challengeAt('/', { method })).toEqual([401, expected(at(''))]);
    },
  );

  test('uses the host name of the request, over REST and MCP', async () => {
    const localhost = server.url.replace('127.0.0.1', 'localhost');

    expect(await challengeAt('/mcp', {}, localhost)).toEqual([401, expected(at('/mcp', localhost))]);
    expect(await challengeAt('/list_channels', {}, localhost)).toEqual([401, expected(at('', localhost))]);
  });

  test('names all scopes that are needed, including those of the token', async () => {
    const { access_token } = await granted('channels');

    const [status, challenge] = await challengeAt('/attach_bot', {
      method: 'POST',
      headers: { ...bearer({ access_token }), 'content-type': 'application/json' },
      body: '{}',
    });

    expect(status).toBe(403);
    expect(challenge).toContain(expected(at(''), ', error="insufficient_scope"', 'channels bots'));
  });
});
