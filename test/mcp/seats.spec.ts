import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Client } from '@modelcontextprotocol/client';
import { DOORS, type Door, type Person } from '../support/doors.js';
import { legacyClient, modernClient } from '../support/mcp-clients.js';
import { eventually } from '../support/rooms.js';
import { type RunningServer, startServer } from '../support/server.js';

const rest = DOORS[0]?.[1] as Door;

let server: RunningServer;
beforeAll(async () => {
  server = await startServer({ CLAUDE_CHANNELS: 'on' });
});
afterAll(async () => await server[Symbol.asyncDispose]());

/** Alice made the channel, for seats s0 and s1 of hers and s2 of bob's; she has not joined yet. */
let alice: Person;
let bob: Person;
let channel_id: string;
let invites: string[];
beforeEach(async () => {
  [alice, bob] = await Promise.all([rest(server, 'alice'), rest(server, 'bob')]);
  const slots = ['invite:one', 'invite:two', 'invite:bob'];
  ({ channel_id, invites } = await alice.call('create_channel', { name: 'Views', slots }));
  await bob.call('join_channel', { invite_code: invites[2] });
});

const plain = () => `parley://channel/${channel_id}`;
const of = (seat: string) => `${plain()}?seat=${seat}`;
const sayTo = (to: string, body: string) => bob.call('post_message', { channel_id, to, body, wait_ms: 0 });
const join = (client: Client, invite_code?: string) =>
  client.callTool({ name: 'join_channel', arguments: { invite_code } });

async function read(client: Client, uri: string) {
  const [content] = (await client.readResource({ uri })).contents;
  return JSON.parse(content && 'text' in content ? content.text : '{}');
}

const textsIn = ({ untrusted }: { untrusted: { messages: { body: { text?: string } }[] } }) =>
  untrusted.messages.flatMap(({ body }) => body.text ?? []);

const channelsIn = async (client: Client) =>
  (await client.listResources()).resources.map(({ uri }) => uri).filter((uri) => uri.startsWith(plain()));

function heardBy(client: Client) {
  const heard: { content: string; meta: Record<string, string> }[] = [];
  client.fallbackNotificationHandler = async ({ method, params }) => {
    if (method === 'notifications/claude/channel') heard.push(params as never);
  };
  return heard;
}

describe('The resource of a channel', () => {
  test('shows a session the seat that it joined, and each seat has an address of its own', async () => {
    const [first, second] = await Promise.all([alice, alice].map(({ token }) => legacyClient(server.url, token)));
    if (!first || !second) throw new Error('nobody came');
    await join(first, invites[0]);
    await join(second, invites[1]);
    await sayTo('s0', 'for s0 alone');

    const [one, two, named] = await Promise.all([read(first, plain()), read(second, plain()), read(second, of('s0'))]);
    const listed = await Promise.all([channelsIn(first), channelsIn(second)]);
    await Promise.all([first.close(), second.close()]);

    expect([textsIn(one), textsIn(two), textsIn(named)]).toEqual([['for s0 alone'], [], ['for s0 alone']]);
    expect([one.pass_seat, two.pass_seat, named.pass_seat]).toEqual(['s0', 's1', 's0']);
    expect(one.next.arguments).toMatchObject({ channel_id, seat: 's0' });
    expect(listed).toEqual([[plain()], [plain()]]);
  });

  test.each([
    ['2026-07-28', modernClient],
    ['2025-11-25', legacyClient],
  ])('is listed once for each seat if the session joined none of them, revision %s', async (_, connect) => {
    for (const i of [0, 1]) await alice.call('join_channel', { invite_code: invites[i] });
    const client = await connect(server.url, alice.token);
    await sayTo('s0', 'for s0 alone');

    const unnamed = await client.readResource({ uri: plain() }).catch(({ message }) => message);
    const foreign = await client.readResource({ uri: of('s2') }).catch(({ message }) => message);
    const listed = await channelsIn(client);
    const views = await Promise.all(listed.map((uri) => read(client, uri)));
    await client.close();

    expect(unnamed).toContain(`SEAT_AMBIGUOUS`);
    expect(unnamed).toContain(`${of('s0')} or ${of('s1')}`);
    expect(String(foreign)).toMatch(/not found/i);
    expect(listed).toEqual([of('s0'), of('s1')]);
    expect(views.map(textsIn)).toEqual([['for s0 alone'], []]);
  });
});

describe('A session is notified', () => {
  test('of what its own seat may read, although it read with another seat before it joined', async () => {
    await alice.call('join_channel', { invite_code: invites[0] });
    const client = await legacyClient(server.url, alice.token);
    const heard = heardBy(client);
    await eventually(async () => (await sayTo('s0', 'before')) && heard.length > 0);
    await join(client, invites[1]);
    heard.length = 0;

    await sayTo('s0', 'for s0 alone');
    await sayTo('s1', 'for s1 alone');
    await eventually(async () => heard.some(({ content }) => content.includes('for s1 alone')));
    await client.close();

    const own = heard.filter(({ content }) => content.includes('alone'));
    expect(own).toHaveLength(1);
    expect(own[0]?.content).toContain('pass seat: "s1"');
    expect(own[0]?.meta).toMatchObject({ channel_id, seat: 's1' });
  });

  test('of what each seat may read, once, if it joined none of them', async () => {
    await alice.call('join_channel', { invite_code: invites[0] });
    const client = await legacyClient(server.url, alice.token);
    const heard = heardBy(client);
    await eventually(async () => (await sayTo('s0', 'before')) && heard.length > 0);

    await alice.call('join_channel', { invite_code: invites[1] });
    await eventually(async () => (await sayTo('s1', 'between')) && heard.some(({ meta }) => meta.seat === 's1'));
    await sayTo('s0', 'for s0 alone');
    await sayTo('s1', 'the last');
    await eventually(async () => heard.some(({ content }) => content.includes('the last')));
    await client.close();

    const told = heard.filter(({ content }) => content.includes('for s0 alone'));
    expect(told.map(({ meta }) => meta.seat)).toEqual(['s0']);
  });
});

test.each([
  ['2026-07-28', modernClient],
  ['2025-11-25', legacyClient],
])('A subscription to the address of a seat shows what that seat may read, revision %s', async (_, connect) => {
  for (const i of [0, 1]) await alice.call('join_channel', { invite_code: invites[i] });
  const client = await connect(server.url, alice.token);
  const heard: string[] = [];
  client.setNotificationHandler('notifications/resources/updated', ({ params }) => void heard.push(params.uri));
  const modern = client.getNegotiatedProtocolVersion() === '2026-07-28';
  const watching = modern
    ? await client.listen({ resourceSubscriptions: [plain(), of('s0'), of('s1')] })
    : { honoredFilter: { resourceSubscriptions: [of('s0'), of('s1')] }, close: async () => {} };
  if (!modern) for (const uri of [of('s0'), of('s1')]) await client.subscribeResource({ uri });
  const refused = modern ? 'SEAT_AMBIGUOUS' : await client.subscribeResource({ uri: plain() }).catch(String);

  await sayTo('s0', 'for s0 alone');
  await eventually(async () => heard.length > 0);
  await sayTo('s1', 'for s1 alone');
  await eventually(async () => heard.length > 1);
  await watching.close();
  await client.close();

  expect(watching.honoredFilter?.resourceSubscriptions).toEqual([of('s0'), of('s1')]);
  expect(refused).toContain('SEAT_AMBIGUOUS');
  expect(heard).toEqual([of('s0'), of('s1')]);
});
