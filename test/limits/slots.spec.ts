import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { answerOf, request } from '../mcp/json-rpc.js';
import { DOORS, type Person } from '../support/doors.js';
import { bearer } from '../support/oauth.js';
import { eventually, openRoom, type Room, refusal } from '../support/rooms.js';
import { type RunningServer, startServer } from '../support/server.js';

const ACCOUNT = 3;
const ADDRESS = 6;
const FOREVER = 50_000;

let server: RunningServer;
beforeAll(async () => {
  server = await startServer({
    LIMIT_ACCOUNT_CALLS: String(ACCOUNT),
    LIMIT_ADDRESS_CALLS: String(ADDRESS),
    LIMIT_CODE_READINGS: '2',
  });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

interface Current {
  readonly at_once: { policy: string; used: number | null }[];
}

const used = async (token: string, policy: string) => {
  const response = await fetch(`${server.url}/get_limits`, { headers: { authorization: `Bearer ${token}` } });
  return ((await response.json()) as Current).at_once.find((each) => each.policy === policy)?.used;
};
const until = (token: string, count: number) => eventually(async () => (await used(token, 'account-calls')) === count);

const wait = (person: Person, { id: channel_id }: Room, cursor: number) =>
  person.call('sync_messages', { channel_id, cursor, timeout_ms: FOREVER });

async function quietRoom(door: (typeof DOORS)[number][1]) {
  const room = await openRoom(server, door, { slots: ['invite:a', 'invite:b'] });
  const { cursor } = await room.alice.call('sync_messages', { channel_id: room.id, timeout_ms: 0 });
  return { room, cursor: cursor as number };
}

describe.each(DOORS)('An account with waiting calls, over %s', (_, door) => {
  test('has a maximum of them, and a clear error for one more', async () => {
    const { room, cursor } = await quietRoom(door);
    await using _room = room;

    const waits = Array.from({ length: ACCOUNT }, () => wait(room.alice, room, cursor));
    await until(room.alice.token, ACCOUNT);
    const problem = await refusal(wait(room.alice, room, cursor));

    expect(problem).toMatchObject({ code: 'RATE_LIMIT', policy: 'account-calls', retry_after_ms: 1_000 });
    await room.bob.call('post_message', { channel_id: room.id, body: 'hello', wait_ms: 0 });
    for (const { messages } of await Promise.all(waits)) expect(messages).toHaveLength(1);
    await until(room.alice.token, 0);
    await room.alice.call('post_message', { channel_id: room.id, body: 'hello', wait_ms: 0 });
  });

  test('gets the slots back when its client disconnects', async () => {
    const { room, cursor } = await quietRoom(door);
    await using _room = room;
    const gone = new AbortController();
    const rest = `${server.url}/sync_messages?channel_id=${room.id}&cursor=${cursor}&timeout_ms=${FOREVER}`;
    const call = { name: 'sync_messages', arguments: { channel_id: room.id, cursor, timeout_ms: FOREVER } };
    const headers = bearer({ access_token: room.alice.token });
    const send = () =>
      door === DOORS[0]?.[1]
        ? fetch(rest, { headers, signal: gone.signal })
        : fetch(`${server.url}/mcp`, {
            method: 'POST',
            headers: { ...headers, 'content-type': 'application/json', accept: 'application/json' },
            body: JSON.stringify(request('tools/call', call)),
            signal: gone.signal,
          });

    const sent = Array.from({ length: ACCOUNT }, () => send().catch(() => undefined));
    await until(room.alice.token, ACCOUNT);
    gone.abort();
    await Promise.all(sent);
    await until(room.alice.token, 0);

    await room.alice.call('who', { channel_id: room.id });
  });
});

test('Each waiting call of an MCP batch counts', async () => {
  const { room, cursor } = await quietRoom(DOORS[1]![1]);
  await using _room = room;
  const waiting = { name: 'sync_messages', arguments: { channel_id: room.id, cursor, timeout_ms: FOREVER } };
  const batch = Array.from({ length: ACCOUNT + 2 }, (_, id) => request('tools/call', waiting, id));

  const sent = fetch(`${server.url}/mcp`, {
    method: 'POST',
    headers: {
      ...bearer({ access_token: room.alice.token }),
      'content-type': 'application/json',
      accept: 'application/json',
    },
    body: JSON.stringify(batch),
  });
  await until(room.alice.token, ACCOUNT);
  await room.bob.call('post_message', { channel_id: room.id, body: 'hello', wait_ms: 0 });

  const answers = (await (await sent).json()) as { result: { isError: boolean } }[];
  expect(answers.filter(({ result }) => result.isError)).toHaveLength(2);
});

test('Streams count like waiting calls, at both doors', async () => {
  const { room } = await quietRoom(DOORS[0]![1]);
  await using _room = room;
  const gone = new AbortController();
  const headers = bearer({ access_token: room.alice.token });
  const events = () => fetch(`${server.url}/channels/${room.id}/events`, { headers, signal: gone.signal });
  const initialize = request('initialize', {
    protocolVersion: '2025-11-25',
    capabilities: {},
    clientInfo: { name: 'raw', version: '1' },
  });
  const opened = await fetch(`${server.url}/mcp`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(initialize),
  });
  const session = { 'mcp-session-id': opened.headers.get('mcp-session-id') ?? '', accept: 'text/event-stream' };
  const standing = () => fetch(`${server.url}/mcp`, { headers: { ...headers, ...session }, signal: gone.signal });

  const streams = [await events(), await events(), await standing()];
  const refused = [await events(), await standing()];

  expect(streams.map(({ status }) => status)).toEqual([200, 200, 200]);
  for (const response of refused) {
    expect([response.status, response.headers.get('retry-after')]).toEqual([429, '1']);
    expect((await answerOf(response)).message).toMatchObject({ code: 'RATE_LIMIT', policy: 'account-calls' });
  }
  gone.abort();
  await until(room.alice.token, 0);
});

describe('An address', () => {
  const { hostname, port } = { hostname: '127.0.0.1', port: () => Number(new URL(server.url).port) };
  /** Says that a body comes, and keeps it. */
  const unfinished = async (from: string): Promise<Socket> => {
    const socket = connect({ host: hostname, port: port(), localAddress: from });
    socket.on('error', () => {});
    await once(socket, 'connect');
    socket.write(
      `POST /register HTTP/1.1\r\nHost: ${hostname}\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n`,
    );
    return socket;
  };
  const statusLine = async (socket: Socket) => String((await once(socket, 'data'))[0]).split('\r\n')[0];
  const hello = async (from: string) => {
    const socket = connect({ host: hostname, port: port(), localAddress: from });
    socket.write(`GET /health_check HTTP/1.1\r\nHost: ${hostname}\r\nConnection: close\r\n\r\n`);
    return statusLine(socket);
  };

  test('with too many open requests is refused, another one is not, and closed requests free their slots', async () => {
    const held = await Promise.all(Array.from({ length: ADDRESS }, () => unfinished('127.0.0.2')));
    await eventually(async () => (await hello('127.0.0.2')) === 'HTTP/1.1 429 Too Many Requests');

    expect(await hello('127.0.0.3')).toBe('HTTP/1.1 200 OK');

    for (const socket of held) socket.destroy();
    await eventually(async () => (await hello('127.0.0.2')) === 'HTTP/1.1 200 OK');
  });
});

test('One account cannot have all its code read at the same time', async () => {
  await using alice = await DOORS[0]![1](server, 'alice');
  await using bob = await DOORS[0]![1](server, 'bob');
  const bots = Array.from({ length: 3 }, () => ({ inline_code: 'class Quiet { onMessage() {} }' }));
  const room = { name: 'Room', slots: ['bot:a', 'bot:b', 'bot:c'] };

  const problem = await refusal(alice.call('create_channel', { ...room, bots }));

  expect(problem).toMatchObject({ code: 'RATE_LIMIT', policy: 'code-readings' });
  await bob.call('create_channel', { ...room, bots: bots.slice(1) });
  // The readings of the call that was refused end by themselves.
  await eventually(() => alice.call('create_channel', { ...room, bots: bots.slice(1) }).catch(() => undefined));
});

test('get_limits answers a caller who has no slot left', async () => {
  const { room, cursor } = await quietRoom(DOORS[0]![1]);
  await using _room = room;

  const waits = Array.from({ length: ACCOUNT }, () => wait(room.alice, room, cursor));
  await until(room.alice.token, ACCOUNT);

  expect(await used(room.bob.token, 'account-calls')).toBe(0);
  expect(await used(room.bob.token, 'server-calls')).toBeNull();
  await room.bob.call('post_message', { channel_id: room.id, body: 'hello', wait_ms: 0 });
  await Promise.all(waits);
});
