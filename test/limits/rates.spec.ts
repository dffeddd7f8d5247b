import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { post, request } from '../mcp/json-rpc.js';
import { DOORS, type Person } from '../support/doors.js';
import {
  authorize,
  bearer,
  LOOPBACK_REDIRECT,
  pkce,
  register,
  type SignedIn,
  signIn,
  token,
} from '../support/oauth.js';
import { openRoom, refusal } from '../support/rooms.js';
import { type RunningServer, startServer } from '../support/server.js';

/** Nothing comes back while a test runs. */
const HOUR_MS = 3_600_000;
const ACCOUNT = 20;
const CLIENT = 21;

let server: RunningServer;
beforeAll(async () => {
  server = await startServer({
    LIMIT_WINDOW_S: '3600',
    LIMIT_ADDRESS: '5000',
    LIMIT_CLIENT: String(CLIENT),
    LIMIT_ACCOUNT: String(ACCOUNT),
    LIMIT_SEAT: '3',
  });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

const listOften = async (person: Person, times: number) => {
  for (let i = 0; i < times; i++) await person.call('list_channels');
};

describe.each(DOORS)('An account, over %s', (_, door) => {
  test('an exceeded limit says how long to wait, and does not affect others', async () => {
    await using alice = await door(server, 'alice');
    await using bob = await door(server, 'bob');

    await listOften(alice, ACCOUNT);
    const problem = await refusal(alice.call('list_channels'));

    expect(problem).toMatchObject({
      code: 'RATE_LIMIT',
      status: 429,
      policy: 'account',
      detail: 'policy account: the quota of 20 units in 3600 s is used up',
    });
    expect(problem.retry_after_ms).toBeGreaterThan(HOUR_MS - 300_000);
    expect(problem.retry_after_ms).toBeLessThanOrEqual(HOUR_MS);
    expect(await bob.call('list_channels')).toHaveProperty('total_channels');
  });

  test('an expensive call costs more, and has no effect if the limit is exceeded', async () => {
    await using alice = await door(server, 'alice');
    await using bob = await door(server, 'bob');
    const channel = { name: 'Room', slots: ['invite:a'], visibility: 'public' };
    const before = (await bob.call('list_channels')).total_channels;

    await listOften(alice, 1);
    await alice.call('create_channel', channel);
    const problem = await refusal(alice.call('create_channel', channel));

    expect(problem).toMatchObject({ code: 'RATE_LIMIT', policy: 'account' });
    const { channels, total_channels } = await bob.call('list_channels');
    expect(total_channels).toBe(before + 1);
    await bob.call('join_channel', { channel_id: channels[0].channel_id });
  });

  test('is also charged for a call that is refused', async () => {
    await using alice = await door(server, 'alice');

    for (let i = 0; i < ACCOUNT; i++) {
      expect(await refusal(alice.call('who', { channel_id: 'chn_not_there' }))).toMatchObject({ code: 'NOT_MEMBER' });
    }

    expect(await refusal(alice.call('who', { channel_id: 'x' }))).toMatchObject({ code: 'RATE_LIMIT' });
  });
});

describe.each(DOORS)('A seat, over %s', (_, door) => {
  test('has a limit for posts in its channel, and can still read', async () => {
    await using room = await openRoom(server, door, { slots: ['invite:a', 'invite:b'] });
    const say = (person: Person, body: string) =>
      person.call('post_message', { channel_id: room.id, body, wait_ms: 0 });

    for (const body of ['one', 'two', 'three']) await say(room.alice, body);
    const problem = await refusal(say(room.alice, 'four'));

    expect(problem).toMatchObject({ code: 'RATE_LIMIT', policy: 'seat' });
    const { messages } = await room.alice.call('sync_messages', { channel_id: room.id, timeout_ms: 0 });
    const said = messages.flatMap(({ body }: { body: { text?: string } }) => body.text ?? []);
    expect(said).toEqual(['one', 'two', 'three']);
    await say(room.bob, 'hello');
  });
});

describe.each(DOORS)('A client, over %s', (_, door) => {
  test('has a limit for all accounts that use it', async () => {
    const { client_id } = await register(server.url, {
      redirect_uris: [LOOPBACK_REDIRECT],
      token_endpoint_auth_method: 'none',
    });
    await using alice = await door(server, 'alice', await guestOf(client_id));
    await using bob = await door(server, 'bob', await guestOf(client_id));

    await listOften(alice, ACCOUNT);
    const own = await refusal(alice.call('list_channels'));
    await listOften(bob, CLIENT - ACCOUNT);
    const shared = await refusal(bob.call('list_channels'));

    // What alice was refused took nothing from bob.
    expect([own.policy, shared.policy]).toEqual(['account', 'client']);
  });
});

/** The token of a new guest who comes through this client. */
async function guestOf(client_id: string): Promise<string> {
  const { verifier, challenge } = pkce();
  const back = await authorize(server.url, { client_id, code_challenge: challenge });
  const grant = { grant_type: 'authorization_code', client_id, redirect_uri: LOOPBACK_REDIRECT };
  const answer = await token(server.url, { ...grant, code: back.get('code') ?? '', code_verifier: verifier });
  return ((await answer.json()) as SignedIn).access_token;
}

describe('The rate limit headers', () => {
  test('name every policy, and the state of the one with the least left', async () => {
    const headers = bearer(await signIn(server.url, 'alice'));
    const ask = () => fetch(`${server.url}/list_channels`, { headers });

    const answers: Response[] = [];
    for (let i = 0; i <= ACCOUNT; i++) answers.push(await ask());

    expect(answers.map(({ status }) => status)).toEqual([...Array(ACCOUNT).fill(200), 429]);
    const first = answers[0]?.headers;
    expect(first?.get('ratelimit')).toMatch(/^"account";r=19;t=3[56]\d\d$/);
    expect(first?.get('ratelimit-policy')).toBe('"address";q=5000;w=3600, "account";q=20;w=3600, "client";q=21;w=3600');
    expect(first?.has('retry-after')).toBe(false);
    const last = answers[ACCOUNT]?.headers;
    expect(last?.get('retry-after')).toMatch(/^3[56]\d\d$/);
    expect(last?.get('ratelimit')).toBe(`"account";r=0;t=${last?.get('retry-after')}`);
  });

  test('of a tool call are the same', async () => {
    const headers = bearer(await signIn(server.url, 'alice'));

    const { response } = await callAll(headers, ['list_channels']);

    expect(response.headers.get('ratelimit')).toMatch(/^"account";r=19;t=3[56]\d\d$/);
  });
});

test('Each call of an MCP batch counts', async () => {
  const headers = bearer(await signIn(server.url, 'alice'));
  await callAll(headers, Array(ACCOUNT - 3).fill('list_channels'));

  const { answers } = await callAll(headers, Array(5).fill('list_channels'));

  expect(answers.map(({ result }) => result.isError)).toEqual([false, false, false, true, true]);
  expect(JSON.parse(answers[3]?.result.content[1].text)).toMatchObject({ code: 'RATE_LIMIT', policy: 'account' });
});

test('MCP methods other than tools count like calls', async () => {
  const headers = bearer(await signIn(server.url, 'alice'));
  const reads = () => post(`${server.url}/mcp`, request('resources/read', { uri: 'doc://quick-start' }), headers);

  for (let i = 0; i < ACCOUNT; i++) expect((await reads()).message.result.contents).toHaveLength(1);

  expect((await reads()).message.error.data).toMatchObject({ code: 'RATE_LIMIT', policy: 'account' });
});

interface Answer {
  readonly id: number;
  // biome-ignore lint/suspicious/noExplicitAny: what a tool answered
  readonly result: any;
}

async function callAll(headers: Record<string, string>, names: string[]) {
  const batch = names.map((name, id) => request('tools/call', { name, arguments: {} }, id));
  const response = await fetch(`${server.url}/mcp`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify(batch),
  });
  const answers = [(await response.json()) as Answer | Answer[]].flat();
  return { response, answers: answers.sort((a, b) => a.id - b.id) };
}

test('The metrics count refusals by policy', async () => {
  const refused = async () => {
    const metrics = await (await fetch(`${server.url}/metrics`)).text();
    return Number(/^parley_refused_total\{policy="account"\} (\d+)$/m.exec(metrics)?.[1] ?? 0);
  };
  const headers = bearer(await signIn(server.url, 'alice'));
  const before = await refused();

  for (let i = 0; i < ACCOUNT + 2; i++) await (await fetch(`${server.url}/who`, { headers })).text();

  expect(await refused()).toBe(before + 2);
});

test('A limit of 0 means no limit', async () => {
  await using free = await startServer({ LIMIT_ACCOUNT: '0', LIMIT_ADDRESS: '0', LIMIT_CLIENT: '0' });
  const headers = bearer(await signIn(free.url, 'alice'));

  const response = await fetch(`${free.url}/list_channels`, { headers });

  expect(response.status).toBe(200);
  expect(response.headers.has('ratelimit')).toBe(false);
  const { message } = await post(`${free.url}/mcp`, request('tools/list'), headers);
  expect(message.result.tools.length).toBeGreaterThan(5);
});
