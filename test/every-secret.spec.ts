import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { authorizePath, grant, logIn, PASSWORD, signInAs, signUp, WITH_ACCOUNTS } from './support/accounts.js';
import { adminCommand } from './support/admin.js';
import { formOf } from './support/browser.js';
import { DOORS, type Door, type Person } from './support/doors.js';
import { bearer, LOOPBACK_REDIRECT, pkce, postForm, register, type SignedIn, token } from './support/oauth.js';
import { type RunningServer, startServer } from './support/server.js';

const METRICS_TOKEN = 'canary-metrics-0123456789abcdef';
const BOT_KEY = 'canary-bot-key-0123456789abcdef';
const WRONG_PASSWORD = 'canary wrong password 0123';

const [, [, mcp]] = DOORS as [unknown, [string, Door]];

let server: RunningServer;
/** Everything that opens a door or was given to be kept, by what it is. */
const secrets: Record<string, string> = {};
/** What was answered after the secrets were given out: to a stranger, to members, and to everyone as a refusal. */
const answers: string[] = [];
let alice: Person;
let mallory: Person;
let channel_id: string;
let bot_id: string;

beforeAll(async () => {
  server = await startServer({ ...WITH_ACCOUNTS, LOG_LEVEL: 'debug', METRICS_TOKEN });
  Object.assign(secrets, { METRICS_TOKEN, BOT_KEY, PASSWORD, WRONG_PASSWORD });
  await signInEveryWay();
  await openRoom();
  await sayThemWhereTheyDoNotBelong();
  await readEverything();
}, 180_000);
afterAll(async () => {
  await Promise.all([alice, mallory].map((person) => person.close()));
  await server[Symbol.asyncDispose]();
});

test('The test created secrets of every kind', () => {
  expect(Object.keys(secrets).length).toBeGreaterThanOrEqual(25);
  for (const secret of Object.values(secrets)) expect(secret.length).toBeGreaterThan(15);
  expect(answers.length).toBeGreaterThan(150);
  expect(server.log()).toContain('/oauth/authorize');
});

test('No secret is in the log', () => {
  expect(foundIn(server.log())).toEqual([]);
});

test('No secret is in a file of the server, including the database', () => {
  const files = filesBelow(server.dataDir);

  expect(files.map((file) => file.name)).toContain('parley.sqlite');
  expect(foundIn(files.map(({ bytes }) => bytes).join('\n'))).toEqual([]);
});

test('No secret is in any answer, except the one that first returns it', () => {
  expect(answers.filter((answer) => answer.includes('"code":"INTERNAL_ERROR"'))).toEqual([]);
  expect(foundIn(answers.join('\n'))).toEqual([]);
});

/** The names of the secrets that stand in a text: as they are, or what follows their prefix. */
const foundIn = (text: string) =>
  Object.entries(secrets)
    .filter(([, secret]) => text.includes(secret) || text.includes(secret.replace(/^[a-z]{3,6}_/, '')))
    .map(([name]) => name);

async function signInEveryWay() {
  const link = await adminCommand(server, 'invite', '--role', 'admin');
  const code = new URL(link).searchParams.get('code') ?? '';
  const holder = await signUp(server, 'alice', code);
  await logIn(server, 'alice', WRONG_PASSWORD);
  await logIn(server, 'nobody', WRONG_PASSWORD);
  const { browser } = await logIn(server, 'alice');
  const account = await browser.open('/account');
  const cookie = [...browser.cookies.values()].at(-1) ?? '';
  const { fields } = formOf(account, '/account/tokens');
  const made = await browser.submit(account, '/account/tokens', { label: 'x', days: '7', scope_channels: 'on' });
  const personal = /<code class="secret" id="token">([^<]+)</.exec(made.html)?.[1] ?? '';
  const tokens = await grant(server, browser, ['channels', 'bots']);
  const { refresh_token, client_id } = tokens;
  const answer = await token(server.url, { grant_type: 'refresh_token', refresh_token, client_id });
  const refreshed = (await answer.json()) as SignedIn;
  const confidential = await register(server.url, {
    client_name: 'Kept',
    redirect_uris: [LOOPBACK_REDIRECT],
    token_endpoint_auth_method: 'client_secret_post',
  });
  const { verifier, challenge } = pkce();
  const asked = {
    client_id: confidential.client_id,
    redirect_uri: LOOPBACK_REDIRECT,
    code_challenge: challenge,
    scope: 'channels',
  };
  const page = await browser.open(authorizePath(asked));
  const { ticket = '', csrf = '' } = formOf(page, '/oauth/authorize').fields;
  const { leaves } = await browser.submit(page, '/oauth/authorize', { decision: 'approve' });
  const invited = await (await signInAs(server, 'admin', ['channels', 'admin'])).token;
  const { code: accountInvite } = await callWith(invited, 'invite_account', { role: 'member' });
  Object.assign(secrets, {
    'code of the operator': code,
    cookie,
    'cookie before': [...holder.browser.cookies.values()].at(-1),
    csrf: csrf || fields.csrf,
    ticket,
    'personal token': personal,
    'access token': tokens.access_token,
    'refresh token': tokens.refresh_token,
    'next access token': refreshed.access_token,
    'next refresh token': refreshed.refresh_token,
    'client secret': confidential.client_secret,
    'authorization code': leaves?.searchParams.get('code'),
    'code verifier': verifier,
    'token of an admin': invited,
    'token of the operator': await adminCommand(server, 'token'),
    'invite of an account': accountInvite,
  });
  alice = await mcp(server, 'alice', refreshed.access_token);
  const stranger = await signInAs(server, 'member');
  mallory = await mcp(server, stranger.name, stranger.token);
}

