import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type AccountHolder, authorizePath, signInAs, signUp, WITH_ACCOUNTS } from '../support/accounts.js';
import type { Browser } from '../support/browser.js';
import { DOORS } from '../support/doors.js';
import { pkce, register, token } from '../support/oauth.js';
import { type RunningServer, startServer } from '../support/server.js';
import { age, callerOf, everythingStored } from '../support/stored.js';

let server: RunningServer;
let alice: AccountHolder;
beforeAll(async () => {
  server = await startServer(WITH_ACCOUNTS);
  alice = await signUp(server, 'Alice');
});
afterAll(async () => await server[Symbol.asyncDispose]());

const secretIn = ({ html }: { html: string }) => /<code class="secret" id="token">(ppt_[^<]+)</.exec(html)?.[1] ?? '';
async function make(browser: Browser, wish: Record<string, string>) {
  return browser.submit(await browser.open('/account'), '/account/tokens', { days: '7', ...wish });
}
const revokeFirst = async (browser: Browser) =>
  browser.submit(await browser.open('/account'), '/account/access/revoke');

describe.each(DOORS)('A personal access token, over %s', (kind, door) => {
  test('acts as its account, within its scopes, until it is revoked', async () => {
    const { browser, name } = await signUp(server, `${kind}-bob`);
    const made = await make(browser, { label: '<i>nightly</i>', scope_channels: 'on' });
    const secret = secretIn(made);
    await using script = await door(server, name, secret);

    await script.call('create_channel', { name: 'R', slots: ['invite:a'] });
    const { tokens } = await script.call('list_tokens');

    expect(tokens).toEqual([
      expect.objectContaining({ kind: 'token', name: '<i>nightly</i>', scopes: ['channels'], is_this: true }),
    ]);
    await expect(script.call('list_accounts')).rejects.toMatchObject({ code: 'INSUFFICIENT_SCOPE' });
    expect(made.html).toContain('&lt;i&gt;nightly&lt;/i&gt;');
    expect((await browser.open('/account')).html).not.toContain(secret);
    expect(everythingStored(server.dataDir)).not.toContain(secret);
    await revokeFirst(browser);
    expect(callerOf(server.dataDir, secret)).toBeUndefined();
    await expect(script.call('list_tokens')).rejects.toThrow();
  });

  test('can revoke others of its account, and none of other accounts', async () => {
    const { browser, name } = await signUp(server, `${kind}-carol`);
    const tokens = [];
    for (const label of ['one', 'two']) tokens.push(secretIn(await make(browser, { label, scope_channels: 'on' })));
    const mallory = await signInAs(server, 'member');
    await using script = await door(server, name, tokens[0]);
    await using stranger = await door(server, mallory.name, mallory.token);
    const other = (await script.call('list_tokens')).tokens.find(({ is_this }: { is_this: boolean }) => !is_this);

    await expect(stranger.call('revoke_token', { id: other.id })).rejects.toMatchObject({ code: 'ACCESS_NOT_FOUND' });
    await expect(stranger.call('revoke_token', { id: 'ses_none' })).rejects.toMatchObject({ code: 'ACCESS_NOT_FOUND' });
    await script.call('revoke_token', { id: other.id });

    expect((await script.call('list_tokens')).tokens).toHaveLength(1);
    expect(callerOf(server.dataDir, tokens[1] ?? '')).toBeUndefined();
  });
});

test.each(DOORS)('A token that revokes itself over %s gets a success answer', async (kind, door) => {
  const { browser, name } = await signUp(server, `${kind}-self`);
  const secret = secretIn(await make(browser, { label: 'own', scope_channels: 'on' }));
  await using script = await door(server, name, secret);
  const { tokens } = await script.call('list_tokens');
  const own = tokens.find(({ is_this }: { is_this: boolean }) => is_this);

  expect(await script.call('revoke_token', { id: own.id })).toMatchObject({ ok: true, id: own.id });

  expect(callerOf(server.dataDir, secret)).toBeUndefined();
  await expect(script.call('list_tokens')).rejects.toThrow();
});

