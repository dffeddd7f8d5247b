import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { authorizePath, signInAs, signUp, WITH_ACCOUNTS } from '../support/accounts.js';
import { bearer, LOOPBACK_REDIRECT, pkce, postJson, token } from '../support/oauth.js';
import { type RunningServer, startServer } from '../support/server.js';
import { callerOf } from '../support/stored.js';
import { TlsFixture } from '../support/tls-fixture.js';
import { tokensOf } from './sign-in-steps.js';

const REDIRECT = 'https://app.test/cb';
let site: TlsFixture;
let server: RunningServer;
beforeAll(async () => {
  site = await TlsFixture.start(['app.test']);
  server = await startServer({ ...WITH_ACCOUNTS, EGRESS_HOSTS: site.vouched, EGRESS_CA: site.caFile });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await site[Symbol.asyncDispose]();
});

function publish(path: string, redirect_uris = [REDIRECT]): string {
  const client_id = `https://app.test${path}`;
  site.pages.set(path, { body: { client_id, client_name: 'Web', redirect_uris } });
  return client_id;
}

const ask = (client_id: string, more: Record<string, string> = {}) => {
  const { verifier, challenge } = pkce();
  return { verifier, path: authorizePath({ client_id, redirect_uri: REDIRECT, code_challenge: challenge, ...more }) };
};

test('A client with a metadata document is approved by an account, which is asked once', async () => {
  const client_id = publish('/once.json');
  const { browser, accountId } = await signUp(server, 'Alice');
  const [first, second] = [ask(client_id), ask(client_id)];

  const page = await browser.open(first.path);
  const { leaves } = await browser.submit(page, '/oauth/authorize', { decision: 'approve' });
  const again = await browser.open(second.path);

  const form = { grant_type: 'authorization_code', client_id, code: leaves?.searchParams.get('code') ?? '' };
  const { access_token } = await tokensOf(await token(server.url, { ...form, code_verifier: first.verifier }));
  expect(page.html).toContain(`described at <strong>${client_id}</strong>`);
  expect(callerOf(server.dataDir, access_token)).toMatchObject({ account_id: accountId, role: 'member' });
  expect(again.leaves?.searchParams.get('code')).toMatch(/^pac_/);
});

test('Accounts mode does not offer client_credentials', async () => {
  const metadata = await (await fetch(`${server.url}/.well-known/oauth-authorization-server`)).json();

  expect(metadata).toMatchObject({ grant_types_supported: ['authorization_code', 'refresh_token'] });
});

describe('No caller waits for', () => {
  /** What a client does before it is connected, and once it is. */
  async function signInQuickly({ refresh_token, client_id }: { refresh_token: string; client_id: string }) {
    for (const path of ['oauth-authorization-server', 'oauth-protected-resource/mcp']) {
      expect((await fetch(`${server.url}/.well-known/${path}`)).status).toBe(200);
    }
    const redirect_uris = [LOOPBACK_REDIRECT];
    expect(
      (await postJson(`${server.url}/register`, { redirect_uris, token_endpoint_auth_method: 'none' })).status,
    ).toBe(201);
    const refreshed = await token(server.url, { grant_type: 'refresh_token', refresh_token, client_id });
    const next = await tokensOf(refreshed);
    expect((await fetch(`${server.url}/list_channels`, { headers: bearer(next) })).status).toBe(200);
  }

  const isOver = (work: Promise<unknown>) => {
    const state = { over: false };
    const done = work.then(() => {
      state.over = true;
    });
    return { state, done };
  };

  test('the passwords of others', async () => {
    const erin = await signInAs(server, 'member');
    const { state, done } = isOver(Promise.all(Array.from({ length: 16 }, (_each, i) => signUp(server, `Crowd ${i}`))));

    await signInQuickly(erin.tokens);

    expect(state.over).toBe(false);
    await done;
  });

  test('a bot with an endless loop', async () => {
    const frank = await signInAs(server, 'member');
    const grace = await signInAs(server, 'member');
    const ask = async (operation: string, input: object) => {
      const headers = { ...bearer(frank.tokens), 'content-type': 'application/json' };
      const response = await fetch(`${server.url}/${operation}`, {
        method: 'POST',
        headers,
        body: JSON.stringify(input),
      });
      return (await response.json()) as { channel_id: string; invites: string[] };
    };
    const bot_code = 'class Loop { onMessage() { for (;;); } }';
    const { channel_id, invites } = await ask('create_channel', {
      name: 'Loop',
      slots: ['bot:x', 'invite:a'],
      bot_code,
    });
    await ask('join_channel', { invite_code: invites[0] });
    const { state, done } = isOver(ask('post_message', { channel_id, body: 'go', wait_ms: 20_000 }));

    await signInQuickly(grace.tokens);

    expect(state.over).toBe(false);
    await done;
  });
});
