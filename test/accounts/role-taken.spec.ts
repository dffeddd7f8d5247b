import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Scope } from '../../src/kernel/caller.js';
import { post, request } from '../mcp/json-rpc.js';
import { authorizePath, grant, type Holder, signInAs, visitor, WITH_ACCOUNTS } from '../support/accounts.js';
import { adminCommand } from '../support/admin.js';
import { bearer, LOOPBACK_REDIRECT, pkce, register, type SignedIn, token } from '../support/oauth.js';
import { type RunningServer, startServer } from '../support/server.js';
import { callerOf } from '../support/stored.js';

const ALL: readonly Scope[] = ['channels', 'bots', 'admin'];

let server: RunningServer;
let root: Holder;
let eve: Holder;
let bystander: Holder;
beforeAll(async () => {
  server = await startServer(WITH_ACCOUNTS);
  root = await signInAs(server, 'admin', ALL);
  bystander = await signInAs(server, 'member');
});
afterAll(async () => await server[Symbol.asyncDispose]());
beforeEach(async () => {
  eve = await signInAs(server, 'admin', ALL);
});

const call = (operation: string, input: object, { access_token }: Pick<SignedIn, 'access_token'>) =>
  fetch(`${server.url}/${operation}`, {
    method: 'POST',
    headers: { ...bearer({ access_token }), 'content-type': 'application/json' },
    body: JSON.stringify(input),
  });
const read = (path: string, { access_token }: Pick<SignedIn, 'access_token'>) =>
  fetch(`${server.url}${path}`, { headers: bearer({ access_token }) });
const asRoot = () => ({ access_token: root.token });
const asEve = () => ({ access_token: eve.token });
const change = async (fields: object) =>
  expect((await call('set_account', { account_id: eve.accountId, ...fields }, asRoot())).status).toBe(200);
const reset = async () => {
  const code = new URL(await adminCommand(server, 'reset', eve.name)).searchParams.get('code') ?? '';
  const browser = visitor(server);
  const page = await browser.open(`/sign-up?code=${code}`);
  await browser.submit(page, '/sign-up', { password: 'a wholly new one' });
};

/** A token with all scopes that somebody makes for a script on the page of their account. */
async function scriptToken({ browser }: Holder): Promise<SignedIn> {
  const wish = { label: 'cli', days: '7', scope_channels: 'on', scope_admin: 'on' };
  const { html } = await browser.submit(await browser.open('/account'), '/account/tokens', wish);
  return { access_token: /id="token">(ppt_[^<]+)</.exec(html)?.[1] ?? '' } as SignedIn;
}

/** What an app was given a code for, and how it takes its tokens. */
async function approvedCode({ browser }: Holder) {
  const redirect_uri = LOOPBACK_REDIRECT;
  const { client_id } = await register(server.url, {
    client_name: 'Late',
    redirect_uris: [redirect_uri],
    token_endpoint_auth_method: 'none',
  });
  const { verifier, challenge } = pkce();
  const asked = { client_id, redirect_uri, code_challenge: challenge, scope: ALL.join(' ') };
  const page = await browser.open(authorizePath(asked));
  const approve = async () => {
    const { leaves } = await browser.submit(page, '/oauth/authorize', { decision: 'approve' });
    return leaves?.searchParams.get('code') ?? '';
  };
  const redeem = (code: string) =>
    token(server.url, { grant_type: 'authorization_code', client_id, redirect_uri, code, code_verifier: verifier });
  return { approve, redeem };
}

/** A call whose body is not sent yet: its sender is known by the time that something else is answered. */
async function heldCall(operation: string, input: object, { access_token }: Pick<SignedIn, 'access_token'>) {
  const body = JSON.stringify(input);
  const headers = {
    ...bearer({ access_token }),
    'content-type': 'application/json',
    'content-length': body.length,
    expect: '100-continue',
  };
  const held = httpRequest(`${server.url}/${operation}`, { method: 'POST', headers });
  held.flushHeaders();
  await once(held, 'continue');
  await read('/list_channels', asRoot());
  return async () => {
    held.end(body);
    const [response] = await once(held, 'response');
    return { status: response.statusCode as number, text: await text(response) };
  };
}

