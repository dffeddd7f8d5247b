import { beforeAll, describe, expect, test } from '@jest/globals';
import { LOOPBACK_REDIRECT, pkce, type Registered, register, visitAuthorize } from '../support/oauth.js';
import { useServer } from '../support/use-server.js';

const server = useServer();
let client: Registered;
beforeAll(async () => {
  client = await register(server.url, {
    client_name: 'Desk',
    redirect_uris: [LOOPBACK_REDIRECT, 'http://localhost/cb?tenant=a%20b', 'https://claude.ai/api/mcp/auth_callback'],
    token_endpoint_auth_method: 'none',
  });
});

const visit = (changed: Record<string, string | undefined> = {}) =>
  visitAuthorize(server.url, { client_id: client.client_id, code_challenge: pkce().challenge, ...changed });
const locationOf = (response: Response) => new URL(response.headers.get('location') ?? 'nothing:');
const answerOf = async (changed: Record<string, string | undefined>) =>
  Object.fromEntries(locationOf(await visit(changed)).searchParams);

describe('Requesting a code', () => {
  test('returns one, with the state and the issuer', async () => {
    const response = await visit();

    expect(response.status).toBe(302);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(locationOf(response).href.split('?')[0]).toBe(LOOPBACK_REDIRECT);
    expect(Object.fromEntries(locationOf(response).searchParams)).toEqual({
      code: expect.stringMatching(/^pac_[\w-]{43}$/),
      state: 'st8',
      iss: server.url,
    });
  });

  test('works without a state, and at /authorize too', async () => {
    const query = new URLSearchParams({
      response_type: 'code',
      client_id: client.client_id,
      redirect_uri: LOOPBACK_REDIRECT,
      code_challenge: pkce().challenge,
      code_challenge_method: 'S256',
    });

    const response = await fetch(`${server.url}/authorize?${query}`, { redirect: 'manual' });

    expect([...locationOf(response).searchParams.keys()]).toEqual(['code', 'iss']);
  });

  test.each([
    ['another port of this machine', LOOPBACK_REDIRECT.replace(/:\d+/, ':49152')],
    ['a redirect with a query', 'http://localhost:7/cb?tenant=a%20b'],
    ['a known assistant', 'https://claude.ai/api/mcp/auth_callback'],
  ])('works for %s', async (_, redirect_uri) => {
    const response = await visit({ redirect_uri });

    expect(response.headers.get('location')).toMatch(
      `${redirect_uri}${redirect_uri.includes('?') ? '&' : '?'}code=pac_`,
    );
  });

  test.each(['', '/', '/mcp'])('works for the resource that is the server%s', async (path) => {
    expect(await answerOf({ resource: `${server.url}${path}` })).toHaveProperty('code');
  });

  test('ignores unknown scopes', async () => {
    expect(await answerOf({ scope: 'mcp offline_access' })).toHaveProperty('code');
  });

  test('returns the state unchanged', async () => {
    expect(await answerOf({ state: 'é&=#<>"' })).toHaveProperty('state', 'é&=#<>"');
  });
});

