import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { auth, StaticPrivateKeyJwtProvider } from '@modelcontextprotocol/client';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';
import { DnsFixture } from '../support/dns-fixture.js';
import {
  basic,
  LOOPBACK_REDIRECT,
  pkce,
  postForm,
  type Registered,
  register,
  token,
  visitAuthorize,
} from '../support/oauth.js';
import { type RunningServer, startServer } from '../support/server.js';
import { age, callerOf } from '../support/stored.js';
import { TlsFixture } from '../support/tls-fixture.js';
import { tokensOf } from './sign-in-steps.js';

const TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const soon = () => Math.floor(Date.now() / 1_000);

interface Signer {
  readonly jwk: object;
  readonly sign: (claims: JWTPayload, header?: object) => Promise<string>;
}

async function signer(alg = 'ES256', kid = 'k1'): Promise<Signer> {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  return {
    jwk: { ...(await exportJWK(publicKey)), kid, alg },
    sign: (claims, header = {}) => new SignJWT(claims).setProtectedHeader({ alg, kid, ...header }).sign(privateKey),
  };
}

let site: TlsFixture;
let dns: DnsFixture;
let server: RunningServer;
let alice: Signer;
let mallory: Signer;
let script: Registered;
beforeAll(async () => {
  site = await TlsFixture.start(['app.test']);
  dns = await DnsFixture.start({ 'inside.test': [['127.0.0.1']] });
  server = await startServer({ EGRESS_HOSTS: site.vouched, EGRESS_CA: site.caFile, EGRESS_DNS: dns.place });
  [alice, mallory] = [await signer(), await signer()];
  script = await register(server.url, { token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [alice.jwk] } });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await site[Symbol.asyncDispose]();
  await dns[Symbol.asyncDispose]();
});

let made = 0;
const claimsOf = (client_id: string, changed: JWTPayload = {}): JWTPayload => {
  made += 1;
  return {
    iss: client_id,
    sub: client_id,
    aud: server.url,
    jti: `jti-${made}`,
    iat: soon(),
    exp: soon() + 60,
    ...changed,
  };
};
const proof = (client_assertion: string) => ({ client_assertion_type: TYPE, client_assertion });
const mint = (client_assertion: string, more: Record<string, string> = {}) =>
  token(server.url, { grant_type: 'client_credentials', ...proof(client_assertion), ...more });
const outcome = async (response: Response) => [response.status, ((await response.json()) as { error?: string }).error];
const REFUSED = [401, 'invalid_client'];

describe('A client that signs assertions', () => {
  test.each(['ES256', 'RS256', 'PS256', 'EdDSA'])('gets a token with %s, and has no secret', async (alg) => {
    const key = await signer(alg);
    const metadata = { client_name: 'Signs', token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [key.jwk] } };
    const client = await register(server.url, metadata);

    const response = await mint(await key.sign(claimsOf(client.client_id)));

    expect(client).toMatchObject({ jwks: metadata.jwks, token_endpoint_auth_method: 'private_key_jwt' });
    expect(client).not.toHaveProperty('client_secret');
    expect(callerOf(server.dataDir, (await tokensOf(response)).access_token)?.name).toBe('Signs');
  });

  test('can be the official client', async () => {
    const jwtBearerAssertion = await alice.sign(claimsOf(script.client_id));
    const provider = new StaticPrivateKeyJwtProvider({
      clientId: script.client_id,
      jwtBearerAssertion,
      expectedIssuer: server.url,
    });

    expect(await auth(provider, { serverUrl: `${server.url}/mcp` })).toBe('AUTHORIZED');

    const { access_token = '' } = provider.tokens() ?? {};
    expect(callerOf(server.dataDir, access_token)).toMatchObject({
      client_id: script.client_id,
      resource: `${server.url}/mcp`,
    });
  });

  test.each([
    ['the issuer', () => server.url],
    ['the token endpoint', () => `${server.url}/token`],
    ['its other name', () => `${server.url}/oauth/token`],
    ['both', () => [server.url, `${server.url}/token`]],
  ])('may use %s as the audience', async (_, aud) => {
    expect((await mint(await alice.sign(claimsOf(script.client_id, { aud: aud() })))).status).toBe(200);
  });

  test('may also send its id beside the assertion, and no other credentials', async () => {
    const { client_id } = script;
    const other = await register(server.url, {});

    expect((await mint(await alice.sign(claimsOf(client_id)), { client_id })).status).toBe(200);
    expect(await outcome(await mint(await alice.sign(claimsOf(client_id)), { client_id: other.client_id }))).toEqual(
      REFUSED,
    );
    expect(await outcome(await mint(await alice.sign(claimsOf(client_id)), { client_secret: 'x' }))).toEqual([
      400,
      'invalid_request',
    ]);
    const both = { grant_type: 'client_credentials', ...proof(await alice.sign(claimsOf(client_id))) };
    expect(await outcome(await token(server.url, both, basic(other)))).toEqual([400, 'invalid_request']);
  });

  test('signs its revocation requests too', async () => {
    const { access_token } = await tokensOf(await mint(await alice.sign(claimsOf(script.client_id))));
    const revoke = (assertion: string) =>
      postForm(`${server.url}/oauth/revoke`, { token: access_token, ...proof(assertion) });

    expect((await revoke(await mallory.sign(claimsOf(script.client_id)))).status).toBe(401);
    expect(callerOf(server.dataDir, access_token)).toBeDefined();
    expect((await revoke(await alice.sign(claimsOf(script.client_id)))).status).toBe(200);
    expect(callerOf(server.dataDir, access_token)).toBeUndefined();
  });
});