describe.each<[string, () => Promise<void>]>([
  ['is made a member', () => change({ role: 'member' })],
  ['is disabled', () => change({ disabled: true })],
  ['is reset by the operator', reset],
])('When an admin %s', (_case, end) => {
  test('every token with the scope admin is refused, of apps and of scripts, and no refresh token gives another', async () => {
    const script = await scriptToken(eve);
    const app = await grant(server, eve.browser, ALL, 'Another');
    const held = [script, app, eve.tokens];
    for (const one of held) expect((await read('/list_accounts', one)).status).toBe(200);

    await end();

    for (const one of held) {
      expect((await read('/list_accounts', one)).status).toBe(401);
      expect(callerOf(server.dataDir, one.access_token)).toBeUndefined();
    }
    for (const { client_id, refresh_token } of [app, eve.tokens]) {
      expect((await token(server.url, { grant_type: 'refresh_token', client_id, refresh_token })).status).toBe(400);
    }
  });

  test('a code that was approved before cannot be redeemed', async () => {
    const { approve, redeem } = await approvedCode(eve);
    const code = await approve();

    await end();

    expect((await redeem(code)).status).toBe(400);
  });

  test('their streams and waiting calls end at once', async () => {
    const { channel_id } = (await (
      await call('create_channel', { name: 'R', slots: ['invite:a'] }, asEve())
    ).json()) as { channel_id: string };
    const stream = await read(`/channels/${channel_id}/events`, asEve());
    const { headers } = await post(`${server.url}/mcp`, request('initialize', {}), bearer(asEve()));
    const session = { 'mcp-session-id': headers.get('mcp-session-id') ?? '', accept: 'text/event-stream' };
    const standing = await fetch(`${server.url}/mcp`, { headers: { ...bearer(asEve()), ...session } });
    const poll = read(`/sync_messages?channel_id=${channel_id}&cursor=99&timeout_ms=30000`, asEve());

    await end();

    expect((await poll).status).toBe(401);
    await Promise.all([stream.text(), standing.text()]);
  });

  test('a call whose body arrives later has no effect', async () => {
    const finish = await heldCall('set_account', { account_id: bystander.accountId, disabled: true }, asEve());

    await end();

    expect((await finish()).status).toBe(401);
    const seen = await (await read(`/list_accounts?query=${bystander.name}`, asRoot())).json();
    expect(seen).toMatchObject({ accounts: [{ disabled: false }] });
  });
});

describe('When an admin is made a moderator', () => {
  test('their sessions continue as a moderator, and a call in progress has no effect', async () => {
    const finish = await heldCall('set_account', { account_id: bystander.accountId, disabled: true }, asEve());
    const script = await scriptToken(eve);

    await change({ role: 'moderator' });

    expect((await finish()).status).toBe(401);
    for (const one of [eve.tokens, script]) {
      expect((await read('/list_bot_code', one)).status).toBe(200);
      expect((await read('/list_accounts', one)).status).toBe(403);
    }
    const seen = await (await read(`/list_accounts?query=${bystander.name}`, asRoot())).json();
    expect(seen).toMatchObject({ accounts: [{ disabled: false }] });
  });
});

test('An admin who becomes a member keeps grants that need no higher role, and cannot approve higher ones', async () => {
  const plain = await grant(server, eve.browser, ['channels'], 'Plain');
  const { approve, redeem } = await approvedCode(eve);

  await change({ role: 'member' });

  expect((await read('/list_channels', plain)).status).toBe(200);
  expect((await eve.browser.open('/account')).html).not.toContain('scope_admin');
  const tokens = (await (await redeem(await approve())).json()) as { scope: string };
  expect(tokens.scope).toBe('channels bots');
  // And not by getting the role back either.
  await change({ role: 'admin' });
  expect((await read('/list_accounts', tokens as unknown as SignedIn)).status).toBe(403);
});