describe('There is no redirect', () => {
  test.each([
    ['for an unknown client', { client_id: 'cli_nobody' }],
    ['for no client', { client_id: undefined }],
    ['for a redirect that was not registered', { redirect_uri: 'https://evil.example/cb' }],
    ['for a redirect that only begins like one', { redirect_uri: `${LOOPBACK_REDIRECT}/more` }],
    ['for another loopback host', { redirect_uri: LOOPBACK_REDIRECT.replace('127.0.0.1', 'localhost') }],
    ['for no redirect', { redirect_uri: undefined }],
    ...[
      'https://claude.ai/api/mcp/auth_callback/',
      'https://claude.ai/api/mcp/auth_callback/../../../evil',
      'https://claude.ai/api/mcp/auth_callback%2f..%2fevil',
      'https://claude.ai/api/mcp/./auth_callback',
      'https://claude.ai/api/mcp/auth_callback?next=https://evil.example',
      'https://claude.ai/api/mcp/auth_callback#@evil.example',
      'https://claude.ai:443/api/mcp/auth_callback',
      'https://claude.ai:8443/api/mcp/auth_callback',
      'https://claude.ai.evil.example/api/mcp/auth_callback',
      'https://evil.example/https://claude.ai/api/mcp/auth_callback',
      'https://claude.ai@evil.example/api/mcp/auth_callback',
      'https://me@claude.ai/api/mcp/auth_callback',
      'https://claude.ai\\@evil.example/api/mcp/auth_callback',
      'https://CLAUDE.ai/api/mcp/auth_callback',
      'HTTPS://claude.ai/api/mcp/auth_callback',
      'https://claude.ai/API/mcp/auth_callback',
      'http://claude.ai/api/mcp/auth_callback',
      '//claude.ai/api/mcp/auth_callback',
      ' https://claude.ai/api/mcp/auth_callback',
      'https://claude.ai/api/mcp/auth_callback\n',
      'https://claude.ai/api/mcp/auth_callback%0d%0aLocation:https://evil.example',
      'javascript:alert(1)//claude.ai/api/mcp/auth_callback',
      'http://127.0.0.1.evil.example:53682/callback',
      'http://127.0.0.1:53682@evil.example/callback',
      'http://me@127.0.0.1:53682/callback',
      'http://127.0.0.1:53682/callback#x',
      'http://127.0.0.1:53682/Callback',
      'http://127.0.0.1:99999/callback',
      'http://127.1:53682/callback',
      'http://2130706433:53682/callback',
      'http://[::1]:53682/callback',
      'https://127.0.0.1:53682/callback',
    ].map((redirect_uri): [string, Record<string, string>] => [
      `for ${JSON.stringify(redirect_uri)}`,
      { redirect_uri },
    ]),
  ])('%s', async (_, changed) => {
    const response = await visit({ ...changed, response_type: 'token' });

    expect(response.status).toBe(400);
    expect(response.headers.get('location')).toBeNull();
    expect(await response.json()).toHaveProperty('error');
  });

  test('when a parameter is repeated', async () => {
    const query = `client_id=${client.client_id}&redirect_uri=${LOOPBACK_REDIRECT}&redirect_uri=https://evil.example`;

    const response = await fetch(`${server.url}/oauth/authorize?${query}`, { redirect: 'manual' });

    expect(response.status).toBe(400);
    expect(response.headers.get('location')).toBeNull();
  });

  test('and a browser gets a page', async () => {
    const response = await fetch(`${server.url}/oauth/authorize?client_id=%3Cscript%3E`, {
      headers: { accept: 'text/html,application/xhtml+xml' },
    });

    expect(response.status).toBe(400);
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(await response.text()).toContain('not registered here');
  });
});

describe('An error is sent to the redirect URI', () => {
  test.each([
    ['without a challenge', { code_challenge: undefined }, 'invalid_request'],
    ['with a challenge that is invalid', { code_challenge: 'short' }, 'invalid_request'],
    ['with a plain challenge', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['without a challenge method', { code_challenge_method: undefined }, 'invalid_request'],
    ['without a response type', { response_type: undefined }, 'invalid_request'],
    ['for a token', { response_type: 'token' }, 'unsupported_response_type'],
    ['for an answer in the fragment', { response_mode: 'fragment' }, 'invalid_request'],
    ['for somebody else’s resource', { resource: 'https://other.example/mcp' }, 'invalid_target'],
  ])('%s', async (_, changed, error) => {
    expect(await answerOf(changed)).toEqual({
      error,
      error_description: expect.any(String),
      state: 'st8',
      iss: server.url,
    });
  });

  test('which keeps its existing query', async () => {
    const response = await visit({ redirect_uri: 'http://localhost:7/cb?tenant=a%20b', response_type: 'token' });

    expect(response.headers.get('location')).toMatch(
      'http://localhost:7/cb?tenant=a%20b&error=unsupported_response_type&',
    );
    expect(locationOf(response).searchParams.get('state')).toBe('st8');
  });

  test('if the client did not register for codes', async () => {
    const machine = await register(server.url, {
      redirect_uris: [LOOPBACK_REDIRECT],
      grant_types: ['client_credentials'],
    });

    expect(await answerOf({ client_id: machine.client_id })).toHaveProperty('error', 'unauthorized_client');
  });
});
