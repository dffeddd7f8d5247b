import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type AccountHolder, authorizePath, signUp, WITH_ACCOUNTS } from '../support/accounts.js';
import type { WebPage } from '../support/browser.js';
import { pkce, register, token } from '../support/oauth.js';
import { type RunningServer, startServer } from '../support/server.js';
import { stored } from '../support/stored.js';
import { TlsFixture } from '../support/tls-fixture.js';

const CLAUDE = 'https://claude.ai/api/mcp/auth_callback';
const EVIL = 'https://evil.example/cb';

let site: TlsFixture;
let server: RunningServer;
let alice: AccountHolder;
beforeAll(async () => {
  site = await TlsFixture.start(['app.test']);
  server = await startServer({ ...WITH_ACCOUNTS, EGRESS_HOSTS: site.vouched, EGRESS_CA: site.caFile });
  alice = await signUp(server, 'Alice');
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await site[Symbol.asyncDispose]();
});

const asks = (client_id: string, redirect_uri: string, scope = 'channels') =>
  alice.browser.open(authorizePath({ client_id, redirect_uri, scope, code_challenge: pkce().challenge }));
const allow = (page: WebPage) => alice.browser.submit(page, '/oauth/authorize', { decision: 'approve' });
const codeIn = ({ leaves }: WebPage) => leaves?.searchParams.get('code') ?? null;
const CODE = /^pac_/;

let documents = 0;
/** Puts a document up, or in the place of another, and answers with its address. */
function publish(document: object, path = `/app-${++documents}.json`) {
  const client_id = `https://app.test${path}`;
  site.pages.set(path, { body: { client_id, client_name: 'Desk', redirect_uris: [CLAUDE], ...document } });
  stored(server.dataDir, (database) => database.prepare('UPDATE oauth_client SET fresh_until = 1').run(), false);
  return client_id;
}
const pathOf = (client_id: string) => new URL(client_id).pathname;

describe('The consent for a client with several redirect URIs', () => {
  test('is needed for each of them, and the page shows the differences', async () => {
    const redirect_uris = [CLAUDE, EVIL, `${CLAUDE}?x=1`];
    const { client_id } = await register(server.url, {
      client_name: 'Two faces',
      redirect_uris,
      token_endpoint_auth_method: 'none',
    });
    await allow(await asks(client_id, CLAUDE));

    const same = await asks(client_id, CLAUDE);
    const others = [await asks(client_id, EVIL), await asks(client_id, `${CLAUDE}?x=1`)];

    expect(codeIn(same)).toMatch(CODE);
    for (const page of others) {
      expect(page.leaves).toBeUndefined();
      expect(page.html).toContain('You have allowed this app before');
      expect(page.html).toContain(`Before, the sign-in was sent to <strong>${CLAUDE}</strong>`);
    }
    expect(others[0]?.html).toContain(`Now it is sent to <strong>${EVIL}</strong>`);
    expect(others[1]?.html).toContain(`Now it is sent to <strong>${CLAUDE}?x=1</strong>`);
  });

  test('is stored per redirect URI, each with its own scopes', async () => {
    const { client_id } = await register(server.url, {
      client_name: 'Two homes',
      redirect_uris: [CLAUDE, 'https://two.example/cb'],
      token_endpoint_auth_method: 'none',
    });
    await allow(await asks(client_id, CLAUDE, 'channels bots'));
    await allow(await asks(client_id, 'https://two.example/cb', 'channels'));

    expect(codeIn(await asks(client_id, CLAUDE, 'bots'))).toMatch(CODE);
    expect(codeIn(await asks(client_id, 'https://two.example/cb', 'channels'))).toMatch(CODE);
    const more = await asks(client_id, 'https://two.example/cb', 'bots');
    expect(more.leaves).toBeUndefined();
    expect(more.html).toContain('It asks for more permissions: <strong>bots</strong>');
  });
});

