import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { bearer, LOOPBACK_REDIRECT, pkce, postForm, token, visitAuthorize } from '../support/oauth.js';
import { type RunningServer, startServer } from '../support/server.js';
import { age, callerOf, stored } from '../support/stored.js';
import { TlsFixture } from '../support/tls-fixture.js';
import { tokensOf } from './sign-in-steps.js';

const HOSTS = ['app.test', 'claude.ai', 'chatgpt.com'];
const DAY_MS = 86_400_000;
const CLAUDE = 'https://claude.ai/oauth/mcp-oauth-client-metadata';

let site: TlsFixture;
let server: RunningServer;
const settings = () => ({ EGRESS_HOSTS: site.vouched, EGRESS_CA: site.caFile });
beforeAll(async () => {
  site = await TlsFixture.start(HOSTS);
  server = await startServer(settings());
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await site[Symbol.asyncDispose]();
});

/** Puts a document up and answers with its address, which is the client's id. */
function publish(path: string, document: object = {}, headers: Record<string, string> = {}): string {
  const client_id = `https://app.test${path}`;
  const redirect_uris = ['http://127.0.0.1/callback'];
  site.pages.set(path, { body: { client_id, client_name: 'Desk', redirect_uris, ...document }, headers });
  return client_id;
}

const visit = (client_id: string, changed: Record<string, string> = {}, { url } = server) =>
  visitAuthorize(url, { client_id, code_challenge: pkce().challenge, ...changed });
const isLetIn = async (client_id: string, changed: Record<string, string> = {}, on = server) =>
  (await visit(client_id, changed, on)).headers.get('location')?.includes('code=pac_') ?? false;
const words = async (response: Response) =>
  ((await response.json()) as { error_description: string }).error_description;

async function signIn(client_id: string, on = server) {
  const { verifier, challenge } = pkce();
  const back = await visit(client_id, { code_challenge: challenge, resource: `${on.url}/mcp` }, on);
  const code = new URL(back.headers.get('location') ?? 'none:').searchParams.get('code') ?? '';
  const form = {
    grant_type: 'authorization_code',
    client_id,
    code,
    code_verifier: verifier,
    redirect_uri: LOOPBACK_REDIRECT,
  };
  return tokensOf(await token(on.url, form));
}
const refresh = (client_id: string, refresh_token: string, on = server) =>
  token(on.url, { grant_type: 'refresh_token', client_id, refresh_token });
