import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { PINNED_DOCUMENTS } from '../../../src/oauth/clients/documents/pinned-documents.js';
import { type RunningServer, startServer } from '../../support/server.js';
import { callerOf, stored } from '../../support/stored.js';
import { TlsFixture } from '../../support/tls-fixture.js';
import { Assistant, resultOf } from './assistant.js';
import { PROFILES, type Profile } from './profiles.js';

let site: TlsFixture;
let server: RunningServer;
beforeAll(async () => {
  site = await TlsFixture.start(['claude.ai', 'chatgpt.com']);
  for (const document of PINNED_DOCUMENTS.slice(0, 2)) {
    site.pages.set(new URL(document.client_id).pathname, {
      body: document,
      headers: { 'cache-control': 'max-age=3600' },
    });
  }
  site.pages.set('/oauth/client.json', { body: CHATGPT });
  // Not everybody gets an answer there.
  site.pages.set('/oauth/cb_Zk3x-9/client.json', { body: 'no', status: 403 });
  server = await startServer({ EGRESS_HOSTS: site.vouched, EGRESS_CA: site.caFile });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await site[Symbol.asyncDispose]();
});

/** As it is published: it would rather sign, and can do without. */
const CHATGPT = {
  client_id: 'https://chatgpt.com/oauth/client.json',
  client_uri: 'https://chatgpt.com/',
  redirect_uris: ['https://chatgpt.com/connector_platform_oauth_redirect'],
  token_endpoint_auth_method: 'private_key_jwt',
  token_endpoint_auth_methods_supported: ['none', 'private_key_jwt'],
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code'],
  client_name: 'ChatGPT',
  token_endpoint_auth_signing_alg: 'RS256',
  jwks_uri: 'https://chatgpt.com/oauth/jwks.json',
};

/** What somebody is told who has no channels yet. */
const NONE = { channels: [], total_channels: 0 };

const change = (sql: string, ...values: (string | number)[]) =>
  stored(server.dataDir, (database) => database.prepare(sql).run(...values), false);
const hash = (token: string) => createHash('sha256').update(token).digest('hex');
const expire = ({ held }: Assistant) =>
  change('UPDATE access_token SET expires_at = 1 WHERE hash = ?', hash(held.access_token));
const callerBehind = ({ held }: Assistant) => callerOf(server.dataDir, held.access_token);

async function connected(profile: Profile): Promise<Assistant> {
  const assistant = new Assistant(profile, `${server.url}/mcp`);
  await assistant.connect();
  assistant.steps.length = 0;
  return assistant;
}

describe.each(PROFILES.map((profile): [string, Profile] => [profile.name, profile]))('%s', (_, profile) => {
  const again = profile.document ? [] : ['registers'];
  const approves = /azure|slack/.test(profile.redirect) ? ['authorizes', 'a person clicks'] : ['authorizes'];

  test('connects and calls repeatedly', async () => {
    const assistant = new Assistant(profile, `${server.url}/mcp`);

    await assistant.connect();
    const answers = [await resultOf(assistant.call()), await resultOf(assistant.call())];
    assistant.leave();

    expect(assistant.steps).toEqual([...again, ...approves]);
    expect(answers).toEqual(Array(2).fill(NONE));
    expect(assistant.held.scope).toBe('channels bots');
    expect(callerBehind(assistant)).toMatchObject({ resource: `${server.url}/mcp` });
  });

  test('refreshes early and during calls, twice at once, and continues', async () => {
    const assistant = await connected(profile);
    const before = { ...assistant.held };

    const [first, , second] = await Promise.all([assistant.refresh(), assistant.call(), assistant.refresh()]);
    const old = new Assistant(profile, `${server.url}/mcp`);
    old.tokens = before;

    expect([first.status, second.status]).toEqual([200, 200]);
    for (const each of [assistant, old]) expect(await resultOf(each.call())).toEqual(NONE);
    expect((await assistant.refresh()).status).toBe(200);
    expect(old.steps).toEqual([]);
    assistant.leave();
    old.leave();
  });

  test('refreshes when its token has expired, and keeps its identity', async () => {
    const assistant = await connected(profile);
    const before = callerBehind(assistant);
    expire(assistant);

    expect(await resultOf(assistant.call())).toEqual(NONE);

    assistant.leave();
    expect(assistant.steps).toEqual(['refreshes']);
    expect(callerBehind(assistant)).toMatchObject({ account_id: before?.account_id, session_id: before?.session_id });
  });

  test('authorizes again when its refresh token is invalid', async () => {
    const assistant = await connected(profile);
    expire(assistant);
    change('DELETE FROM refresh_token WHERE hash = ?', hash(assistant.held.refresh_token));

    expect(await resultOf(assistant.call())).toEqual(NONE);

    assistant.leave();
    expect(assistant.steps).toEqual(['400 invalid_grant', ...approves]);
  });

  test('connects again when the server has lost its data', async () => {
    const assistant = await connected(profile);
    change('DELETE FROM oauth_client WHERE id = ?', String(callerBehind(assistant)?.client_id));

    expect(await resultOf(assistant.call())).toEqual(NONE);

    assistant.leave();
    expect(assistant.steps).toEqual(['401 invalid_client', ...again, ...approves]);
  });

  test('connects once more, as a new guest', async () => {
    const assistant = await connected(profile);
    const before = { ...assistant.held };
    const was = callerBehind(assistant);

    await assistant.reconnect();

    expect(await resultOf(assistant.call())).toEqual(NONE);
    assistant.leave();
    expect(callerBehind(assistant)?.account_id).not.toBe(was?.account_id);
    expect(callerOf(server.dataDir, before.access_token) === undefined).toBe(profile.signsOut === true);
  });
});

test('A client that registers at each connection is stored once', async () => {
  const profile = PROFILES.find(({ registersEachTime }) => registersEachTime) as Profile;
  const people = await Promise.all(Array.from({ length: 5 }, () => connected(profile)));

  for (const one of people) await one.reconnect();

  expect(new Set(people.map(({ client }) => client?.client_id)).size).toBe(1);
  expect(new Set(people.map((one) => callerBehind(one)?.account_id)).size).toBe(5);
});

test('Every client can continue after a crash at any point', async () => {
  const people = PROFILES.map((profile) => new Assistant(profile, `${server.url}/mcp`));
  const each = <T>(step: (assistant: Assistant, i: number) => Promise<T>) => Promise.all(people.map(step));
  await each((one) => one.discover());

  await each((one) => one.introduce());
  await server.crashAndRestart();
  const approved = await each((one) => one.approval());
  // From here on no document can be had either.
  for (const path of site.pages.keys()) site.down.add(path);
  await server.crashAndRestart();
  await each((one, i) => one.redeem(approved[i] as Awaited<ReturnType<Assistant['approval']>>));
  const was = people.map(callerBehind);
  await each((one) => one.refresh());
  await server.crashAndRestart();
  const refreshed = await each((one) => one.refresh());
  const answers = await each((one) => resultOf(one.call()));

  expect(refreshed.map(({ status }) => status)).toEqual(people.map(() => 200));
  expect(answers).toEqual(people.map(() => NONE));
  expect(people.map((one) => callerBehind(one)?.session_id)).toEqual(was.map((caller) => caller?.session_id));
  for (const one of people) one.leave();
  site.down.clear();
});