describe('A client document that changed after the consent', () => {
  test.each([
    ['another name', { client_name: 'Your <b>bank</b>' }, 'Its name was <q>Desk</q>'],
    ['one more address', { redirect_uris: [CLAUDE, EVIL] }, `also have the sign-in sent to <strong>${EVIL}</strong>`],
    ['keys', { jwks_uri: 'https://app.test/keys.json' }, 'with other keys'],
    [
      'a way to sign',
      { token_endpoint_auth_method: 'private_key_jwt', jwks_uri: 'https://app.test/k.json' },
      'other keys',
    ],
    ['fewer grants', { grant_types: ['authorization_code'] }, 'uses other OAuth grant types'],
  ])('to %s needs a new consent, and the page says so', async (_, changed, sentence) => {
    const client_id = publish({});
    await allow(await asks(client_id, CLAUDE));
    expect(codeIn(await asks(client_id, CLAUDE))).toMatch(CODE);

    publish(changed, pathOf(client_id));
    const page = await asks(client_id, CLAUDE);

    expect(page.leaves).toBeUndefined();
    expect(page.html).toContain('You have allowed this app before');
    expect(page.html).toContain(sentence);
    expect(page.html).not.toContain('<b>bank');
    await allow(page);
    expect(codeIn(await asks(client_id, CLAUDE))).toMatch(CODE);
  });

  test('and back again needs a new consent: a revoked one does not count', async () => {
    const client_id = publish({ redirect_uris: [CLAUDE, EVIL] });
    await allow(await asks(client_id, EVIL));
    publish({}, pathOf(client_id));
    await allow(await asks(client_id, CLAUDE));

    publish({ redirect_uris: [CLAUDE, EVIL] }, pathOf(client_id));

    expect((await asks(client_id, EVIL)).leaves).toBeUndefined();
  });

  test('only in the order of lists or in a field that no user sees does not count as changed', async () => {
    const client_id = publish({ redirect_uris: [CLAUDE, EVIL] });
    await allow(await asks(client_id, CLAUDE));

    publish({ redirect_uris: [EVIL, CLAUDE], logo_uri: 'https://app.test/logo.png' }, pathOf(client_id));

    expect(codeIn(await asks(client_id, CLAUDE))).toMatch(CODE);
  });

  test('while the consent page was open: the click grants nothing', async () => {
    const client_id = publish({});
    const page = await asks(client_id, CLAUDE);

    publish({ client_name: 'Another', redirect_uris: [CLAUDE, EVIL] }, pathOf(client_id));
    await asks(client_id, CLAUDE);
    const clicked = await allow(page);

    expect(clicked.leaves).toBeUndefined();
    expect(clicked.status).toBe(400);
    expect(clicked.html).toContain('has changed since it asked');
    expect((await asks(client_id, CLAUDE)).leaves).toBeUndefined();
  });
});

test('A ticket that needs no click gives one code', async () => {
  const { client_id } = await register(server.url, {
    client_name: 'Once',
    redirect_uris: [CLAUDE],
    token_endpoint_auth_method: 'none',
  });
  const page = await asks(client_id, CLAUDE);
  const ticket = /name="ticket" value="([^"]+)"/.exec(page.html)?.[1] ?? '';
  await allow(await asks(client_id, CLAUDE));

  const first = await alice.browser.open(`/oauth/authorize?ticket=${ticket}`);
  const second = await alice.browser.open(`/oauth/authorize?ticket=${ticket}`);

  expect(codeIn(first)).toMatch(CODE);
  expect(second.leaves).toBeUndefined();
});

test('A consent of an older version, which did not store the redirect URI, is asked for once more, and its tokens stay valid', async () => {
  await using old = await startServer(WITH_ACCOUNTS);
  const { browser } = await signUp(old, 'Bob');
  const { client_id } = await register(old.url, {
    client_name: 'Old friend',
    redirect_uris: [CLAUDE],
    token_endpoint_auth_method: 'none',
  });
  const { verifier, challenge } = pkce();
  const path = authorizePath({ client_id, redirect_uri: CLAUDE, code_challenge: challenge, scope: 'channels' });
  const allowed = await browser.submit(await browser.open(path), '/oauth/authorize', { decision: 'approve' });
  const form = { grant_type: 'authorization_code', client_id, code: codeIn(allowed) ?? '', code_verifier: verifier };
  const { refresh_token } = (await (await token(old.url, form)).json()) as { refresh_token: string };
  await old.stop();
  stored(old.dataDir, (database) => database.exec(BEFORE), false);
  await old.start();

  const again = await browser.open(path);
  const refreshed = await token(old.url, { grant_type: 'refresh_token', client_id, refresh_token });

  expect(again.leaves).toBeUndefined();
  expect(again.html).not.toContain('You have allowed this app before');
  await browser.submit(again, '/oauth/authorize', { decision: 'approve' });
  expect(codeIn(await browser.open(path))).toMatch(CODE);
  expect(refreshed.status).toBe(200);
});

/** What the migration finds in a folder that the version before it has left. */
const BEFORE = `
CREATE TABLE consent_before AS SELECT account_id, client_id, scopes, given_at FROM consent;
DROP TABLE consent;
CREATE TABLE consent (account_id varchar(40) NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  client_id varchar(40) NOT NULL REFERENCES oauth_client (id) ON DELETE CASCADE, scopes text NOT NULL,
  given_at bigint NOT NULL, PRIMARY KEY (account_id, client_id));
INSERT INTO consent SELECT * FROM consent_before;
DROP TABLE consent_before;
ALTER TABLE refresh_token DROP COLUMN successor;
DROP INDEX ix_account_active_at_created_at;
ALTER TABLE account DROP COLUMN active_at;
DELETE FROM migrations WHERE name = 'BoundConsent1700000001506';`;