describe('A client that is identified by its metadata document', () => {
  test('signs in, refreshes and signs out without registration', async () => {
    const client_id = publish('/desk.json');

    const { access_token, refresh_token } = await signIn(client_id);
    const next = await tokensOf(await refresh(client_id, refresh_token));
    const before = await fetch(`${server.url}/list_channels`, { headers: bearer(next) });
    const out = await postForm(`${server.url}/oauth/revoke`, { client_id, token: next.refresh_token });
    const after = await fetch(`${server.url}/list_channels`, { headers: bearer(next) });

    expect([before.status, out.status, after.status]).toEqual([200, 200, 401]);
    expect(callerOf(server.dataDir, access_token)).toBeUndefined();
    expect(site.hits.get('/desk.json')).toBe(1);
  });

  test('is the same client each time, and each approval creates its own guest', async () => {
    const client_id = publish('/twice.json', { client_name: 'Twice' });

    const [a, b] = [await signIn(client_id), await signIn(client_id)].map(({ access_token }) =>
      callerOf(server.dataDir, access_token),
    );

    expect(a?.client_id).toMatch(/^doc_[0-9a-f]{32}$/);
    expect(b?.client_id).toBe(a?.client_id);
    expect(a?.name).toBe('Twice');
    expect(b?.account_id).not.toBe(a?.account_id);
  });

  test('is identified by its address alone', async () => {
    const client_id = publish('/address.json');
    const { access_token, refresh_token } = await signIn(client_id);
    const inside = String(callerOf(server.dataDir, access_token)?.client_id);

    expect((await visit(inside)).status).toBe(400);
    expect((await refresh(inside, refresh_token)).status).toBe(401);
    expect((await refresh(client_id, refresh_token)).status).toBe(200);
  });

  test('cannot use client_credentials, whatever its document says', async () => {
    const client_id = publish('/grants.json', {
      grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
    });
    await signIn(client_id);

    const alone = await token(server.url, { grant_type: 'client_credentials', client_id });

    expect([alone.status, await alone.json()]).toEqual([
      400,
      expect.objectContaining({ error: 'unauthorized_client' }),
    ]);
  });

  test('needs a click if the code is sent elsewhere', async () => {
    const client_id = publish('/web.json', { redirect_uris: ['https://app.test/cb'] });

    const response = await visit(client_id, { redirect_uri: 'https://app.test/cb' });
    const html = await response.text();
    const ticket = /name="ticket" value="([^"]+)"/.exec(html)?.[1] ?? '';
    const clicked = await postForm(`${server.url}/oauth/authorize`, { ticket, decision: 'approve' });

    expect(html).toContain('described at <strong>https://app.test/web.json</strong>');
    expect(html).toContain('The sign-in will be sent to <strong>app.test</strong>');
    expect(clicked.headers.get('location')).toMatch(/^https:\/\/app\.test\/cb\?code=pac_/);
  });

  test('is requested with one fetch by many callers at once', async () => {
    const client_id = publish('/crowd.json');

    const answers = await Promise.all(Array.from({ length: 8 }, () => isLetIn(client_id)));

    expect(answers).toEqual(Array(8).fill(true));
    expect(site.hits.get('/crowd.json')).toBe(1);
  });
});

describe('A document is refused', () => {
  test.each([
    ['whose client_id is another', { client_id: 'https://app.test/other.json' }, /differs from its address/],
    [
      'whose client_id is the same but for a query',
      { client_id: 'https://app.test/refused.json?' },
      /differs from its address/,
    ],
    ['with a secret in it', { client_secret: 'pcs_x' }, /contains a secret/],
    [
      'that wants to have a secret',
      { token_endpoint_auth_method: 'client_secret_post' },
      /a client secret, which a public/,
    ],
    [
      'that wants to sign with a secret',
      { token_endpoint_auth_method: 'client_secret_jwt' },
      /a client secret, which a public/,
    ],
    ['without a redirect', { redirect_uris: [] }, /redirect URI/],
    ['with a bad redirect', { redirect_uris: ['javascript:alert(1)'] }, /redirect URI/],
    ['that can do nothing we offer', { grant_types: ['implicit'] }, /grant_types/],
    ['that signs without keys', { token_endpoint_auth_method: 'private_key_jwt' }, /jwks/],
    ['that is no document', { client_id: undefined }, /differs from its address/],
  ])('%s', async (_, document, because) => {
    const path = `/refused-${Object.keys(document)}-${because.source.length}.json`;
    const client_id = publish(path, {
      ...document,
      ...('client_id' in document && document.client_id?.endsWith('?') && { client_id: `https://app.test${path}?` }),
    });

    const response = await visit(client_id);

    expect(response.status).toBe(400);
    expect(response.headers.get('location')).toBeNull();
    expect(await words(response)).toMatch(because);
  });

  test('that cannot be fetched, without the reason, and is not fetched again at once', async () => {
    const client_id = 'https://app.test/missing.json';

    const said = [await words(await visit(client_id)), await words(await visit(client_id))];

    expect(said).toEqual(Array(2).fill('The metadata document of this app could not be fetched.'));
    expect(site.hits.get('/missing.json')).toBe(1);
    expect(server.log()).toContain('app.test answered with status 404');
  });

  test.each([
    'http://app.test/desk.json',
    'https://app.test:8443/desk.json',
    'https://127.0.0.1/desk.json',
    'https://[::ffff:127.0.0.1]/desk.json',
    'https://localhost/desk.json',
    'https://app.test/',
    'https://app.test/desk.json#x',
    'https://me@app.test/desk.json',
    'HTTPS://APP.TEST/desk.json',
    'file:///etc/passwd',
  ])('with the address %s', async (client_id) => {
    const hits = [...site.hits.values()].length;

    const response = await visit(client_id);

    expect(response.status).toBe(400);
    expect(await words(response)).toMatch(/must be https/);
    expect([...site.hits.values()]).toHaveLength(hits);
  });

  test('the token endpoint never fetches a document', async () => {
    const client_id = publish('/never.json');

    const response = await refresh(client_id, 'prt_x');

    expect([response.status, await response.json()]).toEqual([
      401,
      expect.objectContaining({ error: 'invalid_client' }),
    ]);
    expect(site.hits.has('/never.json')).toBe(false);
  });
});