describe('An assertion is refused', () => {
  test.each<[string, JWTPayload]>([
    ['for somebody else’s server', { aud: 'https://other.example' }],
    ['for somebody else’s server as well', { aud: ['https://other.example', 'http://127.0.0.1'] }],
    ['for nobody', { aud: undefined }],
    ['of another issuer', { iss: 'cli_other' }],
    ['about somebody else', { sub: 'cli_other' }],
    ['that is over', { exp: soon() - 60 }],
    ['without an end', { exp: undefined }],
    ['that lives for a day', { exp: soon() + 86_400 }],
    ['from the future', { iat: soon() + 600 }],
    ['that holds only later', { nbf: soon() + 600 }],
    ['without an id', { jti: undefined }],
    ['with an empty id', { jti: '' }],
    ['with a huge id', { jti: 'x'.repeat(257) }],
  ])('%s', async (_, changed) => {
    const assertion = await alice.sign(claimsOf(script.client_id, changed));

    expect(await outcome(await mint(assertion, { client_id: script.client_id }))).toEqual(REFUSED);
  });

  test('if it has a second audience, where it could be replayed', async () => {
    const aud = [server.url, 'https://mallory.example'];

    expect(await outcome(await mint(await alice.sign(claimsOf(script.client_id, { aud }))))).toEqual(REFUSED);
  });

  test('if it is signed by another key, or not signed', async () => {
    const claims = () => claimsOf(script.client_id);
    const shared = new SignJWT(claims())
      .setProtectedHeader({ alg: 'HS256' })
      .sign(Buffer.from(JSON.stringify(alice.jwk)));
    const forged = [
      await mallory.sign(claims()),
      await mallory.sign(claims(), { jwk: mallory.jwk }),
      await mallory.sign(claims(), { jku: 'https://app.test/mallory.json', kid: 'other' }),
      new UnsecuredJWT(claims()).encode(),
      await shared,
      'nonsense',
      'a.b.c',
    ];

    for (const assertion of forged) {
      expect(await outcome(await mint(assertion, { client_id: script.client_id }))).toEqual(REFUSED);
    }
    expect(site.hits.has('/mallory.json')).toBe(false);
  });

  test('the second time, also after a crash; expired ones are deleted', async () => {
    const exp = soon() + 600;
    const first = await alice.sign(claimsOf(script.client_id, { exp }));
    const second = await alice.sign(claimsOf(script.client_id, { exp }));
    const before = [await outcome(await mint(first)), await outcome(await mint(first))];

    await server.crashAndRestart();

    expect(before).toEqual([[200, undefined], REFUSED]);
    expect(await outcome(await mint(first))).toEqual(REFUSED);
    expect((await mint(second)).status).toBe(200);
    await server.stop();
    age(server.dataDir, 'used_assertion', 'expires_at', 3_600_000);
    await server.start();
    expect((await mint(first)).status).toBe(200);
  });

  test('except for one, if it is sent many times at once', async () => {
    const assertion = await alice.sign(claimsOf(script.client_id));

    const answers = await Promise.all(Array.from({ length: 6 }, () => mint(assertion)));

    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  test('if the client has no key, or the assertion has another type', async () => {
    const secret = await register(server.url, {});
    const assertion = await alice.sign(claimsOf(secret.client_id));

    expect(await outcome(await mint(assertion))).toEqual(REFUSED);
    const saml = { client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:saml2-bearer' };
    expect(await outcome(await mint(assertion, saml))).toEqual([400, 'invalid_request']);
  });

  test('and so is a request without one', async () => {
    const { client_id } = script;
    const grant = { grant_type: 'client_credentials' };

    expect(await outcome(await token(server.url, { ...grant, client_id }))).toEqual(REFUSED);
    expect(await outcome(await token(server.url, { ...grant, client_id, client_secret: 'x' }))).toEqual(REFUSED);
  });
});

describe('Keys at a URL', () => {
  const at = (path: string, keys: object[]) => {
    site.pages.set(path, { body: { keys } });
    return `https://app.test${path}`;
  };
  const registered = (jwks_uri: string) =>
    register(server.url, { token_endpoint_auth_method: 'private_key_jwt', jwks_uri });

  test('are fetched once', async () => {
    const { client_id } = await registered(at('/keys.json', [alice.jwk]));

    for (let i = 0; i < 2; i++) expect((await mint(await alice.sign(claimsOf(client_id)))).status).toBe(200);

    expect(await outcome(await mint(await mallory.sign(claimsOf(client_id))))).toEqual(REFUSED);
    expect(site.hits.get('/keys.json')).toBe(1);
  });

  test('that cannot be fetched are a temporary error', async () => {
    const { client_id } = await registered('https://app.test/no-keys.json');

    expect(await outcome(await mint(await alice.sign(claimsOf(client_id))))).toEqual([503, 'temporarily_unavailable']);
  });

  test('are never fetched from internal addresses', async () => {
    for (const jwks_uri of [
      'http://app.test/keys.json',
      'https://127.0.0.1/keys.json',
      'https://app.test:1/keys.json',
    ]) {
      await expect(registered(jwks_uri)).rejects.toThrow(/jwks_uri must be an https URL/);
    }
    const { client_id } = await registered('https://inside.test/keys.json');

    expect((await mint(await alice.sign(claimsOf(client_id)))).status).toBe(503);
    expect(dns.asked.get('inside.test')).toBe(1);
  });

  test('can be used by a client with a metadata document: one that must sign, and one that may', async () => {
    const signIn = async (
      path: string,
      document: object,
      more: (client_id: string) => Promise<Record<string, string>>,
    ) => {
      const client_id = `https://app.test${path}`;
      const redirect_uris = ['http://127.0.0.1/callback'];
      site.pages.set(path, {
        body: { client_id, redirect_uris, jwks_uri: at('/doc-keys.json', [alice.jwk]), ...document },
      });
      const { verifier, challenge } = pkce();
      const back = await visitAuthorize(server.url, { client_id, code_challenge: challenge });
      const code = new URL(back.headers.get('location') ?? 'none:').searchParams.get('code') ?? '';
      const form = { grant_type: 'authorization_code', code, code_verifier: verifier, redirect_uri: LOOPBACK_REDIRECT };
      return (await token(server.url, { ...form, client_id, ...(await more(client_id)) })).status;
    };
    const nothing = async () => ({});
    const signed = async (client_id: string) => proof(await alice.sign(claimsOf(client_id)));
    const forged = async (client_id: string) => proof(await mallory.sign(claimsOf(client_id)));
    const must = { token_endpoint_auth_method: 'private_key_jwt' };
    const may = { ...must, token_endpoint_auth_methods_supported: ['none', 'private_key_jwt'] };

    expect([
      await signIn('/must.json', must, nothing),
      await signIn('/must.json', must, forged),
      await signIn('/must.json', must, signed),
    ]).toEqual([401, 401, 200]);
    expect([
      await signIn('/may.json', may, nothing),
      await signIn('/may.json', may, forged),
      await signIn('/may.json', may, signed),
    ]).toEqual([200, 401, 200]);
  });
});
