import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Client, ElicitRequest } from '@modelcontextprotocol/client';
import { Client as FirstClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as FirstTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { DOORS, type Door } from '../support/doors.js';
import { legacyClient, modernClient } from '../support/mcp-clients.js';
import { openRoom, type Room } from '../support/rooms.js';
import { type RunningServer, startServer } from '../support/server.js';
import { modernHeaders, modernRequest, post } from './json-rpc.js';

const rest = DOORS[0]?.[1] as Door;
const CLIENTS = [
  ['2026-07-28', modernClient],
  ['2025-11-25', legacyClient],
] as const;
const CAN_BE_ASKED = { capabilities: { elicitation: {} } };

let server: RunningServer;
let room: Room;
beforeAll(async () => {
  server = await startServer();
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});
beforeEach(async () => {
  room = await openRoom(server, rest);
});

type Answer = { action: 'accept' | 'decline'; content?: Record<string, string | boolean> };

/** A person behind a client who says this to every question; answers with what they were asked. */
function person(client: Client, answer: Answer) {
  const asked: ElicitRequest['params'][] = [];
  client.setRequestHandler('elicitation/create', ({ params }) => {
    asked.push(params);
    return answer;
  });
  return asked;
}

const close = () => ({ name: 'update_channel', arguments: { channel_id: room.id, ops: [{ type: 'close' }] } });
const isOpen = async () => !(await room.alice.call('who', { channel_id: room.id })).view.closed_at;
// biome-ignore lint/suspicious/noExplicitAny: a problem, or a view
const read = ({ content }: { content: any[] }) => JSON.parse(content[1].text);

describe.each(CLIENTS)('In revision %s', (_, connect) => {
  test('a channel is closed when the person confirms', async () => {
    const alice = await connect(server.url, room.alice.token, CAN_BE_ASKED);
    const asked = person(alice, { action: 'accept', content: { confirm: true } });

    const { isError } = await alice.callTool(close());
    await alice.close();

    expect(isError).toBe(false);
    expect(asked).toHaveLength(1);
    expect(asked[0]?.message).toBe(`In channel ${room.id}: close it for everyone (it can still be read)?`);
    expect(await isOpen()).toBe(false);
  });

  test.each<Answer>([{ action: 'decline' }, { action: 'accept', content: { confirm: false } }])(
    'nothing is changed when the person answers %j',
    async (answer) => {
      const alice = await connect(server.url, room.alice.token, CAN_BE_ASKED);
      person(alice, answer);

      const refused = await alice.callTool(close());
      await alice.close();

      expect(refused.isError).toBe(true);
      expect(read(refused as never)).toMatchObject({ code: 'NOT_CONFIRMED' });
      expect(await isOpen()).toBe(true);
    },
  );

  test('a client that cannot ask is not asked, and the call is carried out', async () => {
    const alice = await connect(server.url, room.alice.token);

    await alice.callTool(close());
    await alice.close();

    expect(await isOpen()).toBe(false);
  });

  test('a harmless change and an invalid one are not asked about', async () => {
    const alice = await connect(server.url, room.alice.token, CAN_BE_ASKED);
    const asked = person(alice, { action: 'decline' });
    const change = (op: object) =>
      alice.callTool({ name: 'update_channel', arguments: { channel_id: room.id, ops: [op] } });

    const renamed = await change({ type: 'rename', name: 'Another' });
    const wrong = await change({ type: 'close', no_such_field: 1 });
    await alice.close();

    expect([renamed.isError, wrong.isError]).toEqual([false, true]);
    expect(asked).toEqual([]);
  });

  test('a person with several seats is asked which one to use, and the same call continues', async () => {
    await room.bob.call('leave_channel', { channel_id: room.id });
    const { invites } = await room.alice.call('update_channel', {
      channel_id: room.id,
      ops: [{ type: 'new_invite', slot_id: 's2' }],
    });
    await room.alice.call('join_channel', { invite_code: invites[0].invite_code });
    const alice = await connect(server.url, room.alice.token, CAN_BE_ASKED);
    const asked = person(alice, { action: 'accept', content: { seat: 's2' } });
    const post = { name: 'post_message', arguments: { channel_id: room.id, body: 'from here', wait_ms: 0 } };

    const { isError } = await alice.callTool(post);
    person(alice, { action: 'decline' });
    const declined = await alice.callTool(post);
    await alice.close();

    const { messages } = await room.alice.call('get_messages', { channel_id: room.id, seat: 's1' });
    expect(isError).toBe(false);
    expect(asked).toHaveLength(1);
    expect(asked[0]).toMatchObject({ requestedSchema: { properties: { seat: { enum: ['s1', 's2'] } } } });
    expect(messages.at(-1)).toMatchObject({ sender: 's2', body: { text: 'from here' } });
    expect(read(declined as never)).toMatchObject({ code: 'SEAT_AMBIGUOUS', seats: ['s1', 's2'] });
  });
});

test('a client of SDK 1.x is asked within its session, for several calls at once', async () => {
  const other = await openRoom(server, rest);
  const client = new FirstClient({ name: 'first', version: '1' }, CAN_BE_ASKED);
  const headers = { authorization: `Bearer ${room.alice.token}` };
  await client.connect(new FirstTransport(new URL('/mcp', server.url), { requestInit: { headers } }));
  const asked: string[] = [];
  client.setRequestHandler(ElicitRequestSchema, async ({ params }) => {
    asked.push(params.message);
    await new Promise((later) => setTimeout(later, 100));
    return { action: 'accept', content: { confirm: params.message.includes('s2') } };
  });
  const op = (type: string) =>
    client.callTool({ name: 'update_channel', arguments: { channel_id: room.id, ops: [{ type, slot_id: 's2' }] } });

  const [closed, kicked] = await Promise.all([op('close'), op('kick')]);
  await client.close();
  await Promise.all(other.people.map((each) => each.close()));

  expect(asked).toHaveLength(2);
  expect(read(closed as never)).toMatchObject({ code: 'NOT_CONFIRMED' });
  expect(kicked.isError).toBe(false);
});

describe('The state that a client returns with its answer', () => {
  const capabilities = { 'io.modelcontextprotocol/clientCapabilities': { elicitation: {} } };
  // biome-ignore lint/suspicious/noExplicitAny: params of any shape
  const ask = async (token: string, params: any) => {
    const body = modernRequest('tools/call', params);
    Object.assign((body.params as unknown as { _meta: object })._meta, capabilities);
    const headers = { authorization: `Bearer ${token}`, ...modernHeaders('tools/call', params.name) };
    return (await post(`${server.url}/mcp`, body, headers)).message;
  };
  const yes = { inputResponses: { confirm: { action: 'accept', content: { confirm: true } } } };

  test('is valid after a restart of the server', async () => {
    const { result } = await ask(room.alice.token, close());

    await server.crashAndRestart();
    const { requestState } = result;
    const answer = await ask(room.alice.token, { ...close(), ...yes, requestState });

    expect(result.resultType).toBe('input_required');
    expect(answer.result.isError).toBe(false);
    expect(await isOpen()).toBe(false);
  });

  test('is valid only for the same caller and the same call', async () => {
    const { result } = await ask(room.alice.token, close());
    const { requestState } = result;
    const kick = { ...close(), arguments: { channel_id: room.id, ops: [{ type: 'kick', slot_id: 's2' }] } };

    const tampered = await ask(room.alice.token, { ...close(), ...yes, requestState: `${requestState}x` });
    const stolen = await ask(room.bob.token, { ...close(), ...yes, requestState });
    const bent = await ask(room.alice.token, { ...kick, ...yes, requestState });
    const bare = await ask(room.alice.token, { ...close(), ...yes });

    expect([tampered.error.code, stolen.error.code]).toEqual([-32602, -32602]);
    expect([bent.result.resultType, bare.result.resultType]).toEqual(['input_required', 'input_required']);
    expect(await isOpen()).toBe(true);
  });
});