describe('The newest valid document counts', () => {
  const elsewhere = { redirect_uri: 'http://localhost:7/elsewhere' };
  let own: RunningServer;
  let changing: string;
  let spoilt: string;
  let gone: string;
  let kept: string;
  let early: boolean[];
  let form: Record<string, string>;

  /** Three clients sign in. Then one document changes, one is spoilt and one disappears; the server crashes, and a day goes by. */
  beforeAll(async () => {
    own = await startServer(settings());
    [changing, spoilt, gone] = ['/changing.json', '/spoilt.json', '/gone.json'].map((path) => publish(path)) as [
      string,
      string,
      string,
    ];
    kept = (await signIn(changing, own)).refresh_token;
    for (const client_id of [spoilt, gone]) await signIn(client_id, own);
    publish('/changing.json', { redirect_uris: ['http://localhost/elsewhere'] });
    publish('/spoilt.json', { client_secret: 'x', redirect_uris: ['http://localhost/elsewhere'] });
    site.down.add('/gone.json');
    early = [await isLetIn(changing, {}, own), await isLetIn(changing, elsewhere, own)];
    const { verifier, challenge } = pkce();
    const back = await visit(gone, { code_challenge: challenge }, own);
    const code = new URL(back.headers.get('location') ?? 'none:').searchParams.get('code') ?? '';
    form = { grant_type: 'authorization_code', client_id: gone, code, code_verifier: verifier };
    await own.crashAndRestart();
    await own.stop();
    age(own.dataDir, 'oauth_client', 'fresh_until', 2 * DAY_MS);
    await own.start();
  });
  afterAll(async () => await own[Symbol.asyncDispose]());

  test('after the previous one has expired', async () => {
    expect(early).toEqual([true, false]);
    expect([await isLetIn(changing, {}, own), await isLetIn(changing, elsewhere, own)]).toEqual([false, true]);
    expect((await refresh(changing, kept, own)).status).toBe(200);
  });

  test('and an invalid newer one is ignored', async () => {
    expect([await isLetIn(spoilt, {}, own), await isLetIn(spoilt, elsewhere, own)]).toEqual([true, false]);
  });

  test('even if its site is unreachable: a code approved before a crash is redeemed, and further requests are approved', async () => {
    expect((await token(own.url, form)).status).toBe(200);
    expect(await isLetIn(gone, {}, own)).toBe(true);
  });
});

describe('If the site of a known assistant does not answer us', () => {
  const callback = { redirect_uri: 'https://claude.ai/api/mcp/auth_callback' };

  test('our copy of its document is used', async () => {
    expect(await isLetIn(CLAUDE, callback)).toBe(true);
    expect(await isLetIn(CLAUDE, { redirect_uri: 'https://claude.ai/evil' })).toBe(false);
    expect(
      await isLetIn('https://chatgpt.com/oauth/cb_7/client.json', {
        redirect_uri: 'https://chatgpt.com/connector/oauth/cb_7',
      }),
    ).toBe(true);
    expect(
      await isLetIn('https://chatgpt.com/oauth/cb_7/client.json', {
        redirect_uri: 'https://chatgpt.com/connector/oauth/cb_8',
      }),
    ).toBe(false);
  });

  test('but a fetched document takes precedence', async () => {
    const client_id = 'https://chatgpt.com/oauth/client.json';
    const redirect_uris = ['http://127.0.0.1/callback'];
    site.pages.set('/oauth/client.json', { body: { client_id, redirect_uris, client_name: 'Fetched' } });

    expect(callerOf(server.dataDir, (await signIn(client_id)).access_token)?.name).toBe('Fetched');
  });
});

