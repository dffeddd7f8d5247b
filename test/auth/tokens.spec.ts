import { describe, expect, test } from '@jest/globals';
import { basic, bearer, LOOPBACK_REDIRECT, pkce, postJson, register, signIn, token } from '../support/oauth.js';
import { callerOf } from '../support/stored.js';
import { useServer } from '../support/use-server.js';
import { approved, CONFIDENTIAL, PUBLIC, tokensOf } from './sign-in-steps.js';

const server = useServer();

const refusal = async (form: Record<string, string>, headers: Record<string, string> = {}) => {
  const response = await token(server.url, form, headers);
  const { error } = (await response.json()) as { error?: string };
  return [response.status, error];
};
const mayCall = async (access_token: string) =>
  (await fetch(`${server.url}/list_channels`, { headers: bearer({ access_token }) })).status === 200;

describe('Redeeming a code', () => {
  test('gives a public client tokens that give access', async () => {
    const { form } = await approved(server.url);

    const response = await token(server.url, form);

    expect(response.headers.get('cache-control')).toBe('no-store');
    const tokens = await tokensOf(response);
    expect(tokens).toEqual({
      access_token: expect.stringMatching(/^pat_[\w-]{43}$/),
      token_type: 'Bearer',
      expires_in: 86_400,
      refresh_token: expect.stringMatching(/^prt_[\w-]{43}$/),
      scope: 'channels bots',
    });
    expect(await mayCall(tokens.access_token)).toBe(true);
  });

  test('accepts JSON, and no redirect_uri, as in OAuth 2.1', async () => {
    const { form } = await approved(server.url);
    const { redirect_uri, ...rest } = form;

    expect((await postJson(`${server.url}/oauth/token`, rest)).status).toBe(200);
  });

  test('gives only the requested scopes', async () => {
    const { form } = await approved(server.url, PUBLIC, { scope: 'channels mcp' });

    expect((await tokensOf(await token(server.url, form))).scope).toBe('channels');
  });

  test('accepts the secret of a confidential client in the header or in the body', async () => {
    const posting = await approved(server.url, CONFIDENTIAL);
    const heading = await approved(server.url, { token_endpoint_auth_method: 'client_secret_basic' });

    const { client_secret = '' } = posting.client;
    expect((await token(server.url, { ...posting.form, client_secret })).status).toBe(200);
    expect((await token(server.url, heading.form, basic(heading.client))).status).toBe(200);
  });

  test('gives no refresh token to a client that did not register for it', async () => {
    const { form } = await approved(server.url, { ...PUBLIC, grant_types: ['authorization_code'] });

    expect(await tokensOf(await token(server.url, form))).not.toHaveProperty('refresh_token');
  });
});

describe('A code is refused', () => {
  test('with a wrong verifier, which uses it up', async () => {
    const { form } = await approved(server.url);

    expect(await refusal({ ...form, code_verifier: pkce().verifier })).toEqual([400, 'invalid_grant']);
    expect(await refusal(form)).toEqual([400, 'invalid_grant']);
  });

  test('without a verifier', async () => {
    const { form } = await approved(server.url);
    const { code_verifier, ...rest } = form;

    expect(await refusal(rest)).toEqual([400, 'invalid_grant']);
  });

  test('with another redirect URI', async () => {
    const { form } = await approved(server.url);

    expect(await refusal({ ...form, redirect_uri: `${LOOPBACK_REDIRECT}2` })).toEqual([400, 'invalid_grant']);
  });

  test('from another client', async () => {
    const { form } = await approved(server.url);
    const mallory = await approved(server.url);

    expect(await refusal({ ...form, client_id: mallory.client.client_id })).toEqual([400, 'invalid_grant']);
    expect((await token(server.url, form)).status).toBe(200);
  });

  test('for another resource', async () => {
    const { form } = await approved(server.url, PUBLIC, { resource: `${server.url}/mcp` });

    expect(await refusal({ ...form, resource: server.url })).toEqual([400, 'invalid_target']);
    expect(await refusal({ ...form, resource: 'https://other.example' })).toEqual([400, 'invalid_target']);
    expect((await token(server.url, { ...form, resource: `${server.url}/mcp` })).status).toBe(200);
  });

  test('the second time, and then all its tokens are revoked', async () => {
    const { form } = await approved(server.url);
    const first = await tokensOf(await token(server.url, form));

    expect(await refusal(form)).toEqual([400, 'invalid_grant']);
    expect(await mayCall(first.access_token)).toBe(false);
    const refresh = {
      grant_type: 'refresh_token',
      refresh_token: first.refresh_token,
      client_id: form.client_id ?? '',
    };
    expect(await refusal(refresh)).toEqual([400, 'invalid_grant']);
  });

  test('except for one request, if many are sent at once', async () => {
    const { form } = await approved(server.url);

    const answers = await Promise.all(Array.from({ length: 6 }, () => token(server.url, form)));

    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });
});