async function openRoom() {
  const created = await alice.call('create_channel', {
    name: 'Room',
    slots: ['bot:b', 'invite:a', 'invite:b', 'observe:o'],
    bot_code: 'class Keeper { constructor(ctx) { this.ctx = ctx } onMessage() { this.ctx.post("bot", { got: 1 }) } }',
    bot_manifest: { name: 'Keeper', needs_env: ['KEY'] },
    bot_env: { KEY: BOT_KEY },
  });
  channel_id = created.channel_id;
  const [first, second] = created.invites;
  const { rejoin_token } = await alice.call('join_channel', { invite_code: first });
  const again = await alice.call('join_channel', { invite_code: rejoin_token });
  [{ bot_id }] = (await alice.call('who', { channel_id })).bots;
  await alice.call('post_message', { channel_id, body: 'hello', wait_ms: 30_000 });
  Object.assign(secrets, {
    invite: second,
    'used invite': first,
    'observer invite': created.observer_invites[0],
    'rejoin token': rejoin_token,
    'next rejoin token': again.rejoin_token,
  });
}

/**
 * In fields that want something else and in a body that is no JSON; those that anyone can tell by their
 * prefix also in what the log writes down: a path, a query, a header.
 */
async function sayThemWhereTheyDoNotBelong() {
  for (const secret of Object.values(secrets)) {
    const isKnown = /^[a-z]{3,6}_/.test(secret);
    const part = isKnown ? encodeURIComponent(secret) : 'x';
    for (const path of [`/${part}`, `/who?channel_id=${part}`, `/list_channels?access_token=${part}&limit=${part}`]) {
      answers.push(await (await fetch(server.url + path, { headers: bearer({ access_token: mallory.token }) })).text());
    }
    const headers = { 'user-agent': part, 'content-type': 'application/json', authorization: `Bearer ${part}x` };
    answers.push(
      await (await fetch(`${server.url}/post_message`, { method: 'POST', headers, body: `{"${secret}` })).text(),
    );
    answers.push(
      await (await postForm(`${server.url}/token`, { grant_type: secret, client_id: secret, code: secret })).text(),
    );
    answers.push(
      await (await fetch(`${server.url}/oauth/authorize?client_id=${part}&redirect_uri=${part}&state=${part}`)).text(),
    );
    for (const [operation, input] of [
      ['join_channel', { invite_code: `${secret}x`.slice(0, 64) }],
      ['who', { channel_id: secret.slice(0, 40) }],
      ['get_preset', { name: secret.slice(0, 40) }],
      ['post_message', { channel_id, wait_ms: secret, sig: secret, nonce: secret }],
    ] as const) {
      answers.push(await mallory.call(operation, input).then(JSON.stringify, (error) => JSON.stringify(error.problem)));
    }
  }
}

async function readEverything() {
  const bot = { channel_id, bot_id };
  const reads: [string, object][] = [
    ['start_here', {}],
    ['list_channels', {}],
    ['who', { channel_id }],
    ['get_messages', { channel_id, limit: 500 }],
    ['sync_messages', { channel_id, timeout_ms: 0 }],
    ['get_bot_code', bot],
    ['list_runs', bot],
    ['get_run', { ...bot, run: 1 }],
    ['debug_bot', { ...bot, action: 'inspect_state' }],
    ['debug_bot', { ...bot, action: 'tail_logs' }],
    ['update_channel', { channel_id, ops: [{ type: 'rename', name: 'Again' }] }],
    ['list_tokens', {}],
    ['search', { query: 'Again' }],
    ['fetch', { id: channel_id }],
    ['get_limits', {}],
    ['list_accounts', {}],
    ['list_bot_code', {}],
  ];
  for (const person of [alice, mallory]) {
    for (const [operation, input] of reads) {
      answers.push(await person.call(operation, input).then(JSON.stringify, (error) => JSON.stringify(error.problem)));
    }
  }
  for (const operation of ['list_accounts', 'list_bot_code', 'list_decisions']) {
    answers.push(JSON.stringify(await callWith(secrets['token of an admin'] ?? '', operation)));
  }
  const metrics = { headers: bearer({ access_token: METRICS_TOKEN }) };
  answers.push(await (await fetch(`${server.url}/metrics`, metrics)).text());
  for (const path of ['/docs', '/openapi.json', '/readyz', '/account', '/login']) {
    answers.push(await (await fetch(server.url + path)).text());
  }
}

async function callWith(access_token: string, operation: string, input?: object) {
  const response = await fetch(`${server.url}/${operation}`, {
    ...(input && { method: 'POST', body: JSON.stringify(input) }),
    headers: { ...bearer({ access_token }), 'content-type': 'application/json' },
  });
  // biome-ignore lint/suspicious/noExplicitAny: the view of any operation
  return (await response.json()) as any;
}

/** Whatever the server keeps, as it lies on the disk. */
const filesBelow = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name, parentPath }) => ({ name, bytes: readFileSync(join(parentPath, name), 'latin1') }));