test('If the operator lists hosts, documents of other hosts are refused, also pinned ones; the copies of the operator take precedence over the pinned ones', async () => {
  await using own = await startServer({ ...settings(), CIMD_ALLOWED_HOSTS: 'chatgpt.com' });
  const ask = async () => [
    await isLetIn(CLAUDE, { redirect_uri: 'https://claude.ai/api/mcp/auth_callback' }, own),
    await isLetIn(stranger, {}, own),
    await isLetIn(chatgpt, { redirect_uri: 'https://chatgpt.com/connector/oauth/cb_9' }, own),
    await isLetIn(chatgpt, { redirect_uri: 'http://localhost:7/cb_9' }, own),
  ];
  const chatgpt = 'https://chatgpt.com/oauth/cb_9/client.json';
  const stranger = publish('/stranger.json');
  const before = await ask();

  mkdirSync(join(own.dataDir, 'client-documents'));
  const put = (name: string, text: string) => writeFileSync(join(own.dataDir, 'client-documents', name), text);
  put('claude.json', JSON.stringify({ client_id: CLAUDE, redirect_uris: ['https://claude.ai/api/mcp/auth_callback'] }));
  const client_id = 'https://chatgpt.com/oauth/{callback_id}/client.json';
  put('chatgpt.json', JSON.stringify({ client_id, redirect_uris: ['http://localhost/{callback_id}'] }));
  put('broken.json', '{');
  put('notes.txt', 'not for the server');

  expect([before, await ask()]).toEqual([
    [false, false, true, false],
    [true, false, false, true],
  ]);
  expect(site.hits.has('/stranger.json')).toBe(false);
  expect(own.log()).toContain('broken.json');
  expect(own.log()).not.toContain('notes.txt');
});

test('The number of documents that one requester can have fetched is limited; documents in the cache still work', async () => {
  await using own = await startServer(settings());
  const known = publish('/at-hand.json');
  await isLetIn(known, {}, own);

  const answers = await Promise.all(
    Array.from({ length: 70 }, (_each, i) => visit(`https://app.test/many/${i}.json`, {}, own)),
  );
  const errors = await Promise.all(
    answers.map(async (response) => ((await response.json()) as { error: string }).error),
  );

  expect(new Set(errors)).toEqual(new Set(['invalid_client', 'temporarily_unavailable']));
  const waiting = answers.filter(({ status }) => status === 429);
  expect(waiting.length).toBeGreaterThan(0);
  for (const { headers } of waiting) expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
  expect([...site.hits.keys()].filter((path) => path.startsWith('/many/')).length).toBeLessThanOrEqual(30);
  expect(await isLetIn(known, {}, own)).toBe(true);
  const rows = stored(own.dataDir, (database) => database.prepare('SELECT count(*) FROM oauth_client').pluck().get());
  expect(rows).toBe(1);
});

test('A slow document does not delay other callers', async () => {
  site.pages.delete('/hang');
  const slow = visit('https://app.test/hang');
  let isOver = false;
  const over = slow.then(({ status }) => {
    isOver = true;
    return status;
  });

  const quick = publish('/quick.json');
  const metadata = await fetch(`${server.url}/.well-known/oauth-authorization-server`);
  const { access_token } = await signIn(quick);

  expect(metadata.status).toBe(200);
  expect((await fetch(`${server.url}/list_channels`, { headers: bearer({ access_token }) })).status).toBe(200);
  expect(isOver).toBe(false);
  expect(await over).toBe(400);
});