describe('The secret of a confidential client is required', () => {
  test.each([
    ['when it is missing', {}],
    ['when it is wrong', { client_secret: 'pcs_wrong' }],
  ])('%s, whatever the verifier is', async (_, secret) => {
    const { form } = await approved(server.url, CONFIDENTIAL);

    expect(await refusal({ ...form, ...secret })).toEqual([401, 'invalid_client']);
  });

  test('for a refresh', async () => {
    const { form, client } = await approved(server.url, CONFIDENTIAL);
    const { refresh_token } = await tokensOf(await token(server.url, form, basic(client)));

    expect(await refusal({ grant_type: 'refresh_token', refresh_token, client_id: client.client_id })).toEqual([
      401,
      'invalid_client',
    ]);
  });

  test('and a wrong Basic header gets a challenge', async () => {
    const client = await register(server.url, {});
    const form = { grant_type: 'client_credentials' };

    const response = await token(server.url, form, basic({ ...client, client_secret: 'pcs_wrong' }));

    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe('Basic realm="parley"');
    expect(await refusal(form, { authorization: 'Basic !!' })).toEqual([401, 'invalid_client']);
  });

  test('in one place only', async () => {
    const client = await register(server.url, {});
    const form = { grant_type: 'client_credentials', client_secret: client.client_secret ?? '' };

    expect(await refusal(form, basic(client))).toEqual([400, 'invalid_request']);
  });

  test('but not from a public client, which has none', async () => {
    const { form } = await approved(server.url);

    expect(await refusal({ ...form, client_secret: 'pcs_any' })).toEqual([401, 'invalid_client']);
  });
});

describe('A request for tokens is refused', () => {
  test.each([
    ['from an unknown client', { grant_type: 'authorization_code', client_id: 'cli_nobody' }, [401, 'invalid_client']],
    ['from nobody', { grant_type: 'authorization_code' }, [401, 'invalid_client']],
  ])('%s', async (_, form, expected) => {
    expect(await refusal(form as Record<string, string>)).toEqual(expected);
  });

  test.each([
    ['for a grant that does not exist', { grant_type: 'password' }, 'unsupported_grant_type'],
    ['for a grant with a strange name', { grant_type: '__proto__' }, 'unsupported_grant_type'],
    ['for no grant', {}, 'invalid_request'],
    ['without a code', { grant_type: 'authorization_code' }, 'invalid_request'],
    ['with a made-up code', { grant_type: 'authorization_code', code: 'pac_x', code_verifier: 'x' }, 'invalid_grant'],
    ['with a made-up refresh token', { grant_type: 'refresh_token', refresh_token: 'prt_x' }, 'invalid_grant'],
    ['for a grant the client did not register for', { grant_type: 'client_credentials' }, 'unauthorized_client'],
  ])('%s', async (_, form, error) => {
    const { client_id } = await signIn(server.url, 'Desk');

    expect(await refusal({ ...form, client_id } as Record<string, string>)).toEqual([400, error]);
  });

  test.each([
    [
      'a repeated parameter',
      'grant_type=client_credentials&grant_type=refresh_token',
      'application/x-www-form-urlencoded',
      400,
    ],
    ['JSON that is invalid', '{', 'application/json', 400],
    ['a list', '[]', 'application/json', 400],
    ['a number as code', '{"grant_type":"authorization_code","code":7}', 'application/json', 400],
    ['text', 'grant_type=client_credentials', 'text/plain', 400],
    ['a huge form', `grant_type=${'x'.repeat(100_000)}`, 'application/x-www-form-urlencoded', 413],
  ])('that is %s', async (_, body, type, status) => {
    const response = await fetch(`${server.url}/token`, { method: 'POST', headers: { 'content-type': type }, body });

    expect(response.status).toBe(status);
    expect(await response.json()).toEqual({ error: 'invalid_request', error_description: expect.any(String) });
  });
});

describe('Identities in open mode', () => {
  test('each approval creates its own guest, also through the same client', async () => {
    const [alice, bob] = [await signIn(server.url, 'Claude'), await signIn(server.url, 'Claude')];

    const [a, b] = [alice, bob].map(({ access_token }) => callerOf(server.dataDir, access_token));

    expect(a?.account_id).toMatch(/^acc_/);
    expect(a?.session_id).toMatch(/^ses_/);
    expect(a?.account_id).not.toBe(b?.account_id);
    expect(a?.session_id).not.toBe(b?.session_id);
  });

  test('a guest is shown under a plain form of the name of its client', async () => {
    const { access_token } = await signIn(server.url, '<b>Ann</b> & Zoë\u202e, the long-winded one');

    expect(callerOf(server.dataDir, access_token)?.name).toBe('bAnnb Zoe the long-winde');
  });

  test('a client with client_credentials always has the same account, and gets no refresh token', async () => {
    const script = await register(server.url, { client_name: 'Script' });
    const other = await register(server.url, { client_name: 'Script' });
    const mint = async (client = script) =>
      tokensOf(await token(server.url, { grant_type: 'client_credentials' }, basic(client)));

    const [first, second, third] = [await mint(), await mint(), await mint(other)];

    expect(first).not.toHaveProperty('refresh_token');
    expect(first.access_token).not.toBe(second.access_token);
    const [a, b, c] = [first, second, third].map(({ access_token }) => callerOf(server.dataDir, access_token));
    expect([b?.account_id, b?.session_id]).toEqual([a?.account_id, a?.session_id]);
    expect(c?.account_id).not.toBe(a?.account_id);
    expect(await mayCall(first.access_token)).toBe(true);
  });

  test('also if it requests ten tokens at once', async () => {
    const script = await register(server.url, {});

    const answers = await Promise.all(
      Array.from({ length: 10 }, () => token(server.url, { grant_type: 'client_credentials' }, basic(script))),
    );

    const minted = await Promise.all(answers.map(tokensOf));
    const accounts = minted.map(({ access_token }) => callerOf(server.dataDir, access_token)?.account_id);
    expect(new Set(accounts).size).toBe(1);
  });
});