describe('Creating a token', () => {
  test.each([
    ['without a name', { label: ' ', scope_channels: 'on' }, 'At most 40'],
    [
      'with a name that hides something',
      { label: 'a\ufe0fb', scope_channels: 'on' },
      'must not hold control or invisible',
    ],
    ['for nothing', { label: 'x', scope_channels: '' }, 'Choose at least one'],
    ['for ever', { label: 'x', scope_channels: 'on', days: '100000' }, 'Choose at least one'],
    ['for a say over others', { label: 'x', scope_channels: '', scope_admin: 'on' }, 'Choose at least one'],
  ])('%s is refused', async (_, wish, sentence) => {
    const answer = await make(alice.browser, wish);

    expect(answer.status).toBe(400);
    expect(answer.html).toContain(sentence);
    expect(secretIn(answer)).toBe('');
  });

  test('with the admin scope can be created by an admin who used a passkey', async () => {
    const admin = await signInAs(server, 'admin');

    const secret = secretIn(await make(admin.browser, { label: 'x', scope_channels: '', scope_admin: 'on' }));

    expect(callerOf(server.dataDir, secret)).toMatchObject({ role: 'admin', scopes: '["admin"]' });
  });

  test('with an expiry gives one that ends then', async () => {
    const secret = secretIn(await make(alice.browser, { label: 'short', scope_channels: 'on' }));
    age(server.dataDir, 'access_token', 'expires_at', 8 * 86_400_000);

    const response = await fetch(`${server.url}/list_tokens`, { headers: { authorization: `Bearer ${secret}` } });

    expect(response.status).toBe(401);
  });
});

describe('Connected apps', () => {
  test('are listed with their redirect URI and can be revoked; then they must ask for consent again', async () => {
    const { browser } = await signUp(server, 'Dora');
    const redirect_uri = 'https://app.example/cb';
    const metadata = { client_name: '<u>Desk</u>', redirect_uris: [redirect_uri], token_endpoint_auth_method: 'none' };
    const { client_id } = await register(server.url, metadata);
    const { verifier, challenge } = pkce();
    const asked = authorizePath({ client_id, redirect_uri, code_challenge: challenge, scope: 'channels' });
    const { leaves } = await browser.submit(await browser.open(asked), '/oauth/authorize', { decision: 'approve' });
    const code = leaves?.searchParams.get('code') ?? '';
    const form = { grant_type: 'authorization_code', client_id, redirect_uri, code, code_verifier: verifier };
    const { access_token } = (await (await token(server.url, form)).json()) as { access_token: string };

    const { html } = await browser.open('/account');
    expect(html).toContain('<strong>&lt;u&gt;Desk&lt;/u&gt;</strong> at app.example');
    expect((await browser.open(asked)).leaves).toBeDefined();

    await revokeFirst(browser);

    expect(callerOf(server.dataDir, access_token)).toBeUndefined();
    expect((await browser.open('/account')).html).toContain('None. Add this server');
    expect((await browser.open(asked)).leaves).toBeUndefined();
  });
});

test('Deleting an account deletes everything of it, and requires its password', async () => {
  const { browser } = await signUp(server, 'Erin');
  const secret = secretIn(await make(browser, { label: 'x', scope_channels: 'on' }));
  const remove = async (password: string) =>
    browser.submit(await browser.open('/account'), '/account/delete', { password });

  expect((await remove('not the password')).html).toContain('Wrong password.');
  expect(callerOf(server.dataDir, secret)).toBeDefined();
  await remove('correct horse battery');

  expect(callerOf(server.dataDir, secret)).toBeUndefined();
  expect((await browser.open('/account')).url).toMatch(/\/login$/);
  expect(everythingStored(server.dataDir)).not.toContain('Erin');
});

test('A form of another account is refused', async () => {
  const mallory = await signUp(server, 'Mallory');
  await make(alice.browser, { label: 'kept', scope_channels: 'on' });
  const id = /name="id" value="(ses_[^"]+)"/.exec((await alice.browser.open('/account')).html)?.[1] ?? '';
  const csrf = /name="csrf" value="([^"]+)"/.exec((await mallory.browser.open('/account')).html)?.[1] ?? '';

  await mallory.browser.post('/account/access/revoke', { csrf, id });
  const forged = await alice.browser.post('/account/access/revoke', { csrf, id });

  expect(forged.status).toBe(403);
  expect((await alice.browser.open('/account')).html).toContain(id);
});
